"""How the focus is understood: the focus command."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import TEACH, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    configuration_of,
    json_option,
    moment,
)

if TYPE_CHECKING:
    from digest.workflows.focus_report import FocusReport, PhraseRow

_COLUMNS = ("phrase", "facet", "weight", "used", "nearest", "aside")
_LONGEST = 100


def register(root: typer.Typer) -> None:
    add_command(root, focus, "digest focus", "digest focus --json", panel=TEACH, name="focus")


def focus(
    context: typer.Context,
    json: Annotated[bool, json_option("one object per phrase of your focus")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show how your focus is understood, what passes the floor, and what you could add."""
    from digest.commands.output import print_json
    from digest.printable import visible
    from digest.workflows.focus_report import report_focus

    found = report_focus(configuration_of(context, config, learner), moment(now), wait=wait)
    if json:
        print_json({name: getattr(row, name) for name in _COLUMNS} for row in found.rows)
        return
    for line in told(found):
        print(visible(line))


def told(found: "FocusReport") -> Iterator[str]:
    """The lines of the text form."""
    counted = [row for row in found.rows if row.used and row.facet != "avoid"]
    aside = [row for row in found.rows if not row.used]
    declined = [row for row in found.rows if row.facet == "avoid"]
    for title, rows in (("What counts:", counted), ("Set aside:", aside), ("Declined:", declined)):
        if rows:
            yield title
            for row in rows:
                yield from _row(row)
            yield ""
    yield from _answer(found)


def _row(row: "PhraseRow") -> Iterator[str]:
    from digest.commands.output import title_of

    about = row.aside if not row.used else row.facet if not row.aside else f"{row.facet}, {row.aside}"
    yield f"  {row.weight:4.2f}  {_clipped(row.phrase)}  ({about})"
    for title in row.nearest:
        yield f"          near it: {_clipped(title_of(title))}"


def _answer(found: "FocusReport") -> Iterator[str]:
    """What the archive has on the focus, and what would help."""
    from digest.workflows.focus_report import WEEKS, passing_words

    if not found.embedded:
        yield "The archive holds nothing that this model has read yet; after `digest run` this shows what lies near."
    elif not found.seen:
        yield f"No works came in in the last {WEEKS} weeks."
    else:
        yield f"{passing_words(found)} the floor."
    if found.weakness:
        yield f"Thin: {found.weakness}."
    if found.add:
        yield f"Near it in your archive, and not said: {', '.join(found.add)}."
        yield "What of these you want, add to focus.topics."


def _clipped(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"

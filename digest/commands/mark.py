"""`digest mark`: saying what one thinks of items."""

from collections.abc import Sequence
from typing import Annotated

import typer

from digest.commands.help import TEACH, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    configuration_of,
    moment,
)
from digest.records import MarkKind


def register(root: typer.Typer) -> None:
    add_command(
        root,
        mark,
        "digest mark zqga like",
        "digest mark 2401.12345 https://example.org/a-post like save",
        "digest mark zqga --undo",
        panel=TEACH,
        name="mark",
    )


def mark(
    context: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="ITEM",
            help="Items by id or its first letters, arXiv id or address; then the marks: like, dislike, save, read. "
            "With --undo and no mark, all marks of the items.",
        ),
    ],
    undo: Annotated[bool, typer.Option("--undo", help="Take the marks back.")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Mark items; the next ranking learns from it."""
    from digest.commands.output import title_of
    from digest.printable import one_line
    from digest.workflows import feedback

    items, said = _parted(words, undo=undo)
    for marked in feedback.mark(
        configuration_of(context, config, learner), items, said, moment(now), undo=undo, wait=wait
    ):
        print(f"{marked.item_id}: {', '.join(marked.marks) or 'no mark'} · {one_line(title_of(marked.title))}")


def _parted(words: Sequence[str], *, undo: bool) -> tuple[list[str], list[str]]:
    """The items and the marks; what stands first is an item, whatever it looks like."""
    from digest.render.checkboxes import MARKS

    items = [words[0], *(word for word in words[1:] if word not in MARKS)]
    said = list(dict.fromkeys(word for word in words[1:] if word in MARKS))
    known = ", ".join(MARKS)
    if not all(items):
        raise typer.BadParameter("an item has no name", param_hint="ITEM")
    if not (said or undo):
        raise typer.BadParameter(
            f"{words[-1]!r} is none of {known}" if len(words) > 1 else f"say {known}", param_hint="mark"
        )
    if {MarkKind.LIKE, MarkKind.DISLIKE} <= set(said) and not undo:
        raise typer.BadParameter("like and dislike exclude each other", param_hint="mark")
    return items, said

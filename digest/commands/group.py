"""The reading group: the group command."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.commands.help import LOOK, add_command
from digest.commands.options import WAIT, ConfigOption, WaitOption, configuration, json_option

if TYPE_CHECKING:
    from digest.config import Config
    from digest.workflows.reading_group import GroupReport

_HOW = """\
There is no reading group. In a sources.toml with several learners, say:

[group]
name = "Thursday readers"
members = ["Ada", "Ben"]        # without it, everybody

The next `digest run` then picks the one paper that serves all best, once a period, and says who presents it.
"""


def register(root: typer.Typer) -> None:
    examples = ("digest group", "digest group --skip Ben", "digest group --present Ada")
    add_command(root, group, *examples, panel=LOOK, name="group")


def group(
    context: typer.Context,
    skip: Annotated[
        str, typer.Option("--skip", metavar="NAME", help="Let the next member present this time in place of NAME.")
    ] = "",
    present: Annotated[str, typer.Option("--present", metavar="NAME", help="Let NAME present this time.")] = "",
    json: Annotated[bool, json_option("one object per period, the newest first")] = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show what the reading group reads now, how it serves each member, who presents, and what came before."""
    from digest.commands.output import print_json, print_markdown
    from digest.render.group_page import group_markdown
    from digest.workflows import reading_group

    settings = configuration(context, config)
    if skip and present:
        raise typer.BadParameter("goes without --present", param_hint="--skip")
    if settings.group is None and not (skip or present):
        print("[]" if json else _HOW, end="\n" if json else "")
        return
    if skip or present:
        _change(settings, skip, present, wait)
        return
    found = reading_group.report(settings, wait=wait)
    if json:
        print_json(_rows(found))
    else:
        print_markdown(
            group_markdown(
                found.name,
                found.members,
                found.past,
                found.turns,
                found.next_presenter,
                found.next_issue,
                settings.zone,
            )
        )


def _change(settings: "Config", skip: str, present: str, wait: float) -> None:
    from digest.commands.output import print_sentence
    from digest.workflows import reading_group

    if skip:
        who = reading_group.skip(settings, skip, wait=wait)
    else:
        who = reading_group.let_present(settings, present, wait=wait)
    print_sentence(f"{who} presents this time")


def _rows(found: "GroupReport") -> Iterator[dict[str, Any]]:
    for turn, section in reversed(found.past):
        paper = asdict(section.paper) if section is not None else {"item_id": turn.item_id, "work_id": turn.work_id}
        yield {
            "group": found.name,
            "period": turn.period,
            "chosen_at": turn.ends_at,
            "presenter": section.presenter if section is not None else turn.presenter,
            "skipped": list(turn.skipped),
            "members": list(turn.members),
        } | paper

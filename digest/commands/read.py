"""`digest read`: what was read, and how far."""

from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import USE, add_command
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
    from digest.workflows.reading import ReadResult

_COLUMNS = ("read_at", "item_id", "pass", "minutes", "title")


def register(root: typer.Typer) -> None:
    add_command(
        root,
        read,
        "digest read 2401.12345 --pass 1 --minutes 12",
        "digest read zqga",
        "digest read zqga --undo",
        "digest read --list",
        panel=USE,
        name="read",
    )


def read(
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(metavar="[ITEM]", help="An id or its first letters, an arXiv id, or an address.")
    ] = "",
    number: Annotated[
        int | None,
        typer.Option(
            "--pass", min=1, max=3, metavar="N", help="How far a paper was read: 1, 2 or 3; by default the next."
        ),
    ] = None,
    minutes: Annotated[
        int | None, typer.Option("--minutes", metavar="N", help="How long it took; by default the usual time.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the item's last reading back.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List what was read, the last first.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to list.")] = 50,
    json: Annotated[bool, json_option("what was read")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Record that a work was read, and mark it read."""
    from digest.commands.output import print_json, print_rows
    from digest.workflows import reading

    settings = configuration_of(context, config, learner)
    if listed or not item:
        if item or number or minutes or undo:
            raise typer.BadParameter("--list takes no item" if listed else "name an item", param_hint="ITEM")
        rows = [
            (one.read_at, one.item_id, one.number, one.minutes, title)
            for one, title in reading.list_readings(settings, limit=limit, wait=wait)
        ]
        print_rows(_COLUMNS, rows, form="json" if json else "table")
        return
    if undo:
        if number or minutes:
            raise typer.BadParameter("takes back the last reading, whatever it was", param_hint="--undo")
        done = reading.undo(settings, item, moment(now), wait=wait)
    else:
        done = reading.read(settings, item, moment(now), number=number, minutes=minutes, wait=wait)
    if json:
        print_json(
            [
                dict(
                    zip(
                        _COLUMNS,
                        (done.read.read_at, done.read.item_id, done.read.number, done.read.minutes, done.title),
                        strict=True,
                    )
                )
            ]
        )
    else:
        print(_told(done))


def _told(done: "ReadResult") -> str:
    from digest.commands.output import title_of
    from digest.printable import one_line

    what = [*([f"pass {done.read.number}"] if done.paper else []), f"{done.read.minutes} minutes"]
    if done.estimated:
        what[-1] += ", as is usual"
    return f"{done.read.item_id}: {'taken back' if done.undone else 'read'}: {', '.join(what)} · {one_line(title_of(done.title))}"

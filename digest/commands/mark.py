"""`digest mark`: saying what one thinks of an item."""

from typing import Annotated

import typer

from digest.commands.options import WAIT, ConfigOption, NowOption, WaitOption, configuration, moment


def register(root: typer.Typer) -> None:
    root.command()(mark)


def mark(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="An item's id, or its first letters.")],
    said: Annotated[
        str, typer.Argument(metavar="[like|dislike|save|read]", help="The mark; left out with --undo, all of them.")
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the mark back.")] = False,
    now: NowOption = None,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Mark an item; the next ranking learns from it."""
    from digest.render.checkboxes import MARKS
    from digest.workflows import feedback

    if said not in MARKS and not (undo and not said):
        raise typer.BadParameter(f"{said!r} is none of {', '.join(MARKS)}", param_hint="mark")
    marked = feedback.mark(configuration(context, config), item, said, moment(now), undo=undo, wait=wait)
    print(f"{marked.item_id}: {', '.join(marked.marks) or 'no mark'} · {marked.title}")

"""`digest calendar`: the events worth going to, for calendars that subscribe, or as a list."""

import sys
from pathlib import Path
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
    from datetime import datetime

    from digest.config import Config
    from digest.records import ComingEvent

_COLUMNS = ("when", "title", "place", "source", "kind", "relevance", "item_id")
_JSON = (
    *("item_id", "source", "starts_at", "ends_at", "all_day", "place", "kind", "title", "url", "relevance"),
    *("when",),
)


def register(root: typer.Typer) -> None:
    add_command(
        root,
        calendar,
        "digest calendar --with-plan --output ~/public/learning.ics",
        "digest calendar --list --weeks 4",
        "digest calendar --json",
        panel=USE,
        name="calendar",
    )


def calendar(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write this file instead of printing.")
    ] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=25, metavar="N", help="How far to look ahead.")] = 12,
    with_plan: Annotated[
        bool, typer.Option("--with-plan", help="Add time for what is left of the week's plan.")
    ] = False,
    rows: Annotated[bool, typer.Option("--list", help="Print a table to read.")] = False,
    as_json: Annotated[bool, json_option("one object an event")] = False,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    now: NowOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Print the events and deadlines near your focus as iCalendar."""
    from digest.atomic_write import atomic_write
    from digest.workflows import calendars

    if output is not None and (rows or as_json):
        raise typer.BadParameter("goes with neither --list nor --json", param_hint="--output")
    settings, at = configuration_of(context, config, learner), moment(now)
    if rows or as_json:
        _print(settings, at, weeks, "json" if as_json else "table", wait)
        return
    reading = calendars.reading_time(settings, at, wait=wait) if with_plan else ()
    made = calendars.as_file(settings, at, weeks=weeks, reading=reading, wait=wait)
    if output is None:
        sys.stdout.write(made.text.decode())
        return
    atomic_write(output, made.text)
    print(f"{output}: {made.events} {'event' if made.events == 1 else 'events'}")


def _print(config: "Config", now: "datetime", weeks: int, form: str, wait: float) -> None:
    from digest.commands.output import print_rows
    from digest.workflows import calendars

    events = calendars.upcoming(config, now, weeks=weeks, wait=wait) if config.archive.exists() else []
    columns = _JSON if form == "json" else _COLUMNS
    print_rows(columns, [[_value(event, name, now, config) for name in columns] for event in events], form=form)


def _value(event: "ComingEvent", name: str, now: "datetime", config: "Config") -> object:
    from digest.render.dates import when_words

    match name:
        case "when":
            return when_words(event, now, config.zone)
        case "kind":
            return event.kind.value
        case "relevance":
            return round(event.relevance, 2)
        case _:
            return getattr(event, name)

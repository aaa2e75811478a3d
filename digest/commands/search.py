"""Looking into the archive: query, search, why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.options import WAIT, ConfigOption, JsonOption, WaitOption, configuration, day

if TYPE_CHECKING:
    from digest.store.query import QueryResult
    from digest.store.search import Wanted

FORMATS = ("table", "json", "csv", "parquet")
MODES = ("meaning", "words", "both")
FormatOption = Annotated[str, typer.Option("--format", help="table, json, csv or parquet.")]


LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to show.")]
SinceOption = Annotated[
    str, typer.Option("--since", metavar="DATE", help="Published on this date or later: 2026, 2026-01 or 2026-01-31.")
]
UntilOption = Annotated[str, typer.Option("--until", metavar="DATE", help="Published before this date.")]
LeanOption = Annotated[str, typer.Option("--lean", help="letter or envelope: only that side.")]
SourceOption = Annotated[str, typer.Option("--source", metavar="NAME", help="Only from this source.")]


def register(root: typer.Typer) -> None:
    for command in (query, search, similar, why):
        root.command()(command)


def query(
    context: typer.Context,
    sql: Annotated[
        str | None,
        typer.Argument(metavar="[SQL|NAME]", help="One SQL statement over the views, or the name of a query."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
    format: FormatOption = "table",  # noqa: A002 - the option's name is the contract's
    json: JsonOption = False,
    output: Annotated[Path | None, typer.Option("--output", help="The Parquet file to write.")] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.001, help="Stop the query after this many seconds.")
    ] = 60.0,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Query the archive with SQL or by the name of a query; read-only."""
    from digest.commands.output import print_rows
    from digest.commands.resource_limits import bounded
    from digest.store.query import QueryLimits, clear_away
    from digest.workflows import searching

    form = "json" if json else format
    if form not in FORMATS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    settings = configuration(context, config)
    if listed:
        print_rows(("name", "what it tells"), searching.list_named_queries(settings), form=form)
        return
    if sql is None:
        raise typer.BadParameter("say what to ask, or --list", param_hint="SQL")
    if form != "parquet":
        output = None
    elif output is None:
        raise typer.BadParameter("Parquet needs a file to go to", param_hint="--output")
    limits = QueryLimits(seconds=seconds)
    with bounded(seconds, wait=wait, clear_away=lambda: clear_away(settings.archive, output)):
        if output is not None:
            count = searching.ask_for_parquet(settings, sql, output, wait=wait, limits=limits)
            print(f"{output}: {count} rows")
            return
        answer = searching.ask(settings, sql, wait=wait, limits=limits)
    print_rows(answer.columns, answer.rows, form=form)


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    mode: Annotated[str, typer.Option("--mode", help="meaning, words or both.")] = "meaning",
    since: SinceOption = "",
    until: UntilOption = "",
    lean: LeanOption = "",
    source: SourceOption = "",
    limit: LimitOption = 10,
    json: JsonOption = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Search works by meaning, by words, or by both."""
    from digest.workflows import searching

    if mode not in MODES:
        raise typer.BadParameter(f"{mode!r} is none of {', '.join(MODES)}", param_hint="--mode")
    settings = configuration(context, config)
    wanted = _wanted(since, until, lean, source, limit)
    answer = searching.find(settings, words, wanted, mode=mode, wait=wait)
    _print_found(answer, json=json)


def similar(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="An item's id, or its first letters.")],
    since: SinceOption = "",
    until: UntilOption = "",
    lean: LeanOption = "",
    source: SourceOption = "",
    limit: LimitOption = 10,
    json: JsonOption = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Find the works closest in meaning to an item."""
    from digest.workflows import searching

    settings = configuration(context, config)
    wanted = _wanted(since, until, lean, source, limit)
    answer = searching.find_similar(settings, item, wanted, wait=wait)
    _print_found(answer, json=json)


def why(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="An item's id, or its first letters.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show all the evidence behind an item's verdict."""
    from digest.commands.output import print_json, print_table
    from digest.workflows.explaining import explain

    facts = explain(configuration(context, config), item, wait=wait)
    if json:
        print_json([facts])
    else:
        print_table(
            ("", ""),
            [(name.replace("_", " "), value) for name, value in facts.items() if value not in ("", None, (), [])],
        )


def _print_found(answer: "QueryResult", *, json: bool) -> None:
    from digest.commands.output import print_rows, warn

    print_rows(answer.columns, answer.rows, form="json" if json else "table")
    if answer.note:
        warn(answer.note)


def _wanted(since: str, until: str, lean: str, source: str, limit: int) -> "Wanted":
    from digest.store.search import Wanted

    if lean not in ("", "letter", "envelope"):
        raise typer.BadParameter(f"{lean!r} is neither letter nor envelope", param_hint="--lean")
    return Wanted(since=day(since, "--since"), until=day(until, "--until"), lean=lean, source=source, limit=limit)

"""Looking into the archive: query, search, why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import LOOK, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    ItemsArgument,
    LearnerOption,
    WaitOption,
    bounded_seconds,
    configuration_of,
    configuration_of_any,
    day,
    json_option,
)

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
MarkOption = Annotated[str, typer.Option("--mark", help="like, dislike, save or read: only works with that mark.")]


def register(root: typer.Typer) -> None:
    add_command(
        root,
        search,
        "digest search kv cache eviction",
        "digest search hard negatives --since 2026-01 --lean letter --mode both",
        panel=LOOK,
        name="search",
    )
    add_command(
        root,
        similar,
        "digest similar zqgaa01mg2",
        "digest similar arXiv:2401.12345 https://example.org/a-post --limit 5",
        panel=LOOK,
        name="similar",
    )
    add_command(
        root, why, "digest why zqga", "digest why 2401.12345 https://example.org/a-post", panel=LOOK, name="why"
    )
    add_command(
        root,
        query,
        "digest query --list",
        "digest query near-misses",
        'digest query "select title, url from picks order by rank" --format csv',
        panel=LOOK,
        name="query",
    )


def query(
    context: typer.Context,
    sql: Annotated[
        str | None,
        typer.Argument(metavar="[SQL|NAME]", help="One SQL statement over the views, or the name of a query."),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the named queries.")] = False,
    format: FormatOption = "table",  # noqa: A002 - the option's name is the contract's
    json: Annotated[bool, json_option("the rows; short for --format json")] = False,
    output: Annotated[Path | None, typer.Option("--output", help="The Parquet file to write.")] = None,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.001, help="Stop the query after this many seconds.")
    ] = 60.0,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Query the archive with SQL or by the name of a query; read-only."""
    from digest.commands.output import print_rows
    from digest.commands.resource_limits import bounded
    from digest.store.query import clear_away
    from digest.store.sql_sandbox import QueryLimits
    from digest.workflows import searching

    form = "json" if json else format
    if form not in FORMATS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    settings = configuration_of_any(context, config, learner)
    if listed:
        print_rows(("name", "what it tells"), searching.list_named_queries(settings), form=form)
        return
    if sql is None:
        raise typer.BadParameter("say what to ask, or --list", param_hint="SQL")
    if form != "parquet":
        output = None
    elif output is None:
        raise typer.BadParameter("Parquet needs a file to go to", param_hint="--output")
    limits = QueryLimits(seconds=bounded_seconds(seconds, "--seconds"))
    with bounded(seconds, wait=wait, clear_away=lambda: clear_away(settings.archive, output)):
        if output is not None:
            count = searching.ask_for_parquet(settings, sql, output, wait=wait, limits=limits)
            print(f"{output}: {count} rows")
            return
        answer = searching.ask(settings, sql, wait=wait, limits=limits)
    print_rows(answer.columns, answer.rows, form=form)


def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="What to look for, in your own words.")],
    mode: Annotated[str, typer.Option("--mode", help="meaning, words or both.")] = "meaning",
    since: SinceOption = "",
    until: UntilOption = "",
    lean: LeanOption = "",
    source: SourceOption = "",
    mark: MarkOption = "",
    limit: LimitOption = 10,
    json: Annotated[bool, json_option("the works found, best first")] = False,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Search works by meaning, by words, or by both."""
    from digest.workflows import searching

    if mode not in MODES:
        raise typer.BadParameter(f"{mode!r} is none of {', '.join(MODES)}", param_hint="--mode")
    settings = configuration_of_any(context, config, learner)
    wanted = _wanted(since, until, lean, source, limit, mark)
    answer = searching.find(settings, " ".join(words), wanted, mode=mode, wait=wait)
    _print_found(answer, json=json, none=f"no work matches {' '.join(words)!r}", narrowed=_narrowed(wanted))


def similar(
    context: typer.Context,
    items: ItemsArgument,
    since: SinceOption = "",
    until: UntilOption = "",
    lean: LeanOption = "",
    source: SourceOption = "",
    limit: LimitOption = 10,
    json: Annotated[bool, json_option("the works found, closest first")] = False,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Find the works closest in meaning to an item, or to several items together."""
    from digest.workflows import searching

    settings = configuration_of_any(context, config, learner)
    wanted = _wanted(since, until, lean, source, limit)
    answer = searching.find_similar(settings, items, wanted, wait=wait)
    _print_found(answer, json=json, none="no other work is similar", narrowed=_narrowed(wanted))


def why(
    context: typer.Context,
    items: ItemsArgument,
    json: Annotated[bool, json_option("the evidence, one object per item")] = False,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show all the evidence behind an item's verdict."""
    from digest.commands.output import print_facts, print_json
    from digest.workflows.explaining import explain

    settings = configuration_of(context, config, learner)
    found = [explain(settings, item, wait=wait) for item in items]
    if json:
        print_json(found)
        return
    for facts in found:
        print_facts({name: value for name, value in facts.items() if value not in ("", None, (), [])})


def _print_found(answer: "QueryResult", *, json: bool, none: str, narrowed: str) -> None:
    from digest.commands.output import print_rows, warn

    if answer.rows or json:
        print_rows(answer.columns, answer.rows, form="json" if json else "table")
    else:
        print(f"{none}{narrowed}")
    if answer.note:
        warn(answer.note)


def _narrowed(wanted: "Wanted") -> str:
    """What to leave out to find more; "" where all of the archive was searched."""
    given = {"--since": wanted.since, "--until": wanted.until, "--lean": wanted.lean, "--source": wanted.source}
    given["--mark"] = wanted.mark
    named = [option for option, value in given.items() if value]
    return f"; without {' and '.join(named)} there may be some" if named else ""


def _wanted(since: str, until: str, lean: str, source: str, limit: int, mark: str = "") -> "Wanted":
    from digest.records import MarkKind
    from digest.store.search import Wanted

    if lean not in ("", "letter", "envelope"):
        raise typer.BadParameter(f"{lean!r} is neither letter nor envelope", param_hint="--lean")
    if mark and mark not in list(MarkKind):
        raise typer.BadParameter(f"{mark!r} is none of {', '.join(MarkKind)}", param_hint="--mark")
    return Wanted(
        since=day(since, "--since"), until=day(until, "--until"), lean=lean, source=source, mark=mark, limit=limit
    )

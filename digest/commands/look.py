"""Looking into the archive: query, search, why."""

from pathlib import Path
from typing import Annotated

import typer

from digest.commands.options import WAIT, ConfigOption, JsonOption, WaitOption, configuration

FORMATS = ("table", "json", "csv", "parquet")
FormatOption = Annotated[str, typer.Option("--format", help="table, json, csv or parquet.")]


def register(root: typer.Typer) -> None:
    root.command()(query)
    root.command()(search)
    root.command()(why)


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(help="One SQL statement over the promised views.")],
    format: FormatOption = "table",  # noqa: A002 - the option's name is the contract's
    json: JsonOption = False,
    output: Annotated[Path | None, typer.Option("--output", help="Where to write Parquet.")] = None,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Ask the archive in SQL; reading only."""
    from digest.commands.show import print_rows
    from digest.store import query as queries

    form = "json" if json else format
    if form not in FORMATS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    archive = configuration(context, config).archive
    if form == "parquet":
        if output is None:
            raise typer.BadParameter("Parquet needs a file to go to", param_hint="--output")
        count = queries.copy_to_parquet(archive, sql, output, wait=wait)
        print(f"{output}: {count} rows")
        return
    answer = queries.ask(archive, sql, wait=wait)
    print_rows(answer.columns, answer.rows, form=form)


def search(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = 10,
    json: JsonOption = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Find items by meaning."""
    from digest.commands.show import print_rows
    from digest.stages.looking import find_by_meaning

    answer = find_by_meaning(configuration(context, config), words, limit=limit, wait=wait)
    print_rows(answer.columns, answer.rows, form="json" if json else "table")


def why(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="An item's id; its first letters do.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show all the evidence for the verdict over one item."""
    from digest.commands.show import print_json, print_table
    from digest.stages.looking import explain

    facts = explain(configuration(context, config), item, wait=wait)
    if json:
        print_json([facts])
    else:
        print_table(
            ("", ""),
            [(name.replace("_", " "), value) for name, value in facts.items() if value not in ("", None, (), [])],
        )

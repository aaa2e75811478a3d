"""Printing rows: a table for people, JSON and CSV for programs."""

import csv
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, form: str) -> None:
    """Print rows as "table", "json" or "csv"."""
    match form:
        case "json":
            print_json([dict(zip(columns, row, strict=True)) for row in rows])
        case "csv":
            writer = csv.writer(sys.stdout, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([_flat(value) for value in row] for row in rows)
        case _:
            print_table(columns, rows)


def print_json(objects: Sequence[Mapping[str, Any]]) -> None:
    print(json.dumps(list(objects), default=_plain, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    # Into a pipe or file a table is as wide as it needs to be.
    console = Console(width=None if sys.stdout.isatty() else 10_000, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_clean(_flat(value)) for value in row))
    console.print(table)


def print_markdown(text: str) -> None:
    """Raw when stdout is no terminal, so that it can be kept; laid out for reading when it is."""
    if not sys.stdout.isatty():
        sys.stdout.write(text)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(text))


def warn(line: str) -> None:
    print(f"digest: {' '.join(line.split())}", file=sys.stderr)


@contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """Bars on stderr, and only on a terminal."""
    if not sys.stderr.isatty():
        yield lambda stage, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bars

    with Bars(console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(stage, total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def _plain(value: Any) -> Any:  # noqa: ANN401 - json hands over whatever it does not know
    """What JSON has no word for: times are UTC, in ISO 8601."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(timespec="microseconds" if value.microsecond else "seconds") + "Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def _flat(value: Any) -> str:  # noqa: ANN401 - a cell holds anything
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(_flat(part) for part in value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)


def _clean(text: str) -> str:
    """Text of strangers without control characters (which could drive the terminal) or Rich's markup."""
    from rich.markup import escape

    return escape("".join(" " if ord(c) < 32 or 127 <= ord(c) < 160 else c for c in text))

"""`digest cite`: works as references for BibTeX, Zotero and other reference managers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    WaitOption,
    configuration_of_any,
)

if TYPE_CHECKING:
    from digest.config import Config
    from digest.render.references import Reference


def register(root: typer.Typer) -> None:
    add_command(
        root,
        cite,
        "digest cite 2401.12345 zqga",
        "digest cite --saved --output saved.bib",
        "digest cite --issue 2026-W47 --format ris",
        panel=USE,
        name="cite",
    )


def cite(
    context: typer.Context,
    items: Annotated[
        list[str] | None,
        typer.Argument(metavar="ITEM", help="Ids or their first letters, arXiv ids, or addresses."),
    ] = None,
    saved: Annotated[bool, typer.Option("--saved", help="All works that are marked save.")] = False,
    issue: Annotated[str, typer.Option("--issue", metavar="PERIOD", help="The works that an issue kept.")] = "",
    format: Annotated[  # noqa: A002 - the option's name is the contract's
        str,
        typer.Option("--format", help="bibtex, ris or csl; by default what --output ends with, else bibtex."),
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write this file instead of printing.")
    ] = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Print works as references: BibTeX, RIS or CSL-JSON."""
    from digest.commands.output import warn
    from digest.render.references import FORMATS

    form = _format(format, output)
    if [bool(items), saved, bool(issue)].count(True) != 1:
        raise typer.BadParameter("name items, or give --saved or --issue PERIOD", param_hint="ITEM")
    found = _references(configuration_of_any(context, config, learner), items or [], issue, wait)
    if not found:
        warn(
            f"the issue {issue} kept nothing" if issue else "nothing is saved yet; `digest mark ITEM save` saves a work"
        )
    text = FORMATS[form](found)
    if output is None:
        sys.stdout.write(text)
        return
    _write(output, text)
    print(f"{output}: {len(found)} {'reference' if len(found) == 1 else 'references'}")


def _references(config: "Config", items: list[str], issue: str, wait: float) -> "list[Reference]":
    from digest.workflows import citing

    if items:
        return citing.cite_items(config, items, wait=wait)
    return citing.cite_issue(config, issue, wait=wait) if issue else citing.cite_saved(config, wait=wait)


def _format(given: str, output: Path | None) -> str:
    from digest.render.references import FORMATS, SUFFIXES

    form = given.lower() or (SUFFIXES.get(output.suffix.lower(), "") if output else "") or "bibtex"
    if form not in FORMATS:
        raise typer.BadParameter(f"{given!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    return form


def _write(path: Path, text: str) -> None:
    from digest.atomic_write import atomic_write

    atomic_write(path, text.encode())

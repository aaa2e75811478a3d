"""`digest learn`: likes from what one read before, and taking them back."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import TEACH, add_command
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
from digest.errors import DigestError, ParseError
from digest.render.wording import count_words

if TYPE_CHECKING:
    from datetime import datetime

    from digest.sources.references import References
    from digest.store.marks import UndoneBatch
    from digest.workflows.importing_likes import FoundReference, ImportResult

#: A library of a lifetime is smaller.
_MOST_BYTES = 64_000_000
#: Lines of one kind that are printed; --json names all.
_MOST_LINES = 20


def register(root: typer.Typer) -> None:
    add_command(
        root,
        learn,
        "digest learn library.bib",
        "digest learn zotero.csv reading-list.md",
        "pbpaste | digest learn -",
        "digest learn --undo",
        panel=TEACH,
        name="learn",
    )


def learn(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Files to learn from; - reads stdin.")
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the whole of the last import.")] = False,
    json: Annotated[bool, json_option("what became of each reference")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Learn from what you have already read: BibTeX, RIS, Zotero, bookmarks, or a list of links or arXiv ids.

    Each reference becomes a like. What the archive lacks comes from the file itself, or from arXiv in one batch.
    """
    from digest.commands.output import print_rows, warn
    from digest.workflows import importing_likes

    if undo == bool(files):
        raise typer.BadParameter("name a file, or say --undo", param_hint="FILE")
    settings, at = configuration_of(context, config, learner), moment(now)
    if undo:
        print(undone(importing_likes.undo(settings, at, wait=wait), "import"))
        return
    read = [(str(file), _read(file, at)) for file in files or ()]
    problems = [f"{name}: {problem}" for name, one in read for problem in one.problems]
    entries = [importing_likes.ImportEntry(file=name, reference=one) for name, some in read for one in some.found]
    if not entries:
        raise DigestError(
            f"{', '.join(name for name, _ in read)}: names no work" + (f"; {problems[0]}" if problems else "")
        )
    done = importing_likes.import_likes(settings, entries, at, wait=wait, on_request=_on_request)
    for line in [*_some(problems), *_some(missing(done.found)), *([done.problem] if done.problem else [])]:
        warn(line)
    if json:
        print_rows(COLUMNS, [_row(one) for one in done.found], form="json")
    else:
        print("\n".join(_summary(done)))
    if all(one.where == importing_likes.MISSING for one in done.found):
        raise typer.Exit(1)


COLUMNS = ("file", "line", "title", "arxiv_id", "doi", "url", "found", "item_id", "repeated", "liked_before", "reason")


def undone(batch: "UndoneBatch | None", what: str) -> str:
    """One line for people on a batch that was taken back; DigestError where there was none."""
    if batch is None:
        raise DigestError(f"there is no {what} to take back")
    return f"took back the {what} of {batch.made_at:%Y-%m-%d %H:%M} UTC: {count_words(batch.marks, 'mark')}"


def missing(found: "Sequence[FoundReference]") -> list[str]:
    """One line for each reference that was found nowhere."""
    from digest.commands.output import title_of

    return [
        f"{one.entry.file}: line {one.entry.reference.line}: {title_of(one.entry.reference.name)[:100]!r}: {one.reason}"
        for one in found
        if one.where == "missing"
    ]


def _read(file: Path, now: "datetime") -> "References":
    from digest.sources.references import read_references

    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise DigestError(f"{file}: cannot be read: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise DigestError(f"{file}: is larger than {_MOST_BYTES // 10**6} MB; is it a list of references?")
    try:
        return read_references(data, now)
    except ParseError as error:
        raise DigestError(f"{file}: {error}") from error


def _on_request(papers: int) -> None:
    from digest.commands.output import warn

    if papers > 100:  # more than one request, and each waits three seconds
        warn(f"asking arXiv for {papers} papers, a hundred at a time")


def _summary(done: "ImportResult") -> list[str]:
    """Two lines for people."""
    fresh = [one for one in done.found if not one.repeated]
    parts = [
        (sum(one.where == "archive" for one in fresh), "in the archive"),
        (sum(one.where == "file" for one in fresh), "from the file itself"),
        (sum(one.where == "arxiv" for one in fresh), "from arXiv"),
        (sum(one.repeated for one in done.found), "named before"),
        (sum(one.where == "missing" for one in done.found), "not found"),
    ]
    told = ", ".join(f"{count} {what}" for count, what in parts if count)
    before = sum(one.liked_before for one in done.found)
    known = f", {before} were before" if before else ""
    next_ = "; the next ranking learns from them, `digest learn --undo` takes them back" if done.liked else ""
    return [f"{count_words(len(done.found), 'reference')}: {told}", f"{done.liked} liked now{known}{next_}"]


def _some(lines: Sequence[str]) -> list[str]:
    left = len(lines) - _MOST_LINES
    return [
        *lines[:_MOST_LINES],
        *([f"and {left} more lines like these; --json names every reference"] if left > 0 else []),
    ]


def _row(one: "FoundReference") -> tuple[object, ...]:
    of = one.entry.reference
    known = (one.entry.file, of.line, of.title, of.arxiv_id, of.doi, of.url)
    return (*known, one.where, one.item_id, one.repeated, one.liked_before, one.reason)

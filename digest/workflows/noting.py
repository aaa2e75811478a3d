"""Notes: written by a command, in an editor or on the page, and shown with what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from digest.config import Config
from digest.errors import DigestError
from digest.notes import templates, writing
from digest.notes.front_matter import Subject, front_matter, read_note
from digest.records import Note
from digest.render.latex import to_unicode
from digest.sources.identifiers import without_tracking
from digest.store import items, locks, lookup
from digest.store import marks as mark_rows
from digest.store import notes as note_rows
from digest.store.archive import Connection
from digest.workflows.opening import opened
from digest.workflows.reading_notes import read_notes, synchronise

#: Only one process at a time writes notes from an archive.
TASK = "noting"
_SUBJECT = "title, url, source, authors, arxiv_id, kind, doi, seconds"


class Did(StrEnum):
    """What became of a text."""

    BEGUN = "begun"
    ADDED = "added"
    EDITED = "edited"
    #: the file had changed meanwhile, and got what was new
    MERGED = "merged"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteResult:
    """An item, and the file that its note is in; None where there is none."""

    item_id: str
    title: str
    did: Did
    path: Path | None
    #: one line on what is wrong with the file, or ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a note is about, and the file that there is."""

    subject: Subject
    kind: templates.Kind
    tags: tuple[str, ...]
    path: Path | None
    problem: str = ""


def note(config: Config, typed: str, text: str, now: datetime, *, wait: float) -> NoteResult:
    """Add a text to the note on an item, under the day's heading; the first one makes the file.

    DigestError where the item is unknown, the text empty, or the file cannot be written.
    """
    if not text.strip():
        raise DigestError("the note is empty; nothing was written")
    with locks.hold(config.archive, TASK, wait=wait):
        about = about_item(config, typed, now, wait=wait)
        day = today(config, now)
        if about.path is None:
            body = f"{templates.heading(day)}\n\n{text.strip()}\n"
            did, path = Did.BEGUN, begin(config, about, body, now)
        else:
            writing.append(about.path, text.strip(), day)
            did, path = Did.ADDED, about.path
    _read_back(config, now, wait=wait)
    return NoteResult(
        item_id=about.subject.item_id, title=about.subject.title, did=did, path=path, problem=about.problem
    )


def notes_on(config: Config, typed: str, now: datetime, *, wait: float) -> tuple[str, list[Note]]:
    """The item's id, and the notes on it as their files are now."""
    with opened(config, wait=wait) as db:
        item_id = lookup.resolve(db, typed)
        synchronise(db, config, now)
        return item_id, note_rows.of_item(db, item_id)


def list_notes(config: Config, now: datetime, *, limit: int, wait: float) -> list[tuple[Note, str]]:
    """Notes with the titles of what they are about, those changed last first."""
    if not config.archive.exists():
        return []
    with opened(config, wait=wait) as db:
        if config.notes_folder.is_dir():
            synchronise(db, config, now)
        return note_rows.listed(db, limit=limit)


def broken_notes(config: Config, *, wait: float) -> list[str]:
    """One line on each file whose front matter cannot be read."""
    if not config.archive.exists():
        return []
    with opened(config, wait=wait, read_only=True) as db:
        return [f"{config.notes_folder / path}: {problem}" for path, problem in note_rows.problems(db)]


def about_item(config: Config, typed: str, now: datetime, *, wait: float) -> About:
    """The item that was meant, and the file of its note, wherever in the folder it lies now."""
    with opened(config, wait=wait) as db:
        item_id = lookup.resolve(db, typed)
        if config.notes_folder.is_dir():
            synchronise(db, config, now)
        written = note_rows.of_item(db, item_id) or note_rows.empty_ones(db, item_id)
        subject, kind = _subject(db, item_id)
        held = mark_rows.standing(db).get(item_id, ())
    oldest = next((one for one in written if (config.notes_folder / one.path).is_file()), None)
    path = config.notes_folder / oldest.path if oldest else None
    return About(
        subject=subject,
        kind=kind,
        tags=("digest", kind, *held),
        path=path,
        problem=f"{path}: {oldest.problem}" if oldest and oldest.problem else "",
    )


def begin(config: Config, about: About, body: str, now: datetime) -> Path:
    """Make the file of a note that is the first on its item."""
    head = front_matter(about.subject, now, about.tags)
    text = f"{head}\n{templates.source_line(about.subject)}\n\n{body}"
    day, subject = today(config, now), about.subject
    return writing.create(config.notes_folder, subject.title, subject.item_id, day, text)


def today(config: Config, now: datetime) -> date:
    return now.astimezone(config.zone).date()


def edited(
    config: Config, about: About, before: bytes, text: str, now: datetime, *, whole: bool = True, wait: float
) -> NoteResult:
    """Keep what was made of a note in an editor; *before* is its file as it was, b"" where there was none.

    A text that may not be *whole* takes nothing out of the file.
    """
    text = _with_head(text, before, about, now)
    with locks.hold(config.archive, TASK, wait=wait):
        current = about_item(config, about.subject.item_id, now, wait=wait).path
        day = today(config, now)
        if current is None:
            subject = about.subject
            path = writing.create(config.notes_folder, subject.title, subject.item_id, day, text)
            did = Did.BEGUN
        else:
            path, did = current, Did.EDITED if writing.replace(current, before, text, day, whole=whole) else Did.MERGED
    _read_back(config, now, wait=wait)
    return NoteResult(item_id=about.subject.item_id, title=about.subject.title, did=did, path=path)


def _with_head(text: str, before: bytes, about: About, now: datetime) -> str:
    """The text with the front matter that it lost, so that it is found again."""
    if read_note(text).item_id:
        return text
    return f"{front_matter(about.subject, now, about.tags)}\n{text.lstrip()}"


def _read_back(config: Config, now: datetime, *, wait: float) -> None:
    """Let searches find what was written now; if the archive is held, the next run reads it."""
    try:
        read_notes(config, now, wait=wait)
    except DigestError:
        return


def _subject(db: Connection, item_id: str) -> tuple[Subject, templates.Kind]:
    rows: Sequence[tuple[object, ...]] = items.columns_of(db, [item_id], _SUBJECT)
    _, title, url, source, authors, arxiv_id, kind, doi, seconds = rows[0]
    subject = Subject(
        item_id=item_id,
        title=to_unicode(str(title or "")),
        url=without_tracking(str(url or "")),
        source=str(source or ""),
        authors=tuple(authors) if isinstance(authors, list) else (),
        arxiv_id=str(arxiv_id or ""),
    )
    made = templates.kind_of(
        kind=str(kind or ""),
        url=subject.url,
        arxiv_id=subject.arxiv_id,
        doi=str(doi or ""),
        seconds=int(str(seconds or 0)),
    )
    return subject, made

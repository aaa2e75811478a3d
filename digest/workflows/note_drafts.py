"""A note in an editor: a draft beside the archive, which survives a kill and goes on where it stopped.

drafts/LEARNER/ITEM.md       what is edited
drafts/LEARNER/ITEM.begun    what it began as
drafts/LEARNER/ITEM.before   the note's file as it was then
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.atomic_write import atomic_write, private_folder
from digest.config import Config
from digest.errors import DigestError
from digest.notes import templates
from digest.notes.folder import decoded, lines
from digest.notes.front_matter import front_matter, read_note
from digest.store import spool
from digest.workflows.noting import About, Did, NoteResult, about_item, edited, today


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A note that is being edited."""

    path: Path
    about: About
    #: whether it is what an earlier edit left
    resumed: bool = False


def open_draft(config: Config, typed: str, now: datetime, *, wait: float) -> Draft:
    """Put a note into a draft to edit: what there is with a heading of the day, or the questions for its kind."""
    about = about_item(config, typed, now, wait=wait)
    path = _folder(config) / f"{about.subject.item_id}.md"
    if path.exists() and _part(path, "begun").exists() and _part(path, "before").exists():
        return Draft(path=path, about=about, resumed=True)
    try:
        before = about.path.read_bytes() if about.path else b""
        text = _opening(config, about, before, now)
        private_folder(path.parent)
        for part, content in (("before", before), ("begun", text.encode(errors="replace"))):
            atomic_write(_part(path, part), content, private=True)
        atomic_write(path, text.encode(errors="replace"), private=True)
    except OSError as error:
        raise DigestError(f"{error.filename or path}: {error.strerror or error}") from error
    return Draft(path=path, about=about)


def close_draft(config: Config, draft: Draft, now: datetime, *, wait: float) -> NoteResult:
    """Keep what was written, unless that is nothing; the draft goes once it is in the note's file.

    An empty text changes nothing.

    A DigestError leaves it, and the next edit goes on with it.
    """
    about = draft.about
    try:
        text = lines(decoded(draft.path.read_bytes()))
        begun = lines(_part(draft.path, "begun").read_text("utf-8"))
        before = _part(draft.path, "before").read_bytes()
    except OSError as error:
        raise DigestError(f"{draft.path}: cannot be read: {error.strerror or error}") from error
    kept = _without_empty_end(text, templates.heading(today(config, now)))
    if (
        not text.strip()
        or _same(text, begun)
        or (not before and _says_nothing(text, begun))
        or _same(kept, lines(decoded(before)))
    ):
        done = NoteResult(item_id=about.subject.item_id, title=about.subject.title, did=Did.NOTHING, path=about.path)
    else:
        try:
            done = edited(config, about, before, kept if before else text, now, whole=not draft.resumed, wait=wait)
        except DigestError as error:
            raise DigestError(
                f"{error}; what you wrote is kept, and `digest note {about.subject.item_id} --edit` goes on"
            ) from error
    for path in (draft.path, _part(draft.path, "begun"), _part(draft.path, "before")):
        path.unlink(missing_ok=True)
    return done


def waiting_drafts(config: Config) -> list[str]:
    """The items whose note was being edited when the editor was cut off."""
    folder = _folder(config)
    return sorted(path.stem for path in folder.glob("*.md")) if folder.is_dir() else []


def _folder(config: Config) -> Path:
    return spool.folder_for(config.archive) / "drafts" / config.learner_id


def _part(path: Path, name: str) -> Path:
    return path.with_suffix(f".{name}")


def _opening(config: Config, about: About, before: bytes, now: datetime) -> str:
    day = today(config, now)
    if before:
        so_far = lines(decoded(before))
        return f"{so_far.rstrip()}\n\n{templates.heading(day)}\n\n"
    head = front_matter(about.subject, now, about.tags)
    return f"{head}\n{templates.source_line(about.subject)}\n\n{templates.questions(about.kind, day)}"


def _says_nothing(text: str, begun: str) -> bool:
    return templates.says_nothing(read_note(text).body, read_note(begun).body)


def _without_empty_end(text: str, heading: str) -> str:
    """The text without a last heading under which nothing was written."""
    kept = text.rstrip()
    return f"{kept.removesuffix(heading).rstrip()}\n" if kept.endswith(f"\n{heading}") else text


def _same(one: str, other: str) -> bool:
    return [line.rstrip() for line in one.strip().splitlines()] == [
        line.rstrip() for line in other.strip().splitlines()
    ]

"""The learner's notes, what a search finds of them, and the one that a pick is close to."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One note, as its file has it."""

    item_id: str
    #: relative to the folder of notes, with "/"
    path: str
    #: Markdown, without the front matter
    text: str
    written_at: datetime
    changed_at: datetime
    tags: tuple[str, ...] = ()
    #: what is wrong with its front matter, in one line, or ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteHit:
    """A note that a search found, and the passage that fits best."""

    item_id: str
    path: str
    quote: str
    #: cosine, or BM25 over the notes
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """The learner's own note that a pick is close to."""

    item_id: str
    title: str
    url: str
    quote: str
    #: centred cosine
    similarity: float = 0.0

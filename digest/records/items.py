"""Items: the entries of a source, and the works that several of them may be."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from digest.records.events import Calendar
from digest.records.sources import Hints

_NO_HINTS = Hints()
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u to mistype
_ID_LENGTH = 10


def short_id(*parts: str) -> str:
    """A short, stable name that is safe to type: 10 characters, the first one a letter.

    49 bits, so that a million items meet a collision about once in a thousand archives.
    """
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")
    letters = [_ALPHABET[10 + number % 22]]
    number //= 22
    for _ in range(_ID_LENGTH - 1):
        number, digit = divmod(number, 32)
        letters.append(_ALPHABET[digit])
    return "".join(letters)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry of one source, complete at birth. Texts are plain, without markup."""

    source: str
    #: the kind of its source
    kind: str
    #: the feed's id, else the link, else a hash of title and text; unique within the source
    entry_id: str
    url: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    summary: str = ""
    #: the whole text where the source gives more than a summary
    text: str = ""
    published_at: datetime | None = None
    arxiv_id: str = ""
    doi: str = ""
    #: arXiv's categories or the feed's
    tags: tuple[str, ...] = ()
    #: playing time of audio or video, 0 for reading matter
    seconds: int = 0
    #: where it is talked about, if that is another place than its own address
    discussion: str = ""
    #: the public id, derived from source and entry id
    item_id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "item_id", short_id(self.source, self.entry_id))

    @property
    def body(self) -> str:
        return self.text or self.summary

    @property
    def words(self) -> int:
        return len(self.body.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What the answers of one visit hold."""

    items: tuple[Item, ...] = ()
    #: the document's own name for itself
    title: str = ""
    #: kind and address found out on the way; "" where nothing new was learned
    kind: str = ""
    url: str = ""
    hints: Hints = _NO_HINTS
    #: what is odd about the document, in words, though entries could be read
    remarks: tuple[str, ...] = ()
    #: bodies that nothing could be read from, though the rest could
    rejected: tuple[bytes, ...] = ()
    #: ids of items that come as teasers this time, though they may have been read whole before
    teasers: frozenset[str] = frozenset()
    #: the next `SourceState.known`; () where it stays as it is
    known: tuple[str, ...] = ()
    #: when its items take place; None where that is not what the document tells
    calendar: Calendar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The items that are one piece of work; the first is the one to show."""

    work_id: str
    items: tuple[Item, ...]
    first_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWork:
    """A work from before the period, by the item that stands for it; its text may be missing."""

    item: Item
    work_id: str
    #: the issue that showed it, and the learner's mark, or ""
    period: str = ""
    mark: str = ""

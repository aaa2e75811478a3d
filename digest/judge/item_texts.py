"""What evidence needs of an item's text alone, remembered: many learners are shown the evidence of the same items."""

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from sys import intern

from digest.judge.artifacts import Artifact, artifacts_of, resources
from digest.judge.sentences import prose_sentences
from digest.judge.stopwords import STOPWORDS
from digest.records import Item, Resource

#: Characters of a body from which sentences are quoted: its head says what it is about.
_READ = 4_000
_MAX_SENTENCES = 30
_MIN_SENTENCE_WORDS = 4
_MAX_SENTENCE = 300  # characters; longer "sentences" are tables and lists
_WORD = re.compile(r"[^\W\d_][\w\-]*[^\W_]|[^\W\d_]")
#: Items that are remembered, some 8 KB each: a week's works, of which each learner's best have evidence.
_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemText:
    """One item's text as evidence reads it."""

    #: that may be quoted
    sentences: tuple[str, ...]
    #: the distinct content words of the title and the body's head, in order
    words: tuple[str, ...]
    extras: tuple[Artifact, ...]
    resources: tuple[Resource, ...]


class _Texts:
    """Texts that were read before, by item and content, the last used last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read: OrderedDict[tuple[object, ...], ItemText] = OrderedDict()

    def read(self, item: Item) -> ItemText:
        key = (item.item_id, item.title, item.url, item.seconds, len(item.body), hash(item.body))
        with self._lock:
            known = self._read.get(key)
            if known is not None:
                self._read.move_to_end(key)
                return known
        read = ItemText(
            sentences=_sentences(item),
            words=_content_words(item),
            extras=artifacts_of(item),
            resources=resources(item),
        )
        with self._lock:
            self._read[key] = read
            if len(self._read) > _REMEMBERED:
                self._read.popitem(last=False)
        return read


_TEXTS = _Texts()


def read_item(item: Item) -> ItemText:
    """An item's text as evidence reads it."""
    return _TEXTS.read(item)


def _sentences(item: Item) -> tuple[str, ...]:
    body = [s for s in prose_sentences(item.body[:_READ]) if len(s) <= _MAX_SENTENCE]
    found = [s for s in body if (len(s.split()) >= _MIN_SENTENCE_WORDS or not s.isascii())]
    return tuple(found[:_MAX_SENTENCES] or ([item.title] if item.title.strip() else []))


def _content_words(item: Item) -> tuple[str, ...]:
    found = _WORD.findall(f"{item.title} {item.body[:_READ]}".casefold())
    return tuple(dict.fromkeys(intern(w) for w in found if len(w) > 2 and w not in STOPWORDS))

"""The terms of a text that may name a theme, as numbers, remembered: many learners' themes are made of the same texts.

Terms are words and pairs of neighbouring words. As numbers those of twenty thousand texts take 20 MB.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.judge.stopwords import FIELD_WORDS, STOPWORDS

#: Words of a text that are searched for names.
_READ = 60
_WORD = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")
#: What no phrase goes across.
_BREAK = re.compile(r"[^\w\s-]+|\s-+\s")
#: Texts and words that are remembered; beyond that remembering starts again.
_TEXTS, _WORDS = 32_768, 400_000

#: Words of one stretch without punctuation, as they are written.
Stretch = tuple[str, ...]
#: A term: its first word above the lowest 32 bits, its second one, if any, in them.
Terms = NDArray[np.uint64]


class _Vocabulary:
    """Words by number, from 1, and the terms of texts that were read before."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words: list[str] = [""]
        self._numbers: dict[str, int] = {"": 0}
        self._texts: dict[tuple[str, str], Terms] = {}

    def read(self, texts: Sequence[tuple[str, str]]) -> tuple[list[Terms], Sequence[str]]:
        """The distinct terms of each text, and the words by number."""
        with self._lock:
            if len(self._texts) > _TEXTS or len(self._words) > _WORDS:
                self._words, self._numbers, self._texts = [""], {"": 0}, {}
            return [self._terms(title, text) for title, text in texts], self._words

    def _terms(self, title: str, text: str) -> Terms:
        known = self._texts.get((title, text))
        if known is None:
            known = self._texts[title, text] = np.unique(np.fromiter(self._numbered(title, text), np.uint64))
        return known

    def _numbered(self, title: str, text: str) -> Iterator[int]:
        for stretch in stretches(title, text):
            named = [word.casefold() if says_something(word) else "" for word in stretch]
            general = [word in FIELD_WORDS for word in named]
            numbers = [self._number(word) for word in named]
            yield from (one << 32 for one, usual in zip(numbers, general, strict=True) if one and not usual)
            for (one, usual), (two, as_usual) in pairwise(zip(numbers, general, strict=True)):
                if one and two and not (usual and as_usual):
                    yield one << 32 | two

    def _number(self, word: str) -> int:
        number = self._numbers.setdefault(word, len(self._words))
        if number == len(self._words):
            self._words.append(word)
        return number


_VOCABULARY = _Vocabulary()


def terms_of(texts: Sequence[tuple[str, str]]) -> tuple[list[Terms], Sequence[str]]:
    """The distinct terms of each title and text, and the words that their numbers mean."""
    return _VOCABULARY.read(texts)


def written(term: int, words: Sequence[str]) -> str:
    """A term in words, in lower case."""
    first, second = words[term >> 32], words[term & 0xFFFFFFFF]
    return f"{first} {second}" if second else first


def stretches(title: str, text: str) -> Iterator[Stretch]:
    """The words of a title and of a text's opening; a title's are in capitals only where the text has them so."""
    opening = " ".join(text.split()[:_READ])
    for part in (_without_title_case(title), opening):
        for stretch in _BREAK.split(part):
            if found := tuple(_WORD.findall(stretch)):
                yield found


@lru_cache(maxsize=65_536)  # a text uses few words that no other does
def says_something(word: str) -> bool:
    """Two letters do where they are an acronym, as in "KV cache"."""
    letters = sum(map(str.isalpha, word))
    return word.casefold() not in STOPWORDS and (letters > 2 or (letters == 2 and word.isupper()))


def _without_title_case(title: str) -> str:
    return " ".join(
        word.lower() if all(part.istitle() for part in re.findall(r"\w+", word)) else word for word in title.split()
    )

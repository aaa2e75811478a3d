"""TF-IDF and cosine (Salton, Wong and Yang 1975), the baseline that the judge has to beat. Pure."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from digest.arrays import Floats
from digest.judge.stopwords import STOPWORDS

_WORD = re.compile(r"[^\W_]{2,}")
#: The most frequent terms; rarer ones hardly change a ranking.
MAX_TERMS = 50_000


class TfIdf:
    """Documents as weighted words and word pairs, with sublinear tf and smoothed idf; rows at length 1."""

    def __init__(self, documents: Sequence[str]) -> None:
        counted = [Counter(terms(text)) for text in documents]
        frequency = Counter(term for counts in counted for term in counts)
        kept = sorted(frequency, key=lambda term: (-frequency[term], term))[:MAX_TERMS]
        self._index = {term: i for i, term in enumerate(kept)}
        self._idf = np.array([math.log((1 + len(documents)) / (1 + frequency[t])) + 1 for t in kept])
        rows = [self._weighted(counts) for counts in counted]
        self._starts = np.concatenate([[0], np.cumsum([len(columns) for columns, _ in rows])]).astype(np.intp)
        self._columns = np.concatenate([columns for columns, _ in rows]) if rows else np.zeros(0, np.intp)
        self._values = np.concatenate([values for _, values in rows]) if rows else np.zeros(0)

    def cosines(self, query: Floats) -> Floats:
        """The cosine of each document [documents] and a query vector [terms]."""
        summed = np.concatenate([[0.0], np.cumsum(self._values * query[self._columns])])
        return np.diff(summed[self._starts]).astype(np.float32)

    def query(self, text: str) -> Floats:
        """The unit vector of a text [terms]; zero where it shares no term with the documents."""
        vector = np.zeros(len(self._index), np.float32)
        columns, values = self._weighted(Counter(terms(text)))
        vector[columns] = values
        return vector

    def document(self, row: int) -> Floats:
        """The vector of one of the documents [terms]."""
        vector = np.zeros(len(self._index), np.float32)
        inside = slice(self._starts[row], self._starts[row + 1])
        vector[self._columns[inside]] = self._values[inside]
        return vector

    def _weighted(self, counts: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
        known = [(self._index[term], 1 + math.log(n)) for term, n in counts.items() if term in self._index]
        columns = np.array([column for column, _ in known], np.intp)
        values = np.array([value for _, value in known]) * self._idf[columns]
        return columns, values / max(float(np.linalg.norm(values)), 1e-12)


def terms(text: str) -> Iterable[str]:
    """The words of a text that are no stop words, and pairs of neighbouring ones."""
    words = [w for w in _WORD.findall(text.casefold()) if w not in STOPWORDS]
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]

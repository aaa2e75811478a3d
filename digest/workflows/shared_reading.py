"""What several learners' issues are made of alike, read from the archive once: the period's works, vectors, a sample.

Issues of one run are all built on the archive as the first of them found it, whoever comes first: works that are near
duplicates become one before any issue is built.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import numpy as np

from digest.arrays import Floats
from digest.compose.near_duplicates import NOMINATED, TextComparison, longest_item, near_duplicates
from digest.compose.similarity import centred, near_pairs
from digest.judge.embedding import Embedder
from digest.judge.term_suggestions import READ
from digest.records import Work
from digest.store import items, vectors
from digest.store import works as work_rows
from digest.store.archive import Connection, transaction

T = TypeVar("T")

#: Items of the archive whose words set apart those of others.
_SAMPLE = 800
#: Vectors that are kept at most, 50 MB at 256 dimensions.
_VECTORS = 50_000
#: Periods whose works are kept at most: learners have weeks or days.
_PERIODS = 4


class SharedReading:
    """The reading of one archive by one thread, for as long as it is not fetched into."""

    def __init__(self, *, since: datetime | None = None) -> None:
        """*since* is the earliest start of a period among several learners; a learner alone needs none."""
        self._since = since
        self._merged: dict[str, str] | None = None
        self._works: dict[tuple[datetime, datetime | None], list[Work]] = {}
        self._vectors: dict[str, Floats] = {}
        self._without: set[str] = set()
        self._sample: dict[str, str] | None = None
        self._comparison = TextComparison()
        self._others: dict[object, Any] = {}

    @property
    def settled(self) -> dict[str, str]:
        """The works that `settle` found to be one."""
        return self._merged or {}

    def settle(self, db: Connection, model: Embedder, usual: Floats) -> None:
        """Let near-duplicate works of several learners' periods be one in this archive.

        They are compared by the vectors of the texts that decide; *usual* [d] is the mean of the reference texts.
        """
        if self._since is None:
            return
        if self._merged is None:
            works = work_rows.new_works(db, self._since, None)
            longest = [longest_item(work.items).item_id for work in works]
            found = self.vectors(db, model, longest)
            nothing = np.zeros(model.dimensions, np.float32)
            rows = np.array([found.get(one, nothing) for one in longest], np.float32).reshape(-1, model.dimensions)
            self._merged = near_duplicates(works, near_pairs(centred(rows, usual), NOMINATED), self._comparison.same)
        with transaction(db):
            work_rows.merge(db, self._merged)

    def works(self, db: Connection, *, starts_at: datetime, period: str) -> list[Work]:
        """As `store.works.for_period`."""
        return work_rows.for_period(db, starts_at=starts_at, period=period, fresh=self._fresh)

    def vectors(self, db: Connection, model: Embedder, item_ids: Sequence[str]) -> dict[str, Floats]:
        """The vectors [d] of these items, as far as there are any, by id in its order."""
        wanted = sorted(set(item_ids))
        missing = [one for one in wanted if one not in self._vectors and one not in self._without]
        if missing:
            found = vectors.of_items(db, model.name, model.dimensions, missing)
            if len(self._vectors) + len(found) > _VECTORS:
                self._vectors = {one: self._vectors[one] for one in wanted if one in self._vectors}
            self._vectors |= found
            self._without |= set(missing) - found.keys()
        return {one: self._vectors[one] for one in wanted if one in self._vectors}

    def sample(self, db: Connection, *, without: Sequence[str]) -> list[str]:
        """The texts of some items, always the same ones of one archive, except those *without*."""
        if self._sample is None:
            found = items.texts(db, items.sample_ids(db, count=_SAMPLE, without=()))
            self._sample = {item_id: f"{title}\n{body}"[:READ] for item_id, (title, body) in sorted(found.items())}
        return [text for item_id, text in self._sample.items() if item_id not in without]

    def duplicates(self, works: Sequence[Work], rows: Floats) -> dict[str, str]:
        """Near-duplicate works, gone -> stays; *rows* [works, d] are centred vectors of the items shown of each."""
        if self._since is not None:
            return {}  # they are one already
        return near_duplicates(works, near_pairs(rows, NOMINATED), self._comparison.same)

    def once(self, name: object, make: Callable[[], T]) -> T:
        """What *make* gives the first time that it is asked for under this name."""
        if name not in self._others:
            self._others[name] = make()
        found: T = self._others[name]
        return found

    def _fresh(self, db: Connection, starts_at: datetime, before: datetime | None) -> list[Work]:
        key = (starts_at, before)
        if key not in self._works:
            if len(self._works) >= _PERIODS:
                self._works.clear()
            self._works[key] = work_rows.new_works(db, starts_at, before)
        return self._works[key]

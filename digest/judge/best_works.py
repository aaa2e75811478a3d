"""Each learner's best items of an archive, many learners together. Pure.

An upper bound (`upper_bounds`) nominates, by blocked products, the items that may be among a learner's best; the
relevance model decides among them. Both follow one threshold, the score of a learner's last kept item so far, as in
the threshold algorithm of Fagin, Lotem and Naor (2003): what is kept is exactly what scoring every item would keep.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Flags, Floats
from digest.judge.blocked_products import Rows, above, greatest
from digest.judge.item_columns import NEUTRAL, ItemColumns, joined
from digest.judge.relevance import RelevanceReader
from digest.judge.scoring import PARTS, PREFERRED_BONUS, SOURCE_WEIGHT, Scores, score_leaning
from digest.judge.upper_bounds import beside, bound

#: Items that are kept for each learner.
BEST = 128
#: Columns of a table of scores.
COLUMNS = ("relevance", "lean", "score", *PARTS)
_SCORE = COLUMNS.index("score")
#: More than float32 can round away of a score.
_SLACK = 1e-3
#: Items from which a first threshold is taken.
_FIRST = 16384
#: Nominated items a learner, on average, that are scored together.
_WAITING = 150
#: Items that are held for it at most, before the next chunk: some 8 MB, three times while they are scored.
_HELD = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranker:
    """One learner, as items are scored for them."""

    reader: RelevanceReader
    #: the prior of each source that is not neutral, 0 .. 1
    priors: Mapping[str, float] = field(default_factory=dict)
    #: what is preferred in an item, such as code
    wanted: frozenset[str] = frozenset()

    def score(self, items: ItemColumns, rows: Rows | slice = slice(None)) -> Scores:
        """The scores of some items."""
        return score_leaning(self.reader, items.leans[rows], items.batch(self.priors, self.wanted, rows))

    @property
    def bonus(self) -> float:
        """The most that source and preference add."""
        source = SOURCE_WEIGHT * (2 * max([NEUTRAL, *self.priors.values()]) - 1)
        return source + (PREFERRED_BONUS if self.wanted else 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Scored items, best first; equal scores by item id."""

    item_ids: NDArray[np.str_]
    #: [items, COLUMNS]; nan where a part does not apply
    values: Floats

    def best(self, keep: int) -> "Table":
        """The first of them, in order."""
        scores = self.values[:, _SCORE]
        order = np.argsort(-scores, kind="stable")
        if (np.diff(scores[order]) == 0).any():
            order = np.lexsort((self.item_ids, -scores))
        order = order[:keep]
        return Table(item_ids=self.item_ids[order], values=self.values[order])

    def followed_by(self, other: "Table") -> "Table":
        """The rows of both, one after the other."""
        return Table(
            item_ids=np.concatenate([self.item_ids, other.item_ids]),
            values=np.concatenate([self.values, other.values]),
        )

    def and_also(self, other: "Table", keep: int = BEST) -> "Table":
        """The best of both."""
        return self.followed_by(other).best(keep)

    def scores(self, parts: Sequence[str], rows: Flags) -> Scores:
        """Some of the rows as scores with these parts."""
        values = self.values[rows]
        relevance, lean, score = values[:, :3].T
        return Scores(
            relevance=relevance,
            lean=lean,
            score=score,
            parts={name: values[:, COLUMNS.index(name)] for name in parts},
        )

    def least(self, keep: int) -> float:
        """The score that another item has to reach to be among *keep*."""
        return float(self.values[keep - 1, _SCORE]) if len(self.values) >= keep else -np.inf


NOTHING = Table(item_ids=np.zeros(0, np.str_), values=np.zeros((0, len(COLUMNS)), np.float32))


class BestWorks:
    """The best items of each learner, gathered from an archive chunk by chunk."""

    def __init__(self, rankers: Sequence[Ranker], *, keep: int = BEST) -> None:
        self._rankers, self._keep = rankers, keep
        self._bounds = [bound(ranker.reader) for ranker in rankers]
        self._owner = np.repeat(np.arange(len(rankers)), [len(one.directions) for one in self._bounds])
        #: what every item is multiplied with
        self.directions = np.concatenate([one.directions for one in self._bounds])
        self._rest = np.array([one.rest for one in self._bounds])
        self._bonus = np.array([ranker.bonus + _SLACK for ranker in rankers])
        self._tables = [NOTHING] * len(rankers)
        #: the score that an item has to reach [learners]
        self._least = np.full(len(rankers), -np.inf)
        #: nominated and not scored yet: items, learners, and the rows of items that they go with
        self._waiting: list[tuple[ItemColumns, Rows, Rows]] = []

    @property
    def tables(self) -> list[Table]:
        """The best so far of each learner."""
        self._decide()
        return self._tables

    def add(self, items: ItemColumns) -> None:
        """Take in more of the archive."""
        vectors = beside(items.vectors, items.ages)
        self._begin(items, vectors)
        learners, rows = self._pairs(above(self.directions, vectors, self._thresholds()))
        if len(rows):
            chosen, place = np.unique(rows, return_inverse=True)
            self._waiting.append((items.part(chosen), learners, place))
        pairs, held = (sum(len(one[column]) for one in self._waiting) for column in (1, 0))
        if pairs >= _WAITING * len(self._rankers) or held >= _HELD:
            self._decide()

    def _decide(self) -> None:
        """Score what was nominated, a learner at a time: few large decisions cost less than many small ones."""
        if not self._waiting:
            return
        parts, learners, rows = zip(*self._waiting, strict=True)
        self._waiting = []
        starts = np.cumsum([0, *(len(part) for part in parts[:-1])])
        items, learner = joined(parts), np.concatenate(learners)
        row = np.concatenate([own + start for own, start in zip(rows, starts, strict=True)])
        order = np.argsort(learner, kind="stable")
        vectors = beside(items.vectors, items.ages)
        for one, own in _by_learner(learner[order], row[order]):
            self._take(one, items, self._promising(one, own, vectors))

    def _promising(self, learner: int, rows: Rows, vectors: Floats) -> Rows:
        """The rows that may still be among the best by a tighter bound."""
        if self._bounds[learner].likes is None:
            return rows
        kept: Rows = rows[self._bounds[learner].of(vectors[rows]) >= self._least[learner] - self._bonus[learner]]
        return kept

    def _begin(self, items: ItemColumns, vectors: Floats) -> None:
        """Give learners without a threshold a first one: the last score of as many items as are kept."""
        if len(vectors) <= self._keep:
            return
        new = np.flatnonzero(self._least[self._owner] == -np.inf)
        directions = self.directions[new]
        nobody = np.full(len(new), -np.inf, np.float32)
        pairs = greatest(directions, vectors[:_FIRST], nobody, min(self._keep, len(vectors[:_FIRST])), 0)
        for learner, rows in _by_learner(*self._pairs([(new[pairs[0]], pairs[1])])):
            if len(rows) >= self._keep:
                likely = np.argpartition(self._bounds[learner].of(vectors[rows]), -self._keep)[-self._keep :]
                self._least[learner] = self._rankers[learner].score(items, rows[likely]).score.min()

    def _thresholds(self) -> Floats:
        """The product that an item has to reach with each direction [directions]."""
        least: Floats = (self._least - self._rest - self._bonus)[self._owner].astype(np.float32)
        return least

    def _pairs(self, found: Iterator[tuple[Rows, Rows]] | Sequence[tuple[Rows, Rows]]) -> tuple[Rows, Rows]:
        """Learners and items, each pair once and in order, from directions and items."""
        columns = list(zip(*found, strict=True))
        if not columns:
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        directions, rows = (np.concatenate(column) for column in columns)
        width = int(rows.max(initial=0)) + 1
        pairs = np.sort(self._owner[directions] * width + rows)
        learners, items = np.divmod(pairs[np.diff(pairs, prepend=-1) > 0], width)
        return learners, items

    def _take(self, learner: int, items: ItemColumns, rows: Rows) -> None:
        new = table_of(items.item_ids[rows], self._rankers[learner].score(items, rows))
        kept = new.values[:, _SCORE] >= self._least[learner]
        if kept.any():
            better = Table(item_ids=new.item_ids[kept], values=new.values[kept])
            self._tables[learner] = self._tables[learner].and_also(better, self._keep)
            self._least[learner] = max(self._least[learner], self._tables[learner].least(self._keep))


def _by_learner(learners: Rows, rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Each learner with their rows; *learners* ascend."""
    present, starts = np.unique(learners, return_index=True)
    ends = np.append(starts, len(rows))[1:]
    for learner, start, end in zip(present, starts, ends, strict=True):
        yield int(learner), rows[start:end]


def table_of(item_ids: NDArray[np.str_], scores: Scores) -> Table:
    """Scores as a table, in the order that they have."""
    nothing = np.full(len(item_ids), np.nan, np.float32)
    parts = [scores.parts.get(name, nothing) for name in PARTS]
    return Table(item_ids=item_ids, values=np.column_stack([scores.relevance, scores.lean, scores.score, *parts]))

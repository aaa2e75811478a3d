"""The works of an archive nearest to each phrase of many learners' foci. Pure.

The archive comes in chunks of any size and in any order, or in parts that are merged. A chunk's products in float32
nominate a few works more than are wanted; their cosines in float64 decide.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Doubles, Flags, Floats
from digest.judge.blocked_products import Rows, greatest
from digest.judge.focus import FocusModel

#: Nearest works that count. Simulated learners show a plateau from 20 to 40.
NEAREST = 30
#: Works nominated beyond them, in the place of works that the learner disliked.
SPARE = 10
#: More than float32 can round away of a cosine.
_SLACK = 2e-5
#: Decimals of a cosine: processors may differ in the last digits of float64.
_DECIMALS = 9
#: Cosines computed at once.
_PAIRS = 4096

Names = NDArray[np.str_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The works nearest to one phrase, best first."""

    #: item ids; empty where the archive came without
    names: Names
    #: [works, dimensions]
    vectors: Floats
    #: [works]
    cosines: Doubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Works found near queries, a row each, in any order; several queries may have found one work."""

    queries: Rows
    cosines: Doubles
    #: the row of the work among *names* [works] and *vectors* [works, dimensions]
    works: Rows
    names: Names
    vectors: Floats


class NearestWorks:
    """The works nearest to the query and to each phrase of some learners, gathered chunk by chunk.

    Works equal to one that a learner *disliked* [items, dimensions] do not count for that learner.
    """

    def __init__(self, focuses: Sequence[FocusModel], disliked: Sequence[Floats | None] | None = None) -> None:
        groups = [np.vstack([focus.query, focus.vectors]) for focus in focuses]
        #: the focus as a whole and then its phrases, learner by learner [queries, dimensions]
        self.queries = np.concatenate(groups).astype(np.float32, copy=False)
        ends = np.cumsum([len(group) for group in groups])
        self._own = [slice(end - len(group), end) for end, group in zip(ends, groups, strict=True)]
        self._owner = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        given = disliked if disliked is not None else [None] * len(groups)
        self._disliked = {n: rows.astype(np.float64) for n, rows in enumerate(given) if rows is not None and len(rows)}
        #: What no model understands is near to nothing.
        self._asked = np.flatnonzero(self.queries.any(axis=1))
        #: works seen
        self.count = 0
        self.pairs = Pairs(
            queries=np.zeros(0, np.intp),
            cosines=np.zeros(0),
            works=np.zeros(0, np.intp),
            names=np.zeros(0, np.str_),
            vectors=np.zeros((0, self.queries.shape[1]), np.float32),
        )

    def add(self, vectors: Floats, names: Sequence[str] | Names = ()) -> None:
        """Take in more of the archive: works [works, dimensions], and their ids where ties are to go by them."""
        self.count += len(vectors)
        least = self._least()
        found, works = greatest(self.queries[self._asked], vectors, least[self._asked], NEAREST + SPARE, _SLACK)
        queries = self._asked[found]
        if self._disliked:
            queries, works = self._usable(queries, works, vectors, least)
        chosen, place = np.unique(works, return_inverse=True)
        self._include(
            Pairs(
                queries=queries,
                cosines=_cosines(self.queries, vectors, queries, works),
                works=place,
                names=np.array([names[row] for row in chosen] if len(names) else [""] * len(chosen), np.str_),
                vectors=vectors[chosen],
            )
        )

    def merge(self, count: int, pairs: Pairs) -> None:
        """Take in what another one found for the same learners among *count* other works."""
        self.count += count
        self._include(pairs)

    def of(self, learner: int) -> list[Near]:
        """What is nearest to the query and to each phrase of one learner."""
        own, found = self._own[learner], self.pairs
        starts = np.searchsorted(found.queries, np.arange(own.start, own.stop + 1))
        rows = [slice(*ends) for ends in pairwise(starts)]
        return [
            Near(
                names=found.names[found.works[row]], vectors=found.vectors[found.works[row]], cosines=found.cosines[row]
            )
            for row in rows
        ]

    def _least(self) -> Floats:
        """The cosine that each query's next work has to reach [queries]."""
        least = np.full(len(self.queries), -np.inf, np.float32)
        ends = np.searchsorted(self.pairs.queries, np.arange(len(self.queries)), side="right")
        full = np.bincount(self.pairs.queries, minlength=len(self.queries)) == NEAREST
        least[full] = self.pairs.cosines[ends[full] - 1] - _SLACK
        return least

    def _usable(self, queries: Rows, works: Rows, vectors: Floats, least: Floats) -> tuple[Rows, Rows]:
        """The pairs without what the learners disliked; where little is left, others in their place."""
        kept = np.ones(len(queries), np.bool_)
        more: list[tuple[Rows, Rows]] = []
        owners = self._owner[queries]
        for learner, disliked in self._disliked.items():
            mine = np.flatnonzero(owners == learner)
            kept[mine] = ~_is_among(vectors[works[mine]], disliked)
            lost = np.bincount(queries[mine[~kept[mine]]], minlength=len(self.queries))
            for query in np.flatnonzero(lost > SPARE):
                kept[queries == query] = False
                more.append(self._next(int(query), vectors, disliked, least[query : query + 1]))
        pairs = [(queries[kept], works[kept]), *more]
        return np.concatenate([pair[0] for pair in pairs]), np.concatenate([pair[1] for pair in pairs])

    def _next(self, query: int, vectors: Floats, disliked: Doubles, least: Floats) -> tuple[Rows, Rows]:
        """The nearest of all that one learner did not dislike."""
        usable = np.flatnonzero(~_is_among(vectors, disliked))
        _, works = greatest(self.queries[query : query + 1], vectors[usable], least, NEAREST, _SLACK)
        return np.full(len(works), query), usable[works]

    def _include(self, new: Pairs) -> None:
        """Keep the best of what is held and what is new."""
        held = self.pairs
        queries, cosines = np.concatenate([held.queries, new.queries]), np.concatenate([held.cosines, new.cosines])
        works = np.concatenate([held.works, new.works + len(held.names)])
        names, vectors = np.concatenate([held.names, new.names]), np.concatenate([held.vectors, new.vectors])
        order = best_first(queries, cosines, works, names)
        queries = queries[order]
        place = np.arange(len(order)) - np.searchsorted(queries, queries)
        order = order[place < NEAREST]
        chosen, works = np.unique(works[order], return_inverse=True)
        self.pairs = Pairs(
            queries=queries[place < NEAREST],
            cosines=cosines[order],
            works=works,
            names=names[chosen],
            vectors=vectors[chosen],
        )


def best_first(owners: Rows, values: NDArray[np.floating], works: Rows, names: Names) -> Rows:
    """The order by owner, then the greatest value, then the work's name: *works* are rows of *names*."""
    order: Rows = np.lexsort((-values, owners))
    same = (np.diff(owners[order]) == 0) & (np.diff(values[order]) == 0)
    tied = np.flatnonzero(np.concatenate([same, [False]]) | np.concatenate([[False], same])) if len(order) else order
    if len(tied):  # few are, and names are slow to compare
        run = np.concatenate([[0], np.cumsum(~same)])[tied]
        order[tied] = order[tied][np.lexsort((names[works[order[tied]]], run))]
    return order


def nearest_in(archive: Iterable[Floats], focus: FocusModel, disliked: Floats | None = None) -> NearestWorks:
    """The works nearest to one focus in an archive that comes in chunks [works, dimensions]."""
    found = NearestWorks([focus], [disliked])
    for chunk in archive:
        found.add(chunk)
    return found


def _cosines(queries: Floats, vectors: Floats, of: Rows, to: Rows) -> Doubles:
    """The cosine of each pair of rows, one at a time: whatever else is asked, it is the same."""
    found = np.empty(len(of))
    for start in range(0, len(of), _PAIRS):
        some = slice(start, start + _PAIRS)
        found[some] = (queries[of[some]].astype(np.float64) * vectors[to[some]]).sum(axis=1)
    return found.round(_DECIMALS)


def _is_among(vectors: Floats, others: Doubles) -> Flags:
    """Whether each row is one of *others*, as far as float16 storage can tell."""
    same: Flags = (vectors.astype(np.float64) @ others.T).max(axis=1) > 0.9995
    return same

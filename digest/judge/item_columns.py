"""Items as columns, as a ranking reads them for any learner. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Doubles, Flags, Floats
from digest.judge.scoring import Batch

#: The prior of a source without marks.
NEUTRAL = 0.5
_DAY = 86_400

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemColumns:
    """Some items, a row each: what is the same for every learner."""

    item_ids: NDArray[np.str_]
    #: [items, dimensions], rows L2-normalised or zero
    vectors: Floats
    #: probability of envelope [items]
    leans: Floats
    #: days since publication [items]; nan where unknown
    ages: Floats
    #: each item's source [items], as a row of the names
    sources: Rows
    source_names: tuple[str, ...]
    #: what each comes with [items, kinds], such as code
    extras: Flags
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.item_ids)

    def batch(self, priors: Mapping[str, float], wanted: Collection[str], rows: Rows | slice = slice(None)) -> Batch:
        """Some of the rows for one learner: with the *priors* of their sources, and whether they hold what is *wanted*."""
        trust = np.array([priors.get(name, NEUTRAL) for name in self.source_names] if priors else [], np.float32)
        sources = self.sources[rows]
        asked = [column for column, kind in enumerate(self.kinds) if kind in wanted]
        return Batch(
            vectors=self.vectors[rows],
            ages=self.ages[rows],
            source_priors=trust[sources] if priors else np.full(len(sources), NEUTRAL, np.float32),
            preferred=np.asarray(self.extras[rows][:, asked].any(axis=1)) if wanted else None,
        )

    def part(self, rows: Rows | slice) -> "ItemColumns":
        """Some of the items, in this order."""
        return ItemColumns(
            item_ids=self.item_ids[rows],
            vectors=self.vectors[rows],
            leans=self.leans[rows],
            ages=self.ages[rows],
            sources=self.sources[rows],
            source_names=self.source_names,
            extras=self.extras[rows],
            kinds=self.kinds,
        )


def joined(parts: Sequence[ItemColumns]) -> ItemColumns:
    """Several tables, of which there is at least one, as one."""
    names = dict.fromkeys(name for part in parts for name in part.source_names)
    kinds = dict.fromkeys(kind for part in parts for kind in part.kinds)
    return ItemColumns(
        item_ids=np.concatenate([part.item_ids for part in parts]),
        vectors=np.concatenate([part.vectors for part in parts]),
        leans=np.concatenate([part.leans for part in parts]),
        ages=np.concatenate([part.ages for part in parts]),
        sources=np.concatenate([_places(part.source_names, names)[part.sources] for part in parts]),
        source_names=tuple(names),
        extras=np.concatenate([_spread(part, kinds) for part in parts]),
        kinds=tuple(kinds),
    )


def _places(names: Sequence[str], among: Iterable[str]) -> Rows:
    """Where each name is *among* others."""
    place = {name: number for number, name in enumerate(among)}
    return np.array([place[name] for name in names], np.intp)


def _spread(part: ItemColumns, kinds: Collection[str]) -> Flags:
    flags = np.zeros((len(part), len(kinds)), np.bool_)
    flags[:, _places(part.kinds, kinds)] = part.extras
    return flags


def ages(seconds: Doubles, dated: Flags, now: float) -> Floats:
    """Days since publication [items], nan for what is not *dated*; *seconds* and *now* are since 1970."""
    days: Floats = np.where(dated, (now - seconds) / _DAY, np.nan).astype(np.float32)
    return days


def coded(names: Sequence[str]) -> tuple[Rows, tuple[str, ...]]:
    """Each name as a row of the distinct ones, and those."""
    codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
    return np.array([codes[name] for name in names], np.intp), tuple(codes)


def flagged(extras: Sequence[Sequence[str]]) -> tuple[Flags, tuple[str, ...]]:
    """Whether each list holds each of the kinds [lists, kinds], and those kinds."""
    kinds = {kind: column for column, kind in enumerate(sorted({kind for held in extras for kind in held}))}
    flags = np.zeros((len(extras), len(kinds)), np.bool_)
    for row, held in enumerate(extras):
        for kind in held:
            flags[row, kinds[kind]] = True
    return flags, tuple(kinds)

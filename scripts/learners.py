"""Simulated learners: who they are, which are held out, what they choose from, and how rankings are measured.

Shared by `train_model` and `bench_ranking`, so that what the one learns from is never what the other judges by.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_PAPERS = 15
#: Background papers from which learners choose, before years are matched.
BACKGROUND = 8_000
#: A year with a smaller share of a learner's papers does not limit how much background there is.
SHARE_THAT_COUNTS = 0.05
#: The border between the two eras of background: the older learners end where the newer begin.
ERAS = ((2010, 2023), (2024, 2026))


def held_out(name: str) -> bool:
    """Whether a list, with its sections, is kept out of training and tuning; about a third are.

    The pooled themes take their papers from several lists of either kind, so they cannot be held out.
    """
    parent = name.split("#")[0]
    return not parent.startswith("pooled/") and _number("f" + parent) % 3 == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """Papers as columns."""

    ids: list[str]
    titles: list[str]
    abstracts: list[str]
    years: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """One list as a learner: a declared focus and the papers a human put there."""

    name: str
    focus: str
    kind: str  # "bench" or "modern"
    label: str
    #: rows of the pool
    papers: NDArray[np.intp]

    @property
    def parent(self) -> str:
        return self.name if self.name.startswith("pooled/") else self.name.split("#")[0]


def read_pool(data: Path, *, seed: int = 7) -> Papers:
    """Every listed paper, and background of the same years from the rest."""
    listed = {row[0] for row in rows_of(_LISTED.format(data=data))}
    rows = rows_of(
        f"select id, title, abstract, year from '{data}/papers.parquet' where length(abstract) > 50 order by id"
    )
    chosen = [row for row in rows if row[0] in listed]
    rng = np.random.default_rng(seed)
    for first, last in ERAS:
        chosen += _background(rows, _year_shares(rows, listed, first, last), listed, rng)
    return Papers(
        ids=[row[0] for row in chosen],
        titles=[row[1] or "" for row in chosen],
        abstracts=[row[2] or "" for row in chosen],
        years=np.array([row[3] or 0 for row in chosen]),
    )


def read_learners(data: Path, pool: Papers) -> list[Learner]:
    """Learners with enough papers in the pool; a list in both files is taken from the older one."""
    row_of = {paper: row for row, paper in enumerate(pool.ids)}
    found: dict[str, Learner] = {}
    for kind in ("bench", "modern"):
        for name, focus, label, papers in rows_of(_LEARNERS.format(data=data, kind=kind)):
            rows = np.array([row_of[p] for p in papers if p in row_of], np.intp)
            if len(rows) >= FEWEST_PAPERS and name not in found:
                found[name] = Learner(name=name, focus=focus, kind=kind, label=label or "", papers=rows)
    return list(found.values())


def candidates(learner: Learner, pool: Papers) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """What a learner chooses from, years matched: rows of the pool, and which of them are theirs."""
    rng = np.random.default_rng(_number(learner.name) % 2**32)
    years, counts = np.unique(pool.years[learner.papers], return_counts=True)
    share = counts / counts.sum()
    rest = np.setdiff1d(np.arange(len(pool.ids)), learner.papers)
    there = {year: rest[pool.years[rest] == year] for year in years}
    size = min([BACKGROUND] + [len(there[y]) / s for y, s in zip(years, share, strict=True) if s >= SHARE_THAT_COUNTS])
    drawn = [rng.permutation(there[y])[: max(1, round(size * s))] for y, s in zip(years, share, strict=True)]
    background = np.concatenate(drawn)
    own = np.concatenate([np.ones(len(learner.papers), bool), np.zeros(len(background), bool)])
    return np.concatenate([learner.papers, background]), own


MEASURES = ("P@10", "AP", "AUC", "R@2%")


def measure(scores: NDArray[np.floating], own: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Precision at 10, average precision, area under the curve, and recall among the best 2 %."""
    hit = own[np.argsort(-scores, kind="stable")]
    places = np.flatnonzero(hit) + 1
    count, size = len(places), len(hit)
    precision = np.arange(1, count + 1) / places
    auc = 1 - (places.sum() - count * (count + 1) / 2) / (count * (size - count))
    recall = hit[: max(1, round(0.02 * size))].sum() / count
    return np.array([hit[:10].mean(), precision.mean(), auc, recall])


def _year_shares(rows: list[tuple[str, str, str, int]], listed: set[str], first: int, last: int) -> dict[int, float]:
    """The share of each year among the listed papers of an era, the commonest first."""
    years = Counter(row[3] for row in rows if row[0] in listed and row[3] and first <= row[3] <= last)
    return {year: count / years.total() for year, count in years.most_common()}


def _background(
    rows: list[tuple[str, str, str, int]], shares: dict[int, float], listed: set[str], rng: np.random.Generator
) -> list[tuple[str, str, str, int]]:
    drawn = []
    for year, share in shares.items():
        there = [row for row in rows if row[3] == year and row[0] not in listed]
        count = min(len(there), round(BACKGROUND * share))
        drawn += [there[i] for i in rng.choice(len(there), count, replace=False)]
    return drawn


def rows_of(query: str) -> list[tuple[Any, ...]]:
    """The rows of a query over files; duckdb is imported only then."""
    import duckdb

    with duckdb.connect() as db:
        return db.execute(query).fetchall()


def _number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


_LISTED = """
    select paper_id from '{data}/focus_bench.parquet' where paper_id is not null
    union select paper_id from '{data}/focus_modern.parquet' where paper_id is not null
"""
_LEARNERS = """
    select list, any_value(list_description), mode(label), list(distinct paper_id order by paper_id)
    from '{data}/focus_{kind}.parquet' where paper_id is not null group by list order by list
"""

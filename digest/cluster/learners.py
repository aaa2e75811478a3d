"""The learners of a dataset, read a bucket at a time: what they declared, the marks that hold, their last issues.

A driver reads the ids alone; the settings of ten thousand learners are parsed by the workers, each those of its bucket.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.index import Index, read_index
from digest.config import Config
from digest.config.carried import restored
from digest.records import Mark, Source

if TYPE_CHECKING:
    import pyarrow as pa

#: Learners who are ranked together at most: more make the matrices too large for a worker.
AT_MOST = 500

FILE = "learners.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """An issue that a learner had."""

    period: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterLearner:
    """One learner as the steps of a cluster know them."""

    learner: str
    name: str
    #: their view of sources.toml, by itself
    config: Config
    #: that hold now, oldest first
    marks: tuple[Mark, ...]
    #: the last issues, newest first
    periods: tuple[Period, ...]


def learner_ids(dataset: Dataset) -> list[str]:
    """The ids of all learners, sorted. DatasetError where there are none, or they cannot be read."""
    return [str(one) for one in _rows(dataset, ["learner"]).column("learner").to_pylist()]


def buckets(learners: Sequence[str], at_most: int = AT_MOST) -> list[tuple[str, ...]]:
    """The learners sorted by id and cut evenly, so that no bucket has more than *at_most* and none is nearly empty."""
    ordered = sorted(learners)
    count = -(-len(ordered) // at_most)
    bounds = [len(ordered) * number // count for number in range(count + 1)] if count else [0]
    return [tuple(ordered[start:end]) for start, end in itertools.pairwise(bounds)]


def read_learners(
    dataset: Dataset,
    learners: Sequence[str],
    *,
    sources: Sequence[Source] = (),
    folder: Path = Path(),
    index: Index | None = None,
) -> list[ClusterLearner]:
    """These learners, sorted by id, with these *sources* in their view of sources.toml.

    DatasetError where one of them is not there; ConfigError names one whose settings cannot be read.
    """
    index = index or read_index(dataset)
    wanted = sorted(learners)
    rows = _rows(dataset, None, wanted).to_pylist()
    if missing := sorted(set(wanted) - {row["learner"] for row in rows}):
        raise DatasetError(f"{dataset.address}: {FILE} has no learner {missing[0]!r}")
    views = restored(_settings(rows), index.settings, sources=sources, folder=folder)
    return [_record(row, view) for row, view in zip(rows, views, strict=True)]


def _settings(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    return ((row["learner"], row["settings"]) for row in rows)


def _record(row: dict[str, Any], view: Config) -> ClusterLearner:
    return ClusterLearner(
        learner=row["learner"],
        name=row["name"],
        config=view,
        marks=tuple(
            Mark(item_id=one["item_id"], mark=one["mark"], marked_at=_utc(one["marked_at"]), origin=one["origin"])
            for one in row["marks"]
        ),
        periods=tuple(
            Period(period=one["period"], starts_at=_utc(one["starts_at"]), ends_at=_utc(one["ends_at"]))
            for one in row["issues"]
        ),
    )


def _rows(dataset: Dataset, columns: list[str] | None, learners: Sequence[str] = ()) -> "pa.Table":
    """The rows of some learners, or of all, sorted by id; only the groups of rows that have them are read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    chosen = pc.field("learner").isin(list(learners)) if learners else None
    try:
        with dataset.open(FILE) as file:
            return pq.read_table(file, columns=columns, filters=chosen).sort_by("learner")
    except (pa.ArrowException, OSError) as error:
        raise DatasetError(
            f"{dataset.address}: {FILE} is damaged; `digest export --by week` writes it again"
        ) from error


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC)

"""The archive that a worker builds some learners' issues in: what those issues are made of, and nothing else."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.index import Index, read_index
from digest.cluster.issue_plan import IssuePlan
from digest.cluster.learners import ClusterLearner, read_learners
from digest.cluster.slices import make_slice, place_of
from digest.cluster.source_files import read_index as read_source_index
from digest.cluster.source_files import read_sources
from digest.records import Source, SourceState
from digest.store.archive import Connection, open_archive
from digest.store.conversion import EARLIEST
from digest.store.issue_slice import Older, older_items
from digest.workflows.ranking_together import RECENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The sources of a dataset, the same for all its learners."""

    sources: tuple[Source, ...]
    states: Mapping[str, SourceState]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Some learners, and an archive with what their issues are made of."""

    db: Connection
    learners: Sequence[ClusterLearner]
    #: sources with their states
    declared: Declared
    index: Index


@contextmanager
def opened_bucket(
    dataset: Dataset, plan: IssuePlan, learners: Sequence[str], item_ids: Sequence[str] = ()
) -> Iterator[Bucket]:
    """A temporary archive for these learners, open to write; it also has the items *item_ids*."""
    index = read_index(dataset)
    declared = _declared(dataset, plan)
    known = read_learners(dataset, learners, sources=declared.sources, folder=Path(plan.folder), index=index)
    weeks, older = _weeks(index, plan, known)
    place = place_of(dataset)
    named = Older(
        files=older,
        recent=[one.name for one in index.items(weeks=weeks)],
        tables=index.learners(),
        learners=learners,
        since=plan.moment - RECENT,
        item_ids=item_ids,
    )
    with tempfile.TemporaryDirectory(prefix="digest-issue-") as folder:
        path = Path(folder) / "slice.duckdb"
        others = older_items(place, named)
        names = {one.learner: one.name for one in known}
        # The archive need not have vectors of its own.
        held = replace(index, model=plan.weights)
        make_slice(dataset, path, names, weeks=weeks, item_ids=others, searched=older, index=held)
        with open_archive(path, learner=None) as db:
            yield Bucket(db=db, learners=known, declared=declared, index=index)


def _weeks(index: Index, plan: IssuePlan, learners: Sequence[ClusterLearner]) -> tuple[list[str], list[str]]:
    """The weeks that are read whole, and the files of the others.

    They reach back to the start of the issues whose yields are compared, so that all that those considered is there.
    """
    starts = [one.periods[-1].starts_at for one in learners if one.periods]
    since = _week(min([plan.moment - RECENT, *starts]) - timedelta(days=1))
    # A clock that stood in the past gave items a time before this program.
    weeks = sorted({one.week for one in index.items() if one.week >= since or one.week <= _week(EARLIEST)})
    return weeks, [one.name for one in index.items() if one.week not in set(weeks)]


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year:04}-W{week:02}"


@lru_cache(maxsize=1)
def _declared(dataset: Dataset, plan: IssuePlan) -> Declared:
    """Read once a process and run."""
    found = [one for name in read_source_index(dataset).files.values() for one in read_sources(dataset, name)]
    if not found:
        raise DatasetError(f"{dataset.address}: has no sources; `digest export --by week` writes them")
    return Declared(
        sources=tuple(source for source, _ in found),
        states={source.name: state for source, state in found if state is not None},
    )

"""How far a dataset is: its weeks, and how many of their files and of the learners' buckets each step has done."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from digest.cluster.dataset import Dataset, partition
from digest.cluster.embed import REVISION, model_to_use
from digest.cluster.index import ItemsFile, read_index, vectors_name
from digest.cluster.issue import AT_MOST as ISSUES_AT_MOST
from digest.cluster.issue import RECEIPTS
from digest.cluster.learners import buckets
from digest.render.wording import count_words

#: Weeks and buckets named before the rest is counted.
_NAMED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week's items."""

    week: str
    items: int
    files: int
    #: files that have vectors, and the items in them
    embedded_files: int
    embedded_items: int
    #: the files that have none
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A period's issues: buckets of learners that are ranked, and that have their issues."""

    period: str
    buckets: int
    ranked: int
    issued: int
    missing_ranks: tuple[str, ...]
    missing_issues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a dataset stands."""

    dataset: str
    #: whose vectors count
    model: str
    learners: int
    items: int
    weeks: tuple[Week, ...]
    periods: tuple[Period, ...]
    #: rounds that were fetched and are not stored yet
    spooled: int


def status_of(dataset: Dataset, *, model: str = "", folder: Path) -> Status:
    """How *dataset* stands, from its index and three listings; raises DatasetError and ModelError."""
    _, weights, _ = model_to_use(dataset, model=model, folder=folder)
    index = read_index(dataset)
    learners = index.rows.get("learners.parquet", 0)
    files, vectors = index.items(), set(dataset.files("vectors", ".parquet"))
    by_week: dict[str, list[ItemsFile]] = {}
    for file in files:
        by_week.setdefault(file.week, []).append(file)
    return Status(
        dataset=dataset.address,
        model=weights,
        learners=learners,
        items=sum(file.rows for file in files),
        weeks=tuple(_week(week, by_week[week], weights, vectors) for week in sorted(by_week)),
        periods=tuple(_periods(dataset, learners)),
        spooled=len(dataset.files("spool", ".round")),
    )


def _week(week: str, files: Iterable[ItemsFile], weights: str, vectors: set[str]) -> Week:
    present = {file: vectors_name(file.name, weights, REVISION) in vectors for file in files}
    embedded = [file for file, there in present.items() if there]
    return Week(
        week=week,
        items=sum(file.rows for file in present),
        files=len(present),
        embedded_files=len(embedded),
        embedded_items=sum(file.rows for file in embedded),
        missing=tuple(file.name for file, there in present.items() if not there),
    )


def _periods(dataset: Dataset, learners: int) -> Iterator[Period]:
    ranked = _files_by_bucket(dataset.files("ranks", ".parquet"))
    issued = _files_by_bucket(dataset.files(RECEIPTS, ".parquet"))
    parts = _parts_of_buckets(learners)
    for period in sorted({*ranked, *issued}):
        there, written = ranked.get(period, Counter()), issued.get(period, Counter())
        missing_ranks = tuple(bucket for bucket in parts if not there[bucket])
        missing_issues = tuple(bucket for bucket, count in parts.items() if written[bucket] < count)
        yield Period(
            period=period,
            buckets=len(parts),
            ranked=len(parts) - len(missing_ranks),
            issued=len(parts) - len(missing_issues),
            missing_ranks=missing_ranks,
            missing_issues=missing_issues,
        )


def _parts_of_buckets(learners: int) -> dict[str, int]:
    """How many files of receipts a complete bucket has, by its name."""
    whole = buckets([f"{number:09}" for number in range(learners)])
    return {f"{number:03}": len(buckets(some, ISSUES_AT_MOST)) for number, some in enumerate(whole)}


def _files_by_bucket(names: Iterable[str]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for name in names:
        found.setdefault(partition(name, "period"), Counter())[partition(name, "bucket")] += 1
    return found


def told(status: Status) -> Iterator[str]:
    """The same in sentences."""
    files = sum(week.files for week in status.weeks)
    yield (
        f"{status.dataset}: {count_words(status.items, 'item')} in {count_words(len(status.weeks), 'week')} "
        f"({count_words(files, 'file')}), {count_words(status.learners, 'learner')}."
    )
    embedded = sum(week.embedded_files for week in status.weeks)
    line = f"Embedded by {status.model}: {embedded:,} of {count_words(files, 'file')}"
    lacking = [f"{week.week} ({len(week.missing)})" for week in status.weeks if week.missing]
    yield f"{line}; missing: {_some(lacking)}." if lacking else f"{line}."
    for period in status.periods:
        line = f"{period.period}: {period.ranked} of {count_words(period.buckets, 'bucket')} ranked, {period.issued} issued"
        missing = period.missing_ranks or period.missing_issues
        yield f"{line}; missing: {_some(missing)}." if missing else f"{line}."
    if not status.periods:
        yield "Nothing is ranked yet."
    if status.spooled:
        yield f"{status.spooled:,} rounds were fetched and are not stored yet; `digest cluster run` stores them."


def _some(names: tuple[str, ...] | list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")

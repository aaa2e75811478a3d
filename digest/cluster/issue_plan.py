"""What a run of issues is made of: one moment, and everything that counts then. A run that was cut short goes on with it.

runs/issue.json    the last run: whose periods end at which moment, on which state of the dataset
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from digest.cluster.dataset import Dataset, DatasetError, key
from digest.cluster.index import Index
from digest.cluster.source_files import read_index as read_source_index

FILE = "runs/issue.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuePlan:
    """One run of issues."""

    #: that ends the periods, as ISO 8601 in UTC
    now: str
    #: that the folders of this run are called by, as 2026-W47
    period: str
    #: whether periods end now, due or not
    all_now: bool
    #: what relative paths of sources.toml are relative to, where the issues are delivered
    folder: str
    #: from when on works are compared, as ISO 8601
    since: str
    #: when the archive's first answer came, as ISO 8601; "" where that is not known
    began: str
    #: the embedding model, as sources.toml has it, and the name of its weights
    model: str
    weights: str
    #: the files of items and learners that it is made of
    inputs: str
    #: whether its issues are in the archive
    closed: bool = False

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.now)

    @property
    def compared_since(self) -> datetime:
        return datetime.fromisoformat(self.since)

    @property
    def first_answer(self) -> datetime | None:
        return datetime.fromisoformat(self.began) if self.began else None

    @property
    def key(self) -> str:
        return key(*(value for name, value in asdict(self).items() if name != "closed"))


def make_plan(
    dataset: Dataset,
    index: Index,
    now: datetime,
    *,
    since: datetime,
    folder: str,
    model: str,
    weights: str,
    began: datetime | None,
    all_now: bool = False,
) -> IssuePlan:
    """The plan of a run that begins now."""
    return IssuePlan(
        now=now.astimezone(UTC).isoformat(),
        period=week_of(now),
        all_now=all_now,
        folder=folder,
        since=since.astimezone(UTC).isoformat(),
        began=began.astimezone(UTC).isoformat() if began else "",
        model=model,
        weights=weights,
        inputs=inputs_of(dataset, index),
    )


def inputs_of(dataset: Dataset, index: Index) -> str:
    """What issues of a dataset are made of, in a word: it changes with the next export of anything new."""
    sources = sorted(read_source_index(dataset).files.values())
    made_of = (f"{name} {made}" for name, made in sorted(index.made_of.items()))
    return key(*sorted(index.rows), *made_of, *sources, index.settings, index.model)


def week_of(now: datetime) -> str:
    """The ISO week of the day before, in UTC: what a weekly issue that ends now is called in most places."""
    year, week, _ = (now.astimezone(UTC) - timedelta(days=1)).isocalendar()
    return f"{year}-W{week:02}"


def read_plan(dataset: Dataset) -> IssuePlan | None:
    """The plan of the last run; None before the first. DatasetError where it is damaged."""
    if not dataset.exists(FILE):
        return None
    try:
        plan = IssuePlan(**json.loads(dataset.read(FILE)))
        if plan.moment.tzinfo is None:
            raise ValueError(plan.now)
    except (ValueError, TypeError) as error:
        raise DatasetError(f"{dataset.address}: {FILE} is damaged; remove it, and the run begins again") from error
    return plan


def publish_plan(dataset: Dataset, plan: IssuePlan) -> None:
    dataset.publish_bytes(FILE, json.dumps(asdict(plan), indent=1).encode() + b"\n")

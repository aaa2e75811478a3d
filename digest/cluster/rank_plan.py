"""What ranking a dataset consists of: the tasks of each step, every one named by all that its output depends on.

    focus          a bucket of learners           their foci, read by the model
    marked         a group of files               what is marked in it, and a sample
    nearest_parts  a bucket and a group           the works nearest to each phrase
    nearest        a bucket                       the nearest of all, and the learners' models
    rank_parts     a bucket and a group           each learner's best
    ranks          a bucket                       the best of all

A step reads what those before it wrote. Names follow from names, so that the whole plan is known before anything runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digest.cluster import embed, focuses, marked, nearest, parquet, ranks
from digest.cluster.dataset import Dataset, DatasetError, key
from digest.cluster.embed import model_to_use
from digest.cluster.focuses import FocusTask
from digest.cluster.index import read_index, vectors_folder, vectors_name
from digest.cluster.item_pieces import GROUP, FileGroup, grouped
from digest.cluster.learners import AT_MOST, FILE, buckets
from digest.cluster.marked import MarkedTask, Standing, sample_size, standing_marks
from digest.cluster.nearest import LearnTask, NearestTask
from digest.cluster.ranks import MergeTask, RankTask
from digest.cluster.source_files import read_index as read_source_index
from digest.cluster.source_files import read_sources
from digest.render.wording import count_words
from digest.workflows.ranking import weigh_marks


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketFiles:
    """Where the ranking of one bucket of learners is."""

    learners: tuple[str, ...]
    focuses: str
    models: str
    ranks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankPlan:
    """The tasks of each step, and what they leave."""

    focus: Sequence[FocusTask]
    marked: Sequence[MarkedTask]
    nearest: Sequence[NearestTask]
    learn: Sequence[LearnTask]
    rank: Sequence[RankTask]
    merge: Sequence[MergeTask]
    buckets: Sequence[BucketFiles]

    def of(self, learner: str) -> BucketFiles:
        """The bucket of one learner; KeyError where there is none."""
        return next(one for one in self.buckets if learner in one.learners)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a plan is made from."""

    dataset: Dataset
    period: str
    now: datetime
    model: str
    weights: str
    folder: str
    groups: Sequence[FileGroup]
    settings: Mapping[str, str]
    standing: Mapping[str, Standing]
    #: weights of sources that are not 1
    source_weights: tuple[tuple[str, float], ...]
    marked: Sequence[MarkedTask]


def plan_ranking(
    dataset: Dataset,
    now: datetime,
    *,
    period: str,
    model: str = "",
    folder: Path,
    at_most: int = AT_MOST,
    group: int = GROUP,
) -> RankPlan:
    """The plan of ranking everything for everybody at *now*.

    DatasetError where there are no items or learners, or vectors are missing.
    """
    known = _known(dataset, now.astimezone(UTC), period, model, folder, group)
    steps = [_bucket(known, number, some) for number, some in enumerate(buckets(list(known.settings), at_most))]
    return RankPlan(
        focus=[step[0] for step in steps],
        marked=known.marked,
        nearest=[one for step in steps for one in step[1]],
        learn=[step[2] for step in steps],
        rank=[one for step in steps for one in step[3]],
        merge=[step[4] for step in steps],
        buckets=[
            BucketFiles(learners=step[0].learners, focuses=step[0].output, models=step[2].output, ranks=step[4].output)
            for step in steps
        ],
    )


def _known(dataset: Dataset, now: datetime, period: str, model: str, folder: Path, group: int) -> _Known:
    declared, weights, _ = model_to_use(dataset, model=model, folder=folder)
    groups = _groups(dataset, weights, group)
    standing = standing_marks(dataset)
    sample = sample_size(standing)
    ids = key(*sorted({item_id for held in standing.values() for item_id in held}))
    return _Known(
        dataset=dataset,
        period=period,
        now=now,
        model=declared,
        weights=weights,
        folder=str(folder),
        groups=groups,
        settings=_settings(dataset),
        standing=standing,
        source_weights=_source_weights(dataset),
        marked=[
            MarkedTask(
                dataset=dataset,
                group=one,
                sample=sample,
                output=f"marked/{key(marked.REVISION, sample, ids, *one.items, *one.vectors)}.parquet",
                name=one.name,
            )
            for one in groups
        ],
    )


def _groups(dataset: Dataset, weights: str, at_least: int) -> list[FileGroup]:
    files = read_index(dataset).items()
    if not files:
        raise DatasetError(f"{dataset.address}: has no items; `digest export --by week` writes them")
    names = [vectors_name(file.name, weights, embed.REVISION) for file in files]
    there = set(dataset.files(vectors_folder(weights), ".parquet"))
    if missing := [file for file, name in zip(files, names, strict=True) if name not in there]:
        raise DatasetError(
            f"{dataset.address}: no vectors by {weights} of {count_words(len(missing), 'file')}, the first of {missing[0].week}; "
            "`digest cluster embed` makes them"
        )
    return grouped(files, names, at_least=at_least)


def _bucket(
    known: _Known, number: int, learners: tuple[str, ...]
) -> tuple[FocusTask, list[NearestTask], LearnTask, list[RankTask], MergeTask]:
    """The tasks of one bucket of learners."""
    dataset, bucket = known.dataset, f"bucket={number:03}"
    focus = _focus_task(known, bucket, learners)
    gathered = tuple(one.output for one in known.marked)
    disliked = _disliked(known, learners)
    near = [
        NearestTask(
            dataset=dataset,
            learners=learners,
            focuses=focus.output,
            marked=gathered,
            group=group,
            now=known.now,
            output=f"nearest_parts/{bucket}/{key(nearest.REVISION, focus.output, disliked, *group.vectors)}.parquet",
            name=f"{bucket} {group.name}",
        )
        for group in known.groups
    ]
    made_of = (*(one.output for one in near), *gathered, _marks(known, learners), *known.source_weights)
    learn = LearnTask(
        dataset=dataset,
        learners=learners,
        focuses=focus.output,
        marked=gathered,
        parts=tuple(one.output for one in near),
        sample=sample_size(known.standing),
        weights=known.source_weights,
        now=known.now,
        output=f"nearest/{bucket}/{key(nearest.REVISION, focus.output, *made_of)}.parquet",
        name=bucket,
    )
    place = f"period={known.period}/{bucket}"
    rank = [
        RankTask(
            dataset=dataset,
            focuses=focus.output,
            models=learn.output,
            group=group,
            now=known.now,
            output=f"rank_parts/{place}/{key(ranks.REVISION, learn.output, known.now, *group.items)}.parquet",
            name=f"{bucket} {group.name}",
        )
        for group in known.groups
    ]
    parts = tuple(one.output for one in rank)
    merge = MergeTask(
        dataset=dataset, parts=parts, output=f"ranks/{place}/{key(ranks.REVISION, *parts)}.parquet", name=bucket
    )
    return focus, near, learn, rank, merge


def _focus_task(known: _Known, bucket: str, learners: tuple[str, ...]) -> FocusTask:
    declared = (part for learner in learners for part in (learner, known.settings[learner]))
    return FocusTask(
        dataset=known.dataset,
        learners=learners,
        output=f"focus/{bucket}/{key(focuses.REVISION, known.weights, *declared)}.parquet",
        name=bucket,
        model=known.model,
        folder=known.folder,
        weights=known.weights,
    )


def _disliked(known: _Known, learners: Sequence[str]) -> str:
    """What the works nearest to a phrase depend on of the marks."""
    found = []
    for learner in learners:
        values = weigh_marks(known.standing[learner], {}, known.now).values
        found += [learner, *sorted(item_id for item_id, value in values.items() if value < 0)]
    return key(*found)


def _marks(known: _Known, learners: Sequence[str]) -> str:
    """What a model depends on of the marks: they fade with time."""
    held = [(learner, sorted(known.standing[learner].items())) for learner in learners if known.standing[learner]]
    return key(*held, known.now if held else "")


def _settings(dataset: Dataset) -> dict[str, str]:
    found: dict[str, str] = {}
    for piece in parquet.read_pieces(dataset, FILE, ("learner", "settings"), rows=1_000):
        found.update(zip(piece.column("learner").to_pylist(), piece.column("settings").to_pylist(), strict=True))
    if not found:
        raise DatasetError(f"{dataset.address}: has no learners; `digest export --by week` writes them")
    return found


def _source_weights(dataset: Dataset) -> tuple[tuple[str, float], ...]:
    names = read_source_index(dataset).files.values()
    declared = (source for name in names for source, _ in read_sources(dataset, name))
    return tuple(sorted((source.name, source.weight) for source in declared if source.weight != 1))

"""A round of fetching over all shards, and the single writer that stores what it brought.

Passes follow one another: the first asks every shard's own sources, each further one what was handed over in the last.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby

from digest.cluster import handoffs, spools
from digest.cluster.dataset import Dataset
from digest.cluster.engine import Engine
from digest.cluster.fetch import FetchTask, fetch_shard, visit_shard
from digest.cluster.runner import run_step
from digest.cluster.sharding import MAILBOXES
from digest.cluster.source_files import read_index
from digest.config import Config
from digest.errors import DigestError
from digest.fetch.client import FetchLimits
from digest.fetch.limits import shared
from digest.workflows import fetching, ingesting, retrieving
from digest.workflows.ingesting import RoundResult
from digest.workflows.opening import opened

#: A shard waits most of the time, for answers and for pauses; this many do so at the same time in each worker.
ABREAST = 16
#: Passes after the first. A redirect takes one; a page whose articles lie on many shards gets no more of them than this.
HANDOVERS = 5

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchReport:
    """What a round of fetching came to."""

    #: visits that wait in the dataset to be stored
    asked: int = 0
    failed: int = 0
    #: polls that went on at another shard's hosts
    handed_over: int = 0
    #: one line for each shard that could not be asked, and for each machine without a network
    problems: tuple[str, ...] = ()
    processor_seconds: float = 0.0


def fetch_all_shards(
    dataset: Dataset,
    engine: Engine,
    config: Config,
    now: datetime,
    *,
    period_start: datetime,
    limits: FetchLimits = FetchLimits(),  # noqa: B008 - frozen
    progress: Progress = lambda stage, done, total: None,
) -> FetchReport:
    """Ask what is due of all sources in the dataset. A shard that fails stops no other.

    Called again with the same *now* it asks what is left. Mailboxes are asked here, where their secrets and folders are.
    """
    index = read_index(dataset)
    task = partial(
        FetchTask,
        dataset=dataset,
        shards=index.shards,
        now=now,
        period_start=period_start,
        settings=config.fetch,
        limits=shared(limits, ABREAST),
    )
    tasks = [task(shard=shard, sources=name) for shard, name in index.files.items()]
    problems = _ask_mailboxes([one for one in tasks if one.shard == MAILBOXES], config)
    tasks = [one for one in tasks if one.shard != MAILBOXES]
    processor_seconds = 0.0
    for number in range(1, HANDOVERS + 2):
        done = run_step("fetch", engine, fetch_shard, tasks, abreast=ABREAST, progress=progress)
        problems += done.failures
        processor_seconds += done.processor_seconds
        handed = handoffs.by_receiver(dataset, moment=now, number=number)
        last = number == HANDOVERS
        tasks = [task(shard=shard, handed=names, number=number, last=last) for shard, names in handed.items()]
        if not tasks:
            break
    problems += _leave_out_unreached(dataset, now)
    return _report(dataset, now, problems, processor_seconds)


def store_spools(dataset: Dataset, config: Config, *, wait: float = 10.0) -> RoundResult:
    """Store all that was fetched in the archive, and clear it away; ArchiveBusy while another process holds that.

    A kill in between leaves the rounds where they are, and a second run stores nothing twice.
    """
    names = spools.sizes(dataset)
    stored = RoundResult()
    if names:
        with opened(config, wait=wait) as db, spools.on_this_machine(dataset, names) as paths:
            stored = ingesting.ingest_rounds(config, db, paths)
    spools.clear(dataset, names)
    dataset.remove(dataset.files(handoffs.FOLDER))
    return stored


def _ask_mailboxes(tasks: Sequence[FetchTask], config: Config) -> tuple[str, ...]:
    problems = []
    for task in tasks:
        if task.dataset.exists(task.output):
            continue
        try:
            visit_shard(task, lambda polls, keep, _: retrieving.ask_all(polls, config, task.now, keep))  # noqa: B023 - called at once
        except DigestError as error:
            problems.append(f"{task.name}: {error}")
    return tuple(problems)


def _leave_out_unreached(dataset: Dataset, now: datetime) -> tuple[str, ...]:
    """Forget what a machine without a network brought: it counts against no source, and is asked again when it is due."""
    parts = sorted(_parts(dataset, now), key=lambda part: _machine(part[1]))
    problems = []
    for machine, group in groupby(parts, key=lambda part: _machine(part[1])):
        of_machine = list(group)
        asked = sum(done.asked for _, done in of_machine)
        if asked < fetching.SEVERAL or asked > sum(done.unreached for _, done in of_machine):
            continue
        problems.append(f"{machine}: the network seems to be down: none of {asked} sources could be reached")
        for name, done in of_machine:
            if done.asked:
                dataset.remove(_rounds_of(dataset, name))
                spools.write_done(dataset, name, spools.Done(worker=done.worker))
    return tuple(problems)


def _parts(dataset: Dataset, now: datetime) -> list[tuple[str, spools.Done]]:
    """All shards' parts of all passes of a round that are complete."""
    names = dataset.files(spools.FOLDER, ".done")
    return [(name, spools.read_done(dataset, name)) for name in names if f"/{handoffs.stamp(now)}-" in name]


def _rounds_of(dataset: Dataset, done: str) -> list[str]:
    """The rounds of one part."""
    start = done.removesuffix(".done") + "-"
    return [name for name in dataset.files(done.rpartition("/")[0], ".round") if name.startswith(start)]


def _machine(done: spools.Done) -> str:
    return done.worker.rpartition(":")[0]


def _report(dataset: Dataset, now: datetime, problems: tuple[str, ...], processor_seconds: float) -> FetchReport:
    parts = [done for _, done in _parts(dataset, now)]
    return FetchReport(
        asked=sum(done.asked for done in parts),
        failed=sum(done.failed for done in parts),
        handed_over=sum(done.handed_over for done in parts),
        problems=problems,
        processor_seconds=processor_seconds,
    )

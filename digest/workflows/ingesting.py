"""Parse what the spool holds and store every entry once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from digest.compose import deduplication, periods
from digest.config import Config
from digest.errors import ArchiveBusy
from digest.fetch import politeness
from digest.records import Item, Source, SourceState
from digest.store import archive, items, rejected, spool, verdicts, waiting_marks
from digest.store import events as event_rows
from digest.store import sources as source_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows.opening import opened
from digest.workflows.schedule import news_since
from digest.workflows.visits import Read, read_round

#: Items gathered before they are stored in one transaction: enough to be quick, little to hold.
_BATCH_ITEMS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundResult:
    """What a round of fetching came to, before and after its answers are stored."""

    asked: int = 0
    new_items: int = 0
    #: one line for each source that failed, or that was named but may not be asked
    problems: tuple[str, ...] = ()
    #: visits that failed
    failed: int = 0
    #: who holds the archive, so that the answers stay in the spool; "" when they are stored
    waiting: str = ""


def ingest_fetched(config: Config, fetched: RoundResult, *, wait: float) -> RoundResult:
    """Store what a round fetched and add it up; while another process holds the archive the spool keeps it."""
    try:
        stored = ingest(config, wait=0 if fetched.waiting else wait)
    except ArchiveBusy as busy:
        return replace(fetched, waiting=str(busy))
    return RoundResult(
        asked=fetched.asked,
        new_items=fetched.new_items + stored.new_items,
        problems=(*fetched.problems, *stored.problems),
        failed=fetched.failed + stored.failed,
        waiting="" if stored.asked else fetched.waiting,
    )


def ingest(config: Config, *, wait: float) -> RoundResult:
    """Store the answers and marks that wait in the spool, if any; ArchiveBusy while another process holds the archive."""
    if not spool.rounds(spool.folder_for(config.archive)) and not waiting_marks.any_waiting(config.archive):
        return RoundResult()
    with opened(config, wait=wait) as db:
        done = ingest_spool(config, db)
        waiting_marks.store(config.archive, db)  # after the items that they may be of
    return done


def ingest_spool(config: Config, db: Connection) -> RoundResult:
    """Parse and store every visit in the spool, in batches; each is stored whole or not at all."""
    folder = spool.folder_for(config.archive)
    storing = _Storing(config, db, source_rows.states(db))
    storing.odd += [f"{path}: is no file and was passed over" for path in spool.no_rounds(folder)]
    with archive.gathering(db):
        for path in spool.rounds(folder):
            size = path.stat().st_size
            stored = source_rows.visits_stored(db)
            storing.store([path], lambda visit: (visit.fetched.source.name, visit.fetched.started_at) in stored)  # noqa: B023 - called at once
            spool.write_states(folder, storing.states)
            spool.remove(path, size=size)
    return storing.result()


def ingest_rounds(config: Config, db: Connection, paths: Iterable[Path]) -> RoundResult:
    """Store rounds that several owners wrote at the same time, and leave their files to the caller.

    Two owners may have visited one source at one moment, where the first was thought dead. Both began from the same
    state, so either visit will do, and only one is stored: the first that is newer than what is known of its source.
    """
    states = source_rows.states(db)
    storing = _Storing(config, db, states)

    def overtaken(visit: spool.SpooledVisit) -> bool:
        known, after = states.get(visit.after.source), visit.after
        if known is None or known.declared_url != after.declared_url or not known.last_attempt:
            return False
        return after.last_attempt is not None and known.last_attempt >= after.last_attempt

    with archive.gathering(db):
        storing.store(paths, overtaken)
        spool.write_states(spool.folder_for(config.archive), states)
    return storing.result()


@dataclass(slots=True)
class _Storing:
    """The storing of some rounds, and what it came to so far."""

    config: Config
    db: Connection
    states: dict[str, SourceState]
    total: int = 0
    asked: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    odd: list[str] = field(default_factory=list)

    def store(self, paths: Iterable[Path], skipped: Callable[[spool.SpooledVisit], bool]) -> None:
        """Store some rounds together, without the visits that are *skipped*."""
        aside = spool.folder_for(self.config.archive)
        declared = {source.name: source for source in self.config.sources}
        rounds = (read_round(path, self.states, self.config, skipped, self.odd, aside) for path in paths)
        for batch in _batches(chain.from_iterable(rounds)):
            self.odd += [_set_aside(aside, read) for read in batch if read.rejected]  # first, as a kill may come
            self.total += _store(self.db, batch, self.states, declared, self.config)
            self.asked += len(batch)
            self.problems |= {read.name: read.error for read in batch}

    def result(self) -> RoundResult:
        lines = tuple(f"{name}: {error}" for name, error in self.problems.items() if error)
        return RoundResult(asked=self.asked, new_items=self.total, problems=(*lines, *self.odd), failed=len(lines))


def _set_aside(folder: Path, read: Read) -> str:
    where = rejected.set_aside(folder, read.name, read.rejected)
    count = len(read.rejected)
    return f"{read.name}: {count} {'answer' if count == 1 else 'answers'} could not be read, {where}"


def _store(
    db: Connection,
    batch: Sequence[Read],
    states: Mapping[str, SourceState],
    declared: Mapping[str, Source],
    config: Config,
) -> int:
    """Store one batch in one transaction; return how many items were new."""
    seen = _sightings(batch)
    read = {item_id: reading for visit in batch for item_id, reading in visit.readings.items()}
    stored = items.known_ids(db, list(seen))
    fresh = {item_id: sight for item_id, sight in seen.items() if item_id not in stored}
    teasers = {item_id for visit in batch for item_id in visit.parsed.teasers}
    changed = [
        seen[item_id].item
        for item_id, text_hash in stored.items()
        if item_id not in teasers and text_hash != items.hash64(read[item_id].text)
    ]
    new, merged = _assign_works(db, fresh, config)
    with archive.transaction(db):
        items.add(db, new, read=read)
        items.rewrite(db, changed, read=read)
        work_rows.merge(db, merged)
        for visit in batch:
            if visit.parsed.calendar is not None:
                event_rows.replace(db, visit.name, visit.parsed.calendar)
        source_rows.save_states(db, {visit.name: states[visit.name] for visit in batch}, active=declared)
        source_rows.record_fetches(db, _fetch_rows(batch, seen, set(stored)))
    return len(new)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sighting:
    """An item of a batch as it was read last, and the visit that brought it first."""

    item: Item
    read: Read


def _sightings(batch: Sequence[Read]) -> dict[str, _Sighting]:
    seen: dict[str, _Sighting] = {}
    for read in batch:
        for item in read.parsed.items:
            first = seen.get(item.item_id)
            seen[item.item_id] = _Sighting(item=item, read=first.read if first else read)
    return seen


def _assign_works(
    db: Connection, fresh: Mapping[str, _Sighting], config: Config
) -> tuple[list[items.NewItem], Mapping[str, str]]:
    """Assign a work and a time to every new item; also say which stored works are now known to be the same."""
    keys, assignment = settle_works(db, [sight.item for sight in fresh.values()])
    ends, missed = verdicts.last_ends(db), verdicts.unreached_since(db)
    new = [
        items.NewItem(
            item=sight.item,
            work_id=assignment.works[item_id],
            first_seen_at=sight.read.now,
            backfill=periods.is_backfill(
                sight.item,
                first_visit=sight.read.before.first_success is None,
                starts_at=missed.get(sight.read.name) or news_since(config, ends, sight.read.now),
            ),
            keys=keys[item_id].all,
        )
        for item_id, sight in fresh.items()
    ]
    return new, assignment.merged


def settle_works(
    db: Connection, made: Sequence[Item]
) -> tuple[dict[str, deduplication.Keys], deduplication.Assignment]:
    """The deduplication keys of new items, and the works they belong to."""
    keys = {item.item_id: deduplication.keys_of(item) for item in made}
    found = work_rows.by_key(db, {key for known in keys.values() for key in known.all})
    texts = work_rows.texts(db, sorted({work for candidates in found.values() for work in candidates}))
    return keys, deduplication.assign(made, keys, found, texts)


def _fetch_rows(batch: Sequence[Read], seen: Mapping[str, _Sighting], stored: set[str]) -> list[source_rows.FetchRow]:
    rows = []
    for read in batch:
        brought = {item.item_id for item in read.parsed.items if seen[item.item_id].read is read}
        new_items = len(brought - stored)
        fetched = read.fetched
        rows.append(
            source_rows.FetchRow(
                source=read.name,
                started_at=fetched.started_at,
                status=fetched.status,
                outcome=politeness.outcome(fetched, new_items, problem=read.problem),
                new_items=new_items,
                bytes=sum(response.wire_bytes for response in fetched.responses),
                milliseconds=fetched.milliseconds,
                conditional=any(response.request.conditional for response in fetched.responses),
                error=read.error,
            )
        )
    return rows


def _batches(reads: Iterable[Read]) -> Iterator[list[Read]]:
    batch: list[Read] = []
    size = 0
    for read in reads:
        batch.append(read)
        size += len(read.parsed.items) or 1
        if size >= _BATCH_ITEMS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch

"""What there is to do now: asked of the archive each time, so that nobody has to remember it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from digest.config import Config
from digest.errors import ArchiveBusy
from digest.fetch import politeness
from digest.records import SourceState
from digest.store import archive, deliveries, spool, verdicts
from digest.store import sources as source_rows
from digest.store.archive import Connection
from digest.workflows import delivering
from digest.workflows.building import due_at
from digest.workflows.fetching import state_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What waits to be done."""

    #: sources to ask, or answers in the spool to store
    sources: bool = False
    #: the moment the issue was due, None where none is
    issue: datetime | None = None
    deliveries: bool = False
    #: who holds the archive, so that only the sources are known about
    busy: str = ""


def look(config: Config, now: datetime, *, wait: float) -> Due:
    """Ask the archive what is due; while it is held, the spool."""
    folder = spool.folder_for(config.archive)
    if not config.archive.exists():
        return Due(sources=True)
    try:
        with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
            issue = due_at(db, config, now)
            return Due(
                sources=_ask(config, source_rows.states(db), now) or bool(spool.rounds(folder)),
                issue=issue if issue <= now else None,
                deliveries=_deliveries(db, config, now),
            )
    except ArchiveBusy as busy:
        return Due(sources=_ask(config, spool.read_states(folder), now), busy=str(busy))


def _ask(config: Config, states: Mapping[str, SourceState], now: datetime) -> bool:
    return any(politeness.due(state_of(source, states), now) for source in config.sources)


def _deliveries(db: Connection, config: Config, now: datetime) -> bool:
    """Whether the newest issue has not gone everywhere and may be tried, or receipts wait to be stored."""
    if deliveries.logged(config.archive):
        return True
    newest = verdicts.newest(db)
    if newest is None:
        return False
    period, built_at = newest
    left = delivering.undelivered(deliveries.receipts(db, period), period, delivering.channels(config))
    return any(delivering.due(receipt, built_at, now) for receipt in left)

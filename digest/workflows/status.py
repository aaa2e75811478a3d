"""What the program did, what is due, and which sources fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from digest.config import Config
from digest.errors import ArchiveBusy
from digest.fetch import politeness
from digest.records import DeliveryState, Receipt, SourceState
from digest.store import clock, items, locks, spool, verdicts
from digest.store import sources as source_rows
from digest.store.archive import Connection, acting_for
from digest.workflows import delivering, reading_group
from digest.workflows.fetching import state_of
from digest.workflows.opening import opened
from digest.workflows.schedule import FOREVER, due_at, paused_until

#: The name of the lock that `digest serve` holds.
SERVING = "serving"
#: An issue overdue for this long means that neither the background job nor cron runs here.
LATE = timedelta(days=1)
COLUMNS = (
    "source",
    "kind",
    "url",
    "active",
    "last_success",
    "last_error",
    "failures",
    "next_check",
    "interval_minutes",
    "seen",
    "kept",
    "marked",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueWork:
    """What there is to do now."""

    #: whether a source is due, or the spool holds answers to store
    sources: bool = False
    #: ids of the learners whose issue is due, and of those with something to deliver
    issues: frozenset[str] = frozenset()
    deliveries: frozenset[str] = frozenset()
    #: whether the reading group has a paper to choose or to deliver
    group: bool = False
    #: who holds the archive, so that only the sources are known about
    busy: str = ""


def due_work(config: Config, now: datetime, *, wait: float) -> DueWork:
    """Read from the archive what is due; from the spool alone while the archive is held."""
    folder = spool.folder_for(config.archive)
    if not config.archive.exists():
        return DueWork(sources=True)
    try:
        with opened(config, wait=wait, read_only=True) as db:
            issues, deliveries = set[str](), set[str]()
            for one in config.learners:
                with acting_for(db, one.learner_id):
                    issues |= {one.learner_id} if due_at(db, one, now) <= now else set()
                    deliveries |= {one.learner_id} if delivering.any_due(db, one, now) else set()
            return DueWork(
                sources=_any_source_due(config, source_rows.states(db), now) or bool(spool.rounds(folder)),
                issues=frozenset(issues),
                deliveries=frozenset(deliveries),
                group=reading_group.is_due(db, config, now),
            )
    except ArchiveBusy as busy:
        return DueWork(sources=_any_source_due(config, spool.read_states(folder), now), busy=str(busy))


def status(config: Config, now: datetime, *, wait: float) -> dict[str, Any]:
    """The state of everything as one object; from the spool alone while the archive is held.

    Where there are several learners, `learners` holds an object for each, and what is said of one is of the first.
    """
    waiting = spool.waiting(spool.folder_for(config.archive))
    facts: dict[str, Any] = {
        "archive": str(config.archive),
        "served_by": locks.holder(config.archive, SERVING),
        "held_by": None,
    }
    if not config.archive.exists():
        facts |= {"items": 0, "next_issue": None}
        states = spool.read_states(spool.folder_for(config.archive))
    else:
        try:
            with opened(config, wait=wait, read_only=True) as db:
                facts |= _from_archive(db, config, now)
                if len(config.learners) > 1:
                    facts["learners"] = [_of_learner(db, one, now) for one in config.learners]
                states = source_rows.states(db) | spool.read_states(spool.folder_for(config.archive))
        except ArchiveBusy as busy:
            facts["held_by"] = str(busy)
            states = spool.read_states(spool.folder_for(config.archive))
    return facts | {"waiting_in_spool": waiting} | _from_states(config, states, now)


def source_table(config: Config, *, wait: float) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
    """The sources of sources.toml, in its order, with their health and yield."""
    stored: Mapping[str, Sequence[Any]] = {}
    if config.archive.exists():
        with opened(config, wait=wait, read_only=True) as db:
            stored = source_rows.health(db, COLUMNS)
    fresh = {
        s.name: (s.name, s.kind, s.url or s.base_url, True, None, None, 0, None, None, 0, 0, 0) for s in config.sources
    }
    return COLUMNS, [stored.get(name, row) for name, row in fresh.items()]


def problems(facts: Mapping[str, Any]) -> list[str]:
    """What is wrong, a line each; nothing when all is well."""
    held = [str(facts["held_by"])] if facts["held_by"] else []
    own = [line for one in facts.get("learners", [facts]) for line in _own_problems(one)]
    clocks = [str(facts["in_future"])] if facts.get("in_future") else []
    return held + clocks + own + [f"{source['source']}: {source['last_error']}" for source in facts["ailing"]]


def _own_problems(facts: Mapping[str, Any]) -> list[str]:
    """What is wrong for one learner, who is named where there are several."""
    whose = f"{facts['name']}: " if "name" in facts else ""
    late = [f"the issue due {facts['next_issue']:%Y-%m-%d %H:%M} UTC is not built"] if facts.get("issue_late") else []
    failed = [
        f"{d['channel']} of {d['period']} to {d['recipient']}: {d['state']}{': ' if d['error'] else ''}{d['error']}"
        for d in facts.get("undelivered", ())
    ]
    return [f"{whose}{line}" for line in late + failed]


def remarks(facts: Mapping[str, Any]) -> list[str]:
    """What is not wrong but should be known, a line each."""
    return [
        f"{d['channel']} of {d['period']} to {d['recipient']}: {d['error']}"
        for one in facts.get("learners", [facts])
        for d in one.get("sent_in_doubt", ())
    ]


def _from_archive(db: Connection, config: Config, now: datetime) -> dict[str, Any]:
    items_count, works_count = items.counts(db)
    with acting_for(db, config.learner_id or config.learners[0].learner_id):
        own = _own(db, config, now)
    return {"in_future": clock.ahead(db, now) or None, "items": items_count, "works": works_count} | own


def _of_learner(db: Connection, config: Config, now: datetime) -> dict[str, Any]:
    with acting_for(db, config.learner_id):
        return {"learner": config.learner_id, "name": config.learner.name} | _own(db, config, now)


def _own(db: Connection, config: Config, now: datetime) -> dict[str, Any]:
    """What is a learner's own."""
    due = due_at(db, config, now)
    newest = verdicts.newest(db)
    last = newest[0] if newest else None
    receipts = delivering.all_receipts(db, config)
    undelivered = delivering.undelivered(receipts, last, delivering.channels(config))
    paused = paused_until(db, now)
    return {
        "last_issue": last,
        "next_issue": due if paused != FOREVER else None,
        "issue_due": due <= now,
        "issue_late": due <= now - LATE,
        "paused_until": ("resumed" if paused == FOREVER else paused) if paused else None,
        "undelivered": [_delivery(receipt) for receipt in undelivered],
        # Perhaps sent twice, or not at all: an attempt was interrupted and may have arrived.
        "sent_in_doubt": [
            _delivery(r)
            for r in receipts
            if r.period == last and ((r.state == DeliveryState.SENT and r.error) or delivering.posted_in_doubt(r))
        ],
    }


def _any_source_due(config: Config, states: Mapping[str, SourceState], now: datetime) -> bool:
    return any(politeness.due(state_of(source, states), now) for source in config.sources)


def _delivery(receipt: Receipt) -> dict[str, Any]:
    names = ("period", "channel", "recipient", "state", "attempted_at", "message_id", "error")
    return {name: getattr(receipt, name) for name in names}


def _from_states(config: Config, states: Mapping[str, SourceState], now: datetime) -> dict[str, Any]:
    current = [state_of(source, states) for source in config.sources]
    attempts = [state.last_attempt for state in current if state.last_attempt]
    checks = [state.next_check for state in current if state.next_check and not state.gone]
    return {
        "sources": len(current),
        "last_fetch": max(attempts, default=None),
        "next_fetch": min(checks, default=None),
        "due": sum(1 for state in current if not state.gone and (state.next_check or now) <= now),
        "ailing": [
            {
                "source": state.source,
                "last_error": state.last_error,
                "failures": state.failures,
                "last_success": state.last_success,
                "next_check": None if state.gone else state.next_check,
            }
            for state in current
            if state.last_error
        ],
    }

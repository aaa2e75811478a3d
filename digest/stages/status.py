"""What the program did, what is due, and which sources ail."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from digest.config import Config
from digest.errors import ArchiveBusy
from digest.records import Receipt, SourceState
from digest.stages import delivering
from digest.stages.fetching import state_of
from digest.stages.publishing import due_at
from digest.stages.resting import FOREVER, resting_until
from digest.store import archive, items, locks, spool, verdicts
from digest.store import sources as source_rows
from digest.store.archive import Connection

#: The task that `digest serve` is alone at.
SERVING = "serving"
#: An issue that is due this long means that nothing runs here: neither the background job nor a cron line.
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


def status(config: Config, now: datetime, *, wait: float) -> dict[str, Any]:
    """The state of everything as one object; from the spool alone while the archive is held."""
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
            with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
                facts |= _from_archive(db, config, now)
                states = source_rows.states(db) | spool.read_states(spool.folder_for(config.archive))
        except ArchiveBusy as busy:
            facts["held_by"] = str(busy)
            states = spool.read_states(spool.folder_for(config.archive))
    return facts | {"waiting_in_spool": waiting} | _from_states(config, states, now)


def source_table(config: Config, *, wait: float) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
    """The sources of sources.toml with their health and yield, in its order."""
    stored: Mapping[str, Sequence[Any]] = {}
    if config.archive.exists():
        with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
            stored = source_rows.health(db, COLUMNS)
    fresh = {
        s.name: (s.name, s.kind, s.url or s.base_url, True, None, None, 0, None, None, 0, 0, 0) for s in config.sources
    }
    return COLUMNS, [stored.get(name, row) for name, row in fresh.items()]


def problems(facts: Mapping[str, Any]) -> list[str]:
    """What is wrong, a line each; nothing when all is well."""
    held = [str(facts["held_by"])] if facts["held_by"] else []
    late = [f"the issue due {facts['next_issue']:%Y-%m-%d %H:%M} UTC is not built"] if facts.get("issue_late") else []
    failed = [
        f"{d['channel']} of {d['period']} to {d['recipient']}: {d['state']}{': ' if d['error'] else ''}{d['error']}"
        for d in facts.get("undelivered", ())
    ]
    return held + late + failed + [f"{source['source']}: {source['last_error']}" for source in facts["ailing"]]


def remarks(facts: Mapping[str, Any]) -> list[str]:
    """What is not wrong but should be known, a line each."""
    rest = [f"resting until {facts['paused_until']}"] if facts.get("paused_until") else []
    return rest + [
        f"{d['channel']} of {d['period']} to {d['recipient']}: {d['error']}" for d in facts.get("sent_in_doubt", ())
    ]


def _from_archive(db: Connection, config: Config, now: datetime) -> dict[str, Any]:
    items_count, works_count = items.counts(db)
    due = due_at(db, config, now)
    newest = verdicts.newest(db)
    last = newest[0] if newest else None
    receipts = delivering.stand(db, config)
    undelivered = delivering.undelivered(receipts, last, delivering.channels(config))
    resting = resting_until(db, now)
    return {
        "items": items_count,
        "works": works_count,
        "last_issue": last,
        "next_issue": due if resting != FOREVER else None,
        "issue_due": due <= now,
        "issue_late": due <= now - LATE,
        "paused_until": ("resumed" if resting == FOREVER else resting) if resting else None,
        "undelivered": [_delivery(receipt) for receipt in undelivered],
        # Sent, but perhaps twice: an attempt was cut where nobody can know whether it arrived.
        "sent_in_doubt": [_delivery(r) for r in receipts if r.period == last and r.state == "sent" and r.error],
    }


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

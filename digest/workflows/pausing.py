"""Rest: no issues until a day, while sources are read on. What piled up becomes one issue under the same caps."""

from datetime import UTC, datetime

from digest.config import Config
from digest.store import archive, verdicts
from digest.workflows.building import due_at

#: A rest without an end; years after this one leave room to reckon with.
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


def pause(config: Config, until: datetime | None, *, wait: float) -> datetime | None:
    """Build nothing before *until*, or before `resume`; returns when the next issue is due."""
    with archive.open_archive(config.archive, wait=wait) as db:
        verdicts.pause(db, until.astimezone(UTC) if until else FOREVER)
        return due_at(db, config, until) if until else None


def resume(config: Config, now: datetime, *, wait: float) -> datetime:
    """End the rest; returns when the next issue is due, which may be past."""
    with archive.open_archive(config.archive, wait=wait) as db:
        verdicts.pause(db, None)
        return due_at(db, config, now)


def paused_until(db: archive.Connection, now: datetime) -> datetime | None:
    """The end of a rest that is not over yet."""
    until = verdicts.paused_until(db)
    return until if until and until > now else None

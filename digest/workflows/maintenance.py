"""Export, import, compact and examine the archive and its spool."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.config import Config
from digest.errors import ConfigError, StoreError
from digest.store import archive, clock, compaction, deliveries, documents, export, maintenance, rejected, spool
from digest.store import sources as source_rows
from digest.store.compaction import Compacted, Forgetting
from digest.store.maintenance import Problem, ProblemState
from digest.workflows.opening import opened

#: Gets the name of what is worked on, a table say, before the work on it begins.
Step = Callable[[str], None]
#: Answers are normally stored within minutes; older ones are stuck.
_STUCK = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What `digest doctor` may change."""

    repair: bool = False
    forget_models: bool = False


def export_archive(config: Config, folder: Path, *, wait: float, step: Step = lambda name: None) -> dict[str, int]:
    """Write everything an archive needs as Parquet; returns the number of rows of each view."""
    return export.export(config.archive, folder, wait=wait, step=step)


def import_archive(config: Config, folder: Path, *, step: Step = lambda name: None) -> int:
    """Make the archive from an exported folder; returns its number of items."""
    return export.import_archive(folder, config.archive, step=step)


def vacuum(config: Config, forgetting: Forgetting, *, wait: float, step: Step = lambda name: None) -> Compacted:
    """Delete what *forgetting* names, and give the disk space back."""
    if not config.archive.exists():
        raise StoreError(f"{config.archive}: there is no archive yet; `digest run` makes it")
    if forgetting.learner in {one.learner_id for one in config.learners}:
        raise ConfigError(
            f"sources.toml names the learner {forgetting.learner!r} still; take the [[learner]] out first"
        )
    return compaction.compact(config.archive, forgetting, wait=wait, step=step)


def examine(config: Config, now: datetime, repairs: Repairs, *, wait: float) -> list[Problem]:
    """Make the repairs, then examine everything."""
    if not config.archive.exists():
        raise StoreError(f"{config.archive}: there is no archive yet; `digest run` makes it")
    repaired = list(_repair(config, repairs, now, wait=wait))
    with opened(config, wait=wait, read_only=True) as db:
        found = list(maintenance.examine(db))
        if all(one.state != ProblemState.WRONG for one in found[:1]):  # else none of it can be read
            found += [_documents(db), _clock(db, now)]
    free = shutil.disk_usage(config.archive.parent).free
    folder = spool.folder_for(config.archive)
    return [
        *repaired,
        *found,
        *_spool(folder, now),
        *_receipts(folder),
        _states(folder),
        maintenance.free_space(config.archive, free),
        *maintenance.leftovers(config.archive),
    ]


def _documents(db: archive.Connection) -> Problem:
    broken = documents.broken_documents(db)
    if not broken:
        return Problem(check="documents", state=ProblemState.FINE, message="all issues and source states can be read")
    more = f" (and {len(broken) - 1} more)" if len(broken) > 1 else ""
    return Problem(
        check="documents",
        state=ProblemState.WRONG,
        message=f"{broken[0]}{more}",
        remedy="digest doctor --repair" if broken[0].startswith("the state") else "take the archive from a backup",
    )


def _clock(db: archive.Connection, now: datetime) -> Problem:
    told = clock.ahead(db, now)
    if not told:
        return Problem(check="clock", state=ProblemState.FINE, message="nothing lies in the future")
    return Problem(check="clock", state=ProblemState.WRONG, message=told, remedy="digest doctor --repair")


def set_clock_right(config: Config, now: datetime, *, wait: float) -> str:
    """Take back what lies in the future; one line on what that was, "" for nothing."""
    if not config.archive.exists():
        return ""
    with opened(config, wait=wait) as db:
        told = clock.set_right(db, now)
        if told:
            spool.write_states(spool.folder_for(config.archive), source_rows.states(db))
    return told


def in_future(config: Config, now: datetime, *, wait: float) -> str:
    """One line on what lies in the future, "" where nothing does."""
    if not config.archive.exists():
        return ""
    with opened(config, wait=wait) as db:
        return clock.ahead(db, now)


def _repair(config: Config, repairs: Repairs, now: datetime, *, wait: float) -> Iterator[Problem]:
    if repairs.repair:
        with opened(config, wait=wait) as db:
            yield from (
                Problem(check="repair", state=ProblemState.NOTE, message=told) for told in maintenance.repair(db)
            )
        if told := set_clock_right(config, now, wait=wait):
            yield Problem(check="repair", state=ProblemState.NOTE, message=f"taken back to now: {told}")
        yield from _set_aside_states(spool.folder_for(config.archive))
    if repairs.forget_models:
        with opened(config, wait=wait) as db:
            for model in maintenance.forget_models(db):
                told = f"forgot the vectors of {model}"
                yield Problem(
                    check="models", state=ProblemState.NOTE, message=told, remedy="digest vacuum frees the disk space"
                )


def _spool(folder: Path, now: datetime) -> Iterator[Problem]:
    for path in rejected.rejected(folder):
        told = f"an answer that could not be read is set aside in {path}"
        yield Problem(
            check="spool", state=ProblemState.NOTE, message=told, remedy="delete it when it has been looked at"
        )
    for path in spool.no_rounds(folder):
        yield Problem(
            check="spool",
            state=ProblemState.WRONG,
            message=f"{path}: is no file and is passed over",
            remedy="delete it",
        )
    rounds = spool.rounds(folder)
    if not rounds:
        yield Problem(check="spool", state=ProblemState.FINE, message="nothing waits to be stored")
    for path in rounds:
        try:
            found = [isinstance(visit, spool.DamagedVisit) for visit in spool.contents(path)]
        except StoreError as error:
            yield Problem(check="spool", state=ProblemState.WRONG, message=str(error))
            continue
        if any(found):
            told = f"{path}: {sum(found)} of {len(found)} visits are damaged"
            yield Problem(
                check="spool",
                state=ProblemState.WRONG,
                message=told,
                remedy="digest run sets them aside, stores the rest",
            )
        count = found.count(False)
        age = now.timestamp() - path.stat().st_mtime
        told = f"{path}: {count} visits wait to be stored"
        if age > _STUCK.total_seconds():
            yield Problem(
                check="spool",
                state=ProblemState.WRONG,
                message=f"{told} since {age / 86400:.0f} days",
                remedy="digest run",
            )
        else:
            yield Problem(check="spool", state=ProblemState.NOTE, message=told, remedy="digest run")


def _receipts(folder: Path) -> Iterator[Problem]:
    aside = folder / deliveries.DAMAGED
    if aside.exists():
        message = f"{aside} holds what a log of deliveries should not"
        yield Problem(check="receipts", state=ProblemState.NOTE, message=message, remedy="delete it when all is well")


def _states(folder: Path) -> Problem:
    try:
        spool.read_states(folder)
    except StoreError as error:
        return Problem(check="states", state=ProblemState.WRONG, message=str(error), remedy="digest doctor --repair")
    return Problem(check="states", state=ProblemState.FINE, message="the copy of the source states can be read")


def _set_aside_states(folder: Path) -> Iterator[Problem]:
    """Set a damaged copy of the source states aside; the next fetch writes a new one from the archive."""
    problem = _states(folder)
    path = folder / "states.json"
    if problem.state == ProblemState.WRONG and problem.message.startswith(str(path)):
        path.replace(path.with_name("states.damaged"))
        yield Problem(check="repair", state=ProblemState.NOTE, message=f"put a damaged {path} aside")

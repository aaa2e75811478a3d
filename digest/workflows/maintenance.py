"""Export, import, compaction and the doctor, over the archive and the spool that lies beside it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from digest.config import Config
from digest.errors import StoreError
from digest.store import archive, export, maintenance, rejected, spool
from digest.store.maintenance import Compacted, Forgetting, Problem

#: Whoever stores the spool does so within minutes; what lies longer is stuck.
_STUCK = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What the doctor may do beyond looking."""

    repair: bool = False
    forget_models: bool = False


def export_archive(config: Config, folder: Path, *, wait: float) -> dict[str, int]:
    """Write every view, and what an archive needs besides, as Parquet; returns rows by view."""
    return export.export(config.archive, folder, wait=wait)


def import_archive(config: Config, folder: Path) -> int:
    """Make the archive from an exported folder; returns how many items it has."""
    return export.import_archive(folder, config.archive)


def vacuum(config: Config, forgetting: Forgetting, *, wait: float) -> Compacted:
    """Forget what was asked for and give its room back."""
    if not config.archive.exists():
        raise StoreError(f"{config.archive}: there is no archive yet; `digest run` makes it")
    return maintenance.compact(config.archive, forgetting, wait=wait)


def examine(config: Config, now: datetime, treatment: Repairs, *, wait: float) -> list[Problem]:
    """Treat what is to be treated, then say how everything stands."""
    if not config.archive.exists():
        raise StoreError(f"{config.archive}: there is no archive yet; `digest run` makes it")
    done = list(_treat(config, treatment, wait=wait))
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        findings = list(maintenance.examine(db))
    free = shutil.disk_usage(config.archive.parent).free
    folder = spool.folder_for(config.archive)
    return [
        *done,
        *findings,
        *_spool(folder, now),
        _states(folder),
        maintenance.room(config.archive, free),
        *maintenance.leftovers(config.archive),
    ]


def _treat(config: Config, treatment: Repairs, *, wait: float) -> Iterator[Problem]:
    if treatment.repair:
        with archive.open_archive(config.archive, wait=wait) as db:
            yield from (Problem(check="repair", state="note", told=told) for told in maintenance.repair(db))
        yield from _set_aside_states(spool.folder_for(config.archive))
    if treatment.forget_models:
        with archive.open_archive(config.archive, wait=wait) as db:
            for model in maintenance.forget_models(db):
                told = f"forgot the vectors of {model}"
                yield Problem(check="models", state="note", told=told, cure="digest vacuum gives the room back")


def _spool(folder: Path, now: datetime) -> Iterator[Problem]:
    for path in rejected.rejected(folder):
        told = f"an answer that could not be read is set aside in {path}"
        yield Problem(check="spool", state="note", told=told, cure="delete it when it has been looked at")
    for path in spool.no_rounds(folder):
        yield Problem(check="spool", state="wrong", told=f"{path}: is no file and is passed over", cure="delete it")
    rounds = spool.rounds(folder)
    if not rounds:
        yield Problem(check="spool", state="fine", told="nothing waits to be stored")
    for path in rounds:
        try:
            found = [isinstance(visit, spool.DamagedVisit) for visit in spool.contents(path)]
        except StoreError as error:
            yield Problem(check="spool", state="wrong", told=str(error))
            continue
        if any(found):
            told = f"{path}: {sum(found)} of {len(found)} visits are damaged"
            yield Problem(check="spool", state="wrong", told=told, cure="digest run sets them aside, stores the rest")
        count = found.count(False)
        age = now.timestamp() - path.stat().st_mtime
        told = f"{path}: {count} visits wait to be stored"
        if age > _STUCK.total_seconds():
            yield Problem(check="spool", state="wrong", told=f"{told} since {age / 86400:.0f} days", cure="digest run")
        else:
            yield Problem(check="spool", state="note", told=told, cure="digest run")


def _states(folder: Path) -> Problem:
    try:
        spool.read_states(folder)
    except StoreError as error:
        return Problem(check="states", state="wrong", told=str(error), cure="digest doctor --repair")
    return Problem(check="states", state="fine", told="the copy of the source states can be read")


def _set_aside_states(folder: Path) -> Iterator[Problem]:
    """Put a damaged copy of the source states away; the next fetch writes it anew from the archive."""
    finding = _states(folder)
    path = folder / "states.json"
    if finding.state == "wrong" and finding.told.startswith(str(path)):
        path.replace(path.with_name("states.damaged"))
        yield Problem(check="repair", state="note", told=f"put a damaged {path} aside")

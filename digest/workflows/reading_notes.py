"""Reading notes back from their files: what changed since the last time, into the archive, with vectors for passages."""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import Embedder, load_model
from digest.notes import folder, templates
from digest.notes.passages import passages
from digest.store import notes as note_rows
from digest.store import vectors
from digest.store.archive import Connection
from digest.workflows.opening import opened

#: The coarsest file times, FAT's, are two seconds apart: a file as young as that is read again the next time.
_CLOCK_SECONDS = 2.0

_log = logging.getLogger(__name__)


def read_notes(config: Config, now: datetime, *, wait: float) -> list[str]:
    """Read every file of the folder of notes that is new or changed; returns one line on each that is broken.

    A file that is gone is forgotten. Without the folder nothing is: it may lie on a disk that is not there now.
    """
    if not config.archive.exists() or not config.notes_folder.is_dir():
        return []
    with opened(config, wait=wait) as db:
        told = synchronise(db, config, now)
        model = vectors.current_model(db)
        waiting = bool(model and note_rows.not_embedded(db, model))
    for line in told:
        _log.warning("%s", line)
    if waiting:
        _embed_as_usual(config, model, wait=wait)
    return told


def synchronise(db: Connection, config: Config, now: datetime) -> list[str]:
    """The same in an archive that is open, without vectors."""
    files = folder.files(config.notes_folder)
    known = note_rows.files_read(db)
    settled = (now.timestamp() - _CLOCK_SECONDS) * 1e9
    changed = [file for name, file in files.items() if _changed(known.get(name), file)]
    rows = [row for file in changed if (row := _row(file, known, settled)) is not None]
    gone = [name for name in known if name not in files]
    if rows or gone:
        before = note_rows.texts(db, [row.path for row in rows])
        # Passages whose text is as it was keep their vectors.
        fresh = [row for row in rows if row.item_id and before.get(row.path) != (row.item_id, row.text)]
        note_rows.remember(db, rows, [(row, passages(row.text)) for row in fresh], gone=gone)
    return [
        f"{config.notes_folder / row.path}: {row.problem}; its text is kept as it is" for row in rows if row.problem
    ]


def embed_notes(config: Config, model: Embedder, *, wait: float) -> int:
    """Embed the passages that *model* has not seen; returns how many."""
    if not config.archive.exists():
        return 0
    with opened(config, wait=wait) as db:
        texts = note_rows.not_embedded(db, model.name)
    if texts:
        encoded = model.encode(texts)
        with opened(config, wait=wait) as db:
            note_rows.save_vectors(db, model.name, texts, encoded)
    return len(texts)


def _embed_as_usual(config: Config, current: str, *, wait: float) -> None:
    """Embed with the configured model, if it is the one that the archive's texts were embedded with."""
    try:
        model = load_model(config.embedding.model, folder=config.folder)
    except DigestError as error:  # the next ranking says it; notes are found by their words meanwhile
        _log.info("notes are not embedded: %s", error)
        return
    if model.name == current:
        embed_notes(config, model, wait=wait)


def _changed(before: tuple[int, int, str] | None, file: folder.FoundFile) -> bool:
    return before is None or before[:2] != (file.size, file.modified_ns)


def _row(file: folder.FoundFile, known: Mapping[str, tuple[int, int, str]], settled: float) -> note_rows.FileRow | None:
    """A file as it is now; None where it cannot be read, so that what was read of it stays."""
    said = folder.read(file.path)
    if said is None:
        return None
    changed_at = datetime.fromtimestamp(max(0, file.modified_ns) / 1e9, UTC)
    item_id = said.item_id or (known[file.name][2] if said.problem and file.name in known else "")
    return note_rows.FileRow(
        path=file.name,
        size=file.size,
        modified_ns=file.modified_ns if 0 <= file.modified_ns < settled else -1,
        item_id=item_id,
        text=templates.without_source_line(said.body) if item_id else "",
        written_at=said.created or changed_at,
        changed_at=changed_at,
        tags=said.tags,
        problem=said.problem if item_id else "",
    )

"""What the learner liked or saved, with its vectors: what evidence compares an item with."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from digest.arrays import Floats
from digest.judge.embedding import Embedder
from digest.judge.evidence import Liked
from digest.judge.mark_weights import MARK_VALUES
from digest.store import items
from digest.store import marks as mark_rows
from digest.store.archive import Connection
from digest.workflows.shared_reading import SharedReading

#: Title, address and vector of an item.
_Row = tuple[str, str, Floats]


def liked(db: Connection, model: Embedder, reading: SharedReading | None = None) -> Liked:
    """What the learner liked or saved and the model has embedded."""
    ids = _ids(db)
    return _joined(_read(db, model, ids, reading), ids, model)


class KnownLikes:
    """The same for one archive and model, remembered: rows scattered over a million take most of a second to read."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: tuple[Path, str] | None = None
        self._rows: dict[str, _Row] = {}

    def liked(self, db: Connection, path: Path, model: Embedder) -> Liked:
        """Read only what was not known before; *path* is the archive's."""
        ids = _ids(db)
        with self._lock:
            known = self._rows if self._of == (path, model.name) else {}
        rows = {one: known[one] for one in ids if one in known}
        rows |= _read(db, model, [one for one in ids if one not in known])
        with self._lock:
            self._of, self._rows = (path, model.name), rows
        return _joined(rows, ids, model)

    def forget(self) -> None:
        with self._lock:
            self._of, self._rows = None, {}


#: Of the archive that this process shows.
KNOWN = KnownLikes()


def _ids(db: Connection) -> list[str]:
    marked = mark_rows.standing(db)
    return [item_id for item_id, held in marked.items() if any(MARK_VALUES[mark] == 1 for mark in held)]


def _read(db: Connection, model: Embedder, ids: Sequence[str], reading: SharedReading | None = None) -> dict[str, _Row]:
    if not ids:
        return {}
    found = (reading or SharedReading()).vectors(db, model, ids)
    titles = items.titles(db, list(found))
    return {one: (*titles[one], found[one]) for one in found if titles[one][0]}


def _joined(rows: dict[str, _Row], ids: Sequence[str], model: Embedder) -> Liked:
    chosen = [rows[one] for one in sorted(ids) if one in rows]
    nothing = np.empty((0, model.dimensions), dtype=np.float32)
    return Liked(
        titles=tuple(row[0] for row in chosen),
        urls=tuple(row[1] for row in chosen),
        vectors=np.stack([row[2] for row in chosen]) if chosen else nothing,
    )

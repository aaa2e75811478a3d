"""A small archive with words and vectors in it, for tests that search."""

from collections.abc import Mapping, Sequence

import numpy as np

from digest.records import Item
from digest.store import items, vectors
from digest.store.archive import Connection, transaction
from tests import make

MODEL = "toy-1"
#: What the toy model understands; a text's vector counts these words.
AXES = ("retrieval", "serving", "tides", "")


def encode(text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """The toy model: one axis a word it knows, the last one a little of everything."""
    counts = [text.lower().count(word) if word else 0.1 for word in AXES]
    vector = np.array(counts, dtype=np.float32)
    return vector / np.linalg.norm(vector)


def fill(
    db: Connection, made: Sequence[Item], *, works: Mapping[str, str] | None = None, embedded: bool = True
) -> None:
    """Store and embed items; *works* maps entry ids to work ids where an item is not its own work."""
    new = [make.new_item(one, work_id=(works or {}).get(one.entry_id, one.item_id)) for one in made]
    with transaction(db):
        items.add(db, new, read=make.readings(made))
    if embedded:
        embed(db)


def embed(db: Connection, model: str = MODEL) -> None:
    vectors.use_model(db, model, len(AXES), now=make.NOW)
    texts = vectors.missing(db, model, len(AXES))
    if texts:
        made = np.stack([encode(f"{title} {body}") for _, title, body in texts])
        vectors.save(db, model, [text_hash for text_hash, _, _ in texts], made)

"""Embed what is new and score every item in the archive under the current focus and model."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.config import Config
from digest.judge.focus import FocusModel, read_focus
from digest.judge.lean import load_lean
from digest.judge.model import Embedder, Floats, embedding_text, load_model
from digest.judge.score import Batch, Scores, score_batch
from digest.judge.sharpen import sharpen
from digest.judge.taste import Taste, plain_taste
from digest.stages.storing import store_spool
from digest.store import archive, vectors, verdicts
from digest.store.archive import Connection

#: Texts embedded between two openings of the archive: seconds of work for the slowest model.
_EMBED_AT_ONCE = 5_000
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What a ranking came to, with the judge that made it, for those who go on from here."""

    items: int
    embedded: int
    model: Embedder
    focus: FocusModel


def rank(
    config: Config,
    now: datetime,
    *,
    wait: float = 10.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Ranked:
    """Embed what is not embedded yet, then score everything."""
    model = load_model(config.embedding.model, folder=config.folder)
    embedded = embed(config, model, now, wait=wait, progress=progress)
    focus = read_focus(config.focus, model)
    with archive.open_archive(config.archive, wait=wait) as db:
        count = score(db, focus, model, now)
    return Ranked(items=count, embedded=embedded, model=model, focus=focus)


def embed(config: Config, model: Embedder, now: datetime, *, wait: float, progress: Callable[[int, int], None]) -> int:
    """Embed every stored text that the model has not seen, a batch at a time; returns how many.

    The archive is closed while the model works, and a kill costs one batch.
    """
    with archive.open_archive(config.archive, wait=wait) as db:
        store_spool(config, db)
        vectors.use_model(db, model.name, model.dimensions, now=now)
        texts = vectors.missing(db, model.name, model.dimensions)
    for start in range(0, len(texts), _EMBED_AT_ONCE):
        batch = texts[start : start + _EMBED_AT_ONCE]
        made = model.encode([embedding_text(title, body) for _, title, body in batch])
        with archive.open_archive(config.archive, wait=wait) as db:
            vectors.save(db, model.name, [text_hash for text_hash, _, _ in batch], made)
        progress(start + len(batch), len(texts))
    return len(texts)


def score(db: Connection, focus: FocusModel, model: Embedder, now: datetime) -> int:
    """Score every item and write the scores down; returns how many."""
    lean = load_lean(model)
    taste = learned_taste(db, focus, model)
    item_ids: list[str] = []
    found: list[Scores] = []
    for part in vectors.slices(db, model.name, model.dimensions):
        item_ids += part.item_ids
        found.append(score_batch(taste, lean, _batch(part, now)))
    columns = {name: _joined([getattr(scores, name) for scores in found]) for name in ("relevance", "lean", "score")}
    parts = {name: _joined([scores.parts[name] for scores in found]) for name in (found[0].parts if found else ())}
    with archive.transaction(db):
        verdicts.replace_scores(db, item_ids, columns, parts)
    return len(item_ids)


def learned_taste(db: Connection, focus: FocusModel, model: Embedder) -> Taste:
    """The focus, sharpened by the archive."""
    return sharpen(plain_taste(focus), _archive_vectors(db, model))


def _archive_vectors(db: Connection, model: Embedder) -> Iterator[Floats]:
    for part in vectors.slices(db, model.name, model.dimensions):
        yield part.vectors


def _batch(part: vectors.Slice, now: datetime) -> Batch:
    ages = np.where(part.dated, (now.timestamp() - part.seconds) / _DAY, np.nan)
    trust = np.full(len(part.item_ids), 0.5, dtype=np.float32)
    return Batch(vectors=part.vectors, ages=ages.astype(np.float32), trust=trust)


def _joined(columns: list[Floats]) -> Floats:
    return np.concatenate(columns) if columns else np.empty(0, dtype=np.float32)

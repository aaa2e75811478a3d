"""Embed every stored text that the model has not seen yet."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.arrays import Floats
from digest.config import Config
from digest.judge.embedding import Embedder, embedding_text, title_weight
from digest.store import vectors
from digest.workflows.opening import opened

#: The size of a batch: at most, and at first.
_MOST_TEXTS, _FIRST_TEXTS = 5_000, 100
#: A batch is as many texts as the model embeds in this time: a dozen for a transformer, thousands for the
#: bundled model. A kill loses one batch.
_SECONDS_PER_BATCH = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingResult:
    """How many texts were embedded, and how many are left."""

    embedded: int
    left: int


def embed(
    config: Config,
    model: Embedder,
    now: datetime,
    *,
    wait: float = 10.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Callable[[], bool] = lambda: False,
) -> EmbeddingResult:
    """Embed the texts that *model* has no vectors of, in batches, until *stop* says so after one of them.

    The archive is closed while the model works.
    """
    size = min(_FIRST_TEXTS, _MOST_TEXTS)
    with opened(config, wait=wait) as db:
        vectors.use_model(db, model.name, model.dimensions, now=now)
        total = vectors.count_missing(db, model.name, model.dimensions)
        batch = vectors.missing(db, model.name, model.dimensions, limit=size)
    done = 0
    while batch:
        began = time.monotonic()
        encoded = encode_texts(model, batch)
        done += len(batch)
        size = next_size(len(batch), time.monotonic() - began)
        with opened(config, wait=wait) as db:
            vectors.save(db, model.name, [text_hash for text_hash, _, _ in batch], encoded)
            batch = [] if stop() else vectors.missing(db, model.name, model.dimensions, limit=size)
        progress(done, total)
    return EmbeddingResult(embedded=done, left=max(total - done, 0))


def encode_texts(model: Embedder, texts: Sequence[tuple[int, str, str]]) -> Floats:
    """Vectors [n, d] of texts that come as (hash, title, body)."""
    weight = title_weight(model)
    return model.encode([embedding_text(title, body, title_weight=weight) for _, title, body in texts])


def next_size(size: int, seconds: float) -> int:
    """The size of the next batch after *size* texts took *seconds*; at most ten times as many."""
    fitting = size * min(_SECONDS_PER_BATCH / max(seconds, 1e-6), 10.0)
    return max(1, min(int(fitting), _MOST_TEXTS))

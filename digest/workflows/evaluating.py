"""How well the judge does on the learner's own marks, against TF-IDF and recency."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import Embedder, embedding_text, load_model
from digest.judge.evaluation import FEWEST_LIKES, EvaluationRow, Sample, evaluate
from digest.judge.focus import read_focus
from digest.judge.mark_weights import MarkedItems
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import declared_only
from digest.store import archive, items, vectors
from digest.store.archive import Connection
from digest.workflows.ranking import archive_vectors, read_marks

#: Works without a mark to find the marked ones among; more change the figures by less than their intervals.
_OTHERS = 5_000
_DAY = 86_400

#: One row a ranker and measure, with its 95 % interval and how many marked works it rests on.
COLUMNS = ("ranker", "measure", "value", "low", "high", "marks")
_MEASURES = {
    "auc": "AUC",
    "precision_at_10": "P@10",
    "recall_at_2_percent": "R@2%",
    "kept": "kept",
    "kept_disliked": "kept, disliked",
}

Figure = tuple[str, str, float, float, float, int]


def evaluate_marks(config: Config, now: datetime, *, wait: float) -> list[Figure]:
    """Rows of COLUMNS: each ranker's figures with their 95 % bootstrap intervals, every like left out in turn."""
    model = load_model(config.embedding.model, folder=config.folder)
    focus = read_focus(config.focus, model)
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        marks = read_marks(db, now)
        likes = sum(1 for value in marks.values.values() if value > 0)
        if likes < FEWEST_LIKES:
            raise DigestError(f"{likes} liked items are too few to evaluate on; {FEWEST_LIKES} or more are needed")
        relevance_model = with_pseudo_feedback(declared_only(focus), archive_vectors(db, model))
        ids, marked, texts, ages = _columns(db, model, list(marks.values), now)
        others = items.sample_ids(db, count=_OTHERS, without=list(marks.values))
        _, other_vectors, other_texts, other_ages = _columns(db, model, others, now)
    if not len(other_vectors):
        raise DigestError("the archive holds nothing but marked items; there is nothing to find them among")
    sample = Sample(
        marked=MarkedItems(vectors=marked, values=np.array([marks.values[one] for one in ids], dtype=np.float32)),
        marked_texts=texts,
        marked_ages=ages,
        others=other_vectors,
        other_texts=other_texts,
        other_ages=other_ages,
        focus_text=" ".join(phrase.text for phrase in focus.phrases if phrase.used),
    )
    return [figure for row in evaluate(relevance_model, sample) for figure in figures(row)]


def figures(row: EvaluationRow) -> list[Figure]:
    """One ranker's rows of COLUMNS."""
    measures = ((name, getattr(row, field)) for field, name in _MEASURES.items())
    return [(row.ranker, name, one.value, one.low, one.high, one.marks) for name, one in measures if one is not None]


def _columns(
    db: Connection, model: Embedder, item_ids: Sequence[str], now: datetime
) -> tuple[list[str], Floats, list[str], Floats]:
    """Ids, vectors [n, d], texts and ages in days of those items that have vectors."""
    ids: list[str] = []
    rows: list[Floats] = []
    ages: list[Floats] = []
    for part in vectors.slices(db, model.name, model.dimensions, only=item_ids):
        ids += part.item_ids
        rows.append(part.vectors)
        ages.append(np.where(part.dated, (now.timestamp() - part.seconds) / _DAY, np.nan).astype(np.float32))
    texts = items.texts(db, ids)
    joined = np.concatenate(rows) if rows else np.empty((0, model.dimensions), dtype=np.float32)
    spans = np.concatenate(ages) if ages else np.empty(0, dtype=np.float32)
    return ids, joined, [embedding_text(*texts[item_id]) for item_id in ids], spans

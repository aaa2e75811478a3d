"""Embed what is new and score every item in the archive under the current focus, marks and model."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.judge.embedding import Embedder, embedding_text, load_model, load_reranker, title_weight
from digest.judge.focus import FocusModel, read_focus
from digest.judge.lean import load_lean
from digest.judge.mark_weights import MARK_VALUES, MarkedItems, learn, mark_value
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import RelevanceModel, declared_only
from digest.judge.reranker import best_rows, rerank_adjustment
from digest.judge.scoring import Batch, Scores, score_batch, source_prior, weighted_prior, with_reranking
from digest.store import archive, items, vectors
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection
from digest.workflows import feedback
from digest.workflows.ingesting import last_end, store_spool

#: Texts embedded between two openings of the archive, at most and at first.
_EMBED_AT_ONCE, _EMBED_AT_FIRST = 5_000, 100
#: What a kill may cost: as many texts are taken at once as the model embeds in this time, from a dozen of a
#: transformer to thousands of the bundled model.
_SECONDS_AT_ONCE = 5.0
#: Works without a mark that liked ones are told apart from.
_BACKGROUND = 2_000
_DAY = 86_400

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What a ranking came to, with the judge that made it, for those who go on from here."""

    items: int
    embedded: int
    model: Embedder
    focus: FocusModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Every item's scores, a row each."""

    item_ids: list[str]
    scores: Scores

    def rows(self, chosen: Sequence[str]) -> list[int]:
        place = {item_id: row for row, item_id in enumerate(self.item_ids)}
        return [place[item_id] for item_id in chosen if item_id in place]


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedVectors:
    """What the learner said so far: the value of each marked item, and how far that makes sources trusted."""

    values: Mapping[str, float]
    trust: Mapping[str, float]
    #: the same values as if all were said today
    fresh: Mapping[str, float]


def rank(config: Config, now: datetime, *, wait: float = 10.0, progress: Progress = lambda done, total: None) -> Ranked:
    """Hear what was ticked, embed what is not embedded yet, then score everything."""
    feedback.read_checkboxes(config, now, wait=wait)
    model = load_model(config.embedding.model, folder=config.folder)
    embedded = embed(config, model, now, wait=wait, progress=progress)
    focus = read_focus(config.focus, model)
    with archive.open_archive(config.archive, wait=wait) as db:
        table = score(db, config, focus, model, now)
    reranker = load_reranker(config.embedding.second_opinion or config.embedding.reranker, folder=config.folder)
    if reranker is not None:
        table = rerank(config, reranker, table, now, wait=wait, progress=progress)
    with archive.open_archive(config.archive, wait=wait) as db, archive.transaction(db):
        save(db, table)
        if reranker is None:
            vectors.remember_reranker(db, "")
    return Ranked(items=len(table.item_ids), embedded=embedded, model=model, focus=focus)


def embed_a_while(config: Config, now: datetime, *, wait: float, enough: Callable[[], bool]) -> int:
    """Embed what is not embedded yet until *enough*; returns how many texts are left.

    For a job that has other things to do: another model takes hours for an archive of years.
    """
    left = 0

    def count(done: int, total: int) -> None:
        nonlocal left
        left = max(total - done, 0)

    model = load_model(config.embedding.model, folder=config.folder)
    embed(config, model, now, wait=wait, progress=count, enough=enough)
    return left


def embed(
    config: Config,
    model: Embedder,
    now: datetime,
    *,
    wait: float,
    progress: Progress,
    enough: Callable[[], bool] = lambda: False,
) -> int:
    """Embed every stored text that the model has not seen, a batch at a time, until *enough*; returns how many.

    The archive is closed while the model works, and a kill costs one batch.
    """
    size = min(_EMBED_AT_FIRST, _EMBED_AT_ONCE)
    with archive.open_archive(config.archive, wait=wait) as db:
        store_spool(config, db)
        vectors.use_model(db, model.name, model.dimensions, now=now)
        waiting = vectors.count_missing(db, model.name, model.dimensions)
        batch = vectors.missing(db, model.name, model.dimensions, limit=size)
    done = 0
    while batch:
        began = time.monotonic()
        made = _encoded(model, batch)
        done += len(batch)
        size = next_size(len(batch), time.monotonic() - began)
        with archive.open_archive(config.archive, wait=wait) as db:
            vectors.save(db, model.name, [text_hash for text_hash, _, _ in batch], made)
            batch = [] if enough() else vectors.missing(db, model.name, model.dimensions, limit=size)
        progress(done, waiting)
    return done


def _encoded(model: Embedder, texts: Sequence[tuple[int, str, str]]) -> Floats:
    """Vectors of texts that come as (hash, title, body)."""
    weight = title_weight(model)
    return model.encode([embedding_text(title, body, title_weight=weight) for _, title, body in texts])


def next_size(size: int, seconds: float) -> int:
    """How many texts to embed at once after *size* of them took so many *seconds*; never more than ten times as many."""
    fitting = size * min(_SECONDS_AT_ONCE / max(seconds, 1e-6), 10.0)
    return max(1, min(int(fitting), _EMBED_AT_ONCE))


def score(db: Connection, config: Config, focus: FocusModel, model: Embedder, now: datetime) -> Table:
    """Score every item in the archive."""
    lean = load_lean(model)
    marks = read_marks(db, now)
    relevance_model = learn_relevance_model(db, focus, model, marks)
    item_ids: list[str] = []
    found: list[Scores] = []
    for part in vectors.slices(db, model.name, model.dimensions):
        item_ids += part.item_ids
        found.append(score_batch(relevance_model, lean, _batch(part, marks, config, now)))
    return Table(item_ids=item_ids, scores=_joined(found))


def read_marks(db: Connection, now: datetime) -> MarkedVectors:
    """The marks that hold, as values that fade with age, and the sources' trust that follows from them.

    What an item's marks say together is what the strongest of them says.
    """
    standing = mark_rows.marked_at(db)
    values = {one: max((mark_value(mark, at, now) for mark, at in held), key=abs) for one, held in standing.items()}
    fresh = {one: max((MARK_VALUES[mark] for mark, _ in held), key=abs) for one, held in standing.items()}
    sources = items.sources_of(db, list(values))
    good, bad = dict[str, float](), dict[str, float]()
    for item_id, value in values.items():
        side = good if value > 0 else bad
        side[sources.get(item_id, "")] = side.get(sources.get(item_id, ""), 0.0) + abs(value)
    trust = {source: source_prior(good.get(source, 0.0), bad.get(source, 0.0)) for source in {*good, *bad}}
    return MarkedVectors(values=values, trust=trust, fresh=fresh)


def learn_relevance_model(
    db: Connection, focus: FocusModel, model: Embedder, marks: MarkedVectors, *, size: int | None = None
) -> RelevanceModel:
    """The focus, sharpened by the archive and taught by the marks; *size* as in `with_pseudo_feedback`."""
    marked_ids, marked = _vectors_of(db, model, list(marks.values))
    values = np.array([marks.values[item_id] for item_id in marked_ids], dtype=np.float32)
    relevance_model = with_pseudo_feedback(
        declared_only(focus), archive_vectors(db, model), disliked=marked[values < 0], size=size
    )
    if not len(values):
        return relevance_model
    background = vectors.sample(db, model.name, model.dimensions, count=_BACKGROUND, without=list(marks.values))
    return learn(relevance_model, MarkedItems(vectors=marked, values=values), background=background)


def rerank(config: Config, model: Embedder, table: Table, now: datetime, *, wait: float, progress: Progress) -> Table:
    """Have another model read the best of what no issue has considered yet, and mix its order in.

    It reads what was marked as well, whenever that was, and so learns from the same marks.
    """
    with archive.open_archive(config.archive, wait=wait) as db:
        fresh = table.rows(items.fresh_ids(db, since=last_end(db)))
        rows = np.array(fresh, dtype=np.intp)[best_rows(table.scores.relevance[fresh])]
        chosen = [table.item_ids[row] for row in rows]
        marks = read_marks(db, now)
        vectors.add_model(db, model.name, model.dimensions, now=now)
        vectors.remember_reranker(db, model.name)
        texts = vectors.missing(db, model.name, model.dimensions, only=[*chosen, *marks.values])
    made = _encoded(model, texts)  # a few hundred
    if texts:
        with archive.open_archive(config.archive, wait=wait) as db:
            vectors.save(db, model.name, [text_hash for text_hash, _, _ in texts], made)
        progress(len(texts), len(texts))
    focus = read_focus(config.focus, model)
    with archive.open_archive(config.archive, wait=wait) as db:
        relevance_model = learn_relevance_model(db, focus, model, marks, size=len(table.item_ids))
        heard, seen = _vectors_of(db, model, chosen)
    rows = np.array(table.rows(heard), dtype=np.intp)
    added = np.full(len(table.item_ids), np.nan, dtype=np.float32)
    added[rows] = rerank_adjustment(table.scores.relevance[rows], relevance_model.relevance(seen))
    return replace(table, scores=with_reranking(table.scores, added))


def save(db: Connection, table: Table) -> None:
    """Make the table the scores under the current focus and model."""
    columns = {name: getattr(table.scores, name) for name in ("relevance", "lean", "score")}
    score_rows.replace(db, table.item_ids, columns, table.scores.parts)


def archive_vectors(db: Connection, model: Embedder) -> Iterator[Floats]:
    for part in vectors.slices(db, model.name, model.dimensions):
        yield part.vectors


def _vectors_of(db: Connection, model: Embedder, item_ids: Sequence[str]) -> tuple[list[str], Floats]:
    """The items' ids and vectors [n, d], without those that have none."""
    parts = list(vectors.slices(db, model.name, model.dimensions, only=item_ids)) if item_ids else []
    if not parts:
        return [], np.empty((0, model.dimensions), dtype=np.float32)
    return [item_id for part in parts for item_id in part.item_ids], np.concatenate([part.vectors for part in parts])


def _batch(part: vectors.Slice, marks: MarkedVectors, config: Config, now: datetime) -> Batch:
    ages = np.where(part.dated, (now.timestamp() - part.seconds) / _DAY, np.nan)
    weights = {source.name: source.weight for source in config.sources}
    names = set(part.sources)
    trusted = {name: weighted_prior(marks.trust.get(name, 0.5), weights.get(name, 1.0)) for name in names}
    trust = np.array([trusted[name] for name in part.sources], dtype=np.float32)
    wanted = set(config.focus.prefer)
    preferred = np.array([not wanted.isdisjoint(extras) for extras in part.extras]) if wanted else None
    return Batch(vectors=part.vectors, ages=ages.astype(np.float32), source_priors=trust, preferred=preferred)


def _joined(found: Sequence[Scores]) -> Scores:
    if not found:
        nothing = np.empty(0, dtype=np.float32)
        return Scores(relevance=nothing, lean=nothing, score=nothing, parts={})
    return Scores(
        relevance=np.concatenate([scores.relevance for scores in found]),
        lean=np.concatenate([scores.lean for scores in found]),
        score=np.concatenate([scores.score for scores in found]),
        parts={name: np.concatenate([scores.parts[name] for scores in found]) for name in found[0].parts},
    )

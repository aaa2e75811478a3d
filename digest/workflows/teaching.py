"""Active learning: ask about the works whose answers teach the most, and store the answers as marks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.errors import DigestError
from digest.judge import active_learning
from digest.judge.embedding import Embedder, load_model
from digest.judge.focus import read_focus
from digest.records import Mark, MarkKind
from digest.render.untrusted import shown
from digest.store import lookup, vectors, verdicts
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection
from digest.workflows.opening import opened
from digest.workflows.ranking import MarkValues, learn_relevance_model, read_marks

ORIGIN = "teach"
#: Works of these weeks are asked about before older ones, as a digest is made of recent works.
RECENT = timedelta(weeks=12)
_EXCERPT = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A work to answer yes or no about."""

    item_id: str
    title: str
    source: str
    published_at: datetime | None
    url: str
    #: one line
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerResult:
    """What was stored, and how it changes the last issue."""

    likes: int
    dislikes: int
    #: the last issue, or ""; how many works it kept, and how many others relevance alone would choose now
    period: str = ""
    kept: int = 0
    changed: int = 0


def next_questions(
    config: Config, now: datetime, *, count: int = active_learning.QUESTIONS, wait: float
) -> list[Question]:
    """The works to ask about next, the most informative first; none if every work is marked."""
    model = load_model(config.embedding.model, folder=config.folder)
    focus = read_focus(config.focus, model)
    with opened(config, wait=wait, read_only=True) as db:
        if not score_rows.ranked(db) or vectors.current_model(db) != model.name:
            raise DigestError("nothing is ranked by this model yet; `digest rank` does it")
        found = score_rows.best_unmarked(db, since=now - RECENT, limit=active_learning.POOL)
        rows = vectors.of_items(db, model.name, model.dimensions, [one.item_id for one in found])
        known = _vectors(db, model, list(mark_rows.standing(db)))
    embedded = [one for one in found if one.item_id in rows]
    if not embedded:
        return []
    chosen = active_learning.most_informative(
        np.stack([rows[one.item_id] for one in embedded]),
        np.array([one.relevance for one in embedded], dtype=np.float32),
        count=count,
        centre=focus.reference.mean(axis=0),
        known=known,
    )
    return [_question(embedded[row]) for row in chosen]


def store_answers(
    config: Config, answers: Mapping[str, bool], now: datetime, *, wait: float, compare: bool = True
) -> AnswerResult:
    """Like the items answered with yes and dislike the others, as one batch of marks.

    To *compare* the last issue with what would be chosen now takes seconds in a large archive.
    """
    model = load_model(config.embedding.model, folder=config.folder)
    with opened(config, wait=wait) as db:
        before = read_marks(db, now)
        batch = mark_rows.begin_batch(db, ORIGIN, now)
        marks = [
            Mark(
                item_id=one, mark=MarkKind.LIKE if yes else MarkKind.DISLIKE, marked_at=now, origin=ORIGIN, batch=batch
            )
            for one, yes in answers.items()
        ]
        mark_rows.add_batch(db, batch, marks)
        period, kept, changed = _changed(db, config, model, before, read_marks(db, now)) if compare else ("", 0, 0)
    likes = sum(answers.values())
    return AnswerResult(likes=likes, dislikes=len(answers) - likes, period=period, kept=kept, changed=changed)


def resolve_answers(config: Config, yes: Sequence[str], no: Sequence[str], *, wait: float) -> dict[str, bool]:
    """Answers by item id, from items named as in any command; DigestError if one is in both lists."""
    with opened(config, wait=wait, read_only=True) as db:
        liked, disliked = ({lookup.resolve(db, typed): typed for typed in some} for some in (yes, no))
    if both := liked.keys() & disliked.keys():
        raise DigestError(f"{liked[min(both)]!r} cannot be answered with yes and no")
    return dict.fromkeys(liked, True) | dict.fromkeys(disliked, False)


def _question(one: score_rows.UnmarkedWork) -> Question:
    return Question(
        item_id=one.item_id,
        title=one.title,
        source=one.source,
        published_at=one.published_at,
        url=one.url,
        excerpt=shown(one.summary, _EXCERPT),
    )


def _changed(
    db: Connection, config: Config, model: Embedder, before: MarkValues, after: MarkValues
) -> tuple[str, int, int]:
    """The last issue, how many works it kept, and how many others relevance alone would choose now."""
    newest = verdicts.newest(db)
    considered = verdicts.of_period(db, newest[0]) if newest else []
    kept = sum(1 for verdict in considered if verdict.kept)
    if newest is None or not kept:
        return "", 0, 0
    rows = _vectors(db, model, [verdict.item_id for verdict in considered])
    if not len(rows):
        return newest[0], kept, 0
    focus = read_focus(config.focus, model)
    was, now = (learn_relevance_model(db, focus, model, marks).relevance(rows) for marks in (before, after))
    return newest[0], kept, active_learning.newcomers(was, now, kept)


def _vectors(db: Connection, model: Embedder, item_ids: Collection[str]) -> Floats:
    """Vectors [n, d] of the items that have one."""
    found = vectors.of_items(db, model.name, model.dimensions, list(item_ids)) if item_ids else {}
    return np.stack(list(found.values())) if found else np.empty((0, model.dimensions), dtype=np.float32)

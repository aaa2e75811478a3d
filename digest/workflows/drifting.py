"""Whether what the learner likes has left what they declare: found when an issue is built, and told once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from digest.config import Config
from digest.judge import drift as judge
from digest.judge.drift import WEEKS, Told
from digest.judge.term_suggestions import distinctive_terms
from digest.records import Drift, LeanDrift, TopicDrift
from digest.sources.identifiers import without_tracking
from digest.store import drifts, items, recaps, review
from digest.store import marks as mark_rows
from digest.store.archive import Connection
from digest.store.recaps import TouchedWork
from digest.workflows.ranking import Ranked
from digest.workflows.shared_reading import SharedReading

_TERMS, _EXAMPLES = 3, 2


def find(
    db: Connection, config: Config, ranked: Ranked, now: datetime, reading: SharedReading | None = None
) -> Drift | None:
    """What is to be told of drifts in the issue that ends *now*; None where there is nothing."""
    shared = reading or SharedReading()
    since = now - timedelta(weeks=WEEKS)
    disliked = {item_id for item_id, held in mark_rows.standing(db).items() if "dislike" in held}
    touched = recaps.touched_works(db, since=since, until=now + timedelta(microseconds=1))
    liked = [work for work in touched if work.item_id not in disliked]
    if len(liked) < judge.FEWEST:
        return None
    found = Drift(
        weeks=WEEKS,
        topics=_topics(db, config, ranked, liked, now, shared),
        lean=_lean(db, config, liked, since, now),
    )
    return found or None


def remember(db: Connection, told: Drift | None, now: datetime) -> None:
    """Keep what an issue told; the caller stores the issue in the same transaction."""
    if told and told.topics:
        drifts.remember_told(db, "topics", told.topics.far / told.topics.counted, now)
    if told and told.lean:
        drifts.remember_told(db, "lean", told.lean.liked, now)


def _topics(
    db: Connection, config: Config, ranked: Ranked, liked: Sequence[TouchedWork], now: datetime, reading: SharedReading
) -> TopicDrift | None:
    rows = reading.vectors(db, ranked.model, [work.item_id for work in liked])
    works = [work for work in liked if work.item_id in rows]
    if not works:
        return None
    far = judge.far_works(ranked.focus, np.stack([rows[work.item_id] for work in works]))
    if not far or not judge.worth_telling(len(far) / len(works), _before(db, "topics"), now):
        return None
    apart = [works[row] for row in far]
    terms = _in_common(db, config, ranked, [work.item_id for work in apart], reading)
    if not terms:
        return None  # without words for it there is nothing that could be declared
    return TopicDrift(
        counted=len(works),
        far=len(apart),
        examples=tuple((work.title, without_tracking(work.url)) for work in apart[:_EXAMPLES]),
        terms=terms,
        declared=config.focus.topics,
    )


def _in_common(
    db: Connection, config: Config, ranked: Ranked, item_ids: list[str], reading: SharedReading
) -> tuple[str, ...]:
    """What sets these works apart from the archive, in their own words and not in the learner's."""
    own = [f"{title}\n{body}" for title, body in items.texts(db, item_ids).values()]
    known = [*(phrase.text for phrase in ranked.focus.phrases), *ranked.focus.avoid, *config.focus.topics]
    others = reading.sample(db, without=item_ids)
    return judge.shared_terms(own, distinctive_terms(own, others, declared=known, count=_TERMS))


def _lean(
    db: Connection, config: Config, liked: Sequence[TouchedWork], since: datetime, now: datetime
) -> LeanDrift | None:
    leans = [work.lean for work in liked if work.lean is not None]
    months = review.picks_by_month(db, "UTC", since=since, until=now)
    letter, envelope = sum(one.letter for one in months), sum(one.envelope for one in months)
    shown = envelope / (letter + envelope) if letter + envelope else None
    share = judge.lean_left(leans, config.focus.lean, shown)
    if share is None or not judge.worth_telling(share, _before(db, "lean"), now):
        return None
    return LeanDrift(counted=len(leans), liked=round(share, 3), declared=config.focus.lean, shown=shown)


def _before(db: Connection, kind: str) -> Told | None:
    last = drifts.last_told(db, kind)
    return Told(told_at=last[0], share=last[1]) if last else None

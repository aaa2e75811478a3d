"""The works of a period as candidates: the item that represents each, its judgement, and its similarity to others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from digest.arrays import Floats
from digest.compose.candidates import Candidate
from digest.compose.deduplication import is_original
from digest.compose.near_duplicates import join
from digest.compose.similarity import SimilaritySpace, centred
from digest.compose.themes import WEEKS
from digest.judge.aspects import aspects
from digest.judge.embedding import BUNDLED, load_model
from digest.judge.evidence import Liked, gather_evidence, reason
from digest.judge.floor import FLOOR, baseline
from digest.judge.focus import encode_queries
from digest.records import Evidence, Item, Judged, KnownWork, Work
from digest.store import history, verdicts
from digest.store import scores as score_rows
from digest.store.archive import Connection
from digest.workflows.likes import liked
from digest.workflows.ranking import Ranked
from digest.workflows.shared_reading import SharedReading

#: Works for which evidence is gathered: far more than are kept. `digest why` gathers it for any other.
_EXPLAINED = 120
#: Issues whose picks a stretch pick must differ from.
RECENT_ISSUES = 8
#: Standard deviations above the reference texts from which a work is on the project's question.
_ON_QUESTION = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPeriod:
    """The works of a period, judged, with what the archive knows around them."""

    ranked: Ranked
    candidates: list[Candidate]
    space: SimilaritySpace
    #: work ids of near-duplicates: merged -> the one that stays
    merged: Mapping[str, str]
    #: what the learner was shown or marked before, and what was in focus in the last weeks
    known: Sequence[KnownWork]
    in_focus: Sequence[history.InFocus]
    #: the vectors of all of them by item id, as the model made them
    vectors: Mapping[str, Floats]


def candidates_of(
    db: Connection,
    ranked: Ranked,
    *,
    starts_at: datetime,
    period: str,
    now: datetime,
    reading: SharedReading | None = None,
) -> JudgedPeriod:
    """Read the works of a period, merge near-duplicates, and judge each work."""
    shared = reading or SharedReading()
    works = shared.works(db, starts_at=starts_at, period=period)
    stored = score_rows.of_items(db, [item.item_id for work in works for item in work.items])
    shown = [best_item(work, stored).item_id for work in works]
    known = history.known_things(db, before=starts_at)
    focused = history.in_focus(db, now=now, days=7 * WEEKS, floor=FLOOR)
    lately = _shown_lately(db, starts_at)
    # One query for all of them: it takes as long for ten vectors as for thousands.
    wanted = {*shown, *lately, *(thing.item.item_id for thing in known), *(work.item_id for work in focused)}
    found = shared.vectors(db, ranked.model, sorted(wanted))
    space = _space(ranked, found, shown, lately)
    merged = shared.duplicates(works, space.rows(shown))
    return JudgedPeriod(
        ranked=ranked,
        candidates=_judged_works(join(works, merged), stored, found, ranked, liked(db, ranked.model, shared)),
        space=space,
        merged=merged,
        known=[thing for thing in known if thing.item.item_id in found],
        in_focus=[work for work in focused if work.item_id in found],
        vectors=found,
    )


def best_item(work: Work, stored: Mapping[str, score_rows.Score]) -> Item:
    """The item that represents a work: the best-scored original, else the best-scored, the first of equals."""
    return max(work.items, key=lambda item: (item.item_id in stored and is_original(item), _score(item, stored)))


def centred_rows(ranked: Ranked, rows: Sequence[Floats]) -> Floats:
    """Vectors [n, d] minus the mean of the reference texts."""
    if not rows:
        return np.empty((0, ranked.model.dimensions), dtype=np.float32)
    return centred(np.stack(rows), ranked.focus.reference.mean(axis=0))


def _shown_lately(db: Connection, starts_at: datetime) -> list[str]:
    since = min([ends_at for _, ends_at in verdicts.periods(db)][-RECENT_ISSUES:], default=starts_at)
    return history.shown_since(db, since - timedelta(seconds=1))


def _space(ranked: Ranked, found: Mapping[str, Floats], shown: Sequence[str], lately: Sequence[str]) -> SimilaritySpace:
    """The centred vectors of the period's works and of what the last issues showed."""
    known = [item_id for item_id in shown if item_id in found]
    rows = centred_rows(ranked, [found[item_id] for item_id in known])
    return SimilaritySpace(
        vectors=dict(zip(known, rows, strict=True)),
        lately=centred_rows(ranked, [found[item_id] for item_id in lately if item_id in found]),
    )


def _judged_works(
    works: Sequence[Work],
    stored: Mapping[str, score_rows.Score],
    found: Mapping[str, Floats],
    ranked: Ranked,
    likes: Liked,
) -> list[Candidate]:
    """Each work with its representing item and its judgement, the best-scored ones with evidence."""
    shown = {work.work_id: best_item(work, stored) for work in works}
    ordered = sorted(shown.values(), key=lambda item: -_score(item, stored))
    evidence = evidence_of([item for item in ordered[:_EXPLAINED] if item.item_id in found], found, ranked, likes)
    asked = _on_question({item.item_id: found[item.item_id] for item in ordered if item.item_id in found}, ranked)
    candidates = []
    for work in works:
        item = shown[work.work_id]
        judged = judgement_of(item, stored.get(item.item_id), evidence.get(item.item_id, Evidence()))
        on_question = item.item_id in asked
        candidates.append(
            Candidate(work=work, item=item, judged=judged, reason=reason(judged), on_question=on_question)
        )
    return candidates


def evidence_of(
    known: Sequence[Item], found: Mapping[str, Floats], ranked: Ranked, likes: Liked
) -> dict[str, Evidence]:
    """The evidence for each of these items by its id; *found* has their vectors."""
    if not known:
        return {}
    reader = load_model(BUNDLED, folder=Path()) if not ranked.model.name.startswith(BUNDLED) else ranked.model
    rows = np.stack([found[item.item_id] for item in known])
    gathered = gather_evidence(known, rows, focus=ranked.focus, embedder=reader, liked=likes)
    return {item.item_id: evidence for item, evidence in zip(known, gathered, strict=True)}


def _on_question(found: Mapping[str, Floats], ranked: Ranked) -> set[str]:
    """The items that are on the question of the learner's project, or on a part of it."""
    focus = ranked.focus
    asked = [row for row, phrase in enumerate(focus.phrases) if phrase.facet == "question"]
    if not asked or not found:
        return set()
    parts = [part.embedded for part in aspects(focus.phrases[asked[0]].text)]
    targets = focus.vectors[asked[:1]]
    if len(parts) > 1:  # who asks two things at once is helped by what answers one
        targets = np.concatenate([targets, encode_queries(ranked.model, parts)])
    rows = np.stack(list(found.values()))
    z_scores = baseline(focus.reference, targets).z_scores(rows @ targets.T).max(axis=1)
    return {item_id for item_id, value in zip(found, z_scores, strict=True) if value >= _ON_QUESTION}


def judgement_of(item: Item, score: score_rows.Score | None, evidence: Evidence) -> Judged:
    if score is None:  # its text is empty for the model
        return Judged(item_id=item.item_id, relevance=0.0, lean=0.5, score=0.0, parts={}, evidence=evidence)
    return Judged(
        item_id=item.item_id,
        relevance=score.relevance,
        lean=score.lean,
        score=score.score,
        parts=score.parts,
        evidence=evidence,
    )


def _score(item: Item, stored: Mapping[str, score_rows.Score]) -> float:
    return stored[item.item_id].score if item.item_id in stored else float("-inf")

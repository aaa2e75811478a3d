"""Explain an item's verdict: its scores, its evidence, and how it was decided."""

from typing import Any

from digest.config import Config
from digest.judge.embedding import load_model
from digest.judge.evidence import reason
from digest.judge.focus import read_focus
from digest.records import Evidence, Item, Judged, Verdict, Work
from digest.store import lookup, vectors, verdicts
from digest.store import scores as score_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import candidates, likes
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked


def explain(config: Config, typed: str, *, wait: float) -> dict[str, Any]:
    """Everything known about one item's verdict, by name, in reading order; DigestError unless *typed* is one item."""
    with opened(config, wait=wait, read_only=True) as db:
        return facts_of(db, config, work_rows.with_item(db, lookup.resolve(db, typed)))


def facts_of(db: Connection, config: Config, found: tuple[Work, Item]) -> dict[str, Any]:
    """The same, of an item and its work."""
    work, item = found
    judged, known = judgement_of(db, config, item)
    return _facts(work, item) | _judgement(judged, known) | _decisions(db, item.item_id)


def judgement_of(db: Connection, config: Config, item: Item) -> tuple[Judged | None, bool]:
    """How an item is judged now, None where it is not ranked; and whether the evidence is known beside the scores."""
    score = score_rows.of_items(db, [item.item_id]).get(item.item_id)
    if score is None:
        return None, False
    evidence = _evidence_for(db, config, item)
    return candidates.judgement_of(item, score, evidence or Evidence()), evidence is not None


def _evidence_for(db: Connection, config: Config, item: Item) -> Evidence | None:
    """None where the archive was ranked with another model, or the item is not embedded."""
    model = load_model(config.embedding.model, folder=config.folder)
    if vectors.current_model(db) != model.name:
        return None
    vector = vectors.of_items(db, model.name, model.dimensions, [item.item_id]).get(item.item_id)
    if vector is None:
        return None
    ranked = Ranked(items=1, model=model, focus=read_focus(config.focus, model))
    known = likes.KNOWN.liked(db, config.archive, model)
    return candidates.evidence_of([item], {item.item_id: vector}, ranked, known)[item.item_id]


def _facts(work: Work, item: Item) -> dict[str, Any]:
    others = [other for other in work.items if other.item_id != item.item_id]
    return {
        "item_id": item.item_id,
        "title": item.title,
        "source": item.source,
        "url": item.url,
        "authors": list(item.authors),
        "published_at": item.published_at,
        "first_seen_at": work.first_seen_at,
        "also_at": [f"{other.source}: {other.url}" for other in others],
    }


def _judgement(judged: Judged | None, known: bool) -> dict[str, Any]:
    if judged is None:
        return {"score": "not ranked yet"}
    return {
        **({"why": reason(judged)} if known else {}),
        "score": round(judged.score, 3),
        "relevance": round(judged.relevance, 3),
        "lean": f"{judged.lean:.0%} envelope",
        **{f"part_{name}": round(value, 3) for name, value in judged.parts.items() if value},
        **(_evidence(judged.evidence) if known else {}),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    urls = {resource.kind: resource.url for resource in evidence.resources}
    return {
        "matched": f"“{evidence.phrase}” ({evidence.facet}, similarity {evidence.similarity:.2f})",
        "its_own_words": evidence.sentence,
        "terms": list(evidence.terms),
        "like": f"“{evidence.liked}” {evidence.liked_url}".rstrip() if evidence.liked else "",
        "comes_with": [f"{extra} {urls.get(extra, '')}".rstrip() for extra in evidence.extras],
        "near_avoided": evidence.avoided,
    }


def _decisions(db: Connection, item_id: str) -> dict[str, Any]:
    decided = verdicts.decided(db, item_id)
    if not decided:
        return {"verdict": "not considered in any issue"}
    period, verdict = decided[0]
    seen = verdicts.count(db, period)
    words = f"kept in {verdict.section}" if verdict.kept else "not kept"
    return {
        "verdict": f"{period}: {words}: {verdict.reason}",
        **({"traded": note} if (note := traded(db, period, verdict)) else {}),
        "rank": f"{verdict.rank} of {seen} (ahead of {1 - verdict.rank / max(seen, 1):.1%})",
    }


def traded(db: Connection, period: str, verdict: Verdict) -> str:
    """The better-scored work that this one was preferred to in an issue, and why; "" where there is none."""
    issue = verdicts.issue(db, period) if verdict.kept else None
    return next((pick.traded for pick in issue.picks if pick.work_id == verdict.work_id), "") if issue else ""

"""From verdicts to an Issue: all that a renderer needs, in the order it is read. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from digest.compose.pick import Candidate
from digest.compose.reading import minutes
from digest.config import Config
from digest.records import Issue, NearMiss, Pick, Place, Point, Verdict
from digest.sources.identifiers import without_tracking

#: Renderers cut excerpts to their measure; nobody shows more than this.
_EXCERPT = 1_200
_NEAR_MISSES = 5


def compose(
    candidates: Sequence[Candidate],
    verdicts: Sequence[Verdict],
    config: Config,
    *,
    period: str,
    starts_at: datetime,
    now: datetime,
    ailing: tuple[str, ...] = (),
) -> Issue:
    """Lay out the issue that ends *now*."""
    by_work = {candidate.work.work_id: candidate for candidate in candidates}
    kept = [verdict for verdict in verdicts if verdict.kept]
    focus = config.focus
    return Issue(
        period=period,
        starts_at=starts_at,
        ends_at=now,
        built_at=now,
        zone=str(config.zone),
        learner=config.learner.name,
        statement=focus.statement,
        question=focus.project.question if focus.project else "",
        lean=focus.lean,
        seen=len(verdicts),
        kept=len(kept),
        picks=tuple(
            _pick(by_work[verdict.work_id], verdict)
            for section in sections(focus.lean)
            for verdict in kept
            if verdict.section == section
        ),
        near_misses=_near_misses(by_work, verdicts),
        points=tuple(_point(by_work[verdict.work_id], verdict) for verdict in verdicts),
        ailing=ailing,
    )


def sections(lean: float) -> tuple[str, ...]:
    """The sections of an issue, the side leaned to first, the stretch last."""
    return ("envelope", "letter", "stretch") if lean > 0.5 else ("letter", "envelope", "stretch")


def _pick(candidate: Candidate, verdict: Verdict) -> Pick:
    item, judged = candidate.item, candidate.judged
    return Pick(
        item_id=item.item_id,
        work_id=verdict.work_id,
        title=item.title,
        url=without_tracking(item.url or next((other.url for other in candidate.work.items if other.url), "")),
        source=item.source,
        section=verdict.section or "",
        reason=verdict.reason,
        authors=item.authors,
        published_at=item.published_at,
        minutes=minutes(item),
        excerpt=(item.summary or item.text)[:_EXCERPT],
        score=judged.score,
        relevance=judged.relevance,
        lean=judged.lean,
        also_at=_also_at(candidate),
        arxiv_id=item.arxiv_id,
        words=item.words,
        seconds=item.seconds,
    )


def _also_at(candidate: Candidate) -> tuple[Place, ...]:
    """Where else the work stands, each source and address once."""
    own = candidate.item
    others: dict[str, Place] = {}
    for item in candidate.work.items:
        if item.source != own.source and item.url:
            others.setdefault(item.source, Place(source=item.source, url=without_tracking(item.url)))
    return tuple(others.values())


def _near_misses(by_work: Mapping[str, Candidate], verdicts: Sequence[Verdict]) -> tuple[NearMiss, ...]:
    """The best works that were not kept, but for muted ones."""
    missed = [verdict for verdict in verdicts if not verdict.kept and not verdict.reason.startswith("muted")]
    return tuple(
        NearMiss(
            item_id=verdict.item_id,
            title=by_work[verdict.work_id].item.title,
            url=by_work[verdict.work_id].item.url,
            source=by_work[verdict.work_id].item.source,
            reason=verdict.reason,
        )
        for verdict in missed[:_NEAR_MISSES]
    )


def _point(candidate: Candidate, verdict: Verdict) -> Point:
    judged = candidate.judged
    return Point(lean=round(judged.lean, 3), relevance=round(judged.relevance, 2), kept=verdict.kept)

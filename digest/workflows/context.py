"""What the archive adds to an issue: related items, background reading, and trends."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from digest.compose import related_items, themes
from digest.compose.candidates import Candidate, Decision
from digest.compose.issue import Background
from digest.records import Foundation, KeepRate, Section, SourceYield, Weekly
from digest.store import history
from digest.store.archive import Connection
from digest.workflows.candidates import JudgedPeriod, centred_rows
from digest.workflows.closeness_to_notes import noted_of

#: Earlier issues that yields and the keep rate are compared with.
_RECENT_ISSUES = 8
#: Background reading is older than this: what came a month ago is still news.
_FOUNDATION_AGE = timedelta(days=180)
_FOUNDATION_CANDIDATES = 100
_YIELDS = 12


def gather(
    db: Connection,
    judged: JudgedPeriod,
    decision: Decision,
    *,
    period: str,
    starts_at: datetime,
    failing: tuple[str, ...],
    unreached: tuple[str, ...],
) -> Background:
    """Collect what the archive adds to an issue."""
    kept = {verdict.work_id: verdict for verdict in decision.verdicts if verdict.kept}
    chosen = [candidate for candidate in judged.candidates if candidate.work.work_id in kept]
    items = [candidate.item for candidate in chosen]
    inside = [c for c in chosen if kept[c.work.work_id].section != Section.STRETCH]
    rows = centred_rows(judged.ranked, [judged.vectors[thing.item.item_id] for thing in judged.known])
    related = related_items.relate(items, judged.space.rows([item.item_id for item in items]), judged.known, rows)
    return Background(
        connections={item.item_id: older for item, older in zip(items, related, strict=True)},
        noted=noted_of(db, judged, chosen),
        foundation=_foundation(db, judged, inside, starts_at),
        weekly=_weekly(db, judged, decision, period=period, starts_at=starts_at),
        failing=failing,
        unreached=unreached,
    )


def _foundation(
    db: Connection, judged: JudgedPeriod, picks: Sequence[Candidate], starts_at: datetime
) -> Foundation | None:
    """The older item that most of the picks build on, searched near the mean of their vectors."""
    rows = judged.space.rows([candidate.item.item_id for candidate in picks])
    if len(rows) < 2:
        return None
    older = history.older_near(
        db,
        judged.ranked.model.name,
        rows.mean(axis=0),
        before=starts_at - _FOUNDATION_AGE,
        without=[candidate.work.work_id for candidate in picks],
        limit=_FOUNDATION_CANDIDATES,
        only_scored=not judged.ranked.everything,
    )
    older_rows = centred_rows(judged.ranked, [row for _, row in older])
    return related_items.foundation(rows, [c.item.item_id for c in picks], [known for known, _ in older], older_rows)


def _weekly(db: Connection, judged: JudgedPeriod, decision: Decision, *, period: str, starts_at: datetime) -> Weekly:
    dated = [
        themes.DatedWork(
            title=work.title, text=work.summary, url=work.url, week=min(int(work.age // 7), themes.WEEKS - 1)
        )
        for work in judged.in_focus
    ]
    rows = centred_rows(judged.ranked, [judged.vectors[work.item_id] for work in judged.in_focus])
    before = history.keep_rates(db, before=starts_at, limit=_RECENT_ISSUES)
    in_focus = sum(work.week == 0 for work in dated)
    return Weekly(
        themes=themes.themes(dated, rows),
        in_focus=in_focus,
        in_focus_before=round((len(dated) - in_focus) / (themes.WEEKS - 1), 1),
        yields=source_yields(judged.candidates, decision, history.yields(db, [rate.period for rate in before])),
        keep_rates=(*before, KeepRate(period=period, seen=len(judged.candidates), kept=_kept(decision))),
    )


def source_yields(
    candidates: Sequence[Candidate], decision: Decision, before: dict[str, tuple[int, int]]
) -> tuple[SourceYield, ...]:
    """What each source contributed: those with most picks first, then those with most works."""
    kept_works = {verdict.work_id for verdict in decision.verdicts if verdict.kept}
    seen = Counter(candidate.item.source for candidate in candidates)
    kept = Counter(c.item.source for c in candidates if c.work.work_id in kept_works)
    rows = [
        SourceYield(
            source=source,
            seen=count,
            kept=kept[source],
            seen_before=before.get(source, (0, 0))[0],
            kept_before=before.get(source, (0, 0))[1],
        )
        for source, count in seen.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.kept, -row.kept_before, -row.seen, row.source))[:_YIELDS])


def _kept(decision: Decision) -> int:
    return sum(verdict.kept for verdict in decision.verdicts)

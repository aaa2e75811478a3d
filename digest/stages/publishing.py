"""Pick, compose, store: one issue a period, with a receipt for each delivery that it is to have."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from digest.compose import periods
from digest.compose.issue import compose
from digest.compose.pick import Candidate, pick
from digest.config import Config
from digest.deliver import files
from digest.errors import DigestError
from digest.judge.evidence import gather_evidence, reason
from digest.judge.model import BUNDLED, Floats, load_model
from digest.judge.threshold import FLOOR
from digest.records import Evidence, Issue, Item, Judged, Work
from digest.stages import delivering
from digest.stages.ranking import Ranked
from digest.stages.storing import last_end
from digest.store import archive, items, settings, vectors, verdicts
from digest.store import sources as source_rows
from digest.store.archive import Connection

#: Works that somebody may look at: far more than are kept, and their reasons take well under a second.
_EXPLAINED = 300


def next_due(config: Config, now: datetime, *, wait: float) -> datetime:
    """The first scheduled moment since the last issue, or since the archive began; past means due."""
    with archive.open_archive(config.archive, wait=wait) as db:
        return due_at(db, config, now)


def due_at(db: Connection, config: Config, now: datetime) -> datetime:
    """The first scheduled moment since the last issue, the archive's beginning, or the end of a rest."""
    since = last_end(db) or verdicts.began_at(db) or now
    rest = settings.paused_until(db)
    if rest is not None and rest > since:
        since = rest - timedelta(microseconds=1)  # a rest that ends on the scheduled moment does not skip it
    return periods.next_due(since, config.digest, config.zone)


def build(config: Config, ranked: Ranked, now: datetime, *, wait: float) -> Issue:
    """End the period now: decide over its works and store the issue with every verdict."""
    with archive.open_archive(config.archive, wait=wait) as db:
        return _build(db, config, ranked, now)


def build_due(config: Config, ranked: Ranked, now: datetime, *, wait: float) -> Issue | None:
    """Build the issue that is due, unless somebody else has done so in the meantime."""
    with archive.open_archive(config.archive, wait=wait) as db:
        return _build(db, config, ranked, now) if due_at(db, config, now) <= now else None


def _build(db: Connection, config: Config, ranked: Ranked, now: datetime) -> Issue:
    ended = verdicts.periods(db)
    starts_at = periods.start(max((end for _, end in ended), default=None), now, config.digest)
    period = periods.name(now, config.digest, config.zone, {name for name, _ in ended})
    works = items.works_for_period(db, learner=verdicts.LEARNER, starts_at=starts_at, period=period)
    candidates = judge_works(db, works, ranked)
    decided = pick(candidates, config.focus, config.digest, floor=FLOOR)
    issue = compose(
        candidates,
        decided,
        config,
        period=period,
        starts_at=starts_at,
        now=now,
        ailing=ailing(db, config),
    )
    wanted = issue.kept > 0 or config.digest.send_empty
    receipts = delivering.plan(issue, delivering.channels(config)) if wanted else []
    with archive.transaction(db):
        verdicts.save_issue(db, issue, decided, path=str(files.path_of(config.digest_folder, period)))
        for receipt in receipts:
            verdicts.record_receipt(db, receipt)
    return issue


def judge_works(db: Connection, works: Sequence[Work], ranked: Ranked) -> list[Candidate]:
    """Each work with the item that scores best, what the judge says of it, and for the best ones why."""
    stored = verdicts.scores(db, [item.item_id for work in works for item in work.items])
    shown = {work.work_id: best_item(work, stored) for work in works}
    ordered = sorted(works, key=lambda work: -_score(shown[work.work_id], stored))
    evidence = _evidence(db, [shown[work.work_id] for work in ordered[:_EXPLAINED]], ranked)
    candidates = []
    for work in works:
        item = shown[work.work_id]
        judged = _judged(item, stored.get(item.item_id), evidence.get(item.item_id, Evidence()))
        candidates.append(Candidate(work=work, item=item, judged=judged, reason=reason(judged)))
    return candidates


def best_item(work: Work, stored: Mapping[str, verdicts.Score]) -> Item:
    """The item that stands for a work: the best-scored one, the first seen among equals."""
    return max(work.items, key=lambda item: _score(item, stored))


def ailing(db: Connection, config: Config) -> tuple[str, ...]:
    """One line for each declared source whose last visit failed."""
    states = source_rows.states(db)
    named = [states[source.name] for source in config.sources if source.name in states]
    return tuple(f"{state.source}: {state.last_error}" for state in named if state.last_error)


def again(config: Config, period: str, *, wait: float) -> tuple[Issue, list[Path]]:
    """Draw a past issue anew from what was stored; the files come out byte for byte."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        issue = verdicts.issue(db, period)
        known = [name for name, _ in verdicts.periods(db)]
    if issue is None:
        raise DigestError(f"there is no issue {period!r}; {_known_words(known)}")
    paths = []
    for channel in config.digest.formats:
        path = files.path_of(config.digest_folder, period, channel)
        files.write(path, files.RENDERERS[channel](issue))
        paths.append(path)
    return issue, paths


def _evidence(db: Connection, chosen: Sequence[Item], ranked: Ranked) -> dict[str, Evidence]:
    found: dict[str, Floats] = {}
    for part in vectors.slices(db, ranked.model.name, ranked.model.dimensions, only=[i.item_id for i in chosen]):
        found |= dict(zip(part.item_ids, part.vectors, strict=True))
    known = [item for item in chosen if item.item_id in found]
    if not known:
        return {}
    reader = load_model(BUNDLED, folder=Path()) if not ranked.model.name.startswith(BUNDLED) else ranked.model
    rows = np.stack([found[item.item_id] for item in known])
    gathered = gather_evidence(known, rows, focus=ranked.focus, reader=reader)
    return {item.item_id: evidence for item, evidence in zip(known, gathered, strict=True)}


def _judged(item: Item, score: verdicts.Score | None, evidence: Evidence) -> Judged:
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


def _score(item: Item, stored: Mapping[str, verdicts.Score]) -> float:
    return stored[item.item_id].score if item.item_id in stored else float("-inf")


def _known_words(periods_known: Sequence[str]) -> str:
    return f"there are {', '.join(periods_known[-5:])}" if periods_known else "none was built yet"

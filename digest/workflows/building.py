"""Pick, compose, store: one issue a period, with a receipt for each delivery that it is to have."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.compose import periods
from digest.compose.candidates import Decision
from digest.compose.issue import compose
from digest.compose.pick import decide
from digest.config import Config
from digest.deliver import files
from digest.errors import DigestError
from digest.judge.floor import FLOOR
from digest.records import Issue, Wanting
from digest.store import archive, deliveries, verdicts
from digest.store import sources as source_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import candidates, context, delivering, focus_report, ranking
from digest.workflows.ingesting import last_end
from digest.workflows.ranking import Ranked

#: What the archive's engine may hold while an issue is built; with more it is no faster.
_MEMORY = "256MB"
#: An issue with no more works than these inside the focus says what would help, in so many terms.
_LITTLE = 2
_PROPOSED = 3


def next_due(config: Config, now: datetime, *, wait: float) -> datetime:
    """The first scheduled moment since the last issue, or since the archive began; past means due."""
    with archive.open_archive(config.archive, wait=wait) as db:
        return due_at(db, config, now)


def due_at(db: Connection, config: Config, now: datetime) -> datetime:
    """The first scheduled moment since the last issue, the archive's beginning, or the end of a rest."""
    since = last_end(db) or verdicts.began_at(db) or now
    rest = verdicts.paused_until(db)
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
    archive.bound_memory(db, _MEMORY)
    ended = verdicts.periods(db)
    starts_at = periods.start(max((end for _, end in ended), default=None), now, config.digest)
    period = periods.name(now, config.digest, config.zone, {name for name, _ in ended})
    judged = candidates.candidates_of(db, ranked, starts_at=starts_at, period=period, now=now)
    decision = decide(
        judged.candidates,
        config.focus,
        config.digest,
        floor=FLOOR,
        similarity=judged.space.similarity,
        shown_lately=judged.space.shown_lately,
        local_density=judged.space.local_density,
    )
    behind = context.gather(db, ranked, judged, decision, period=period, starts_at=starts_at, ailing=ailing(db, config))
    issue = compose(
        judged.candidates,
        decision,
        config,
        period=period,
        starts_at=starts_at,
        now=now,
        floor=FLOOR,
        background=behind,
    )
    if sum(pick.section != "stretch" for pick in issue.picks) <= _LITTLE:
        issue = replace(issue, wanting=_wanting(db, ranked, judged, decision, now))
    wanted = issue.kept > 0 or config.digest.send_empty
    receipts = delivering.plan(issue, delivering.channels(config)) if wanted else []
    with archive.transaction(db):
        work_rows.merge(db, judged.merged)
        verdicts.save_issue(db, issue, decision.verdicts, path=str(files.path_of(config.digest_folder, period)))
        for receipt in receipts:
            deliveries.record(db, receipt)
    return issue


def _wanting(
    db: Connection, ranked: Ranked, judged: candidates.JudgedPeriod, decision: Decision, now: datetime
) -> Wanting:
    """What came nearest without being kept, and what the learner could add to their focus."""
    kept = {verdict.work_id for verdict in decision.verdicts if verdict.kept}
    missed = [candidate for candidate in judged.candidates if candidate.work.work_id not in kept]
    best = max(missed, key=lambda candidate: candidate.judged.relevance, default=None)
    relevance_model = ranking.learn_relevance_model(db, ranked.focus, ranked.model, ranking.read_marks(db, now))
    return Wanting(
        nearest=best.item.title if best else "",
        relevance=best.judged.relevance if best else 0.0,
        floor=FLOOR,
        add=focus_report.to_add(db, relevance_model, ranked.model)[:_PROPOSED],
    )


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


def _known_words(periods_known: Sequence[str]) -> str:
    return f"there are {', '.join(periods_known[-5:])}" if periods_known else "none was built yet"

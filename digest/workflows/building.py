"""Build an issue: pick, compose, and store it with every verdict and a receipt for each planned delivery."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from digest.compose import periods
from digest.compose.candidates import Decision
from digest.compose.issue import compose, speaking
from digest.compose.pick import decide
from digest.config import Config
from digest.deliver import files
from digest.fetch import politeness
from digest.judge.floor import FLOOR
from digest.records import Issue, Section, Source, SourceState, Wanting
from digest.render.checkboxes import ticked
from digest.store import archive, deliveries, items, verdicts
from digest.store import marks as mark_rows
from digest.store import sources as source_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import (
    calendars,
    candidates,
    context,
    delivering,
    drifting,
    focus_report,
    planning,
    posting,
    projects,
    schedule,
)
from digest.workflows.fetching import state_of
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked
from digest.workflows.shared_reading import SharedReading

#: DuckDB's memory limit while an issue is built; with more it is no faster.
_MEMORY = "256MB"
#: An issue that keeps at most so many works inside the focus suggests so many terms to add.
_FEW_KEPT = 2
_SUGGESTED = 3


def can_begin(config: Config, *, wait: float) -> bool:
    """Whether there was ever anything to build an issue from."""
    with opened(config, wait=wait) as db:
        return verdicts.anything_to_judge(db)


def build(config: Config, ranked: Ranked, now: datetime, *, wait: float, reading: SharedReading | None = None) -> Issue:
    """End the period now and store its issue; learners of one run share a *reading*."""
    with opened(config, wait=wait) as db:
        return build_in(db, config, ranked, now, reading or SharedReading())


def build_due(
    config: Config, ranked: Ranked, now: datetime, *, wait: float, reading: SharedReading | None = None
) -> Issue | None:
    """Build the issue if it is due; None if it is not, or not any more."""
    with opened(config, wait=wait) as db:
        due = schedule.due_at(db, config, now) <= now
        return build_in(db, config, ranked, now, reading or SharedReading()) if due else None


def build_in(db: Connection, config: Config, ranked: Ranked, now: datetime, reading: SharedReading) -> Issue:
    """End the period now in an open archive, and store its issue."""
    archive.bound_memory(db, _MEMORY)
    reading.settle(db, ranked.model, ranked.focus.reference.mean(axis=0))
    ended = verdicts.periods(db)
    starts_at = periods.start(max((end for _, end in ended), default=None), now, config.digest)
    period = periods.name(now, config.digest, config.zone, {name for name, _ in ended})
    judged = candidates.candidates_of(db, ranked, starts_at=starts_at, period=period, now=now, reading=reading)
    decision = decide(
        judged.candidates,
        config.focus,
        config.digest,
        floor=FLOOR,
        similarity=judged.space.similarity,
        shown_lately=judged.space.shown_lately,
        local_density=judged.space.local_density,
    )
    states = reading.once("states", lambda: source_rows.states(db))
    background = context.gather(
        db,
        judged,
        decision,
        period=period,
        starts_at=starts_at,
        failing=reading.once(
            ("failing", starts_at, now), lambda: failing_sources(config.sources, states, starts_at, now)
        ),
        unreached=reading.once("unreached", lambda: unreached_sources(config.sources, states)),
    )
    events = calendars.for_issue(db, config, ranked, now)
    issue = compose(
        judged.candidates,
        decision,
        config,
        period=period,
        starts_at=starts_at,
        now=now,
        floor=FLOOR,
        background=background,
    )
    issue = replace(issue, events=events)
    if sum(pick.section != Section.STRETCH for pick in issue.picks) <= _FEW_KEPT:
        issue = replace(issue, wanting=_wanting(db, ranked, judged, decision, reading))
    issue = replace(speaking(issue, judged.candidates), drift=drifting.find(db, config, ranked, now, reading))
    issue = projects.with_project(db, config, ranked, issue, now)
    with archive.transaction(db):
        work_rows.merge(db, judged.merged)
        issue = replace(issue, plan=planning.plan_of_issue(db, config, issue))
        _store(db, config, issue, decision)
        drifting.remember(db, issue.drift, now)
        projects.remember_shown(db, issue)
    return issue


def _store(db: Connection, config: Config, issue: Issue, decision: Decision) -> None:
    """Store an issue with its verdicts, and a receipt for each delivery to make."""
    path = files.path_of(config.digest_folder, issue.period)
    verdicts.save_issue(db, issue, decision.verdicts, path=str(path))
    if issue.kept > 0 or config.digest.send_empty:
        ways = posting.with_something_to_say(db, delivering.channels(config), issue)
        for receipt in delivering.plan(issue, ways):
            deliveries.record(db, receipt)


def _wanting(
    db: Connection, ranked: Ranked, judged: candidates.JudgedPeriod, decision: Decision, reading: SharedReading
) -> Wanting:
    """The most relevant work that was not kept, and terms that the learner could add to the focus."""
    kept = {verdict.work_id for verdict in decision.verdicts if verdict.kept}
    missed = [candidate for candidate in judged.candidates if candidate.work.work_id not in kept]
    best = max(missed, key=lambda candidate: candidate.judged.relevance, default=None)
    near = sorted(
        items.news_among(db, ranked.nearest)
    )  # what calendars are full of ("deadline") says nothing of a subject
    return Wanting(
        nearest=best.item.title if best else "",
        relevance=best.judged.relevance if best else 0.0,
        floor=FLOOR,
        add=focus_report.suggest_terms(db, ranked.focus, near, reading)[:_SUGGESTED],
    )


def failing_sources(
    declared: Iterable[Source], states: Mapping[str, SourceState], starts_at: datetime, now: datetime
) -> tuple[str, ...]:
    """One line for each source whose last fetch failed, and for each that was due and not reached in the period.

    While the network is down no failure of a source is remembered.
    """
    current = [state_of(source, states) for source in sorted(declared, key=lambda source: source.name)]
    failed = [f"{state.source}: {state.last_error}" for state in current if state.last_error]
    missed = [state for state in current if not state.last_error and _missed(state, starts_at, now)]
    return (
        *failed,
        *(f"{state.source}: not reached in this period; what it brings counts in the next" for state in missed),
    )


def unreached_sources(declared: Iterable[Source], states: Mapping[str, SourceState]) -> tuple[str, ...]:
    """The sources that never answered."""
    return tuple(sorted(one.name for one in declared if state_of(one, states).first_success is None))


def _missed(state: SourceState, starts_at: datetime, now: datetime) -> bool:
    return politeness.due(state, now) and (state.last_success is None or state.last_success <= starts_at)


def redraw(config: Config, period: str, *, wait: float) -> tuple[Issue, list[Path]]:
    """Write the files of a past issue again from what is stored, byte for byte but for the boxes of marks made since.

    DigestError if there is none.
    """
    with opened(config, wait=wait, read_only=True) as db:
        issue, held = delivering.find_issue(db, period), mark_rows.standing(db)
    paths = []
    for channel in config.digest.formats:
        path = files.path_of(config.digest_folder, period, channel)
        files.write(path, ticked(files.RENDERERS[channel](issue), held))
        paths.append(path)
    return issue, paths

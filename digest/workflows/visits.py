"""Visits from the spool, parsed: what each brought, and what is remembered of its source after it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from digest import sources
from digest.config import Config, Fetch
from digest.errors import ParseError, ParserFailure
from digest.fetch import politeness
from digest.judge.artifacts import artifacts_of
from digest.judge.embedding import embedding_text
from digest.records import Fetched, Parsed, SourceState
from digest.store import items, rejected, spool

#: How far back a source's pace is read off its entries.
_PACE = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A visit from the spool, parsed: its items, or the parser's complaint."""

    fetched: Fetched
    #: the moment of its round, which every item of the round shares as `first_seen_at`
    now: datetime
    before: SourceState
    after: SourceState
    parsed: Parsed
    problem: str = ""
    #: what the archive keeps of each item beside it, by id
    readings: Mapping[str, items.Reading]
    #: bodies that nothing could be read from
    rejected: tuple[bytes, ...] = ()

    @property
    def name(self) -> str:
        return self.fetched.source.name

    @property
    def error(self) -> str:
        return self.problem or self.fetched.error


def read_round(
    path: Path,
    states: dict[str, SourceState],
    config: Config,
    skipped: Callable[[spool.SpooledVisit], bool],
    odd: list[str],
    aside: Path,
) -> Iterator[Read]:
    """Parse a round's visits in order, each from the state that the previous one led to.

    Those that are stored already are *skipped*: a process was killed before it could remove them. Damaged ones
    are set *aside*, with a line in *odd*; what they said of their source is forgotten with them.
    """
    for visit in spool.contents(path):
        if isinstance(visit, spool.DamagedVisit):
            where = rejected.set_aside(aside, visit.source or "damaged", [visit.data])
            odd.append(f"{visit.source or path}: a visit was damaged on disk, {where}")
            continue
        if skipped(visit):
            continue
        before = states.get(visit.before.source)
        if before is None or before.declared_url != visit.before.declared_url:
            before = visit.before
        read = read_visit(visit, before, config)
        states[read.name] = read.after
        yield read


def read_visit(visit: spool.SpooledVisit, before: SourceState, config: Config) -> Read:
    """Parse one visit and compute the next state of its source."""
    fetched = visit.fetched
    now = visit.after.last_attempt or fetched.started_at
    parsed, problem, broken = Parsed(), "", tuple[bytes, ...]()
    readings: Mapping[str, items.Reading] = {}
    if fetched.responses:  # a visit cut short may have brought some all the same
        try:
            parsed = sources.parse(fetched.source, before, fetched.responses, now)
            readings = _readings(parsed)
        except Exception as error:  # what one source sent must never stop the others
            foreseen = isinstance(error, ParseError)
            words = str(error) if foreseen else f"its items break the reader ({type(error).__name__})"
            problem = words.removeprefix(f"{fetched.source.name}: ")
            parsed = Parsed()
            if not foreseen or isinstance(error, ParserFailure):
                broken = tuple(response.body for response in fetched.responses)
    after = next_state(before, fetched, parsed, now, config.fetch, problem=problem)
    return Read(
        fetched=fetched,
        now=now,
        before=before,
        after=after,
        parsed=parsed,
        problem=problem,
        readings=readings,
        rejected=broken or parsed.rejected,
    )


def _readings(parsed: Parsed) -> dict[str, items.Reading]:
    return {
        item.item_id: items.Reading(text=embedding_text(item.title, item.body), extras=artifacts_of(item))
        for item in parsed.items
    }


def next_state(
    before: SourceState, fetched: Fetched, parsed: Parsed, now: datetime, settings: Fetch, *, problem: str = ""
) -> SourceState:
    """The state after a visit: what politeness wants remembered, and what the answers taught; the one place for both.

    *problem* is the parser's complaint. Items that came although the visit failed are not requested again.
    """
    after = politeness.remember(
        before, fetched, parsed.hints, now, settings, url=parsed.url, kind=parsed.kind, problem=problem
    )
    if not parsed.items:
        return after
    dates = [item.published_at for item in parsed.items if item.published_at]
    return replace(after, per_week=entries_per_week(dates, now), known=parsed.known or before.known)


def entries_per_week(dates: Iterable[datetime], now: datetime) -> float:
    """How often a source publishes, by the dates of the last four weeks."""
    return sum(1 for date in dates if now - _PACE <= date <= now) / (_PACE / timedelta(days=7))

"""Fetch the sources that are due, and keep the answers safe in the spool until they are stored.

The archive is opened before a round of fetching, never during it. While another process
holds it, rounds go on from the spool's copy of the source states.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

from digest import sources
from digest.config import Config, Fetch
from digest.errors import ArchiveBusy
from digest.fetch import client, politeness
from digest.records import Fetched, Hints, Parsed, Source, SourceState
from digest.store import sources as source_rows
from digest.store import spool, verdicts
from digest.workflows.ingesting import RoundResult, ingest_spool
from digest.workflows.opening import opened
from digest.workflows.retrieving import ask_all
from digest.workflows.schedule import news_since
from digest.workflows.visits import next_state

#: One or two hosts may be down at the same time; when three and more are, it is the network.
SEVERAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known before a round, from the archive or, while another process holds it, from its spool."""

    states: Mapping[str, SourceState]
    period_start: datetime
    #: how many items an earlier round had left in the spool, which are stored now
    stored: int = 0
    busy: str = ""


def fetch(
    config: Config,
    now: datetime,
    *,
    names: Sequence[str] = (),
    wait: float = 10.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Event | None = None,
) -> RoundResult:
    """Ask what is due, or the named sources; the answers are in the spool until `ingesting` stores them.

    Once *stop* is set no other source is asked.
    """
    known = recall(config, now, wait=wait)
    visits, refused = plan_visits(config.sources, known, now, names)
    online = ask(config, visits, known, now, progress, stop=stop)
    fetched = RoundResult(asked=len(visits), new_items=known.stored, waiting=known.busy)
    if not online:
        line = f"the network seems to be down: none of {len(visits)} sources could be reached"
        return replace(fetched, problems=(line,), failed=len(visits))
    return replace(fetched, problems=tuple(refused))


def recall(config: Config, now: datetime, *, wait: float) -> Known:
    """The source states and the start of the current period; what waits in the spool is stored first."""
    try:
        with opened(config, wait=wait) as db:
            stored = ingest_spool(config, db)
            missed = min(verdicts.unreached_since(db).values(), default=None)  # only new sources are asked from there
            start = missed or news_since(config, verdicts.last_ends(db), now)
            return Known(states=source_rows.states(db), period_start=start, stored=stored.new_items)
    except ArchiveBusy as busy:
        states = spool.read_states(spool.folder_for(config.archive))
        return Known(states=states, period_start=news_since(config, {}, now), busy=str(busy))


def plan_visits(
    declared: Iterable[Source], known: Known, now: datetime, names: Sequence[str]
) -> tuple[list[client.Poll], list[str]]:
    """The polls to make, and for each named source that may not be polled one line with the reason."""
    visits, refused = [], []
    for source in declared:
        state = state_of(source, known.states)
        if not (source.name in names if names else politeness.due(state, now)):
            continue
        if names and (reason := politeness.may_ask_by_name(source, state, now)):
            refused.append(f"{source.name}: {reason}")
            continue
        wanted = sources.first_requests(source, state, known.period_start, now)
        requests = tuple(politeness.validators(request, state, now) for request in wanted)
        visits.append(client.Poll(source=source, state=state, requests=requests))
    return visits, refused


def state_of(source: Source, states: Mapping[str, SourceState]) -> SourceState:
    """What is remembered of a source; one whose address was edited starts from nothing."""
    address = source.url or source.base_url
    state = states.get(source.name)
    if state is not None and state.declared_url == address:
        return state
    return SourceState(source=source.name, declared_url=address, url=source.url)


def ask(
    config: Config,
    visits: Sequence[client.Poll],
    known: Known,
    now: datetime,
    progress: Callable[[int, int], None],
    *,
    stop: Event | None = None,
) -> bool:
    """Visit the sources and write every answer to the spool as it comes.

    Return False, and remember nothing, when the network was down rather than the sources: a
    laptop that was offline must not wait a day for its feeds.
    """
    folder = spool.folder_for(config.archive)
    states = dict(known.states) | {visit.source.name: visit.state for visit in visits}
    errors: dict[str, str] = {}
    asked = 0

    def keep(fetched: Fetched) -> None:
        nonlocal asked
        name = fetched.source.name
        states[name] = keep_visit(current, fetched, states[name], now, config.fetch)
        if not politeness.is_mailbox(fetched.source.url):
            errors[fetched.source.name] = fetched.error
        asked += 1
        progress(asked, len(visits))

    if not visits:
        return True
    with spool.begin(folder, now) as current:
        ask_all(visits, config, now, keep, stop=stop)
        if offline := is_offline(list(errors.values())):
            current.forget()
    if not offline:
        spool.write_states(folder, states)
    return not offline


def keep_visit(
    current: spool.SpooledRound, fetched: Fetched, before: SourceState, now: datetime, settings: Fetch
) -> SourceState:
    """Write a visit to the spool, and return the state that it led to."""
    after = next_state(before, fetched, Parsed(hints=_hints(fetched)), now, settings)
    current.put(fetched, before=before, after=after)
    return after


def is_offline(errors: Sequence[str]) -> bool:
    """Whether none of several hosts was even found, so that the network is down rather than the hosts."""
    return len(errors) >= SEVERAL and all(map(is_unreached, errors))


def is_unreached(error: str) -> bool:
    """Whether a visit ended before anything answered."""
    return error.startswith(("host not found", "no connection"))


def _hints(fetched: Fetched) -> Hints:
    """When the last answer that is not an article asks us to come back."""
    bodies = [response.body for response in fetched.responses if response.body and not response.request.page]
    return sources.hints(bodies[-1]) if bodies else Hints()

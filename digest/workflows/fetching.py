"""Ask the sources and keep what they say safe in the spool.

The archive is opened before and after a round of fetching, never during it. While another
process holds it, rounds go on from the spool's copy of the source states, and what they
bring waits there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event

from digest import sources
from digest.compose import periods
from digest.config import Config
from digest.errors import ArchiveBusy
from digest.fetch import client, politeness
from digest.records import Fetched, Hints, Source, SourceState
from digest.store import archive, spool
from digest.store import sources as source_rows
from digest.workflows.ingesting import NOTHING, IngestedRound, last_end, store_spool
from digest.workflows.retrieving import ask_all

#: One or two hosts may well be gone at once; more are not.
_SEVERAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the archive tells before a round, or while it is held its spool."""

    states: Mapping[str, SourceState]
    period_start: datetime
    #: what was waiting in the spool and is stored now
    stored: IngestedRound = NOTHING
    busy: str = ""


def fetch(
    config: Config,
    now: datetime,
    *,
    names: Sequence[str] = (),
    wait: float = 10.0,
    progress: Callable[[int, int], None] = lambda done, total: None,
    stop: Event | None = None,
) -> IngestedRound:
    """Ask what is due, or the named sources, and store what they say.

    Once *stop* is set nobody is asked any more, and what came waits in the spool.
    """
    known = recall(config, now, wait=wait)
    visits, refused = plan_visits(config.sources, known, now, names)
    online = ask(config, visits, known, now, progress, stop=stop)
    if stop is not None and stop.is_set():
        return replace(known.stored, asked=len(visits))
    if not online:
        line = f"the network seems to be down: no way to any of {len(visits)} sources was found"
        return IngestedRound(asked=len(visits), new_items=known.stored.new_items, problems=(line,), failed=len(visits))
    try:
        with archive.open_archive(config.archive, wait=0 if known.busy else wait) as db:
            stored = store_spool(config, db)
    except ArchiveBusy as busy:
        return IngestedRound(asked=len(visits), problems=tuple(refused), waiting=str(busy))
    return IngestedRound(
        asked=len(visits),
        new_items=known.stored.new_items + stored.new_items,
        problems=(*refused, *stored.problems),
        failed=stored.failed,
    )


def recall(config: Config, now: datetime, *, wait: float) -> Known:
    """The source states and where the running period starts; what waits in the spool is stored first."""
    try:
        with archive.open_archive(config.archive, wait=wait) as db:
            stored = store_spool(config, db)
            start = periods.start(last_end(db), now, config.digest)
            return Known(states=source_rows.states(db), period_start=start, stored=stored)
    except ArchiveBusy as busy:
        states = spool.read_states(spool.folder_for(config.archive))
        return Known(states=states, period_start=periods.start(None, now, config.digest), busy=str(busy))


def plan_visits(
    declared: Iterable[Source], known: Known, now: datetime, names: Sequence[str]
) -> tuple[list[client.Poll], list[str]]:
    """Whom to ask for what; sources named that may not be asked come back with the reason."""
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
    """What is remembered of a source; one whose address was edited starts afresh."""
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
    """Visit the sources and keep every answer in the spool as it comes.

    Returns False, and remembers nothing, where it was not the sources that failed but the
    way to the network: a laptop that was offline must not have to wait a day for its feeds.
    """
    folder = spool.folder_for(config.archive)
    states = dict(known.states) | {visit.source.name: visit.state for visit in visits}
    errors: dict[str, str] = {}
    asked = 0

    def keep(fetched: Fetched) -> None:
        nonlocal asked
        before = states[fetched.source.name]
        after = politeness.remember(before, fetched, _hints(fetched), now, config.fetch)
        current.put(fetched, before=before, after=after)
        states[fetched.source.name] = after
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


def is_offline(errors: Sequence[str]) -> bool:
    """Whether no host of several was even found: then it is not they who failed."""
    return len(errors) >= _SEVERAL and all(error.startswith(("host not found", "no connection")) for error in errors)


def _hints(fetched: Fetched) -> Hints:
    """What the last answer says about when to come back; articles say nothing of their feed."""
    bodies = [response.body for response in fetched.responses if response.body and not response.request.page]
    return sources.hints(bodies[-1]) if bodies else Hints()

"""Papers that no source brought, asked of arXiv's API: by their ids, or by a few words. The archive is closed meanwhile."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest import sources
from digest.config import Config
from digest.errors import ParseError
from digest.fetch import client
from digest.records import Fetched, Item, Request, Source, SourceState
from digest.store import sources as source_rows
from digest.store.archive import Connection
from digest.workflows.retrieving import ask_all

#: The source of items that came from no feed. It is in no sources.toml, is never due, and its items are never news.
LIBRARY = "library"
#: Statuses by which a server refuses for now; by any other below 500 it refuses the request itself.
_FOR_NOW = frozenset({403, 408, 425, 429})


@dataclass(frozen=True, slots=True, kw_only=True)
class ArxivAnswer:
    """Papers by arXiv id, what went wrong, and when arXiv may be asked again."""

    papers: Mapping[str, Item] = field(default_factory=dict)
    problem: str = ""
    retry_at: datetime | None = None
    #: whether the same requests would be answered in the same way: they were answered or refused
    final: bool = True


def ask_arxiv(
    config: Config, requests: Callable[[str], Sequence[Request]], now: datetime, *, name: str = LIBRARY
) -> ArxivAnswer:
    """Ask for papers, at the server of the declared arXiv source if it has its own; *requests* gets its base_url.

    *name* is the source under which they are stored.
    """
    base_url = next((one.base_url for one in config.sources if one.kind == "arxiv" and one.base_url), "")
    source = Source(name=name, kind="arxiv", base_url=base_url)
    state = SourceState(source=name)
    fetched = list[Fetched]()
    ask_all([client.Poll(source=source, state=state, requests=tuple(requests(base_url)))], config, now, fetched.append)
    [done] = fetched
    papers, problem = dict[str, Item](), f"arXiv: {done.error}" if done.error else ""
    final = not done.error or (400 <= done.status < 500 and done.status not in _FOR_NOW)
    for response in done.responses:  # one that cannot be read does not spoil the others
        try:
            parsed = sources.parse(source, state, (response,), now)
        except ParseError as error:
            problem = problem or f"arXiv: {str(error).removeprefix(f'{name}: ')}"
            continue
        papers |= {item.arxiv_id: item for item in parsed.items if item.arxiv_id and item.title}
    return ArxivAnswer(papers=papers, problem=problem, retry_at=done.retry_at, final=final)


def arxiv_pause(config: Config, db: Connection, now: datetime) -> str:
    """Why arXiv may not be asked now, by its last answer to such a request or a source; "" if it may."""
    states = source_rows.states(db)
    moments = [states[one.name].retry_at for one in config.sources if one.kind == "arxiv" and one.name in states]
    last = max((one for one in (*moments, source_rows.no_papers_before(db)) if one), default=now)
    return f"arXiv asked not to be asked again before {last:%Y-%m-%d %H:%M} UTC" if last > now else ""

"""Asking a source once without remembering it: to check sources.toml, or to find out what an address is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest import sources
from digest.compose import periods
from digest.config import Config
from digest.errors import FetchError, ParseError
from digest.fetch import client
from digest.records import Fetched, Parsed, Source, SourceState
from digest.workflows.retrieving import ask_all


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What one source said."""

    source: Source
    parsed: Parsed | None
    error: str = ""

    @property
    def good(self) -> bool:
        return self.parsed is not None

    @property
    def line(self) -> str:
        if self.parsed is None:
            return f"✗ {self.source.name}: {self.error}"
        kind = self.parsed.kind or self.source.kind or "feed"
        return f"✓ {self.source.name}: {kind}, {len(self.parsed.items)} entries"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSource:
    """The source behind an address."""

    title: str
    url: str
    kind: str
    entries: int


def probe_all(config: Config, now: datetime) -> list[ProbeResult]:
    """Ask each source once."""
    return _ask(config.sources, config, periods.start(None, now, config.digest), now)


def probe(url: str, config: Config, now: datetime) -> FoundSource:
    """Find out what kind of source an address is, and where its feed lies."""
    address = url if "://" in url else f"https://{url}"
    [finding] = _ask([Source(name=address, url=address)], config, now, now)
    if finding.parsed is None:
        raise FetchError(f"{address}: {finding.error}")
    parsed = finding.parsed
    return FoundSource(
        title=parsed.title, url=parsed.url or address, kind=parsed.kind or "feed", entries=len(parsed.items)
    )


def _ask(declared: Sequence[Source], config: Config, start: datetime, now: datetime) -> list[ProbeResult]:
    found: dict[str, ProbeResult] = {}
    states = {
        source.name: SourceState(source=source.name, declared_url=source.url, url=source.url) for source in declared
    }
    visits = [
        client.Poll(
            source=source,
            state=states[source.name],
            requests=sources.first_requests(source, states[source.name], start, now),
        )
        for source in declared
    ]

    def note(fetched: Fetched) -> None:
        found[fetched.source.name] = _finding(fetched, states[fetched.source.name], now)

    ask_all(visits, config, now, note)
    return [found[source.name] for source in declared]


def _finding(fetched: Fetched, state: SourceState, now: datetime) -> ProbeResult:
    if fetched.error:
        return ProbeResult(source=fetched.source, parsed=None, error=fetched.error)
    try:
        return ProbeResult(source=fetched.source, parsed=sources.parse(fetched.source, state, fetched.responses, now))
    except ParseError as error:
        return ProbeResult(source=fetched.source, parsed=None, error=str(error))

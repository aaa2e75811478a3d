"""Ask a source once and store nothing: to check sources.toml, or to find the feed of an address."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest import sources
from digest.compose import periods
from digest.config import Config
from digest.errors import ParseError
from digest.fetch import client
from digest.records import Fetched, Parsed, Source, SourceState
from digest.workflows.retrieving import ask_all

#: arXiv is asked for papers of this long, which shows that it answers.
_LATELY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """One source's answer, or why there is none."""

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


def probe_all(config: Config, now: datetime, progress: Callable[[int, int], None]) -> list[ProbeResult]:
    """Ask each source once; *progress* hears how many of how many have answered."""
    return _ask(config.sources, config, periods.start(None, now, config.digest), now, progress)


def probe(wanted: Sequence[Source], config: Config, now: datetime) -> list[ProbeResult]:
    """Find out what kind of source each of these is, and where its feed lies; their names differ."""
    return _ask(wanted, config, now - _LATELY, now)


def _ask(
    declared: Sequence[Source],
    config: Config,
    start: datetime,
    now: datetime,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[ProbeResult]:
    results: dict[str, ProbeResult] = {}
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

    def keep(fetched: Fetched) -> None:
        results[fetched.source.name] = _result(fetched, states[fetched.source.name], now)
        progress(len(results), len(declared))

    ask_all(visits, config, now, keep)
    return [results[source.name] for source in declared]


def _result(fetched: Fetched, state: SourceState, now: datetime) -> ProbeResult:
    if fetched.error:
        return ProbeResult(source=fetched.source, parsed=None, error=fetched.error)
    try:
        return ProbeResult(source=fetched.source, parsed=sources.parse(fetched.source, state, fetched.responses, now))
    except ParseError as error:
        return ProbeResult(source=fetched.source, parsed=None, error=str(error))

"""The client against the replayed internet: its faults, its feeds, its arXiv. Skipped where that is absent."""

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from digest.config import Fetch
from digest.fetch.client import fetch_all
from digest.fetch.limits import FetchLimits
from digest.fetch.politeness import remember, validators
from digest.fetch.request_steps import Poll
from digest.records import Fetched, Hints, Request, Source, SourceState

REPLAY = Path(__file__).parents[2] / ".." / "shared" / "tools" / "replay.py"
NOW = datetime(2026, 3, 23, 7, 0, tzinfo=UTC)
AT_ONCE = Fetch.model_validate({"pause": "0s", "contact": "mailto:ada@example.org"})
LIMITS = FetchLimits(arxiv_gap=0.1)

pytestmark = pytest.mark.skipif(not REPLAY.exists(), reason="the replayed internet is not here")


@pytest.fixture(name="port", scope="module")
def _port() -> Iterator[str]:
    with subprocess.Popen([sys.executable, REPLAY, "--port", "0"], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().strip().rpartition(":")[2]
        server.terminate()


@pytest.fixture(name="log")
def _log(port: str) -> "Log":
    return Log(port)


class Log:
    """What the replay server was asked since this test began."""

    def __init__(self, port: str) -> None:
        self._base = f"http://127.0.0.1:{port}"
        urllib.request.urlopen(f"{self._base}/log/reset").close()

    def read(self) -> list[dict[str, object]]:
        with urllib.request.urlopen(f"{self._base}/log") as answer:
            log: list[dict[str, object]] = json.load(answer)
        return [entry for entry in log if not str(entry["path"]).startswith("/log")]


def polls_to(port: str, paths: Sequence[str]) -> list[Poll]:
    """One source for each path, each on a loopback host of its own."""
    made = []
    for number, path in enumerate(paths, 1):
        url = f"http://127.0.1.{number}:{port}{path}"
        source = Source(name=path, url=url)
        made.append(Poll(source=source, state=SourceState(source=path, url=url), requests=(Request(url=url),)))
    return made


def fetch(polls: Sequence[Poll], folder: Path, limits: FetchLimits = LIMITS) -> dict[str, Fetched]:
    made: list[Fetched] = []
    fetch_all(polls, AT_ONCE, now=NOW, follow=lambda *_: (), on_fetched=made.append, locks=folder, limits=limits)
    return {fetched.source.name: fetched for fetched in made}


FAULTS = {
    "/fault/good": "",
    "/fault/moved": "",
    "/fault/found": "",
    "/fault/redirects/10": "",
    "/fault/frozen": "",
    "/fault/gone": "answered 410 Gone",
    "/fault/loop": "redirects in a circle",
    "/fault/redirects/11": "more than 10 redirects",
    "/fault/private": r"redirected to .*refused: 169\.254\.169\.254 is a link-local address",
    "/fault/scheme": "not an http or https address: 'file:///etc/passwd'",
    "/fault/cut": "the answer broke off in the middle",
    "/fault/gzipbomb": "body larger than 32 MB once decompressed",
    "/fault/huge": "body larger than 32 MB",
    "/fault/empty": "answered with an empty document",
    "/fault/flaky": "answered 500 Internal Server Error",
    "/fault/status/503?retry_after=7": "answered 503 Service Unavailable; asked to come back in 7 s",
    "/fault/status/404": "answered 404 Not Found",
}


class TestFaults:
    def test_each_fails_in_its_own_words_and_stops_no_other(self, port: str, tmp_path: Path) -> None:
        """All faults that need no waiting, together in one run."""
        made = fetch(polls_to(port, list(FAULTS)), tmp_path)
        for path, words in FAULTS.items():
            fetched = made[path]
            assert re.search(words, fetched.error) if words else fetched.error == "", path
            assert bool(fetched.responses) is not bool(fetched.error)
        assert made["/fault/gone"].gone
        assert made["/fault/moved"].responses[0].permanent_url.endswith("/fault/good")
        assert made["/fault/found"].responses[0].permanent_url == ""

    def test_silence_and_drips_end(self, port: str, tmp_path: Path) -> None:
        """A server that never answers and one that sends a byte a second are given up."""
        made = fetch(polls_to(port, ["/fault/hang", "/fault/drip"]), tmp_path, FetchLimits(read=0.1))
        assert made["/fault/hang"].error == "no answer within 0.1 s"
        assert made["/fault/drip"].error == "no answer within 0.1 s"


class TestConditionalRequests:
    def test_no_second_poll_is_unconditional(self, port: str, tmp_path: Path, log: Log) -> None:
        """Every feed whose validators we hold answers 304 the second time."""
        folder = REPLAY.parents[1] / "feeds" / "wild"
        names = sorted(path.name for path in folder.iterdir() if path.suffix in (".xml", ".rss", ".atom"))[:40]
        first = polls_to(port, [f"/feed/{name}" for name in names])
        seen = fetch(first, tmp_path)
        second = []
        for poll in first:
            state = remember(poll.state, seen[poll.source.name], Hints(), NOW, AT_ONCE)
            request = validators(poll.requests[0], state, NOW)
            second.append(Poll(source=poll.source, state=state, requests=(request,)))
        again = fetch(second, tmp_path)
        assert len(again) == len(names) == 40
        assert all(fetched.responses[0].status == 304 for fetched in again.values())
        asked = log.read()
        assert all(entry["if_none_match"] for entry in asked[len(names) :])
        assert all("mldigest/" in str(entry["user_agent"]) and "ada@" in str(entry["user_agent"]) for entry in asked)


class TestArxiv:
    def test_pages_come_one_by_one_with_the_gap_between(self, port: str, tmp_path: Path, log: Log) -> None:
        """One connection, one request at a time, never sooner than the gap."""
        base = f"http://127.0.0.1:{port}/arxiv"
        urls = [f"{base}/api/query?search_query=cat:cs.LG&start={n}&max_results=1" for n in range(3)]
        source = Source(name="arXiv", kind="arxiv", base_url=base)
        poll = Poll(source=source, state=SourceState(source="arXiv"), requests=tuple(Request(url=u) for u in urls))
        made = fetch([poll], tmp_path)["arXiv"]
        assert [response.status for response in made.responses] == [200] * 3
        asked = log.read()
        assert len({entry["conn"] for entry in asked}) == 1
        assert all(float(str(b["started"])) - float(str(a["started"])) >= 0.1 for a, b in pairwise(asked))

    def test_its_refusal_is_quoted(self, port: str, tmp_path: Path) -> None:
        """The API explains a 400 in an Atom entry, which becomes the error's words and no paper."""
        base = f"http://127.0.0.1:{port}/arxiv"
        source = Source(name="arXiv", kind="arxiv", base_url=base)
        request = Request(url=f"{base}/api/query?search_query=cat:cs.LG&max_results=3000")
        made = fetch([Poll(source=source, state=SourceState(source="arXiv"), requests=(request,))], tmp_path)["arXiv"]
        assert made.error.startswith("answered 400 Bad Request: max_results must be at most 2000")
        assert made.responses == ()

"""The sample feeds of the demo and the small server behind them."""

import calendar
import datetime as dt
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

import feedparser
import httpx2
import pytest

from digest.config import parse_config
from digest.demo import demo_config, demonstrate, sample_documents, serve_samples
from digest.workflows import projects

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

NOW = dt.datetime(2026, 3, 23, 7, 0, tzinfo=dt.UTC)


@pytest.fixture(name="base_url", scope="module")
def _base_url() -> Iterator[str]:
    with serve_samples(NOW) as base_url:
        yield base_url


def entries(path: str, body: bytes) -> list[tuple[str, time.struct_time | None]]:
    """Title and parsed date of each entry of an XML sample."""
    parsed = feedparser.parse(body)
    assert not parsed.bozo, f"{path}: {parsed.get('bozo_exception')}"
    return [
        (entry.get("title", ""), entry.get("published_parsed") or entry.get("updated_parsed"))
        for entry in parsed.entries
    ]


class TestSamples:
    def test_there_are_enough(self) -> None:
        """Ten feeds in five formats hold more than 150 entries."""
        documents = sample_documents(NOW, "http://127.0.0.1:1")
        count = documents["/plumbline.json"].count(b'"content_text"')
        count += sum(len(entries(path, body)) for path, body in documents.items() if not path.endswith(".json"))

        assert len(documents) == 10
        assert {path.rpartition(".")[2] for path in documents} == {"rss", "atom", "rdf", "json"}
        assert count > 150

    def test_no_placeholder_is_left(self) -> None:
        """Every date and address is filled in."""
        for path, body in sample_documents(NOW, "http://127.0.0.1:1").items():
            assert b"{{" not in body, path

    def test_dates_follow_the_clock(self) -> None:
        """Most entries are dated in the week before now, whenever now is; one is in the far future."""
        for now in (NOW, NOW + dt.timedelta(days=400)):
            found = [
                dt.datetime.fromtimestamp(calendar.timegm(moment), dt.UTC)
                for path, body in sample_documents(now, "http://127.0.0.1:1").items()
                if not path.endswith(".json")
                for _, moment in entries(path, body)
                if moment
            ]

            assert sum(now - dt.timedelta(days=7) <= moment <= now for moment in found) > 110
            assert sum(moment.year >= 2099 for moment in found) == 1

    def test_rubbish_is_among_them(self) -> None:
        """What real feeds hold is there too: no title, no date, no link, a script in a title, advertisements."""
        texts = {path: body.decode() for path, body in sample_documents(NOW, "http://127.0.0.1:1").items()}

        assert any(not moment for _, moment in entries("/frontpage.rss", texts["/frontpage.rss"].encode()))
        assert "&lt;script&gt;" in texts["/frontpage.rss"]
        assert sum("Sponsored:" in text for text in texts.values()) >= 3
        assert any('"title"' not in entry for entry in texts["/plumbline.json"].split('"id"')[1:])


class TestServer:
    def test_serves_with_validators(self, base_url: str) -> None:
        """A feed comes with its type and a validator, and is not sent again to who has it."""
        first = httpx2.get(f"{base_url}/bulletin.rdf", trust_env=False)
        second = httpx2.get(
            f"{base_url}/bulletin.rdf", headers={"If-None-Match": first.headers["ETag"]}, trust_env=False
        )

        assert first.status_code == 200
        assert first.headers["Content-Type"] == "application/rdf+xml; charset=utf-8"
        assert (second.status_code, second.content) == (304, b"")

    def test_serves_nothing_else(self, base_url: str) -> None:
        """Only the samples are served, whatever is asked for."""
        for path in ("/", "/sources.toml", "/../config.py", "/bulletin"):
            assert httpx2.get(base_url + path, trust_env=False).status_code == 404

    def test_two_servers_do_not_mix(self, base_url: str) -> None:
        """A second server with another clock has its own documents."""
        with serve_samples(NOW + dt.timedelta(days=30)) as other:
            one, two = (httpx2.get(f"{url}/hatch.rss", trust_env=False).content for url in (base_url, other))

        assert one != two


class TestConfig:
    def test_is_valid(self, base_url: str) -> None:
        """The demo's sources.toml passes the contract, and every source in it is served."""
        config = parse_config(tomllib.loads(demo_config(base_url)))

        assert {source.url.removeprefix(base_url) for source in config.sources} == set(sample_documents(NOW, base_url))


def test_nothing_outside_the_machine_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even arXiv, about the project that the demo's learner has."""

    def asked(*_: object, **__: object) -> str:
        raise AssertionError("arXiv is asked")

    monkeypatch.setattr(projects, "look_up", asked)

    assert "Your project:" in demonstrate(tmp_path, NOW)

"""robots.txt: asked once a day for each host, and obeyed for pages."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.config import Fetch
from digest.fetch.client import fetch_all
from digest.fetch.limits import FetchLimits
from digest.fetch.request_steps import Poll
from digest.fetch.robots_cache import RobotsCache, allowed, robots_url
from digest.records import Fetched, Request, Response, Source, SourceState
from tests.fetch.server import Said, World, serving

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
RULES = "User-agent: *\nDisallow: /private\nAllow: /private/open\n\nUser-agent: mldigest\nDisallow: /*.pdf$\n"
SETTINGS = Fetch.model_validate({"pause": "0s"})


@pytest.mark.parametrize(
    ("rules", "path", "answer"),
    [
        ("", "/a", True),
        (None, "/a", False),
        (RULES, "/a", True),
        (RULES, "/a.pdf", False),
        ("User-agent: *\nDisallow: /private\nAllow: /private/open", "/private/open", True),
        ("User-agent: *\nDisallow: /private", "/private/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("<html>not rules</html>", "/a", True),
    ],
)
def test_rules_are_read_as_the_standard_says(rules: str | None, path: str, answer: bool) -> None:
    """The longest rule wins, our own group before everybody's; None forbids for now."""
    assert allowed(rules, f"https://a.example{path}") is answer


def test_rules_lie_at_the_root_of_a_host() -> None:
    """Each port has its own."""
    assert robots_url("https://a.example:8443/b/c?d=e") == "https://a.example:8443/robots.txt"


def test_rules_are_kept_for_a_day_and_shared(tmp_path: Path) -> None:
    """Those of a server in trouble are not kept; a damaged file is asked for again."""
    url = "https://a.example/robots.txt"
    RobotsCache(tmp_path).note(url, RULES, NOW)
    RobotsCache(tmp_path).note("https://b.example/robots.txt", None, NOW)

    assert RobotsCache(tmp_path).known(url, NOW + timedelta(hours=23))
    assert not RobotsCache(tmp_path).known(url, NOW + timedelta(hours=25))
    assert not RobotsCache(tmp_path).known("https://b.example/robots.txt", NOW)
    for file in tmp_path.iterdir():
        file.write_text("{")
    assert not RobotsCache(tmp_path).known(url, NOW)


def poll(world: World, paths: Sequence[str], folder: Path, *, pages: bool = True) -> Fetched:
    """Ask a feed and then the pages it names."""
    feed = world.url("/feed")
    source = Source(name="A", url=feed)
    made: list[Fetched] = []

    def follow(source: Source, state: SourceState, responses: tuple[Response, ...]) -> list[Request]:
        return [Request(url=world.url(path), page=pages) for path in paths]

    fetch_all(
        [Poll(source=source, state=SourceState(source="A", url=feed), requests=(Request(url=feed),))],
        SETTINGS, now=NOW, follow=follow, on_fetched=made.append, locks=folder, limits=FetchLimits(),
    )  # fmt: skip
    return made[0]


def answers(rules: Said) -> dict[str, Said]:
    return {
        "/feed": Said(),
        "/robots.txt": rules,
        "/a": Said(),
        "/b": Said(),
        "/private": Said(),
        "/c.pdf": Said(),
        "/broken": Said(status=500),
    }


def test_pages_ask_once_and_obey(tmp_path: Path) -> None:
    """A second run of the same day does not ask again; a forbidden page fails nothing."""
    with serving(answers(Said(body=RULES.encode()))) as world:
        first = poll(world, ["/a", "/c.pdf", "/b"], tmp_path)
        second = poll(world, ["/a"], tmp_path)

    assert world.paths() == ["/feed", "/robots.txt", "/a", "/b", "/feed", "/a"]
    assert first.error == second.error == ""
    assert [response.status for response in first.responses] == [200] * 3
    assert first.status == 200


def test_feeds_are_made_for_robots(tmp_path: Path) -> None:
    """Nothing is asked where no page is."""
    with serving(answers(Said(body=b"User-agent: *\nDisallow: /"))) as world:
        poll(world, ["/a"], tmp_path, pages=False)

    assert world.paths() == ["/feed", "/a"]


@pytest.mark.parametrize(("status", "asked"), [(404, ["/a"]), (403, ["/a"]), (500, []), (429, [])])
def test_no_rules_allow_and_trouble_forbids(status: int, asked: list[str], tmp_path: Path) -> None:
    """As RFC 9309 has it."""
    with serving(answers(Said(status=status))) as world:
        fetched = poll(world, ["/a"], tmp_path)

    assert world.paths() == ["/feed", "/robots.txt", *asked]
    assert fetched.error == ""


def test_a_broken_article_is_not_its_source_s_failure(tmp_path: Path) -> None:
    """The feed was fine; but a host that asks for rest is heard."""
    with serving(answers(Said(status=404))) as world:
        fetched = poll(world, ["/broken", "/b"], tmp_path)
    tired = answers(Said(status=404)) | {"/a": Said(status=503, headers={"Retry-After": "60"})}
    with serving(tired) as world:
        rests = poll(world, ["/a", "/b"], tmp_path)

    assert (fetched.error, len(fetched.responses)) == ("", 2)
    assert rests.retry_at is not None
    assert "/b" not in world.paths()


def test_a_source_that_is_a_page_is_asked_for_by_its_rules(tmp_path: Path) -> None:
    """Where its own page is forbidden, the source says so."""
    with serving(answers(Said(body=b"User-agent: *\nDisallow: /private"))) as world:
        url = world.url("/private")
        one = Poll(
            source=Source(name="A", url=url, kind="page"),
            state=SourceState(source="A", url=url),
            requests=(Request(url=url, page=True),),
        )
        made: list[Fetched] = []
        fetch_all([one], SETTINGS, now=NOW, follow=lambda *_: (), on_fetched=made.append, locks=tmp_path)

    assert made[0].error == "not asked: robots.txt forbids this page"
    assert world.paths() == ["/robots.txt"]

"""How sources are treated over weeks, as the servers see it: whole rounds over real files and a server of our own."""

import mailbox
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from digest.config import Config, load_config
from digest.store import archive
from digest.workflows.ingesting import RoundResult
from digest.workflows.status import problems, status
from tests.fetch.server import Asked, Said, World, moved, serving
from tests.workflows.steps import fetch_and_ingest

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = "Dense retrievers are trained with hard negatives, which is a long story with many turns. " * 20


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, made_archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def configured(folder: Path, **source: object) -> Config:
    lines = ["[focus]", 'statement = "x"', "[fetch]", 'pause = "0s"', "[[sources]]", 'name = "A"']
    for key, value in source.items():
        shown = {True: "true"}.get(value, value) if isinstance(value, bool) else value
        lines.append(
            f"{key} = {shown}" if isinstance(value, bool | dict) or str(value).startswith("{") else f'{key} = "{value}"'
        )
    (folder / "sources.toml").write_text("\n".join(lines), encoding="utf-8")
    return load_config(folder / "sources.toml")


def visit(config: Config, after: timedelta = timedelta(), *, by_name: bool = True) -> RoundResult:
    return fetch_and_ingest(config, NOW + after, names=["A"] if by_name else ())


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def conditional(world: World) -> list[bool]:
    return ["if-none-match" in asked.headers or "if-modified-since" in asked.headers for asked in world.log]


def feed(*names: str, base: str = "https://example.org") -> bytes:
    date = format_datetime(NOW - HOUR)
    items = "".join(
        f"<item><guid isPermaLink='false'>{n}</guid><title>{n}</title><link>{base}/{n}</link><pubDate>{date}</pubDate><description>A teaser.</description></item>"
        for n in names
    )
    return f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>".encode()


def test_validators_are_sent_save_once_a_week(tmp_path: Path) -> None:
    """Some servers' never move though their feed does; that is found out within a week."""
    with serving({"/feed": Said(headers={"ETag": '"frozen"'})}) as world:
        config = configured(tmp_path, url=world.url("/feed"))
        for day in range(16):
            visit(config, day * DAY)

    assert conditional(world) == [day % 7 != 0 for day in range(16)]


def test_a_permanent_move_is_remembered_and_another_is_not(tmp_path: Path) -> None:
    """301 and 308 chains; 302, 303 and 307 are asked at the old address again."""
    for status_, paths in (
        (301, ["/old", "/new", "/new"]),
        (308, ["/old", "/new", "/new"]),
        (302, ["/old", "/new"] * 2),
    ):
        folder = tmp_path / str(status_)
        folder.mkdir()
        with serving({"/old": moved(status_, "/new"), "/new": Said()}) as world:
            config = configured(folder, url=world.url("/old"))
            visit(config)
            visit(config, DAY)
        assert world.paths() == paths


def test_gone_is_for_good_and_said(tmp_path: Path) -> None:
    """410: not even by name; the others of its kind back off and are asked again."""
    with serving({"/feed": Said(status=410)}) as world:
        config = configured(tmp_path, url=world.url("/feed"))
        first = visit(config)
        later = [visit(config, days * DAY) for days in (1, 30)]
        facts = status(config, NOW + 30 * DAY, wait=1)

    assert world.paths() == ["/feed"]
    assert first.problems == ("A: answered 410 Gone",)
    assert "gone for good" in later[1].problems[0]
    assert "A: answered 410 Gone" in problems(facts)
    assert rows(config, "select active, next_check, interval_minutes from sources") == [(True, None, None)]


def test_rest_that_was_asked_for_is_given_across_restarts(tmp_path: Path) -> None:
    """Retry-After holds for rounds and for names; each visit here starts from what lies on disk."""
    with serving({"/feed": Said(status=503, headers={"Retry-After": "7200"})}) as world:
        config = configured(tmp_path, url=world.url("/feed"))
        visit(config)
        refused = visit(config, HOUR)
        asked = visit(config, 3 * HOUR)

    assert len(world.log) == 2
    assert "asked not to be asked again before 2026-03-18 14:00 UTC" in refused.problems[0]
    assert asked.problems == ("A: answered 503 Service Unavailable; asked to come back in 2 h",)


@pytest.mark.slow
def test_failures_back_off_to_a_day(tmp_path: Path) -> None:
    """With a round each hour for three days, a broken server sees a handful of requests."""
    with serving({"/feed": Said(status=500)}) as world:
        config = configured(tmp_path, url=world.url("/feed"))
        for hour in range(72):
            visit(config, hour * HOUR, by_name=False)

    assert 5 <= len(world.log) <= 8


def test_its_own_interval(tmp_path: Path) -> None:
    """`every` replaces what its pace would say; what the server says remains a floor."""
    with serving({"/feed": Said()}) as world:
        config = configured(tmp_path, url=world.url("/feed"), every="2h")
        for hour in range(12):
            visit(config, hour * HOUR, by_name=False)
    assert len(world.log) == 6
    assert rows(config, "select interval_minutes from sources") == [(120,)]
    with serving({"/feed": Said(headers={"Cache-Control": "max-age=21600"})}) as world:
        config = configured(tmp_path, url=world.url("/feed"), every="2h")
        for hour in range(12):
            visit(config, hour * HOUR, by_name=False)
    assert len(world.log) == 2


def test_a_page_where_a_feed_should_be_is_reported_and_no_item(tmp_path: Path) -> None:
    """In one line, and nothing of it is stored."""
    page = b"<!doctype html><title>Sorry</title><p>Log in to continue."
    with serving({"/feed": Said(body=page)}) as world:
        config = configured(tmp_path, url=world.url("/feed"))
        done = visit(config)

    assert "is an HTML page, and no feed could be found from it" in done.problems[0]
    assert rows(config, "select count(*) from items") == [(0,)]


def test_secret_headers_reach_their_own_host_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the host that a redirect leads to; without the variable the source fails by name."""
    with (
        serving({"/feed": Said()}) as other,
        serving({"/feed": Said(), "/away": moved(302, other.url("/feed", "127.0.0.2"))}) as world,
    ):
        config = configured(tmp_path, url=world.url("/feed"), headers_env='{ basic = "LOGIN", X-Key = "KEY" }')
        missing = visit(config)
        monkeypatch.setenv("LOGIN", "ada:secret")
        monkeypatch.setenv("KEY", "k")
        visit(config, DAY)
        visit(configured(tmp_path, url=world.url("/away"), headers_env='{ X-Key = "KEY" }'), 2 * DAY)

    assert missing.problems == ("A: the environment variable LOGIN, named in headers_env, is not set",)
    assert [asked.headers.get("x-key") for asked in world.log] == ["k", "k"]
    assert world.log[0].headers["authorization"] == "Basic YWRhOnNlY3JldA=="
    assert all("x-key" not in asked.headers for asked in other.log)


class TestFullText:
    def test_articles_are_read_once_and_stay_whole(self, tmp_path: Path) -> None:
        """Later polls show the teaser again, which does not push the text out."""
        article = f"<html><body><article><h1>x</h1><p>{TEXT}</p></article></body></html>".encode()
        names = ["one", "two"]

        def answer(asked: Asked) -> Said:
            if asked.path == "/feed":
                return Said(body=feed(*names, base=world.url("")))
            return Said(status=404) if asked.path == "/robots.txt" else Said(body=article)

        with serving(answer) as world:
            config = configured(tmp_path, url=world.url("/feed"), full_text=True)
            visit(config)
            first = rows(config, "select title, words > 200, summary from items order by title")
            names.append("three")
            visit(config, DAY)

        assert world.paths() == ["/feed", "/robots.txt", "/one", "/two", "/feed", "/robots.txt", "/three"]
        assert first == [("one", True, "A teaser."), ("two", True, "A teaser.")]
        assert rows(config, "select title, words > 200 from items order by title") == [
            ("one", True),
            ("three", True),
            ("two", True),
        ]

    def test_what_robots_may_not_read_stays_a_teaser(self, tmp_path: Path) -> None:
        """The source is fine all the same."""
        with serving(
            lambda asked: (
                Said(body=feed("one", base=world.url("")))
                if asked.path == "/feed"
                else Said(body=b"User-agent: *\nDisallow: /one")
            )
        ) as world:
            done = visit(configured(tmp_path, url=world.url("/feed"), full_text=True))
            config = configured(tmp_path, url=world.url("/feed"), full_text=True)

        assert world.paths() == ["/feed", "/robots.txt"]
        assert done.problems == ()
        assert rows(config, "select title, body from items") == [("one", "A teaser.")]


def test_newsletters_from_a_maildir_are_items(tmp_path: Path) -> None:
    """The path is relative to sources.toml; a second look finds what is new."""
    box = mailbox.Maildir(tmp_path / "news", create=True)
    box.add(
        "From: The Batch <batch@example.org>\nSubject: Issue 1\nMessage-ID: <1@x>\nDate: Wed, 18 Mar 2026 08:00:00 +0000\n\nHello."
    )
    config = configured(tmp_path, kind="newsletter", maildir="news")
    first = visit(config)
    box.add(
        "From: The Batch <batch@example.org>\nSubject: Issue 2\nMessage-ID: <2@x>\nDate: Thu, 19 Mar 2026 08:00:00 +0000\n\nHello."
    )
    second, third = visit(config, DAY), visit(config, 2 * DAY)

    assert (first.new_items, second.new_items, third.new_items) == (1, 1, 0)
    assert rows(config, "select kind, title, authors[1] from items order by title") == [
        ("newsletter", "Issue 1", "The Batch"),
        ("newsletter", "Issue 2", "The Batch"),
    ]
    assert rows(config, "select outcome from fetches order by started_at") == [("new",), ("new",), ("not_modified",)]

"""Serving: one page an archive, on a port of its own, and marks that wait are stored when the archive is free."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from digest.config import Config
from digest.errors import StoreError
from digest.records import MarkKind
from digest.store import archive, verdicts, waiting_marks
from digest.web import serving
from digest.web.serving import Address
from digest.workflows import feedback

FREE = Address(port=0)


def sources(config: Config) -> Path:
    return config.folder / "sources.toml"


def test_the_address_signs_in_once(built: Config) -> None:
    """Over real HTTP; the second browser is told how to get one of its own."""
    with serving.served(sources(built), FREE, wait=1) as page:
        address = page.one_time_address()
        with httpx2.Client(follow_redirects=True) as first, httpx2.Client() as second:
            assert first.get(address).status_code == 200
            assert first.get(page.url).status_code == 200
            assert second.get(address).status_code == 403
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(page.url)


def test_another_process_finds_the_page(built: Config) -> None:
    """`digest open` signs a browser in to the page that `digest serve --web` serves."""
    assert serving.find(built.archive) is None
    with serving.served(sources(built), FREE, wait=1) as page:
        found = serving.find(built.archive)
        assert found is not None
        assert found.url == page.url
        with httpx2.Client(follow_redirects=True) as browser:
            assert browser.get(found.one_time_address()).status_code == 200
        with pytest.raises(StoreError, match="its page is served already, by process "):
            serving.served(sources(built), FREE, wait=1).__enter__()
    assert serving.find(built.archive) is None


def test_a_session_outlives_a_restart_on_the_same_port(built: Config) -> None:
    """The key lies beside the archive; without it every session ends."""
    with serving.served(sources(built), FREE, wait=1) as page, httpx2.Client(follow_redirects=True) as browser:
        browser.get(page.one_time_address())
        cookies = dict(browser.cookies)
    again = Address(port=int(page.url.rpartition(":")[2]))
    with serving.served(sources(built), again, wait=1) as page:
        assert httpx2.get(page.url, cookies=cookies).status_code == 200
    (built.archive.with_name(f"{built.archive.name}.spool") / "page.key").unlink()
    with serving.served(sources(built), again, wait=1) as page:
        assert httpx2.get(page.url, cookies=cookies).status_code == 401


def test_a_port_that_is_taken_is_one_line(built: Config) -> None:
    """It names the port and the way out, and lets go of the archive's page."""
    with serving.served(sources(built), FREE, wait=1) as page:
        port = int(page.url.rpartition(":")[2])
        elsewhere = built.folder / "elsewhere.toml"
        elsewhere.write_text(sources(built).read_text() + '\n[store]\npath = "other.duckdb"\n')
        with pytest.raises(StoreError, match=rf"127\.0\.0\.1 port {port}: cannot be listened on: .*--port 0"):
            serving.served(elsewhere, Address(port=port), wait=1).__enter__()
        with serving.served(elsewhere, FREE, wait=1):
            pass


def test_marks_that_wait_are_stored_when_the_archive_is_free(built: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without anybody asking for a page."""
    monkeypatch.setattr(serving, "_FLUSH", 0.05)
    with archive.open_archive(built.archive, read_only=True) as db:
        [(period, _)] = verdicts.periods(db)
        item = verdicts.of_period(db, period)[0].item_id
    feedback.mark_later(built, [item], [MarkKind.LIKE], datetime.now(UTC), origin="page")
    with serving.served(sources(built), FREE, wait=1):
        until = time.monotonic() + 20
        while waiting_marks.any_waiting(built.archive) and time.monotonic() < until:
            time.sleep(0.05)

    assert not waiting_marks.any_waiting(built.archive)


def test_an_idle_page_holds_no_lock(built: Config) -> None:
    """Any process may open the archive for writing at once."""
    with serving.served(sources(built), FREE, wait=1) as page:
        with httpx2.Client(follow_redirects=True) as browser:
            browser.get(page.one_time_address())
        with archive.open_archive(built.archive, wait=0):
            pass
        assert threading.active_count() < 20


@pytest.mark.parametrize(
    ("address", "loopback", "hosts"),
    [
        (Address(), True, {"127.0.0.1:80", "localhost:80", "[::1]:80"}),
        (Address(host="::1"), True, {"127.0.0.1:80", "localhost:80", "[::1]:80"}),
        (Address(host="192.168.1.5", names=("digest.lan",)), False, {"192.168.1.5:80", "digest.lan:80"}),
        (
            Address(host="0.0.0.0", names=("digest.lan",)),
            False,
            {"0.0.0.0:80", "digest.lan:80", "127.0.0.1:80", "localhost:80", "[::1]:80"},
        ),
    ],
)
def test_it_answers_under_known_names_only(address: Address, loopback: bool, hosts: set[str]) -> None:
    """Loopback by all its names; anywhere else those that were given."""
    assert address.is_loopback is loopback
    assert address.hosts(80) == hosts

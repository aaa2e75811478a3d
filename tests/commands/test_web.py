"""`digest open` and `digest serve --web`, as processes."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx2
import pytest

from digest.commands.service_units import UNITS
from digest.config import Config
from digest.store import keys
from tests import make
from tests.commands.conftest import Command


@contextmanager
def running(config: Config, *words: str) -> Iterator[subprocess.Popen[str]]:
    """A `digest` that stays; it must end by itself after SIGTERM."""
    command = [sys.executable, "-m", "digest", *words, "--config", str(config.folder / "sources.toml")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
        finally:
            process.kill()


def line_with(stream: IO[str] | None, words: str) -> str:
    assert stream is not None
    return next(line for line in stream if words in line)


def test_open_prints_an_address_that_signs_in(built: Config) -> None:
    """As its first line, flushed; a second `open` finds the same page and prints an address of its own."""
    with running(built, "open", "--port", "0", "--no-browser") as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/\?token=\S+", address)
        again = subprocess.run(
            [sys.executable, "-m", "digest", "open", "--no-browser", "--config", str(built.folder / "sources.toml")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert again != address
        for one in (address, again):
            with httpx2.Client(follow_redirects=True) as browser:
                assert browser.get(one).status_code == 200


def test_serve_has_the_page_beside_it(built: Config) -> None:
    """The log says where it is, without a token; `digest open` signs in."""
    with running(built, "serve", "--web", "--port", "0") as process:
        line = line_with(process.stderr, "event=page")
        assert "token" not in line
        opened = subprocess.run(
            [sys.executable, "-m", "digest", "open", "--no-browser", "--config", str(built.folder / "sources.toml")],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        assert opened.split("/?")[0] in line
        with httpx2.Client(follow_redirects=True) as browser:
            assert browser.get(opened).status_code == 200


def test_other_machines_need_a_password(digest: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one there is no page, and the line says what to do."""
    path = home / "sources.toml"
    done = digest("open", "--host", "0.0.0.0", "--no-browser", "--config", path)
    assert done.code == 1
    assert "other machines could read and mark everything" in done.err
    assert "--password-env" in done.err

    monkeypatch.delenv("DIGEST_PAGE", raising=False)
    done = digest("serve", "--web", "--host", "0.0.0.0", "--password-env", "DIGEST_PAGE", "--config", path)
    assert done.code == 1
    assert "DIGEST_PAGE is empty or not set" in done.err


def test_options_of_the_page_go_with_it(digest: Command, home: Path) -> None:
    """And the page with what keeps `digest serve` running here."""
    path = home / "sources.toml"
    assert digest("serve", "--port", "80", "--config", path).code == 2
    assert digest("serve", "--web", "--print", "cron", "--config", path).code == 2
    printed = digest("serve", "--web", "--port", "8080", "--print", "systemd", "--config", path).out
    assert f"serve --web --port 8080 --config {path}" in printed
    assert "--web" not in UNITS["systemd"]("/opt/python", path, make.config())


def test_the_keys_differ(built: Config) -> None:
    """Who can sign a mark by mail cannot sign a cookie."""
    assert keys.read_or_make(built.archive, keys.PAGE) != keys.read_or_make(built.archive, keys.MARKING)

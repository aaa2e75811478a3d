"""A signed-in client of the page, over an archive with an issue."""

import re
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.web.app import make_app
from digest.web.sessions import Sessions
from digest.web.site import Site
from tests.web import chromium

PORT = 8477
HOST = f"127.0.0.1:{PORT}"
#: Makes a browser that has not signed in.
Visit = Callable[..., TestClient]

# Fixtures of a real browser.
_chromium, _served, _open_tab = chromium._chromium, chromium._served, chromium._open_tab


@pytest.fixture(name="sessions")
def _sessions() -> Sessions:
    return Sessions(b"key", PORT)


@pytest.fixture(name="visit")
def _visit(sessions: Sessions) -> Iterator[Callable[[Config], TestClient]]:
    """Browsers that have not signed in; they follow no redirects, so that tests see them."""
    opened: list[TestClient] = []

    def visit(config: Config) -> TestClient:
        site = Site(config_path=config.folder / "sources.toml", wait=0)
        app = make_app(site, sessions, hosts={HOST})
        client = TestClient(app, base_url=f"http://{HOST}", follow_redirects=False, raise_server_exceptions=True)
        opened.append(client.__enter__())
        return client

    yield visit
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture(name="client")
def _client(visit: Visit, built: Config, sessions: Sessions) -> TestClient:
    """A signed-in browser; `built` is the archive behind it."""
    client = visit(built)
    client.cookies.set(sessions.cookie_name, sessions.cookie())
    return client


def ids_on(page: str) -> list[str]:
    """The works that a page lists, in its order."""
    return re.findall(r'data-item="([^"]*)"', page)

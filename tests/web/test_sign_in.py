"""Where other machines can reach the page it asks for a password."""

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.web import sign_in
from digest.web.app import make_app
from digest.web.sessions import Sessions
from digest.web.site import Site
from tests.web.conftest import HOST, PORT


@pytest.fixture(name="guarded")
def _guarded(built: Config, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A browser that has not signed in to a page with a password."""
    monkeypatch.setattr(sign_in, "_PAUSE", 0.0)
    sessions = Sessions(b"key", PORT, password="open sesame")
    app = make_app(Site(config_path=built.folder / "sources.toml", wait=0), sessions, hosts={HOST})
    return TestClient(app, base_url=f"http://{HOST}", follow_redirects=False)


def test_the_password_signs_in(guarded: TestClient) -> None:
    """Until then every page leads to the form."""
    assert guarded.get("/issues").headers["location"] == "/login"
    assert 'type="password"' in guarded.get("/login").text

    assert guarded.post("/login", data={"password": "open sesame"}).headers["location"] == "/"
    assert guarded.get("/issues").status_code == 200


@pytest.mark.parametrize("typed", ["", "open", "OPEN SESAME", "open sesame ", "ö" * 5000])
def test_a_wrong_one_does_not(guarded: TestClient, typed: str) -> None:
    """It says so, and sets no cookie."""
    answer = guarded.post("/login", data={"password": typed})

    assert answer.status_code == 403
    assert "That is not the password." in answer.text
    assert "set-cookie" not in answer.headers


def test_another_password_ends_the_sessions(built: Config) -> None:
    """A cookie is worth what the password is that it was given for."""
    cookie = Sessions(b"key", PORT, password="old").cookie()

    assert not Sessions(b"key", PORT, password="new").is_signed_in(cookie)


def test_without_a_password_nothing_is_one() -> None:
    """Not even an empty text."""
    assert not Sessions(b"key", PORT).is_password("")

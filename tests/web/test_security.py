"""The page is safe though it is local: what other sites, other names and other users of the machine may not do."""

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.web.sessions import Sessions
from tests.web.conftest import HOST, Visit

SIGNED_OUT = "This browser is not signed in"


@pytest.fixture(name="stranger")
def _stranger(visit: Visit, built: Config) -> TestClient:
    return visit(built)


class TestSigningIn:
    def test_a_token_is_good_once(self, stranger: TestClient, sessions: Sessions, visit: Visit, built: Config) -> None:
        """It becomes a cookie that scripts cannot read, named for the port, and leaves the address."""
        address = f"/search?q=a%26b&token={sessions.token()}"
        answer = stranger.get(address)

        assert answer.status_code == 303
        assert answer.headers["location"] == "/search?q=a%26b"
        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("digest-8477=")
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        assert stranger.get("/").status_code == 200

        other = visit(built).get(address)
        assert other.status_code == 403
        assert "used already" in other.text
        assert "set-cookie" not in other.headers

    def test_a_signed_in_browser_may_follow_an_old_address(self, client: TestClient, sessions: Sessions) -> None:
        """From its history, for example."""
        token = sessions.token()
        sessions.redeem(token)

        assert client.get(f"/issues?token={token}").headers["location"] == "/issues"

    @pytest.mark.parametrize("path", ["/", "/items/abc", "/nothing", "/issues/2026-W47/works"])
    def test_without_a_cookie_there_is_nothing_to_see(self, stranger: TestClient, path: str) -> None:
        """Not even whether a page exists."""
        answer = stranger.get(path)

        assert answer.status_code == 401
        assert SIGNED_OUT in answer.text

    @pytest.mark.parametrize("made", [b"another key", b"key"])
    def test_a_forged_cookie_does_not_count(self, stranger: TestClient, made: bytes) -> None:
        """Signed with another key, or for another port."""
        port = 8477 if made != b"key" else 9000
        stranger.cookies.set("digest-8477", Sessions(made, port).cookie())

        assert stranger.get("/").status_code == 401

    def test_a_token_cannot_lead_elsewhere(self, stranger: TestClient, sessions: Sessions) -> None:
        """A path that looks like a host stays a path."""
        answer = stranger.get(f"http://{HOST}//evil.example/?token={sessions.token()}")

        assert answer.headers["location"] == "/evil.example/"


class TestOtherSites:
    @pytest.mark.parametrize(
        "host", ["evil.example", "evil.example:8477", "127.0.0.1", "127.0.0.1:80", "0.0.0.0:8477", ""]
    )
    def test_a_rebound_name_is_refused(self, client: TestClient, host: str) -> None:
        """A browser that was led here under a foreign name gets nothing, cookie or not, reading or changing."""
        for method in ("GET", "POST"):
            answer = client.request(method, "/", headers={"Host": host})

            assert answer.status_code == 421
            assert "<" not in answer.text

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Sec-Fetch-Site": "none"},
            {"Origin": "https://evil.example"},
            {"Origin": "null"},
            {"Origin": "http://127.0.0.1:9000"},
            {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        ],
    )
    def test_they_change_nothing(self, client: TestClient, headers: dict[str, str]) -> None:
        """A form on another page, another port of this machine, or a document without an origin."""
        answer = client.post("/items/abc/marks", data={"mark": "like"}, headers=headers)

        assert answer.status_code == 403
        assert answer.text == "Other sites may not change anything here."

    @pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin", "Origin": f"http://{HOST}"}, {}])
    def test_our_own_forms_and_programs_do(self, client: TestClient, headers: dict[str, str]) -> None:
        """A program that has the cookie sends neither header."""
        assert client.post("/items/zzzzzzzzzz/marks", data={"mark": "like"}, headers=headers).status_code == 404

    def test_they_may_link_here_but_not_load_pieces(self, client: TestClient) -> None:
        """A link is followed; a script, a frame or an image of ours is not given to them."""
        link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        script = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}

        assert client.get("/", headers=link).status_code == 200
        assert client.get("/", headers=script).status_code == 403


class TestHeaders:
    @pytest.mark.parametrize("path", ["/", "/issues", "/nothing", "/static/page.js"])
    def test_nothing_of_a_page_comes_from_elsewhere(self, client: TestClient, path: str) -> None:
        """No inline script or style, no frame, no other site; and pages are not kept in caches."""
        headers = client.get(path).headers
        policy = dict(one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";"))

        assert policy["default-src"] == "'none'"
        assert policy["script-src"].startswith("'nonce-")
        assert policy["style-src"] == policy["script-src"]
        assert "unsafe" not in headers["content-security-policy"]
        assert (policy["frame-ancestors"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert ("no-store" in headers["cache-control"]) == (path != "/static/page.js")

    def test_every_page_has_a_nonce_of_its_own(self, client: TestClient) -> None:
        """One that was seen says nothing of the next."""
        seen = {client.get("/").headers["content-security-policy"] for _ in range(3)}

        assert len(seen) == 3

"""Requests that no browser of a friend makes: none breaks the page, leads away from it, or costs more than it may."""

import http.client
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.web.serving import Address, ServedPage, served
from tests.web.chromium import filled, page_paths

ODD = (
    "%ff%fe",
    "%00",
    "%0d%0aSet-Cookie:%20a=b",
    "\u202e",
    "%F0%9F%A6%86",
    "../../etc/passwd",
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%5c..%5cwindows",
    "a" * 4_000,
    "'; drop table core.items; --",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "-1",
    "99999999999999999999",
)


@pytest.fixture(name="live")
def _live(built: Config) -> Iterator[ServedPage]:
    with served(built.folder / "sources.toml", Address(port=0), wait=5) as page:
        yield page


def ask(
    page: ServedPage, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> http.client.HTTPResponse:
    """The answer to a signed-in program, read to its end."""
    port = int(page.url.rpartition(":")[2])
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        cookie = {"Cookie": f"{page.sessions.cookie_name}={page.sessions.cookie()}"}
        connection.request(
            method, path, body=body, headers=cookie | {k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        answer.read()
        return answer


class TestOddAddresses:
    @pytest.mark.parametrize("odd", ODD)
    @pytest.mark.parametrize(
        "shape", ["/static/{}", "/issues/{}", "/issues/{}/works", "/items/{}", "/queries/{}", "/{}"]
    )
    def test_are_answered_in_a_line(self, client: TestClient, shape: str, odd: str) -> None:
        """Bytes that are no text, ways out of a folder, SQL and templates are names that there are not."""
        answer = client.get(shape.format(odd))

        assert answer.status_code in (303, 400, 404)
        assert "root:" not in answer.text
        assert "set-cookie" not in answer.headers
        assert "<script>alert" not in answer.text

    @pytest.mark.slow
    @pytest.mark.parametrize("path", page_paths())
    def test_odd_parameters_break_no_page(self, client: TestClient, built: Config, path: str) -> None:
        """Every parameter of every page takes anything; no answer is a bug."""
        names = (
            "q",
            "page",
            "mode",
            "source",
            "since",
            "until",
            "mark",
            "verdict",
            "lean",
            "name",
            "sql",
            "marked",
            "as",
        )
        for odd in ODD:
            query = "&".join(f"{name}={odd}" for name in names)
            assert client.get(f"{filled(path, built)}?{query}").status_code < 500, odd

    def test_thousands_of_parameters_cost_little(self, client: TestClient) -> None:
        """They are read and left alone."""
        many = "&".join(f"p{n}={n}" for n in range(5_000))

        assert client.get(f"/issues?{many}").status_code in (200, 431)

    @pytest.mark.slow
    @pytest.mark.parametrize("path", page_paths())
    def test_no_page_leads_to_another_site(self, client: TestClient, built: Config, path: str) -> None:
        """Whatever an address asks for, a redirect stays here."""
        names = ("return", "next", "url", "back", "to", "redirect")
        for aim in ("https://evil.example/", "//evil.example", "/\\evil.example", "/%5cevil.example"):
            query = "&".join(f"{name}={aim}" for name in names)
            answer = client.get(f"{filled(path, built)}?{query}")
            assert "evil.example" not in answer.headers.get("location", "")


class TestMethods:
    @pytest.mark.parametrize("path", page_paths())
    def test_a_head_is_the_page_without_its_body(self, client: TestClient, built: Config, path: str) -> None:
        """And the same status, as link checkers expect."""
        address = filled(path, built)
        head, got = client.head(address), client.get(address)

        assert head.status_code == got.status_code
        assert head.content == b""

    @pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
    def test_others_are_refused(self, client: TestClient, method: str) -> None:
        """Nothing here answers them, and nothing allows another site to ask."""
        answer = client.request(method, "/")

        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]


class TestLargeRequests:
    def test_a_huge_form_is_refused(self, live: ServedPage, built: Config) -> None:
        """A field of megabytes, and thousands of fields, end in one line and not in memory."""
        path = filled("/items/{item:path}/marks", built)
        form = "application/x-www-form-urlencoded"
        for body in (b"mark=" + b"a" * 3_000_000, b"&".join(b"f%d=1" % n for n in range(10_000))):
            assert ask(live, path, "POST", body, Content_Type=form).status in (400, 413)

    def test_files_are_refused(self, client: TestClient, built: Config) -> None:
        """No form here takes one."""
        answer = client.post(filled("/items/{item:path}/marks", built), files={"mark": ("x.txt", b"a" * 100_000)})

        assert answer.status_code == 400

    def test_a_huge_header_or_address_is_refused(self, live: ServedPage) -> None:
        """By the server, before any page sees it."""
        for path, header in (("/", "a" * 200_000), ("/?q=" + "a" * 200_000, "")):
            with suppress(ConnectionError):  # as it hangs up while we still send
                assert ask(live, path, X_Large=header).status in (400, 414, 431)
        assert ask(live, "/").status == 200


class TestBusyTimes:
    def test_slow_clients_stop_nobody(self, live: ServedPage) -> None:
        """Fifty connections that never finish their request leave the page as quick as it was."""
        port = int(live.url.rpartition(":")[2])
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
        try:
            for one in slow:
                one.sendall(b"POST /items/abc/marks HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le")
            assert [ask(live, "/").status for _ in range(3)] == [200] * 3
        finally:
            for one in slow:
                one.close()

    @pytest.mark.slow
    def test_two_hundred_requests_at_once(self, live: ServedPage, built: Config) -> None:
        """All are answered: pages, marks and searches side by side."""
        item = filled("{item:path}", built)
        found: Counter[int] = Counter()
        lock = threading.Lock()

        def visit(number: int) -> None:
            form = {"Content_Type": "application/x-www-form-urlencoded"}
            kinds = (
                lambda: ask(live, "/"),
                lambda: ask(live, f"/items/{item}"),
                lambda: ask(live, "/search?q=retrieval&mode=words"),
                lambda: ask(live, f"/items/{item}/marks", "POST", b"mark=read", **form),
            )
            status = kinds[number % len(kinds)]().status
            with lock:
                found[status] += 1

        threads = [threading.Thread(target=visit, args=(number,)) for number in range(200)]
        began = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)

        assert sum(found.values()) == 200, f"after {time.monotonic() - began:.0f} s"
        assert set(found) <= {200, 202, 303}

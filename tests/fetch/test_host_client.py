"""The wire to one host: bounded answers, errors in plain words, connections kept and closed."""

import gzip
import socket
import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from digest.fetch.host_client import HostClient, HostClients
from digest.fetch.limits import FetchLimits
from digest.fetch.memory_semaphore import MemorySemaphore
from digest.fetch.request_steps import StepResult
from tests.fetch.make import PATIENT, SLOT, step
from tests.fetch.server import FEED, Said, World, moved, peak_memory, serving

BOMB = gzip.compress(b"\0" * 50_000_000, 1)
#: for what never answers
QUICK = FetchLimits(read=0.05)


def ask(
    world: World, path: str, *, limits: FetchLimits = PATIENT, max_body: int = 1_000_000, seconds: float = 60.0
) -> StepResult:
    client = HostClient(declared=True, limits=limits)
    try:
        return client.send(step(world.url(path), seconds=seconds), max_body, MemorySemaphore(8).slot())
    finally:
        client.close()


@pytest.fixture(name="world")
def _world() -> Iterator[World]:
    table = {
        "/good": Said(headers={"ETag": '"1"', "X-Secret": "no", "Link": "<a>; rel=hub"}),
        "/gzip": Said(headers={"Content-Encoding": "gzip"}, body=gzip.compress(FEED)),
        "/brotli": Said(headers={"Content-Encoding": "br"}),
        "/moved": moved(301, "/good"),
        "/hang": Said(hang=True),
        "/drip": Said(body=b"x" * 1000, drip=True),
        "/cut": Said(body=FEED * 10, cut_at=50),
        "/cut-gzip": Said(headers={"Content-Encoding": "gzip"}, body=gzip.compress(FEED)[:-8]),
        "/bomb": Said(headers={"Content-Encoding": "gzip"}, body=BOMB),
        "/large": Said(body=b"x" * 5_000_000),
        "/refusal": Said(status=400, headers={"Content-Encoding": "gzip"}, body=gzip.compress(b"<summary>why</summary>")),
        "/endless-refusal": Said(status=500, body=b"x" * 3_000_000),
    }  # fmt: skip
    with serving(table) as world:
        yield world


class TestAnswers:
    def test_a_document_comes_with_the_headers_that_are_needed(self, world: World) -> None:
        """Names in lower case; what nobody asks for is dropped."""
        answer = ask(world, "/good")
        assert (answer.status, answer.body, answer.wire_bytes, answer.error) == (200, FEED, len(FEED), "")
        assert {"etag": '"1"', "link": "<a>; rel=hub"}.items() <= answer.headers.items()
        assert "x-secret" not in answer.headers

    def test_cookies_are_not_kept(self) -> None:
        """What one source is given says nothing to the next on the same host."""
        with serving({"/": Said(headers={"Set-Cookie": "id=1"})}) as world:
            client = HostClient(declared=True, limits=PATIENT)
            for _ in range(2):
                client.send(step(world.url("/")), 1_000_000, SLOT)
            client.close()
        assert [asked.headers.get("cookie") for asked in world.log] == [None, None]

    def test_host_and_headers_are_sent(self, world: World) -> None:
        """The server learns under which name it was asked."""
        ask(world, "/good")
        assert world.log[0].headers["host"] == f"127.0.0.1:{world.port}"
        assert world.log[0].headers["x-test"] == "1"

    def test_compressed_documents_are_unpacked(self, world: World) -> None:
        """The wire's bytes are counted as they came."""
        answer = ask(world, "/gzip")
        assert answer.body == FEED
        assert answer.wire_bytes == len(gzip.compress(FEED))

    def test_redirects_are_not_followed_here(self, world: World) -> None:
        """Where to go next is decided elsewhere."""
        answer = ask(world, "/moved")
        assert (answer.status, answer.headers["location"]) == (301, "/good")
        assert world.paths() == ["/moved"]

    def test_a_refusal_brings_its_words(self, world: World) -> None:
        """What a server says of an error is read, compressed or not, and not without end."""
        assert ask(world, "/refusal").body == b"<summary>why</summary>"
        assert len(ask(world, "/endless-refusal").body) < 200_000


class TestLimits:
    @pytest.mark.parametrize(
        ("path", "words"),
        [
            ("/cut", "the answer broke off in the middle"),
            ("/cut-gzip", "the answer broke off in the middle"),
            ("/brotli", "compressed with br"),
            ("/bomb", "larger than 1 MB once decompressed"),
            ("/large", "larger than 1 MB"),
        ],
    )
    def test_what_goes_wrong_is_said_in_plain_words(self, world: World, path: str, words: str) -> None:
        """One line each, and no exception."""
        answer = ask(world, path)
        assert words in answer.error
        assert not answer.host_failed

    def test_silence_is_given_up(self, world: World) -> None:
        """A server that accepts and never answers."""
        assert ask(world, "/hang", limits=QUICK).error == "no answer within 0.05 s"

    def test_a_drip_is_no_document(self, world: World) -> None:
        """An answer that trickles is given up after the reading time."""
        limits = FetchLimits(read=0.2, total=5, min_speed=10_000)
        assert "too slow" in ask(world, "/drip", limits=limits).error

    def test_the_whole_time_ends_an_answer_that_is_not_slow_enough(self, world: World) -> None:
        """However steadily it comes."""
        answer = ask(world, "/drip", limits=FetchLimits(read=0.05, total=0.08, min_speed=0), seconds=0.08)
        assert answer.error == "took longer than 0.08 s"

    def test_a_large_document_waits_until_others_are_done_with(self, world: World) -> None:
        """Not longer than its request may take, however."""
        memory = MemorySemaphore(8)
        others = [memory.slot() for _ in range(8)]
        assert all(other.acquire(0) for other in others)
        client = HostClient(declared=True, limits=PATIENT)
        answer = client.send(step(world.url("/large"), seconds=0.05), 10_000_000, memory.slot())
        assert "at once" in answer.error or "took longer" in answer.error
        others[0].release()
        answer = client.send(step(world.url("/large")), 10_000_000, memory.slot())
        client.close()
        assert (answer.error, len(answer.body)) == ("", 5_000_000)

    def test_memory_stays_near_the_limit(self, world: World) -> None:
        """A bomb and a huge document end early."""
        ask(world, "/good")
        assert peak_memory(lambda: ask(world, "/bomb")) < 4_000_000
        assert peak_memory(lambda: ask(world, "/large")) < 2_000_000


class TestConnections:
    def test_are_kept_between_questions(self, world: World) -> None:
        """Refusals and redirects in between do not cost the connection."""
        client = HostClient(declared=True, limits=PATIENT)
        for path in ("/good", "/moved", "/refusal", "/nothing", "/gzip"):
            client.send(step(world.url(path)), 1_000_000, SLOT)
        client.close()
        assert len({asked.connection for asked in world.log}) == 1

    def test_are_created_again_after_trouble(self, world: World) -> None:
        """A connection on which an answer broke off is not used again."""
        client = HostClient(declared=True, limits=PATIENT)
        answers = [client.send(step(world.url(path)), 1_000_000, SLOT) for path in ("/cut", "/good", "/large", "/good")]
        client.close()
        assert [bool(answer.error) for answer in answers] == [True, False, True, False]

    def test_a_server_that_hung_up_in_between_is_asked_again(self) -> None:
        """A kept connection may have been closed; that is no failure of the source."""
        with serving(lambda asked: Said(cut_at=len(FEED))) as world:  # closes after each answer without saying so
            client = HostClient(declared=True, limits=PATIENT)
            answers = [client.send(step(world.url("/")), 1_000_000, SLOT) for _ in range(5)]
            client.close()
        assert [answer.error for answer in answers] == [""] * 5

    def test_refused_and_unknown_hosts_are_the_hosts_failure(self) -> None:
        """Nothing listens there, or nobody knows the name."""
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            answer = HostClient(declared=True, limits=PATIENT).send(
                step(f"http://127.0.0.1:{closed.getsockname()[1]}/"), 1000, SLOT
            )
        assert (answer.error, answer.host_failed) == ("connection refused", True)

        def nowhere(host: str, port: int) -> list[str]:
            raise socket.gaierror(-2, "Name or service not known")

        answer = HostClient(declared=False, limits=PATIENT, resolve=nowhere).send(
            step("http://gone.example/"), 1000, SLOT
        )
        assert (answer.error, answer.host_failed) == ("host not found: gone.example", True)

    def test_something_that_is_not_http_is_named(self) -> None:
        """A mail server on the web's port."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            client = HostClient(declared=True, limits=FetchLimits(read=5))

            def greet() -> None:
                peer, _ = server.accept()
                peer.recv(65536)
                peer.sendall(b"220 mail.example ESMTP\r\n\r\n")
                peer.close()

            thread = threading.Thread(target=greet)
            thread.start()
            answer = client.send(step(f"http://127.0.0.1:{server.getsockname()[1]}/"), 1000, SLOT)
            thread.join()
            client.close()
        assert answer.error.startswith("does not speak HTTP properly")


class TestHostClients:
    def test_a_connection_made_for_a_declared_host_is_not_lent_to_a_stranger(self, world: World) -> None:
        """What one source may reach, another's redirect may not, even while the connection is open."""
        clients = HostClients(PATIENT, monotonic, None)
        own, stranger = step(world.url("/good")), step(world.url("/good"), declared=False)
        assert clients.find(own).send(own, 1_000_000, SLOT).status == 200
        assert "loopback" in clients.find(stranger).send(stranger, 1_000_000, SLOT).error
        clients.close()

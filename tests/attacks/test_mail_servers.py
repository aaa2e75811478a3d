"""Mail servers gone wrong: each ends within its deadline and its bytes, with one line."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.config import Email, Imap
from digest.deliver.mail import MailChannel
from digest.fetch import imap
from digest.fetch.mailbox import fetch_mail
from digest.fetch.request_steps import Poll
from digest.records import Fetched, Request, Source, SourceState
from tests.render.make import week

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

Say = Callable[[bytes], None]
NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
_GOOD = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n",
    b"LOGIN": b"",
    b"EXAMINE": b"* OK [UIDVALIDITY 1] x\r\n* 1 EXISTS\r\n",
    b"UID SEARCH": b"* SEARCH 5\r\n",
    b"UID FETCH": b"* 1 FETCH (UID 5 RFC822.SIZE 5)\r\n",
}


@contextmanager
def speaking(wrong: bytes, answer: Callable[[Say], None]) -> Iterator[int]:
    """A server that speaks IMAP until the command *wrong*, b"" for its greeting; yields its port."""

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                if not wrong:
                    answer(connection.sendall)
                    return
                connection.sendall(b"* OK hello\r\n")
                for line in lines:
                    tag, _, rest = line.strip().partition(b" ")
                    command = next((one for one in _GOOD if rest.upper().startswith(one)), b"")
                    if command == wrong:
                        answer(connection.sendall)
                        return
                    connection.sendall(_GOOD.get(command, b"") + tag + b" OK done\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]


def fetched(port: int) -> Fetched:
    source = Source(name="News", kind="newsletter", url="imap://x/News")
    table = {"host": "127.0.0.1", "port": port, "security": "none", "username": "ada", "password_env": "MAIL"}
    poll = Poll(source=source, state=SourceState(source="News"), requests=(Request(url=source.url),))
    made: list[Fetched] = []
    settings = Imap.model_validate({**table, "folder": "News"})
    fetch_mail([poll], settings, {"MAIL": "s"}, folder=Path(), max_body=10**6, now=NOW, on_fetched=made.append)
    return made[0]


def drip(say: Say) -> None:
    while True:
        say(b"*")
        time.sleep(0.05)


def chatter(say: Say) -> None:
    while True:
        say(b"* 1 EXISTS\r\n" * 10_000)


def literal(say: Say) -> None:
    say(b"* 1 FETCH (UID 5 RFC822.SIZE {4294967296}\r\n")
    while True:
        say(bytes(1_000_000))


@pytest.mark.parametrize(
    ("wrong", "answer", "words"),
    [
        (b"", drip, "took longer than 1 s"),
        (b"UID SEARCH", drip, "took longer than 1 s"),
        (b"UID SEARCH", chatter, "sends more than 128 MB in one session"),
        (b"UID FETCH", literal, "sends more than 128 MB in one session"),
        (b"UID SEARCH", lambda say: say(b"* SEARCH " + b"9" * 900_000 + b"\r\nx OK\r\n"), ""),
        (b"UID FETCH", lambda say: say(b"* 1 FETCH (UID 5 RFC822.SIZE {" + b"9" * 900_000 + b"}\r\n"), ""),
        (b"UID FETCH", lambda say: say(b"* 1 FETCH " + b"(" * 100_000 + b"\r\n"), ""),
        (b"EXAMINE", lambda say: say(b"* OK [UIDVALIDITY " + b"9" * 4_000 + b"]\r\n"), ""),
        (b"", lambda say: say(b"\xff" * 2_000_000), ""),
    ],
)
def test_one_line_in_time(
    wrong: bytes, answer: Callable[[Say], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dripping, endless or absurd, at any point of the conversation."""
    monkeypatch.setattr(imap, "_SESSION", 1.0 if answer is drip else 60.0)
    began = time.monotonic()
    with speaking(wrong, answer) as port:
        found = fetched(port)

    assert found.responses == ()
    assert found.error.startswith("127.0.0.1")
    assert words in found.error
    assert len(found.error.splitlines()) == 1
    assert len(found.error) < 300
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("step", range(5))
def test_an_smtp_server_that_drips(step: int) -> None:
    """At its greeting, or in answer to EHLO, MAIL, RCPT and DATA; it costs the mail and one line."""
    good = [b"220 hello\r\n", b"250 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 x\r\n"]

    def serve() -> None:
        with suppress(OSError):
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as lines:
                for answer in good[:step]:
                    connection.sendall(answer)
                    lines.readline()
                connection.sendall(good[step][:3])
                drip(connection.sendall)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        port = listener.getsockname()[1]
        table = {
            "to": ["ada@example.net"],
            "from": "d@example.org",
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
        }
        channel = MailChannel(Email.model_validate(table), {}, patience=30.0, conversation=1.0)
        made = week()
        outcome = channel.deliver(made, "ada@example.net", "<1@example.org>")
        channel.close()

    assert outcome.state == "failed"
    assert outcome.error == f"mail server 127.0.0.1:{port}: it took longer than 1 s"

"""Newsletters from a folder by IMAP or from a maildir; nothing is ever changed there."""

import mailbox as stdlib_mailbox
import os
import shutil
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.config import Fetch, Imap
from digest.fetch import maildir
from digest.fetch.mailbox import fetch_mail
from digest.fetch.politeness import remember, validators
from digest.fetch.request_steps import Poll
from digest.records import Fetched, Hints, Request, Source, SourceState
from tests.deliver.postoffice import make_certificate
from tests.fetch.imap_server import PASSWORD, Mailbox, mail_server

NOW = datetime(2026, 3, 18, 12, tzinfo=UTC)
ENVIRONMENT = {"MAIL": PASSWORD}


def mail(number: int, sender: str = "batch@example.org") -> bytes:
    return f"From: {sender}\r\nSubject: Issue {number}\r\nMessage-ID: <{number}@example.org>\r\n\r\nText\r\n".encode()


@pytest.fixture(name="server")
def _server() -> Iterator[Mailbox]:
    with mail_server({uid: mail(uid) for uid in (3, 5, 9)}) as server:
        yield server


@pytest.fixture(name="certificate", scope="module")
def _certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's context, and the file of the certificate that it shows."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    return make_certificate(folder)[0], folder / "certificate.pem"


def settings(server: Mailbox, **more: object) -> Imap:
    table = {
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "username": "ada",
        "password_env": "MAIL",
        "folder": "News",
    }
    return Imap.model_validate(table | more)


def poll(state: SourceState | None = None, **more: str) -> Poll:
    source = Source(name="News", kind="newsletter", **({"url": "imap://x/News"} | more))  # type: ignore[arg-type]
    state = state or SourceState(source="News", declared_url=source.url, url=source.url)
    request = validators(Request(url=source.url), state, NOW)
    return Poll(source=source, state=state, requests=(request,))


def fetch(
    one: Poll, imap: Imap | None, *, folder: Path = Path(), max_body: int = 10**6, password: str = PASSWORD
) -> Fetched:
    made: list[Fetched] = []
    fetch_mail([one], imap, {"MAIL": password}, folder=folder, max_body=max_body, now=NOW, on_fetched=made.append)
    [fetched] = made
    return fetched


def after(one: Poll, fetched: Fetched) -> Poll:
    return poll(remember(one.state, fetched, Hints(), NOW, Fetch()))


def subjects(fetched: Fetched) -> list[bytes]:
    return [response.body.split(b"\r\n")[1] for response in fetched.responses]


class TestImap:
    def test_the_folder_is_only_read(self, server: Mailbox) -> None:
        """EXAMINE and BODY.PEEK, and no command that could mark or move anything."""
        fetched = fetch(poll(), settings(server))

        assert subjects(fetched) == [b"Subject: Issue 3", b"Subject: Issue 5", b"Subject: Issue 9"]
        said = [" ".join(command.split()[: 2 if command.startswith("UID") else 1]) for command in server.log]
        assert set(said) <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
        assert all("PEEK" in command for command in server.log if "BODY" in command)

    def test_the_next_visit_takes_what_is_new(self, server: Mailbox) -> None:
        """By UID; a week later too, since our own place in a folder does not lie."""
        first = poll()
        second = after(first, fetch(first, settings(server)))

        assert fetch(second, settings(server)).responses[0].status == 304
        server.mails[12] = mail(12)
        assert subjects(fetch(second, settings(server))) == [b"Subject: Issue 12"]
        assert validators(Request(url="imap://x/News"), replace(second.state, refreshed_at=None), NOW).etag == "1:9"

    def test_a_folder_created_again_is_read_from_its_beginning(self, server: Mailbox) -> None:
        """Its validity changes, and with it the meaning of all UIDs."""
        first = poll()
        second = after(first, fetch(first, settings(server)))
        server.validity = 2

        assert len(fetch(second, settings(server)).responses) == 3

    def test_one_sender_of_many(self, server: Mailbox) -> None:
        """A folder can hold several newsletters, each a source."""
        server.mails[10] = mail(10, "weekly@other.example")

        assert subjects(fetch(poll(sender="other.example"), settings(server))) == [b"Subject: Issue 10"]

    @pytest.mark.slow
    def test_of_a_large_folder_the_newest_come_first(self) -> None:
        """Then what arrives, in order and so many at a time."""
        with mail_server({uid: mail(uid) for uid in range(1, 301)}) as server:
            first = poll()
            fetched = fetch(first, settings(server))
            server.mails |= {uid: mail(uid) for uid in range(301, 601)}
            second = after(first, fetched)
            later = fetch(second, settings(server))
            last = fetch(after(second, later), settings(server))

        assert (subjects(fetched)[0], subjects(fetched)[-1]) == (b"Subject: Issue 101", b"Subject: Issue 300")
        assert subjects(later)[0] == b"Subject: Issue 301"
        assert subjects(last)[-1] == b"Subject: Issue 600"
        assert len(later.responses) + len(last.responses) == 300

    def test_a_monstrous_mail_is_not_taken(self, server: Mailbox) -> None:
        """It comes without its body, and the others whole."""
        server.mails[9] = mail(9) + b"x" * 5000

        assert [bool(response.body) for response in fetch(poll(), settings(server), max_body=2000).responses] == [
            True,
            True,
            False,
        ]

    def test_what_goes_wrong_is_said_without_the_password(self, server: Mailbox) -> None:
        """Each in one line that names the server, the folder or the variable."""
        wrong = "another s3cret".replace(" ", "-")
        assert (
            fetch(poll(), settings(server), password="").error
            == "the environment variable MAIL, named in [imap], is not set"
        )
        assert "refused: [AUTHENTICATIONFAILED]" in fetch(poll(), settings(server), password=wrong).error
        assert wrong not in fetch(poll(), settings(server), password=wrong).error
        assert "there is no folder 'Other'" in fetch(poll(), settings(server, folder="Other")).error
        server.close()
        assert "no connection: connection refused" in fetch(poll(), settings(server)).error

    def test_a_folder_beyond_ascii(self) -> None:
        """Goes over the wire in IMAP's own UTF-7."""
        with mail_server({1: mail(1)}, name="N&APw-tzliches &- &JjoDug-") as server:
            assert subjects(fetch(poll(), settings(server, folder="Nützliches & ☺κ"))) == [b"Subject: Issue 1"]

    @pytest.mark.parametrize("what", ["password", "sender"])
    def test_what_cannot_be_said_in_ascii_is_named(self, server: Mailbox, what: str) -> None:
        """And does not end the run."""
        password = "geh\u00e4im" if what == "password" else PASSWORD
        one = poll(sender="b\u00fccher.example") if what == "sender" else poll()
        error = fetch(one, settings(server), password=password).error

        assert "ASCII" in error
        assert "geh" not in error

    @pytest.mark.parametrize("command", ["UID SEARCH", "UID FETCH"])
    def test_a_server_that_refuses_midway(self, server: Mailbox, command: str) -> None:
        """Nothing is taken for empty that was only refused."""
        server.refusals[command] = "NO [UNAVAILABLE] later"
        fetched = fetch(poll(), settings(server))

        assert "the mail server could not" in fetched.error
        assert fetched.responses == ()


class TestTls:
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_trusted_certificate(
        self, certificate: tuple[ssl.SSLContext, Path], security: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Login and mails go over an encrypted connection only."""
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
        with mail_server({3: mail(3)}, tls=certificate[0], implicit=security == "tls") as server:
            assert subjects(fetch(poll(), settings(server, security=security))) == [b"Subject: Issue 3"]
            assert ("STARTTLS" in server.log) == (security == "starttls")

    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_a_certificate_that_nobody_vouches_for(
        self, certificate: tuple[ssl.SSLContext, Path], security: str
    ) -> None:
        """One clear line, and the password is told to nobody."""
        with mail_server({3: mail(3)}, tls=certificate[0], implicit=security == "tls") as server:
            error = fetch(poll(), settings(server, security=security)).error

        assert error == "127.0.0.1: certificate not valid: self-signed certificate"
        assert not any("LOGIN" in command for command in server.log)

    def test_a_server_without_starttls_hears_no_password(self, server: Mailbox) -> None:
        """What was to be encrypted is never said in the clear instead."""
        assert fetch(poll(), settings(server, security="starttls")).error.endswith(
            "does not support STARTTLS capability"
        )
        assert not any("LOGIN" in command for command in server.log)

    def test_a_server_that_does_not_speak_tls(self, server: Mailbox) -> None:
        """Is named too."""
        assert fetch(poll(), settings(server, security="tls")).error.startswith("127.0.0.1: ")


class TestMaildir:
    def maildir(self, folder: Path, numbers: range) -> None:
        box = stdlib_mailbox.Maildir(folder / "news", create=True)
        for number in numbers:
            box.add(mail(number))

    def test_mails_come_newest_first_and_stay_as_they_are(self, tmp_path: Path) -> None:
        """Nothing moves from new to cur."""
        self.maildir(tmp_path, range(3))
        before = sorted(tmp_path.rglob("*"))
        one = poll(maildir="news", url="maildir:news")

        fetched = fetch(one, None, folder=tmp_path)

        assert len(fetched.responses) == 3
        assert sorted(tmp_path.rglob("*")) == before
        state = remember(one.state, fetched, Hints(), NOW, Fetch())
        again = poll(state, maildir="news", url="maildir:news")
        assert fetch(again, None, folder=tmp_path).responses[0].status == 304
        self.maildir(tmp_path, range(3, 4))
        [new] = subjects(fetch(again, None, folder=tmp_path))
        assert new == b"Subject: Issue 3"

    def test_all_that_came_between_two_visits_is_read_in_rounds(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However many; at first only the newest are taken, as the rest is history."""
        monkeypatch.setattr(maildir, "_AT_MOST", 50)
        self.maildir(tmp_path, range(250))
        visit = poll(maildir="news", url="maildir:news")
        first = fetch(visit, None, folder=tmp_path)
        assert len(first.responses) == 200
        self.maildir(tmp_path, range(1_000, 1_130))

        taken: list[bytes] = []
        for _ in range(4):
            state = remember(visit.state, first, Hints(), NOW, Fetch())
            visit = poll(state, maildir="news", url="maildir:news")
            first = fetch(visit, None, folder=tmp_path)
            taken += subjects(first) if first.responses[0].status == 200 else []

        assert set(taken) == {b"Subject: Issue %d" % number for number in range(1_000, 1_130)}
        assert first.responses[0].status == 304

    def test_a_flood_from_one_sender_hides_nobody(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The newest mails of the others come beside each round of it."""
        monkeypatch.setattr(maildir, "_AT_MOST", 10)
        self.maildir(tmp_path, range(1))
        visit = poll(maildir="news", url="maildir:news")
        state = remember(visit.state, fetch(visit, None, folder=tmp_path), Hints(), NOW, Fetch())
        self.maildir(tmp_path, range(100, 200))
        box = stdlib_mailbox.Maildir(tmp_path / "news")
        box.add(mail(500, "Weekly <weekly@other.example>"))

        found = fetch(poll(state, maildir="news", url="maildir:news"), None, folder=tmp_path)

        assert b"Subject: Issue 500" in subjects(found)
        assert {b"Subject: Issue %d" % number for number in range(100, 110)} <= set(subjects(found))

    def test_pipes_and_links_to_nowhere_are_passed_over(self, tmp_path: Path) -> None:
        """Reading a pipe would never end."""
        self.maildir(tmp_path, range(1))
        os.mkfifo(tmp_path / "news" / "new" / "pipe")
        (tmp_path / "news" / "new" / "link").symlink_to(tmp_path / "nowhere")

        assert len(fetch(poll(maildir="news", url="maildir:news"), None, folder=tmp_path).responses) == 1

    def test_one_sender_of_many(self, tmp_path: Path) -> None:
        """By the address, not by the name in front of it."""
        box = stdlib_mailbox.Maildir(tmp_path / "news", create=True)
        box.add(mail(1, "Other.Example <batch@example.org>"))
        box.add(mail(2, "Weekly <weekly@other.example>"))

        assert (
            subjects_of(fetch(poll(maildir="news", url="maildir:news", sender="other.example"), None, folder=tmp_path))
            == 1
        )

    def test_a_folder_that_is_no_maildir(self, tmp_path: Path) -> None:
        """Is named."""
        assert fetch(poll(maildir="nowhere", url="maildir:nowhere"), None, folder=tmp_path).error == (
            f"{tmp_path}/nowhere: not a maildir (it has no folders new and cur)"
        )


def subjects_of(fetched: Fetched) -> int:
    return len(fetched.responses)

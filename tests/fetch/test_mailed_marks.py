"""Headers of replies, from a folder by IMAP or from a maildir; nothing is ever changed there."""

import mailbox as stdlib_mailbox
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from digest.config import Imap, MarksTable
from digest.errors import FetchError
from digest.fetch.mailed_marks import Collected, collect
from tests.fetch.imap_server import PASSWORD, Mailbox, mail_server

SUBJECT = "digest like pp8f3hhrcr 0123456789"


def mail(number: int, subject: str = SUBJECT) -> bytes:
    head = f"Received: from a phone\r\nSubject: {subject}\r\nMessage-ID: <{number}@example.org>\r\n"
    return f"{head}\r\nSent while walking\r\n".encode()


@pytest.fixture(name="server")
def _server() -> Iterator[Mailbox]:
    with mail_server({3: mail(3), 5: mail(5, "Lunch?"), 9: mail(9, f"Re: {SUBJECT}")}, name="MarksTable") as server:
        yield server


def ask(server: Mailbox, position: str = "", *, folder: str = "MarksTable", username: str = "ada") -> Collected:
    table = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": username, "password_env": "M"}
    imap = Imap.model_validate(table)
    return collect(MarksTable(folder=folder), imap, {"M": PASSWORD}, folder=Path(), position=position)


def numbers(collected: Collected) -> list[str]:
    return [mail.decode().partition("<")[2].partition("@")[0] for mail in collected.mails]


class TestImap:
    def test_only_headers_are_taken_and_nothing_is_marked(self, server: Mailbox) -> None:
        """Three headers of the mails that may be replies; EXAMINE and PEEK, and no other command."""
        collected = ask(server)

        assert numbers(collected) == ["3", "9"]
        assert all(b"phone" not in mail and b"walking" not in mail for mail in collected.mails)
        said = {" ".join(command.split()[: 2 if command.startswith("UID") else 1]) for command in server.log}
        assert said <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
        assert all("PEEK" in command for command in server.log if "BODY" in command)

    def test_the_next_time_only_what_is_new(self, server: Mailbox) -> None:
        """Where nothing is, the position stays, and no mail is asked for."""
        first = ask(server)
        asked = len([command for command in server.log if "FETCH" in command])

        assert ask(server, first.position) == Collected(mails=(), position=first.position)
        assert len([command for command in server.log if "FETCH" in command]) == asked
        server.mails[12] = mail(12)
        assert numbers(ask(server, first.position)) == ["12"]

    def test_another_folder_or_account_is_read_from_its_beginning(self, server: Mailbox) -> None:
        """And so is one that was created again: UIDs mean nothing elsewhere."""
        position = ask(server).position
        elsewhere = ask(server, position, username="ben")
        server.validity = 2

        assert numbers(elsewhere) == ["3", "9"]
        assert numbers(ask(server, position)) == ["3", "9"]

    @pytest.mark.parametrize("position", ["nonsense", "1:x ada@127.0.0.1", "1: ", " ", "1:99999999999999999999"])
    def test_a_position_that_means_nothing(self, server: Mailbox, position: str) -> None:
        """Is none."""
        assert numbers(ask(server, position)) == ["3", "9"]

    def test_encoded_subjects_are_taken_from_servers_that_do_not_look_inside(self, server: Mailbox) -> None:
        """Whether they say anything is found out here."""
        server.mails[10] = mail(10, "=?utf-8?b?QVc6IGRpZ2VzdA==?=")

        assert numbers(ask(server)) == ["3", "9", "10"]

    def test_servers_may_name_a_mail_behind_it(self, server: Mailbox) -> None:
        """The order of what a response names is free."""
        server.uid_last = True

        assert numbers(ask(server)) == ["3", "9"]

    def test_huge_subjects_and_many_mails(self) -> None:
        """Of a subject only its beginning is taken, and of mails so many at a time, the rest at the next."""
        with mail_server(
            {uid: mail(uid, "digest " + "x" * 100_000 * (uid == 1)) for uid in range(1, 2103)}, name="MarksTable"
        ) as server:
            first = ask(server)
            rest = ask(server, first.position)

        assert len(first.mails) == 2_000
        assert len(first.mails[0]) == 8_192
        assert len(rest.mails) == 102

    def test_what_goes_wrong_is_one_line(self, server: Mailbox) -> None:
        """A folder that is not there, a refusal midway, a server that is gone."""
        with pytest.raises(FetchError, match="there is no folder 'Other'"):
            ask(server, folder="Other")
        server.refusals["UID FETCH"] = "NO later"
        with pytest.raises(FetchError, match="could not return"):
            ask(server)
        server.close()
        with pytest.raises(FetchError, match="no connection"):
            ask(server)


class TestMaildir:
    def collected(self, folder: Path) -> Collected:
        return collect(MarksTable(maildir="marks"), None, {}, folder=folder, position="kept")

    def test_headers_in_the_order_in_which_mails_came(self, tmp_path: Path) -> None:
        """Whichever were read meanwhile, and whatever their files are called; all stay as they are."""
        box = stdlib_mailbox.Maildir(tmp_path / "marks", create=True)
        for number, came in ((1, 300), (2, 100), (3, 200)):
            key = box.add(mail(number))
            os.utime(tmp_path / "marks" / "new" / key, (came, came))
        flagged = next(path for path in (tmp_path / "marks" / "new").iterdir() if b"<1@" in path.read_bytes())
        flagged.rename(tmp_path / "marks" / "cur" / f"{flagged.name}:2,S")
        before = sorted(tmp_path.rglob("*"))
        collected = self.collected(tmp_path)

        assert numbers(collected) == ["2", "3", "1"]
        assert all(b"walking" not in mail for mail in collected.mails)
        assert collected.position == "kept"
        assert sorted(tmp_path.rglob("*")) == before

    def test_what_is_no_maildir_is_said(self, tmp_path: Path) -> None:
        """With its path; a file that is none of ours is passed over."""
        with pytest.raises(FetchError, match=r"marks: not a maildir"):
            self.collected(tmp_path)
        stdlib_mailbox.Maildir(tmp_path / "marks", create=True)
        (tmp_path / "marks" / "new" / "empty").touch()

        assert replace(self.collected(tmp_path), position="") == Collected(mails=(b"",), position="")

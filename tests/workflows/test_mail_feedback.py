"""Marks by mail, from the link in a digest that was sent to the mark in the archive: signed, once, and in order."""

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from digest import pipeline
from digest.config import Config, Email, Imap, MarksTable
from digest.render import mail_marks
from digest.store import archive, export, keys
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.documentation import VIEWS
from digest.workflows import delivering, delivery_previews, feedback, mail_feedback
from tests import make
from tests.deliver.postoffice import PostOffice, post_office
from tests.fetch.imap_server import PASSWORD, Mailbox, mail_server
from tests.homes import Holder
from tests.make import NOW
from tests.store.archives import fill
from tests.workflows.steps import embed_and_rank

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

ADA = "ada@example.net"
ONE, TWO = make.item(1), make.item(2)
EMAIL = f'[email]\nto = ["{ADA}"]\nfrom = "Digest <digest@example.org>"\nhost = "127.0.0.1"\nsecurity = "none"\n'


@pytest.fixture(name="small")
def _small(tmp_path: Path, made_archive: Path) -> Config:
    """Two items and a maildir for replies; links were written before."""
    config = make.config(f'{EMAIL}[marks]\nmaildir = "marks"', folder=tmp_path)
    for part in ("new", "cur", "tmp"):
        (tmp_path / "marks" / part).mkdir(parents=True)
    with archive.open_archive(config.archive) as db:
        fill(db, [ONE, TWO])
        keys.read_or_make(config.archive, keys.MARKING)
    return config


def signed(config: Config, item_id: str, mark: str) -> str:
    with archive.open_archive(config.archive):
        return mail_marks.subject((item_id, mark), key=keys.read_or_make(config.archive, keys.MARKING))


def put(config: Config, number: int, subject: str, *, sent_at: datetime | None = None) -> Path:
    path = config.folder / "marks" / "new" / f"{number}.host"
    dated = f"Date: {format_datetime(sent_at)}\n" if sent_at else ""
    path.write_text(f"Subject: {subject}\nMessage-ID: <{number}@a>\n{dated}\nHello\n", encoding="utf-8")
    return path


def hear(config: Config, now: datetime = NOW) -> list[tuple[str, str]]:
    found = mail_feedback.collect(config, now, wait=0)
    assert found.problem == ""
    return [(mark.item_id, mark.mark) for mark in found.marks]


def told(config: Config) -> list[tuple[str, str, str]]:
    with archive.open_archive(config.archive) as db:
        return db.execute("select item_id, mark, origin from marks_all order by marked_at").fetchall()


def standing(config: Config) -> dict[str, tuple[str, ...]]:
    with archive.open_archive(config.archive) as db:
        return mark_rows.standing(db)


class TestMaildir:
    def test_a_signed_reply_is_a_mark_once(self, small: Config) -> None:
        """Also after a mail client has flagged it, or a synchronizer has renamed its file."""
        path = put(small, 1, f"Re: {signed(small, ONE.item_id, 'save')}")

        assert hear(small) == [(ONE.item_id, "save")]
        path.rename(small.folder / "marks" / "cur" / "another-name:2,S")
        assert hear(small) == []
        assert told(small) == [(ONE.item_id, "save", "mail")]

    def test_what_is_not_signed_here_is_not_found(self, small: Config, tmp_path: Path) -> None:
        """Forged, of another archive, of another item, of an item that is not there."""
        other = make.config(folder=tmp_path / "other")
        other.folder.mkdir()
        put(small, 1, f"digest like {ONE.item_id} {'0' * 20}")
        put(small, 2, signed(other, ONE.item_id, "like"))
        put(small, 3, signed(small, ONE.item_id, "like").replace(ONE.item_id, TWO.item_id))
        put(small, 4, signed(small, "zzzzzzzzzz", "like"))

        assert hear(small) == []
        assert told(small) == []

    def test_the_order_of_the_mails_is_kept(self, small: Config) -> None:
        """Liked and then disliked is disliked, in one mail or in two of the same second."""
        put(small, 1, signed(small, ONE.item_id, "like"), sent_at=NOW - timedelta(hours=1))
        put(small, 2, signed(small, ONE.item_id, "dislike"), sent_at=NOW - timedelta(hours=1))
        put(small, 3, " ".join(signed(small, TWO.item_id, mark) for mark in ("dislike", "like")))

        assert len(hear(small)) == 4
        assert standing(small) == {ONE.item_id: ("dislike",), TWO.item_id: ("like",)}

    def test_a_command_that_came_after_the_mail_counts(self, small: Config) -> None:
        """Though the mail is read later: a mark has the time at which it was sent."""
        put(small, 1, signed(small, ONE.item_id, "like"), sent_at=NOW - timedelta(hours=2))
        feedback.mark(small, [ONE.item_id], ["like"], NOW - timedelta(hours=1), undo=True, wait=0)

        assert hear(small) == [(ONE.item_id, "like")]
        assert standing(small) == {}

    @pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-9999)])
    def test_a_mail_from_the_future_or_the_deep_past_was_sent_now(self, small: Config, off: timedelta) -> None:
        """No clock that is wrong decides what counts."""
        put(small, 1, signed(small, ONE.item_id, "like"), sent_at=NOW + off)

        assert [mark.marked_at for mark in mail_feedback.collect(small, NOW, wait=0).marks] == [NOW]

    def test_undone_stays_undone(self, small: Config) -> None:
        """The mail still lies there, and says nothing any more."""
        put(small, 1, signed(small, ONE.item_id, "like"))
        hear(small)
        feedback.mark(small, [ONE.item_id], ["like"], NOW + timedelta(hours=1), undo=True, wait=0)

        assert hear(small, NOW + timedelta(hours=2)) == []
        assert standing(small) == {}

    def test_a_maildir_that_is_gone_fails_nothing(self, small: Config) -> None:
        """It is one line."""
        gone = small.model_copy(update={"marks": MarksTable(maildir="gone")})

        assert mail_feedback.collect(gone, NOW, wait=0).problem == (
            f"marks by mail: {small.folder}/gone: not a maildir (it has no folders new and cur)"
        )

    def test_while_the_archive_is_held_replies_wait(self, small: Config, held: Holder) -> None:
        """They are found when it is free."""
        put(small, 1, signed(small, ONE.item_id, "like"))
        with held(small.archive):
            assert "is held by" in mail_feedback.collect(small, NOW, wait=0).problem

        assert hear(small) == [(ONE.item_id, "like")]

    def test_without_links_nobody_is_asked(self, tmp_path: Path) -> None:
        """No archive, no [marks], or no link that was ever written: the maildir is not even missed."""
        config = make.config(f'{EMAIL}[marks]\nmaildir = "gone"', folder=tmp_path)
        without = make.config(folder=tmp_path)

        assert mail_feedback.collect(config, NOW, wait=0) == mail_feedback.MailMarks()
        assert not config.archive.exists()
        with archive.open_archive(config.archive):
            pass
        assert (
            mail_feedback.collect(config, NOW, wait=0)
            == mail_feedback.collect(without, NOW, wait=0)
            == mail_feedback.MailMarks()
        )
        assert mail_feedback.reply_address(without, wait=0) is None


class TestImap:
    @pytest.fixture(name="server")
    def _server(self) -> Iterator[Mailbox]:
        with mail_server({}, name="MarksTable") as server:
            yield server

    @pytest.fixture(name="account")
    def _account(self, small: Config, server: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Config:
        monkeypatch.setenv("MAIL", PASSWORD)
        return small.model_copy(update={"imap": account(server), "marks": MarksTable(folder="MarksTable")})

    def receive(self, server: Mailbox, config: Config, uid: int, mark: str) -> None:
        server.mails[uid] = f"Subject: {signed(config, ONE.item_id, mark)}\r\nMessage-ID: <{uid}@a>\r\n\r\n".encode()

    def test_replies_are_found_once(self, server: Mailbox, account: Config) -> None:
        """By their place in the folder, and when that was made anew by their names."""
        self.receive(server, account, 3, "like")
        assert hear(account) == [(ONE.item_id, "like")]
        assert hear(account) == []

        server.validity = 2
        server.mails = {7: server.mails[3]}
        assert hear(account) == []
        self.receive(server, account, 8, "save")
        assert hear(account) == [(ONE.item_id, "save")]

    def test_a_kill_before_the_end_loses_and_repeats_nothing(
        self, server: Mailbox, account: Config, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Marks and place are written together: after the kill all is as before, and the next run hears it."""
        self.receive(server, account, 3, "like")
        with monkeypatch.context() as patched:
            patched.setattr(mark_rows, "remember_replies_read_to", interrupt)
            with pytest.raises(KeyboardInterrupt):
                mail_feedback.collect(account, NOW, wait=0)
        assert told(account) == []

        assert hear(account) == [(ONE.item_id, "like")]
        assert hear(account) == []

    def test_the_archive_is_closed_while_the_server_is_asked(self, server: Mailbox, account: Config) -> None:
        """A slow mail server must not keep anybody from the archive."""
        self.receive(server, account, 3, "like")
        server.log = watched = Watched(account.archive)

        assert hear(account) == [(ONE.item_id, "like")]
        assert watched.opened == [True]

    @pytest.mark.parametrize("trouble", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "gone", "unset"])
    def test_a_server_that_fails_is_one_line(
        self, server: Mailbox, account: Config, trouble: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """And what it did not hand out is found later."""
        self.receive(server, account, 3, "like")
        if trouble == "gone":
            server.close()
        elif trouble == "unset":
            monkeypatch.delenv("MAIL")
        else:
            server.refusals[trouble] = "NO [UNAVAILABLE] come back later"

        found = mail_feedback.collect(account, NOW, wait=0)
        assert found.problem.startswith("marks by mail: ")
        assert "\n" not in found.problem

        server.refusals.clear()
        monkeypatch.setenv("MAIL", PASSWORD)
        if trouble != "gone":
            assert hear(account) == [(ONE.item_id, "like")]


class Watched(list[str]):
    """A server's log that looks, at a login, whether another process could write to the archive."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._code = f"import duckdb; duckdb.connect({str(path)!r})"
        self.opened: list[bool] = []

    def append(self, command: str) -> None:
        super().append(command)
        if command.startswith("LOGIN"):
            done = subprocess.run([sys.executable, "-c", self._code], capture_output=True, check=False)
            self.opened.append(done.returncode == 0)


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def account(server: Mailbox) -> Imap:
    table = {"host": "127.0.0.1", "port": server.port, "security": "none", "username": "ada", "password_env": "MAIL"}
    return Imap.model_validate(table)


class TestKey:
    def test_it_is_not_in_the_archive_and_in_no_export(self, small: Config, tmp_path: Path) -> None:
        """Nor in any table: with the key anybody can mark. What is imported makes a key of its own."""
        put(small, 1, signed(small, ONE.item_id, "like"))
        hear(small)
        key = keys.read(small.archive, keys.MARKING)
        assert key is not None
        with archive.open_archive(small.archive) as db:
            tables = [f"core.{table}" for table in export.tables(db)]
            shown = [str(db.execute(f"from {name}").fetchall()) for name in (*VIEWS, *tables)]
        export.export(small.archive, tmp_path / "out", wait=0)
        export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

        assert not any(key.hex() in text for text in shown)
        with archive.open_archive(tmp_path / "new.duckdb") as db:
            files = [str(path) for path in (tmp_path / "out").rglob("*.parquet")]
            written = [str(db.execute(f"from '{path}'").fetchall()) for path in files]
        assert keys.read(tmp_path / "new.duckdb", keys.MARKING) is None
        assert keys.read_or_make(tmp_path / "new.duckdb", keys.MARKING) != key
        assert len(written) > len(VIEWS)
        assert not any(key.hex() in text for text in written)

    def test_every_archive_has_its_own_and_keeps_it(self, small: Config, tmp_path: Path) -> None:
        """A link that was sent stays good."""
        other = make.config(folder=tmp_path / "other")
        other.folder.mkdir()

        assert signed(small, "a23", "like") == signed(small, "a23", "like")
        assert signed(small, "a23", "like") != signed(other, "a23", "like")


class TestEndToEnd:
    @pytest.fixture(name="office")
    def _office(self) -> Iterator[PostOffice]:
        with post_office() as office:
            yield office

    @pytest.fixture(name="stack")
    def _stack(self) -> Iterator[ExitStack]:
        with ExitStack() as stack:
            yield stack

    @pytest.mark.parametrize("way", ["imap", "maildir"])
    def test_from_the_link_to_the_mark(
        self,
        config: Config,
        now: datetime,
        office: PostOffice,
        way: str,
        stack: ExitStack,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Built, mailed, answered, found by the next run, once; a forged reply is not; what is undone stays undone."""
        server = stack.enter_context(mail_server({}, name="MarksTable"))
        monkeypatch.setenv("MAIL", PASSWORD)
        config = config.model_copy(update=tables(config, office, server, way))

        outcome = pipeline.run(config, now, end_period=True)
        assert outcome.issue is not None
        assert [d.receipt.state for d in outcome.delivered if d.receipt.channel == "email"] == ["sent"]
        assert "mailto:" not in (config.digest_folder / f"{outcome.issue.period}.html").read_text(encoding="utf-8")

        [mail] = office.mails(ADA)
        links = links_of(mail.get_body(("html",)).get_content())  # type: ignore[union-attr]
        assert len(links) == 4 * len(outcome.issue.picks)
        assert {to for to, _ in links.values()} == {"ada+marks@example.org"}
        item = outcome.issue.picks[0].item_id
        reply(config, server, way, 1, f"AW: {links[item, 'like'][1]}", sent_at=now + timedelta(minutes=5))
        reply(config, server, way, 2, f"digest save {item} {'0' * 20}", sent_at=now + timedelta(minutes=6))

        later = now + timedelta(hours=1)
        assert [(m.item_id, m.mark) for m in pipeline.run(config, later).mail.marks] == [(item, "like")]
        assert pipeline.run(config, later + timedelta(hours=1)).mail == mail_feedback.MailMarks()
        assert told(config) == [(item, "like", "mail")]
        with archive.open_archive(config.archive) as db:
            assert score_rows.of_items(db, [item])[item].parts["marks"] != 0

        feedback.mark(config, [item], ["like"], later + timedelta(hours=2), undo=True, wait=1)
        pipeline.run(config, later + timedelta(hours=3))
        assert standing(config) == {}
        embed_and_rank(config, later + timedelta(hours=3))

    def test_each_attempt_and_the_preview_have_the_same_links(
        self, config: Config, now: datetime, office: PostOffice, stack: ExitStack, tmp_path: Path
    ) -> None:
        """The same bytes under the same Message-ID, for mailboxes that compare."""
        server = stack.enter_context(mail_server({}))
        config = config.model_copy(update=tables(config, office, server, "maildir"))
        office.troubles[ADA].append("cut after keeping")

        pipeline.run(config, now, end_period=True)
        delivering.deliver_pending(config, now + timedelta(hours=1), wait=1)
        delivery_previews.preview_mail(config, tmp_path / "mail.eml", wait=1)

        first, second = office.mailboxes[ADA]
        assert first == second == (tmp_path / "mail.eml").read_bytes()
        assert b"mailto:ada" in first


def tables(config: Config, office: PostOffice, server: Mailbox, way: str) -> Mapping[str, object]:
    table = {"to": [ADA], "from": "Digest <digest@example.org>", "host": "127.0.0.1", "security": "none"}
    place = {"folder": "MarksTable"} if way == "imap" else {"maildir": "marks"}
    for part in ("new", "cur"):
        (config.folder / "marks" / part).mkdir(parents=True)
    return {
        "email": Email.model_validate(table | {"port": office.port}),
        "imap": account(server) if way == "imap" else None,
        "marks": MarksTable.model_validate({"to": "Ada <ada+marks@example.org>"} | place),
    }


def links_of(html: str) -> dict[tuple[str, str], tuple[str, str]]:
    """By item and mark: the address that a link writes to, and the subject of the mail that it opens."""
    found = {}
    for href in re.findall(r'href="(mailto:[^"]*)"', html):
        parts = urlsplit(unescape(href))
        [subject] = parse_qs(parts.query)["subject"]
        _, mark, item_id, _ = subject.split()
        found[item_id, mark] = (unquote(parts.path), subject)
    return found


def reply(config: Config, server: Mailbox, way: str, number: int, subject: str, *, sent_at: datetime) -> None:
    """Send the mail that a link opens: it arrives where replies are collected."""
    if way == "maildir":
        put(config, number, subject, sent_at=sent_at)
        return
    head = f"Subject: {subject}\r\nDate: {format_datetime(sent_at)}\r\nMessage-ID: <{number}@phone>\r\n"
    server.mails[number] = f"{head}\r\nSent while walking\r\n".encode()

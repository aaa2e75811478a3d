"""Marks by mail: what is signed is heard, and nothing else."""

import time
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.checkboxes import MARKS, Tick
from digest.render.mail_marks import ReplyAddress, read_reply, subject

KEY = b"an archive's own key"
TICK = ("pp8f3hhrcr", "like")


def marks_in(mail: bytes) -> list[Tick]:
    reply = read_reply(mail, key=KEY)
    return list(reply.ticks) if reply else []


def mail(line: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ada@example.org", line
    message.set_content("Sent from a telephone")
    return message.as_bytes()


@pytest.mark.parametrize("mark", MARKS)
def test_what_a_link_writes_is_what_is_read(mark: str) -> None:
    """From the link's address to the mark, through a mail client's hands."""
    link = urlsplit(ReplyAddress(to="digest+marks@example.org", key=KEY).link((TICK[0], mark)))
    [line] = parse_qs(link.query)["subject"]

    assert link.scheme == "mailto"
    assert link.path == "digest%2Bmarks@example.org"
    assert marks_in(mail(line)) == [(TICK[0], mark)]


@pytest.mark.parametrize("line", ["Re: {}", "AW: Re: {} ", "[list] {}", "{}  (sent while walking)"])
def test_what_clients_add_does_not_matter(line: str) -> None:
    """Prefixes, tags and spaces around it."""
    assert marks_in(mail(line.format(subject(TICK, key=KEY)))) == [TICK]


@pytest.mark.parametrize(
    "line",
    [
        "digest like pp8f3hhrcr",
        "digest like pp8f3hhrcr 00000000000000000000",
        subject(TICK, key=b"another archive's"),
        subject(TICK, key=KEY)[:-1],
        subject(TICK, key=KEY) + "0",
        subject(TICK, key=KEY).replace("like", "save"),
        subject(TICK, key=KEY).replace("pp8", "pp9"),
        "",
    ],
)
def test_what_is_not_signed_is_not_heard(line: str) -> None:
    """Another item, another mark, another key or a shortened signature."""
    assert marks_in(mail(line)) == []


def test_a_quoted_digest_marks_nothing() -> None:
    """A reply quotes the links of every item; only the subject says anything."""
    message = EmailMessage()
    message["Subject"] = "Re: Your digest"
    message.set_content(f"> {ReplyAddress(to='a@example.org', key=KEY).link(TICK)}\n> {subject(TICK, key=KEY)}")

    assert marks_in(message.as_bytes()) == []


def test_a_forwarded_mail_brings_its_marks_in_order() -> None:
    """Several in one subject, and of these what is signed."""
    forged = f"digest save pp8f3hhrcr {'0' * 20}"
    line = "; ".join([subject(("a23", "like"), key=KEY), forged, subject(("a23", "dislike"), key=KEY)])

    assert marks_in(mail(line)) == [("a23", "like"), ("a23", "dislike")]


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_an_encoded_subject_is_read(charset: str) -> None:
    """What a client puts around it may be beyond ASCII; then all of the line is encoded."""
    line = Header(f"AW: [Grün] {subject(TICK, key=KEY)}", charset).encode()

    assert "digest like" not in line
    assert marks_in(f"Subject: {line}\r\n\r\n".encode()) == [TICK]


@pytest.mark.parametrize("filler", ["x", "a ", "=?utf-8?q?a?= ", "=?utf-8?b?", "a\n ", "digest like a23 0 "])
def test_a_huge_subject_is_not_read_to_its_end(filler: str) -> None:
    """It takes no time worth mentioning, and what stands far behind is not heard."""
    began = time.process_time()

    assert marks_in(f"Subject: {filler * (60_000 // len(filler))} {subject(TICK, key=KEY)}\n".encode()) == []
    assert time.process_time() - began < 5  # a tenth of a second; seconds would mean that it grows with the square


def test_a_mail_has_one_name_and_its_time() -> None:
    """By its Message-ID, or without one by what it says and when."""
    line = subject(TICK, key=KEY)
    headers = f"Subject: {line}\nDate: Mon, 23 Mar 2026 08:00:00 +0100\n"
    first = read_reply(f"Received: here\n{headers}Message-ID: <1@a>\n\nHello".encode(), key=KEY)
    again = read_reply(f"{headers}Message-ID: <1@a>\n\n".encode(), key=KEY)
    nameless = read_reply(f"{headers}\n".encode(), key=KEY)
    later = read_reply(f"{headers}\n".replace("08:00", "08:01").encode(), key=KEY)

    assert first is not None and nameless is not None and later is not None  # noqa: PT018 - for the types below
    assert first == again
    assert first.sent_at == datetime(2026, 3, 23, 7, tzinfo=UTC)
    assert len({first.name, nameless.name, later.name}) == 3


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026 99:99:99 +9999"])
def test_a_mail_without_a_date_that_can_be_read(date: str) -> None:
    """Is heard all the same."""
    reply = read_reply(f"Subject: {subject(TICK, key=KEY)}\nDate: {date}\n\n".encode(), key=KEY)

    assert reply is not None
    assert reply.sent_at is None


def test_the_key_is_not_shown() -> None:
    """Not where an object is printed for debugging."""
    assert "secret" not in repr(ReplyAddress(to="ada@example.org", key=b"secret"))


@given(st.binary(max_size=300), st.sampled_from([b"", b"Subject: ", b"Subject: =?utf-8?q?", b"Subject: =?x?b?"]))
def test_no_mail_breaks_it(noise: bytes, before: bytes) -> None:
    """Whatever bytes come, they are read or passed over."""
    assert marks_in(before + noise) == []

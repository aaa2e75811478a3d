"""Marks by mail: what is signed is heard, and nothing else."""

from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.replies import mailto, subject, told
from digest.render.ticks import MARKS

KEY = b"an archive's own key"
TICK = ("pp8f3hhrcr", "like")


def mail(line: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "ada@example.org", line
    message.set_content("Sent from a telephone")
    return message.as_bytes()


@pytest.mark.parametrize("mark", MARKS)
def test_what_a_link_writes_is_what_is_read(mark: str) -> None:
    """From the link's address to the mark, through a mail client's hands."""
    link = urlsplit(mailto("digest+marks@example.org", (TICK[0], mark), key=KEY))
    [line] = parse_qs(link.query)["subject"]

    assert link.scheme == "mailto"
    assert link.path == "digest%2Bmarks@example.org"
    assert list(told(mail(line), key=KEY)) == [(TICK[0], mark)]


@pytest.mark.parametrize("line", ["Re: {}", "AW: Re: {} ", "[list] {}", "{}  (sent while walking)"])
def test_what_clients_add_does_not_matter(line: str) -> None:
    """Prefixes, tags and spaces around it."""
    assert list(told(mail(line.format(subject(TICK, key=KEY))), key=KEY)) == [TICK]


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
    assert list(told(mail(line), key=KEY)) == []


def test_a_quoted_digest_marks_nothing() -> None:
    """Whoever replies quotes the links of every item; only the subject says anything."""
    message = EmailMessage()
    message["Subject"] = "Re: Your digest"
    message.set_content(f"> {mailto('a@example.org', TICK, key=KEY)}\n> {subject(TICK, key=KEY)}")

    assert list(told(message.as_bytes(), key=KEY)) == []


@given(st.binary(max_size=300), st.sampled_from([b"", b"Subject: ", b"Subject: =?utf-8?q?", b"Subject: =?x?b?"]))
def test_no_mail_breaks_it(noise: bytes, before: bytes) -> None:
    """Whatever bytes come, they are read or passed over."""
    assert list(told(before + noise, key=KEY)) == []

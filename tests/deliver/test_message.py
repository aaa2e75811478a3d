"""Issues as mail messages: well-formed whatever strangers wrote, and the same bytes every time."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.deliver.message import address, compose_message, message_id, one_line
from digest.errors import DeliveryError
from digest.records import Issue
from digest.render.layout import subject
from digest.render.mail_marks import ReplyAddress
from tests.render.hostile import ATTACKS
from tests.render.make import issue, pick, week

SENDER = "Digest <digest@example.org>"
READER = "Ada <ada@example.net>"
HEADERS = {
    "Date", "From", "To", "Subject", "Message-ID", "List-Id", "List-Unsubscribe", "Auto-Submitted",
    "MIME-Version", "Content-Type",
}  # fmt: skip


def raw(made: Issue, *, recipient: str = READER, sender: str = SENDER) -> bytes:
    named = message_id(made, recipient, sender)
    return compose_message(made, sender=sender, recipient=recipient, message_id=named).as_bytes()


def parsed(made: Issue) -> EmailMessage:
    return message_from_bytes(raw(made), policy=default)


def test_it_is_text_first_and_then_html() -> None:
    """A program that shows only text finds it first; one that shows the best finds the HTML last."""
    message = parsed(week())

    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "Hard negatives, part 1" in text.get_content()
    assert "<h1" in html.get_content()


def test_its_headers_say_what_it_is() -> None:
    """It names its list, the way out of it, that no person wrote it, and the moment it was made."""
    made = week()
    message = parsed(made)

    assert parsedate_to_datetime(message["Date"]) == made.built_at
    assert message["List-Id"] == "<digest.example.org>"
    assert message["List-Unsubscribe"] == "<mailto:digest@example.org?subject=unsubscribe>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Subject"] == subject(made)
    assert set(message.keys()) == HEADERS


def test_the_same_issue_gives_the_same_bytes() -> None:
    """Nothing in a mail depends on when it is composed; a second copy is known by its Message-ID."""
    assert raw(week()) == raw(week())


def test_links_that_mark_stand_in_the_html_part() -> None:
    """The text part says how to mark without them; the bytes are the same each time, and the key is in none."""

    def made() -> bytes:
        reply_to = ReplyAddress(to="Ada <ada+marks@bücher.example>", key=b"a very secret key")
        return compose_message(
            week(), sender=SENDER, recipient=READER, message_id="<1@example.org>", reply_to=reply_to
        ).as_bytes()

    text, html = message_from_bytes(made(), policy=default).iter_parts()

    assert made() == made()
    assert html.get_content().count('href="mailto:ada%2Bmarks@xn--bcher-kva.example?subject=digest%20') == 4 * len(
        week().picks
    )
    assert "mailto:" not in text.get_content()
    assert "“digest mark”" in text.get_content()
    assert b"secret" not in made()


def test_a_message_id_belongs_to_one_issue_and_one_recipient() -> None:
    """Another issue, another recipient, or an explicit second sending has another one."""
    made = week()
    ids = {
        message_id(made, READER, SENDER),
        message_id(made, "ben@example.net", SENDER),
        message_id(replace(made, period="2026-W13"), READER, SENDER),
        message_id(made, READER, SENDER, again="2026-03-25T09:00:00+00:00"),
    }

    assert len(ids) == 4
    assert all(re.fullmatch(r"<[\w.-]+@example\.org>", one) for one in ids)
    assert message_id(made, "ADA <ada@example.net>", SENDER) == message_id(made, READER, SENDER)


@pytest.mark.parametrize(
    "text", [*ATTACKS, "a\r\nBcc: evil@example.org", "a\nX: y", "a\x0bX: y", "é" * 600, "x" * 3000]
)
def test_no_title_becomes_a_header(text: str) -> None:
    """A hostile title stays inside the subject and the body."""
    message = parsed(issue(pick(1, title=text), pick(2, title=text), pick(3, title=text), learner=text, statement=text))

    assert set(message.keys()) == HEADERS
    assert len(list(message.iter_parts())) == 2


@settings(max_examples=60, deadline=None)
@given(title=st.text(max_size=300), name=st.text(max_size=60))
def test_any_text_makes_a_whole_message(title: str, name: str) -> None:
    """Whatever the characters: our headers and no others, both parts, ASCII lines of lawful length."""
    made = issue(pick(1, title=title, excerpt=title, reason=name), pick(2), pick(3), learner=name, question=title)
    payload = raw(made)
    message = message_from_bytes(payload, policy=default)

    assert set(message.keys()) == HEADERS
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert payload.isascii()
    assert max(len(line) for line in payload.split(b"\r\n")) <= 998
    assert b"\n" not in payload.replace(b"\r\n", b"")


def test_subjects_keep_to_one_line() -> None:
    """Line ends of every kind, and what cannot be seen, become spaces."""
    assert one_line("a\r\nb\x85c\u2028d\x00e \t f") == "a b c d e f"


@pytest.mark.parametrize("text", ["", "ada", "@example.org", "ada@", "a\nb@example.org, x@y.z, "])
def test_what_is_no_address_is_refused(text: str) -> None:
    """The refusal names what was given."""
    with pytest.raises(DeliveryError):
        address(text)


def test_a_domain_is_written_in_ascii() -> None:
    """Names beyond ASCII stay for people; the address on the wire is the encoded one."""
    read = address("Jürgen <j@bücher.example>")

    assert (read.display_name, read.addr_spec) == ("Jürgen", "j@xn--bcher-kva.example")

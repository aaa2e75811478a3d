"""The kind "newsletter": mails made into items."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest import sources
from digest.records import Item, Parsed, Source
from tests.sources.make import NOW, answer, state

SOURCE = Source(name="Example", url="imap://mail.example.org:993/Newsletters", kind="newsletter")
HTML = """<html><head><style>p {color: red}</style></head><body><img src="https://track.example.org/open.gif">
<p><a href="https://example.org/p/issue-7?utm_source=mail">View in browser</a></p><p>Hello, world of
retrieval.</p><p><a href="https://example.org/unsubscribe">Unsubscribe</a></p></body></html>"""


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    given = {
        "From": "The Batch <batch@example.org>",
        "Subject": "Issue 7: Sparse is back",
        "Message-ID": "<7@example.org>",
        "Date": "Mon, 16 Mar 2026 08:00:00 +0100",
    }
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        message[name] = value
    message.set_content("Hello in plain words.")
    return message


def parsed(*bodies: bytes) -> Parsed:
    return sources.parse(SOURCE, state(), tuple(answer(body) for body in bodies), NOW)


def read(message: EmailMessage) -> Item:
    [item] = parsed(message.as_bytes()).items
    return item


def test_a_mail_becomes_an_item() -> None:
    """Named by its Message-ID, which is the same wherever it lies."""
    item = read(mail())

    assert (item.kind, item.entry_id, item.title) == ("newsletter", "<7@example.org>", "Issue 7: Sparse is back")
    assert (item.authors, item.body, item.url) == (("The Batch",), "Hello in plain words.", "")
    assert f"{item.published_at:%Y-%m-%d %H:%M}" == "2026-03-16 07:00"


def test_markup_is_read_and_never_loaded() -> None:
    """The HTML form is the fuller one; its own page on the web is its address, without tracking."""
    message = mail()
    message.add_alternative(HTML, subtype="html")

    item = read(message)

    assert item.url == "https://example.org/p/issue-7"
    assert "world of retrieval" in item.body
    assert "color" not in item.body


def test_its_address_as_its_headers_say_it() -> None:
    """Archived-At (RFC 5064) comes before any guess."""
    message = mail(Archived_At="<https://example.org/archive/7>")
    message.add_alternative(HTML, subtype="html")

    assert read(message).url == "https://example.org/archive/7"


def test_attachments_are_no_text() -> None:
    """A text file that hangs on a mail is not the mail."""
    message = mail()
    message.add_attachment("secret numbers", filename="numbers.txt")

    assert read(message).body == "Hello in plain words."


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Subject: =?utf-8?q?Caf=C3=A9?=\n\nx", "Café"),
        (b"Subject: =?latin-1?q?Caf=E9?=\n\nx", "Café"),
        (b"Subject: =?no-such-charset?q?x?=\n\nx", ""),
        (b"Subject: caf\xe9\nFrom: @@,<\n\nx", "caf"),
        (b"From: a@example.org\n\nOnly words", "Only words"),
    ],
)
def test_headers_in_any_encoding(raw: bytes, text: str) -> None:
    """Or damaged: something readable remains."""
    [item] = parsed(raw).items

    assert text in item.title
    repr(item).encode()


def test_bodies_in_any_encoding() -> None:
    """An encoding that nobody knows is read as well as can be."""
    raw = b"Subject: a\nContent-Type: text/plain; charset=no-such\nContent-Transfer-Encoding: 8bit\n\ncaf\xc3\xa9"

    assert "caf" in parsed(raw).items[0].body


def test_what_is_no_mail_stops_no_other() -> None:
    """One that was too large comes without its body, and a remark says so."""
    found = parsed(b"", b"\x00\x01", mail().as_bytes())

    assert len(found.items) == 1
    assert found.remarks == ("2 mails could not be read",)


@given(data=st.data())
def test_mutated_mails_never_fail(data: st.DataObject) -> None:
    """Items that can be stored, or a remark."""
    message = mail()
    message.add_alternative(HTML, subtype="html")
    body = bytearray(message.as_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(body)))
        until = min(len(body), at + data.draw(st.integers(0, 30)))
        body[at:until] = data.draw(
            st.sampled_from([b"=?utf-8?b?", b"?=", b"\xff", b"\n", b'"', b"<", b"boundary=", b"\x00"])
            | st.binary(max_size=6)
        )
    for item in parsed(bytes(body)).items:
        assert item.entry_id
        assert "\n" not in item.title
        repr(item).encode()

"""Nothing that strangers write drives the terminal or fills the log."""

import logging

import pytest
from hypothesis import given

from digest.printable import MOST, OneLineFormatter, one_line, visible
from tests.strategies import TEXT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain é漢🎉", "plain é漢🎉"),
        ("a\x1b[31mb\x07\x9b", "a\\x1b[31mb\\x07\\x9b"),
        ("two\nlines\tand\x85more\u2028", "two lines and more"),
        ("\u202eback", "\\u202eback"),
        ("half \ud800", "half \\ud800"),
    ],
)
def test_control_characters_are_shown(text: str, expected: str) -> None:
    """And white space is a blank."""
    assert one_line(text) == expected


def test_a_long_text_keeps_its_end() -> None:
    """There a line says what to do."""
    line = one_line("x" * 1_000_000 + "; do this")

    assert len(line) == MOST
    assert line.endswith("; do this")


@given(text=TEXT)
def test_any_text_can_be_printed(text: str) -> None:
    """Encoded, on one line, within the limit."""
    assert visible(text).encode().decode() == visible(text)
    assert len(one_line(text * 50)) <= MOST
    assert "\n" not in one_line(text)


def test_a_log_record_is_one_line() -> None:
    """Whatever a server said."""
    record = logging.LogRecord("a", logging.WARNING, "", 0, "said %s", ("\x1b[2J\n" + "x" * 9_999,), None)

    line = OneLineFormatter("%(levelname)s %(message)s").format(record)

    assert line.startswith("WARNING said \\x1b[2J xxx")
    assert len(line) == MOST

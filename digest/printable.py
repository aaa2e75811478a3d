"""What may be printed for people or logged: strangers' texts reach both, in titles and in what servers say.

A terminal obeys control characters, so they are shown, as \\x1b; bidirectional ones could turn a line around.
"""

import logging
import unicodedata

#: More of a text is in nobody's interest but its author's.
MOST = 300
_SHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURN_AROUND = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(text: str) -> str:
    """The text on one line, control characters shown."""
    if text.isprintable():
        return text
    flat = "".join(" " if letter in "\t\n\r\v\f\x85\u2028\u2029" else letter for letter in text)
    return "".join(_escaped(letter) if _obeyed(letter) else letter for letter in flat)


def one_line(text: str, most: int = MOST) -> str:
    """The text on one line of at most so many characters; its end, which often says what to do, stays."""
    line = " ".join(visible(text[: 20 * most] + text[20 * most :][-most:]).split())
    return line if len(line) <= most else f"{line[: most * 2 // 3]} … {line[3 - (most - most * 2 // 3) :]}"


class OneLineFormatter(logging.Formatter):
    """A log in which each event is a line; a traceback, which is asked for, has several."""

    def format(self, record: logging.LogRecord) -> str:
        head, *traceback = super().format(record).split("\n") if record.exc_info else [super().format(record)]
        return "\n".join([one_line(head), *map(visible, traceback)])


def _obeyed(letter: str) -> bool:
    return letter in _TURN_AROUND or unicodedata.category(letter) in _SHOWN


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")

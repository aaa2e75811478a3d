"""Texts of strangers made safe to put before an assistant: what cannot be seen is shown, and what is theirs is marked.

Feeds may hold instructions. Marking where such text begins and ends, by a mark that its author could not know,
is "delimiting" in Hines et al. 2024, Defending Against Indirect Prompt Injection Attacks With Spotlighting.
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

#: Control and format characters (zero-width, bidirectional, tags), lone surrogates, private use, odd line ends.
_NOT_SEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
#: Letters by their category, but drawn as nothing: fillers and variation selectors.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_PLAIN = frozenset("\n\t")


def seen(text: str) -> str:
    """The text with everything that a reader would not see shown as an escape, such as \\u200b; lines stay."""
    text = text.replace("\r\n", "\n")
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(letter) if _hidden(letter) else letter for letter in text)


def seen_in(value: Any) -> Any:  # noqa: ANN401 - whatever a row or a fact holds
    """The same for every text in a value that is about to become JSON; moments become ISO 8601 in UTC."""
    match value:
        case str():
            return seen(value)
        case None | bool() | int():
            return value
        case float():
            return value if abs(value) < float("inf") else None  # NaN compares false as well
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case Mapping():
            return {seen(str(name)): seen_in(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [seen_in(one) for one in value]
        case _:
            return seen(str(value))


def random_mark() -> str:
    """What no feed can have known when it was written."""
    return secrets.token_hex(4)


def _hidden(letter: str) -> bool:
    return (
        letter not in _PLAIN and (unicodedata.category(letter) in _NOT_SEEN or _BLANK.fullmatch(letter) is not None)
    )  # fmt: skip


def _escaped(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")

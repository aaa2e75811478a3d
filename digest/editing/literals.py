"""TOML values as they are written: strings, and lists of strings whose comments stay. Pure."""

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: A list on one line is at most so long.
_LINE = 100
_INDENT = "    "
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\])*"|\'[^\']*\'|#[^\n]*|\n|[\[\],]|[^\S\n]+', re.DOTALL
)
#: What a basic string cannot hold as it is.
_ESCAPED = re.compile(r'[\x00-\x1f\x7f"\\]')
_NAMED = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}


def string(text: str) -> str:
    """A text as a TOML string, on several lines where it has some."""
    if "\n" not in text:
        return f'"{_escaped(text)}"'
    return '"""\n' + "\n".join(_escaped(line) for line in text.split("\n")) + '"""'


def string_list(texts: Sequence[str], *, before: str = "", was: Sequence[str] = ()) -> str:
    """Texts as a TOML list.

    *before* is the list as it is written now, of the texts *was*: what stays keeps its form, comments stay all, and
    a list over several lines stays one. ValueError where it cannot be read.
    """
    entries = list(_entries(before)) if before else []
    own = [entry for entry in entries if entry.text]
    if [tomllib.loads(f"x = {entry.text}")["x"] for entry in own] != list(was):
        raise ValueError("a list of something else than texts")
    new = list(_merged(entries, was, texts))
    short = f"[{', '.join(entry.text for entry in new)}]"
    if "\n" not in before and len(short) <= _LINE:
        return short
    lines = [f"{_INDENT}{entry.line}" for entry in new]
    opened = f"[  {entries[0].comment}" if entries and entries[0].opening else "["
    return "\n".join([opened, *(line for line, entry in zip(lines, new, strict=True) if not entry.opening), "]"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A line of a list: a text as it is written, the comment after it, or both."""

    text: str = ""
    comment: str = ""
    #: stands right after the bracket
    opening: bool = False

    @property
    def line(self) -> str:
        return "  ".join(part for part in (f"{self.text}," if self.text else "", self.comment) if part)


def _entries(literal: str) -> Iterator[_Entry]:
    """The texts and comments of a list."""
    waiting = ""
    fresh = False  # whether a line has begun since the last text
    opening = True
    for token in _tokens(literal):
        if token.startswith("#"):
            comment = token.rstrip()
            if waiting and not fresh:
                yield _Entry(text=waiting, comment=comment)
                waiting = ""
                continue
            if waiting:
                yield _Entry(text=waiting)
                waiting = ""
            yield _Entry(comment=comment, opening=opening)
        elif token == "\n":
            fresh, opening = True, False
        elif token[0] in "\"'":
            if waiting:
                yield _Entry(text=waiting)
            waiting, fresh, opening = token, False, False
    if waiting:
        yield _Entry(text=waiting)


def _tokens(literal: str) -> Iterator[str]:
    place = 0
    while place < len(literal):
        found = _TOKEN.match(literal, place)
        if not found:
            raise ValueError("a list of something else than texts")
        yield found[0]
        place = found.end()


def _merged(entries: Sequence[_Entry], was: Sequence[str], texts: Sequence[str]) -> Iterator[_Entry]:
    """The entries of the new list; the comment of a text that goes stays where it was."""
    added: dict[int, list[str]] = {}
    gone: set[int] = set()
    for _, first, last, start, end in SequenceMatcher(None, was, texts, autojunk=False).get_opcodes():
        if list(was[first:last]) != list(texts[start:end]):
            added.setdefault(first, []).extend(texts[start:end])
            gone.update(range(first, last))
    number = 0
    for entry in entries:
        if entry.text:
            yield from (_Entry(text=string(text)) for text in added.get(number, ()))
            kept = entry if number not in gone else _Entry(comment=entry.comment)
            number += 1
            if kept.line:
                yield kept
        else:
            yield entry
    yield from (_Entry(text=string(text)) for text in added.get(number, ()))


def _escaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: _NAMED.get(found[0]) or f"\\u{ord(found[0]):04x}", text)

"""The front matter of a note: which item it is about, for this program and for Obsidian alike."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import yaml

#: A front matter is a few lines; YAML that is longer is not read.
_MOST = 20_000
_RULE = "---"
_ID = r"[a-z][0-9a-z]{2,31}"
_ITEM_LINE = re.compile(rf"^item\s*:\s*[\"']?({_ID})[\"']?\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a note is about."""

    item_id: str
    title: str
    url: str = ""
    source: str = ""
    authors: tuple[str, ...] = ()
    arxiv_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNote:
    """What a file says of itself."""

    #: "" where it is no note of ours
    item_id: str
    #: without the front matter, lines ending in "\\n"
    body: str
    created: datetime | None = None
    tags: tuple[str, ...] = ()
    #: one line on a front matter that cannot be read, or ""
    problem: str = ""


def front_matter(subject: Subject, created: datetime, tags: Sequence[str]) -> str:
    """The first lines of a new note, rules included."""
    fields: dict[str, object] = {
        "item": subject.item_id,
        "title": _plain(subject.title),
        "url": _plain(subject.url),
        "source": _plain(subject.source),
        "authors": [_plain(name) for name in subject.authors],
        "arxiv_id": subject.arxiv_id,
        "created": f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "tags": [str(tag) for tag in tags],
    }
    given = {name: value for name, value in fields.items() if value or name == "item"}
    text = yaml.safe_dump(given, allow_unicode=True, sort_keys=False, width=1_000_000)
    # Without quotes Obsidian takes it for a moment.
    text = re.sub(r"^created: '(.*)'$", r"created: \1", text, flags=re.MULTILINE)
    return f"{_RULE}\n{text}{_RULE}\n"


def read_note(text: str) -> ReadNote:
    """Read a file's text; never raises, whatever it holds."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not re.match(r"---[ \t]*\n", text):
        return ReadNote(item_id="", body=text)
    head, end, body = _parted(text)
    if not end:
        return _broken(head, "its front matter has no second line of ---", body)
    try:
        found = yaml.safe_load(head) if len(head) <= _MOST else None
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        where = getattr(getattr(error, "problem_mark", None), "line", None)
        return _broken(head, f"its front matter is no YAML{f' (line {where + 2})' if where is not None else ''}", body)
    if not isinstance(found, Mapping):
        return _broken(head, "its front matter has no keys", body)
    item_id = found.get("item")
    if not (isinstance(item_id, str) and re.fullmatch(_ID, item_id)):
        wrong = "its front matter names no item" if "item" in found else ""
        return ReadNote(item_id="", body=body, problem=wrong)
    return ReadNote(item_id=item_id, body=body, created=_moment(found.get("created")), tags=_tags(found.get("tags")))


def _parted(text: str) -> tuple[str, str, str]:
    """Front matter, the rule that ends it, and the text after; without a rule the front matter ends at a blank line."""
    rest = text.partition("\n")[2]
    match = re.search(r"^(?:---|\.\.\.)[ \t]*$\n?", rest, re.MULTILINE)
    if match:
        return rest[: match.start()], match[0], rest[match.end() :]
    head, _, body = rest.partition("\n\n")
    return head, "", body


def _broken(head: str, problem: str, body: str) -> ReadNote:
    """A line that names the item is enough to know whose note it is; otherwise the file may be anything."""
    named = _ITEM_LINE.search(head)
    return ReadNote(item_id=named[1] if named else "", body=body, problem=problem)


def _moment(value: Any) -> datetime | None:  # noqa: ANN401 - YAML gives what it finds
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime.combine(value, time())
        if not isinstance(value, datetime):
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _tags(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - YAML gives what it finds
    """Obsidian takes a list, or words between commas and spaces."""
    words = re.split(r"[,\s]+", value) if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(word.lstrip("#") for word in words if isinstance(word, str) and word.strip("# "))[:50]


def _plain(text: str) -> str:
    """One line without control characters, so that every YAML reader takes it."""
    kept = "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in text)
    return " ".join(kept.split())

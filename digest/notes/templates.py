"""What a note opens with: questions by kind, and whether they were left as they are."""

import re
from datetime import date
from enum import StrEnum

from digest.notes.front_matter import Subject


class Kind(StrEnum):
    """What is noted on."""

    PAPER = "paper"
    POST = "post"
    TALK = "talk"
    REPOSITORY = "repository"


#: For a paper the four that a reader of papers in passes asks; shorter for what is shorter.
_QUESTIONS: dict[Kind, tuple[str, ...]] = {
    Kind.PAPER: ("What I knew", "What I did not know", "Terms I looked up", "How I would re-implement it"),
    Kind.POST: ("What it says", "What I will use"),
    Kind.TALK: ("What it says", "Where to listen again"),
    Kind.REPOSITORY: ("What it does", "Where I would use it"),
}


def kind_of(*, kind: str, url: str, arxiv_id: str, doi: str, seconds: int) -> Kind:
    """The kind of an item, from what is stored of it."""
    if arxiv_id or doi:
        return Kind.PAPER
    if seconds or kind in ("youtube", "podcast"):
        return Kind.TALK
    if kind == "releases" or re.match(r"https?://(www\.)?(github|gitlab|codeberg)\.\w+/[\w.-]+/[\w.-]+/?$", url):
        return Kind.REPOSITORY
    return Kind.POST


def heading(day: date) -> str:
    """The heading of what was written on a day."""
    return f"## {day.isoformat()}"


def source_line(subject: Subject) -> str:
    """A link to what the note is about, which Obsidian opens."""
    title = " ".join(subject.title.split()) or "(untitled)"
    escaped = re.sub(r"([\\\[\]])", r"\\\1", title)
    link = f"[{escaped}](<{subject.url}>)" if subject.url else title
    return f"Source: {link}" + (f", {subject.source}" if subject.source else "")


def without_source_line(body: str) -> str:
    """What the learner wrote, as far as it can be told from the line that this program put before it."""
    text = body.strip("\n")
    first, _, rest = text.partition("\n")
    return rest.strip("\n") if first.startswith("Source: ") else text


def questions(kind: Kind, day: date) -> str:
    """The body of a new note that is written in an editor."""
    return "\n\n".join([heading(day), *(f"### {one}" for one in _QUESTIONS[kind])]) + "\n"


def says_nothing(body: str, before: str) -> bool:
    """Whether an edited text has no line that the one *before* had not."""
    known = {line.strip() for line in before.splitlines()}
    return all(line.strip() in known or not line.strip() for line in body.splitlines())

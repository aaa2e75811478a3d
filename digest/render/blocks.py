"""Blocks of lines that stand above the picks of an issue: of a project, of a reading group. Markup comes later."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.render.links import ReasonLink
from digest.render.untrusted import shown, web_address

_TITLE, _TEXT = 200, 360


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line in pieces, those with an address as links; *label* is set apart before them."""

    pieces: tuple[ReasonLink, ...]
    label: str = ""
    #: whether it is an entry of a list
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Some lines under a title, or under none."""

    lines: tuple[Line, ...]
    title: str = ""


def line(text: str, *, label: str = "", listed: bool = False) -> Line:
    """A line of words alone, which are made harmless."""
    return Line(pieces=(ReasonLink(text=shown(text, _TEXT), url=""),), label=label, listed=listed)


def linked(title: str, url: str, after: str = "", *, label: str = "", listed: bool = True) -> Line:
    """A line that begins with a link, or with its text where the address is none; *after* follows as it stands."""
    first = ReasonLink(text=shown(title, _TITLE) or "(untitled)", url=web_address(url))
    rest = (ReasonLink(text=shown_after, url=""),) if (shown_after := _after(after)) else ()
    return Line(pieces=(first, *rest), label=label, listed=listed)


def _after(text: str) -> str:
    """The rest of a line, with the blank or comma that it begins with."""
    if not text:
        return ""
    head = text[: len(text) - len(text.lstrip(" ·,:(“"))]
    return head + shown(text[len(head) :], _TEXT)


def markdown_blocks(blocks: Sequence[Block]) -> Iterator[str]:
    """Blocks as paragraphs and lists of Markdown, each to stand between blank lines."""
    from digest.render.commonmark import escape, escape_line, link

    def drawn(one: Line) -> str:
        pieces = [link(p.text, p.url) if p.url else escape(p.text) for p in one.pieces]
        if pieces and not (one.pieces[0].url or one.label or one.listed):
            pieces[0] = escape_line(one.pieces[0].text)
        label = [f"**{escape(one.label)}**"] if one.label else []
        return f"{'- ' if one.listed else ''}{' '.join([*label, *([''.join(pieces)] if pieces else [])])}"

    for block in blocks:
        if block.title:
            yield f"## {escape(block.title)}"
        listed: list[str] = []
        for one in block.lines:
            if one.listed:
                listed.append(drawn(one))
                continue
            if listed:
                yield "\n".join(listed)
                listed = []
            yield drawn(one)
        if listed:
            yield "\n".join(listed)

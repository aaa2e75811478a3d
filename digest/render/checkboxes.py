"""The line of checkboxes under each pick, written and read back.

Both are here so that they cannot drift apart. A comment names the item, and the boxes after it belong to it until
the next comment or heading. Only the first box of a list item is a task to click, on GitHub and in Obsidian; the
others take a typed x there, as they all do in a plain editor. A box a line, as older digests have them, is read too.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from digest.records import MarkKind

MARKS = tuple(MarkKind)

_ITEM = re.compile(r"\s*<!-- item: ([a-z][0-9a-z]{2,31}) -->\s*")
#: Some editors number their lists.
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s*(?=\\?\[)")
#: Spaces come and go when people edit by hand, and formatters escape a bracket that could begin a link.
_BOX = re.compile(r"\\?\[\s*([xX]?)\s*\\?\]\s*(\w+)")

#: As `checkbox_lines` writes it.
_WRITTEN = re.compile(
    r"^<!-- item: ([a-z0-9]+) -->\n- " + " · ".join(rf"\[[ x]\] {mark}" for mark in MARKS) + "$", re.MULTILINE
)

#: An item's id and a mark.
Tick = tuple[str, str]


def checkbox_lines(item_id: str, held: Collection[str] = ()) -> str:
    """The name of an item and the line of its boxes, those of the marks ticked that it has."""
    line = " · ".join(f"[{'x' if mark in held else ' '}] {mark}" for mark in MARKS)
    return f"<!-- item: {item_id} -->\n- {line}"


def ticked(markdown: str, held: Mapping[str, Collection[str]]) -> str:
    """A fresh digest with the boxes ticked of the marks that hold, by item id."""
    for item_id, marks in held.items():
        markdown = markdown.replace(checkbox_lines(item_id), checkbox_lines(item_id, marks))
    return markdown


def with_ids(markdown: str) -> str:
    """A fresh digest for a terminal, where nobody ticks: an item's id stands where its boxes were."""
    return _WRITTEN.sub(r"`\1`", markdown)


def boxes(markdown: str) -> Iterator[tuple[Tick, bool]]:
    """Yield every box that is still there, and whether it is ticked."""
    item_id = ""
    for line in markdown.splitlines():
        if match := _ITEM.fullmatch(line):
            item_id = match[1]
        elif line.startswith("#"):
            item_id = ""
        elif item_id and _LIST_ITEM.match(line):
            yield from _boxes_of(item_id, line)


def _boxes_of(item_id: str, line: str) -> Iterator[tuple[Tick, bool]]:
    """The boxes of a list item; none where it begins with a task of the reader's own."""
    found = [(name.lower(), bool(tick)) for tick, name in _BOX.findall(line)]
    if found and found[0][0] in MARKS:
        yield from (((item_id, name), is_on) for name, is_on in found if name in MARKS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a reader changed since the boxes were last read."""

    ticked: tuple[Tick, ...]
    unticked: tuple[Tick, ...]
    #: the boxes that are ticked now, to be remembered
    standing: frozenset[Tick]


def changes(before: frozenset[Tick], seen: Iterable[tuple[Tick, bool]]) -> Changes:
    """Compare all boxes with those that were ticked *before*.

    A box that is gone changes nothing: its file was moved or deleted, or the lines were cut out.
    An item may be in two files; one tick is enough.
    """
    states = list(seen)
    on = dict.fromkeys(tick for tick, is_on in states if is_on)
    off = dict.fromkeys(tick for tick, is_on in states if not is_on and tick not in on)
    return Changes(
        ticked=tuple(tick for tick in on if tick not in before),
        unticked=tuple(tick for tick in off if tick in before),
        standing=(before | on.keys()) - off.keys(),
    )

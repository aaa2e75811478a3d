"""The checkboxes under each pick, written and read back.

Both are here so that they cannot drift apart. A comment names the item; the four boxes after it,
a task list on GitHub and in Obsidian, belong to it until the next comment or heading.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from digest.records import MarkKind

MARKS = tuple(MarkKind)

_ITEM = re.compile(r"\s*<!-- item: ([a-z][0-9a-z]{2,31}) -->\s*")
#: Spaces come and go when people edit by hand, and some editors number their lists.
_BOX = re.compile(r"\s*(?:[-*+]|\d+[.)])\s*\[\s*([xX]?)\s*\]\s*(\w+)\b.*")

#: An item's id and a mark.
Tick = tuple[str, str]


def checkbox_lines(item_id: str, held: Collection[str] = ()) -> str:
    """The boxes of an item, those of the marks that it has ticked."""
    return "\n".join([f"<!-- item: {item_id} -->", *(f"- [{'x' if mark in held else ' '}] {mark}" for mark in MARKS)])


def ticked(markdown: str, held: Mapping[str, Collection[str]]) -> str:
    """A fresh digest with the boxes ticked of the marks that hold, by item id."""
    for item_id, marks in held.items():
        markdown = markdown.replace(checkbox_lines(item_id), checkbox_lines(item_id, marks))
    return markdown


def boxes(markdown: str) -> Iterator[tuple[Tick, bool]]:
    """Yield every box that is still there, and whether it is ticked."""
    item_id = ""
    for line in markdown.splitlines():
        if match := _ITEM.fullmatch(line):
            item_id = match[1]
        elif line.startswith("#"):
            item_id = ""
        elif item_id and (match := _BOX.fullmatch(line)) and match[2].lower() in MARKS:
            yield (item_id, match[2].lower()), bool(match[1])


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

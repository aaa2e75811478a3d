"""The tick boxes under each pick: how they are written, and how they are read back.

The two stand together so that they cannot drift apart. A comment names the item; the four
boxes after it, a task list on GitHub and in Obsidian, are its own until the next comment
or heading.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MARKS = ("like", "dislike", "save", "read")

_ITEM = re.compile(r"\s*<!-- item: ([a-z][0-9a-z]{2,31}) -->\s*")
#: Spaces come and go when people edit by hand, and some editors number their lists.
_BOX = re.compile(r"\s*(?:[-*+]|\d+[.)])\s*\[\s*([xX]?)\s*\]\s*(\w+)\b.*")

#: An item's id and a mark.
Tick = tuple[str, str]


def checkbox_lines(item_id: str) -> str:
    return "\n".join([f"<!-- item: {item_id} -->", *(f"- [ ] {mark}" for mark in MARKS)])


def ticked(markdown: str) -> Iterator[Tick]:
    """Yield (item id, mark) for every ticked box of a digest, however its reader has edited the rest."""
    return (tick for tick, on in boxes(markdown) if on)


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
    """What a reader did to the boxes since they were last looked at."""

    ticked: tuple[Tick, ...]
    unticked: tuple[Tick, ...]
    #: what to remember for the next time
    standing: frozenset[Tick]


def changes(before: frozenset[Tick], seen: Iterable[tuple[Tick, bool]]) -> Changes:
    """Compare all boxes with those that were ticked *before*.

    A box that is gone says nothing: its file was moved or deleted, or the lines were cut out.
    An item may stand in two files; one tick is enough.
    """
    told = list(seen)
    on = dict.fromkeys(tick for tick, is_on in told if is_on)
    off = dict.fromkeys(tick for tick, is_on in told if not is_on and tick not in on)
    return Changes(
        ticked=tuple(tick for tick in on if tick not in before),
        unticked=tuple(tick for tick in off if tick in before),
        standing=(before | on.keys()) - off.keys(),
    )

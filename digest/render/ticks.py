"""The tick boxes under each pick: how they are written, and how they are read back.

The two stand together so that they cannot drift apart. A comment names the item; the four
boxes after it, a task list on GitHub and in Obsidian, are its own until the next comment
or heading.
"""

import re
from collections.abc import Iterator

MARKS = ("like", "dislike", "save", "read")

_ITEM = re.compile(r"\s*<!-- item: ([a-z][0-9a-z]{2,31}) -->\s*")
_TICKED = re.compile(r"\s*[-*+] \[[xX]\] (\w+)\b.*")


def tick_boxes(item_id: str) -> str:
    return "\n".join([f"<!-- item: {item_id} -->", *(f"- [ ] {mark}" for mark in MARKS)])


def ticked(markdown: str) -> Iterator[tuple[str, str]]:
    """Yield (item id, mark) for every ticked box of a digest, however its reader has edited the rest."""
    item_id = ""
    for line in markdown.splitlines():
        if match := _ITEM.fullmatch(line):
            item_id = match[1]
        elif line.startswith("#"):
            item_id = ""
        elif item_id and (match := _TICKED.fullmatch(line)) and match[1].lower() in MARKS:
            yield item_id, match[1].lower()

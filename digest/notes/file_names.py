"""Names of notes: readable, and safe on every system that a folder may be synchronised to."""

import re
import unicodedata
from collections.abc import Container
from datetime import date

#: With the date, a number and a suffix well under what any file system and its encryption allow.
_MOST = 60


def file_name(title: str, item_id: str, day: date, taken: Container[str] = ()) -> str:
    """The date and the title's words in ASCII; the item's id where they have none. Not one that is *taken*."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    if len(words) > _MOST:
        words = words[: _MOST + 1].rpartition("-")[0] or words[:_MOST]
    stem = f"{day.isoformat()}-{words or item_id}"
    number, name = 1, f"{stem}.md"
    while name in taken:
        number += 1
        name = f"{stem}-{number}.md"
    return name

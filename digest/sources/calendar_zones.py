"""The zones that a calendar defines itself, under names of their own.

The library remembers a zone by its name for all later documents; two calendars may mean different things by
"Our office", so a definition is named for what it says. Names that need no definition lose it.
"""

import re
from collections.abc import Mapping, Sequence

from digest.sources.calendar_text import CalendarText
from digest.sources.event_times import zone_of
from digest.sources.items import content_hash

#: With its quotation marks, or without though a colon stands in it ("UTC-12:00").
_REFERENCE = re.compile(r';TZID=("[^"]*"|[^";:]*(?::\d\d(?=:\d{8}))?)', re.IGNORECASE)
_ZONES_AT_MOST = 200


def with_own_zones(cleaned: CalendarText) -> CalendarText:
    """The same text, its zones renamed where they are defined and where they are meant."""
    names, zones = dict[str, str](), list[list[str]]()
    for zone in cleaned.zones[:_ZONES_AT_MOST]:
        name = next((line.partition(":")[2].strip() for line in zone if line.upper().startswith("TZID:")), "")
        if not name or name in names or zone_of(name):
            continue
        names[name] = f"x{content_hash(*zone)[:16]}"
        zones.append([f"TZID:{names[name]}" if line.upper().startswith("TZID:") else line for line in zone])
    cleaned.zones = zones
    cleaned.blocks = [_renamed(block, names) for block in cleaned.blocks]
    return cleaned


def _renamed(block: Sequence[str], names: Mapping[str, str]) -> list[str]:
    def reference(match: re.Match[str]) -> str:
        name = match[1].strip('"')
        return f';TZID="{names.get(name.strip(), name)}"'

    return [_REFERENCE.sub(reference, line, count=1) if ";" in line[:30] else line for line in block]

"""When a document asks to be fetched next, read from its head without parsing it."""

import re

from digest.records import Hints
from digest.sources.sniffing import readable_head

_FIRST_ENTRY = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s*(\d{1,7})\s*</ttl>", re.IGNORECASE)
_SKIP_HOURS = re.compile(rb"<skipHours>(.{0,2000}?)</skipHours>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(rb"<skipDays>(.{0,2000}?)</skipDays>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*([A-Za-z]+)\s*</day>", re.IGNORECASE)
_PERIOD = re.compile(rb"<\w{1,20}:updatePeriod(?:\s[^>]{0,200})?>\s*([A-Za-z]+)\s*<")
_FREQUENCY = re.compile(rb"<\w{1,20}:updateFrequency(?:\s[^>]{0,200})?>\s*(\d{1,4})\s*<")

_PERIODS = {b"hourly": 3600, b"daily": 86400, b"weekly": 604800, b"monthly": 2592000, b"yearly": 31536000}
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")


def hints(body: bytes) -> Hints:
    """Read ttl, skipHours, skipDays and sy:*; a list of every hour or every day is ignored."""
    head = readable_head(body)
    first = _FIRST_ENTRY.search(head)
    head = head[: first.start()] if first else head
    hours = frozenset(int(hour) % 24 for hour in _listed(_SKIP_HOURS, _HOUR, head) if int(hour) <= 24)
    names = (name.lower() for name in _listed(_SKIP_DAYS, _DAY, head))
    days = frozenset(_DAYS.index(name) for name in names if name in _DAYS)
    return Hints(
        ttl=max(_ttl(head), _syndication(head)),
        skip_hours=hours if len(hours) < 24 else frozenset(),
        skip_days=days if len(days) < 7 else frozenset(),
    )


def _listed(block: re.Pattern[bytes], entry: re.Pattern[bytes], head: bytes) -> list[bytes]:
    found = block.search(head)
    return entry.findall(found[1]) if found else []


def _ttl(head: bytes) -> int:
    found = _TTL.search(head)
    return int(found[1]) * 60 if found else 0


def _syndication(head: bytes) -> int:
    """Seconds between updates: sy:updatePeriod / sy:updateFrequency; each has a default if the other is given."""
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    if not period and not frequency:
        return 0
    seconds = _PERIODS.get(period[1].lower(), 0) if period else _PERIODS[b"daily"]
    return seconds // max(1, int(frequency[1])) if frequency else seconds

"""The events of an issue as finished one-line texts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import ComingEvent
from digest.render.dates import when_words
from digest.render.untrusted import shown, web_address

TITLE = "Events and deadlines"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event as it is shown."""

    item_id: str
    title: str
    url: str
    #: "Tue 24 November, 18:00; in 3 days"
    when: str
    #: place and source, those that are known
    where: tuple[str, ...]
    reason: str


def lay_out_events(events: Sequence[ComingEvent], now: dt.datetime, zone: dt.tzinfo) -> tuple[EventLine, ...]:
    return tuple(
        EventLine(
            item_id=event.item_id,
            title=shown(event.title, 200) or "(untitled)",
            url=web_address(event.url),
            when=when_words(event, now, zone),
            where=tuple(text for part in (event.place, event.source) if (text := shown(part, 80))),
            reason=shown(event.reason, 200),
        )
        for event in events
    )

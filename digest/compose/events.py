"""Events: which are coming, which are the same, and which an issue shows. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from digest.compose.eligibility import muted
from digest.judge.floor import FLOOR
from digest.records import ComingEvent, Item

#: Texts of events are short and speak of places and dates, so that they lie lower than papers on the same subject.
EVENT_FLOOR = FLOOR - 1.5
AT_MOST = 5
#: How far an issue looks ahead.
AHEAD = dt.timedelta(weeks=8)
#: An event that was shown is shown again in the week it takes place.
THIS_WEEK = dt.timedelta(days=7)
#: A series that was shown rests so long.
REST = dt.timedelta(weeks=8)
#: Relevance that a week of waiting costs: what is near can still be gone to.
_A_WEEK = 0.15
#: Two calendars may give one event as a day and as a time, or in zones that differ.
_SAME = dt.timedelta(hours=26)
_COMMON = frozenset("the a an of on at for in and to with by online meetup meeting event".split())


def settled(event: ComingEvent, zone: dt.tzinfo) -> ComingEvent:
    """The event with moments for what is told by the reader's clock; days stay days."""
    if not event.floating or event.all_day:
        return event
    start, end = (moment.replace(tzinfo=zone).astimezone(dt.UTC) for moment in (event.starts_at, event.ends_at))
    return replace(event, starts_at=start, ends_at=end, floating=False)


def is_over(event: ComingEvent, now: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether a settled event has ended, or its deadline has passed; a day ends with the reader's day."""
    if event.all_day:
        last = event.starts_at if event.due else event.ends_at - dt.timedelta(days=1)
        return last.date() < now.astimezone(zone).date()
    return event.ends_at <= now


def has_begun(event: ComingEvent, now: dt.datetime, zone: dt.tzinfo) -> bool:
    if event.all_day:
        return event.starts_at.date() < now.astimezone(zone).date()
    return event.starts_at <= now


def upcoming(
    found: Iterable[ComingEvent], *, now: dt.datetime, zone: dt.tzinfo, mute: Sequence[str] = ()
) -> list[ComingEvent]:
    """What is not over, each event once however many calendars have it, the next ones first."""
    open_ = [event for one in found if not is_over(event := settled(one, zone), now, zone)]
    wanted = [event for event in open_ if not muted(_item(event), mute)]
    return sorted(_once(wanted), key=lambda event: (event.starts_at, event.title, event.item_id))


def choose(
    coming: Sequence[ComingEvent],
    shown: Sequence[tuple[dt.datetime, ComingEvent]],
    *,
    now: dt.datetime,
    zone: dt.tzinfo,
) -> list[ComingEvent]:
    """The events for an issue, at most five, the next ones first; *shown* is what earlier issues showed, and when.

    One that was shown is shown again only in its own week, or when its date has changed.
    """
    chosen = dict[str, ComingEvent]()
    ranked = sorted(
        (event for event in coming if not has_begun(event, now, zone) and event.starts_at <= now + AHEAD),
        key=lambda event: (-_worth(event, now), event.starts_at, event.item_id),
    )
    for event in ranked:
        first = _next_of_series(event, coming, now, zone)
        new = _news(first, shown, now)
        if new is not None and new.item_id not in chosen:
            chosen[new.item_id] = new
        if len(chosen) == AT_MOST:
            break
    return sorted(chosen.values(), key=lambda event: (event.starts_at, event.title))


def _next_of_series(
    event: ComingEvent, coming: Sequence[ComingEvent], now: dt.datetime, zone: dt.tzinfo
) -> ComingEvent:
    """Of a series its next date, however the others rank."""
    if not event.recurrence:
        return event
    dates = [one for one in coming if one.item_id == event.item_id and not has_begun(one, now, zone)]
    return min(dates, key=lambda one: one.starts_at)


def _news(event: ComingEvent, shown: Sequence[tuple[dt.datetime, ComingEvent]], now: dt.datetime) -> ComingEvent | None:
    """The event if it says something new, with its former date where that changed."""
    before = [(at, one) for at, one in shown if one.item_id == event.item_id or _same_title(one, event)]
    if event.recurrence:
        dates = {one.starts_at for _, one in before if one.item_id == event.item_id}
        rested = all(at + REST <= now for at, _ in before)
        return event if rested or (event.moved and event.starts_at not in dates and _is_near(event, now)) else None
    same = [
        (at, one) for at, one in before if one.item_id == event.item_id or abs(one.starts_at - event.starts_at) <= _SAME
    ]
    if not same:
        return event
    last_at, last = same[-1]
    if last.item_id == event.item_id and _date_of(last) != _date_of(event):
        return replace(event, was_at=last.starts_at)
    return event if _is_near(event, now) and not _is_near(last, last_at) else None


def _date_of(event: ComingEvent) -> tuple[dt.datetime, bool]:
    return event.starts_at, event.all_day


def _is_near(event: ComingEvent, now: dt.datetime) -> bool:
    return event.starts_at < now + THIS_WEEK


def _worth(event: ComingEvent, now: dt.datetime) -> float:
    return event.relevance - _A_WEEK * max(0.0, (event.starts_at - now) / dt.timedelta(weeks=1))


def _once(events: Iterable[ComingEvent]) -> list[ComingEvent]:
    """Each event by its best telling: one with a time, then the most relevant."""
    kept: dict[tuple[str, ...], list[ComingEvent]] = {}
    for event in sorted(events, key=lambda one: (one.all_day, -one.relevance, one.item_id)):
        others = [kept.setdefault(key, []) for key in _names(event)]
        if not any(_is_same(event, other) for group in others for other in group):
            for group in others:
                group.append(event)
    return list({id(event): event for group in kept.values() for event in group}.values())


def _names(event: ComingEvent) -> list[tuple[str, ...]]:
    """What another telling of the same event has as well: its title, or its own page."""
    words = _words(event.title)
    return [("title", *words)] + ([("url", event.url.rstrip("/"), *words[:2])] if event.url else [])


def _is_same(event: ComingEvent, other: ComingEvent) -> bool:
    if event.item_id == other.item_id and event.recurrence != other.recurrence:
        return False
    if event.all_day or other.all_day:
        return abs(event.starts_at - other.starts_at) <= _SAME
    return abs(event.starts_at - other.starts_at) <= dt.timedelta(minutes=1)


def _same_title(one: ComingEvent, other: ComingEvent) -> bool:
    return _words(one.title) == _words(other.title)


def _words(title: str) -> tuple[str, ...]:
    """The words of a title without case, accents and order; those that say little do not count where others do."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", title.casefold()) if not unicodedata.combining(c))
    words = sorted(set(re.findall(r"\w+", plain)))
    return tuple(word for word in words if word not in _COMMON) or tuple(words)


def _item(event: ComingEvent) -> Item:
    return Item(source=event.source, kind="ical", entry_id=event.item_id, title=event.title)

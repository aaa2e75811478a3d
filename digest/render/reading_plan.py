"""A plan to read in words: "Your week" in an issue, and the Markdown of `digest plan`."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.compose.pace import PaceWeek
from digest.records import PlanEntry, PlannedReading, WeekPlan, Why
from digest.render.commonmark import link
from digest.render.links import ReasonLink
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, duration_words, list_words

_PASSES = {1: "first pass", 2: "second pass", 3: "third pass"}
_ASIDES = {
    Why.NEW: "something new",
    Why.SAVE: "saved",
    Why.RETURN: "saved, and still unread",
    Why.SECOND: "if it deserves more",
    Why.THIRD: "to redo it",
}
#: Titles in one line; `digest plan` has all.
_TITLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A plan as an issue shows it: what it takes, and a few lines in the order of reading."""

    numbers: str
    lines: tuple[tuple[ReasonLink, ...], ...]


def lay_out_plan(plan: WeekPlan | None, numbers: Mapping[str, int]) -> Week | None:
    """The plan in three to five lines; *numbers* are those of the picks, by item id."""
    if plan is None or not plan.entries:
        return None
    minutes = sum(one.entry.minutes for one in plan.entries)
    lines = tuple(line for line in _lines(plan.entries, numbers) if line)
    return Week(numbers=f"{duration_words(minutes)} of {duration_words(plan.minutes)}, in this order:", lines=lines)


def _lines(entries: Sequence[PlannedReading], numbers: Mapping[str, int]) -> Iterator[tuple[ReasonLink, ...]]:
    of = {why: [one for one in entries if one.entry.why == why] for why in Why}
    papers = [one for one in of[Why.PICK] if one.paper]
    yield _line("Skim for what they claim", "Skim for what it claims", papers, numbers)
    yield _line("In full", "In full", [one for one in of[Why.PICK] if not one.paper], numbers)
    yield _line("Something new", "Something new", of[Why.NEW], numbers)
    saved = [*of[Why.SAVE], *of[Why.RETURN]]
    yield _line("From what you saved", "From what you saved", saved, numbers)
    deep = [*of[Why.SECOND], *of[Why.THIRD]]
    yield _line("Then once more, slowly", "Then once more, slowly", deep, numbers)


def _line(
    several: str, single: str, entries: Sequence[PlannedReading], numbers: Mapping[str, int]
) -> tuple[ReasonLink, ...]:
    """What to do with some of the readings; those that are picks by their numbers, the others by their titles."""
    if not entries:
        return ()
    minutes = sum(one.entry.minutes for one in entries)
    picks = [str(numbers[one.entry.item_id]) for one in entries if one.entry.item_id in numbers]
    said = f"number{'s' if len(picks) > 1 else ''} {list_words(picks)}" if picks else ""
    pieces = [ReasonLink(text=f"{several if len(entries) > 1 else single}: {said}", url="")]
    others = [one for one in entries if one.entry.item_id not in numbers]
    for place, one in enumerate(others[:_TITLES]):
        if picks or place:
            pieces.append(ReasonLink(text="; ", url=""))
        pieces.append(ReasonLink(text=_title(one), url=web_address(one.url)))
    more = f"; {len(others) - _TITLES} more" if len(others) > _TITLES else ""
    pieces.append(ReasonLink(text=f"{more} ({duration_words(minutes)})", url=""))
    return tuple(pieces)


def plan_markdown(
    plan: WeekPlan,
    done: Sequence[PlannedReading],
    *,
    minutes_read: int,
    pace: Sequence[PaceWeek],
    remarks: Sequence[str],
    zone: dt.tzinfo,
) -> str:
    """A plan as it stands, what was read of it, and the pace of the last weeks; *remarks* stand between."""
    return "\n\n".join(_blocks(plan, done, minutes_read, pace, remarks, zone)) + "\n"


def _blocks(
    plan: WeekPlan,
    done: Sequence[PlannedReading],
    minutes_read: int,
    pace: Sequence[PaceWeek],
    remarks: Sequence[str],
    zone: dt.tzinfo,
) -> Iterator[str]:
    yield f"# Your week from {day_words(plan.starts_at.astimezone(zone).date())}"
    planned = sum(one.entry.minutes for one in plan.entries)
    read = f", {duration_words(minutes_read)} read" if minutes_read else ""
    yield f"{duration_words(planned)} to read of {duration_words(plan.minutes)}{read}."
    if plan.entries:
        yield "\n".join(f"{place}. {_entry(one)}" for place, one in enumerate(plan.entries, start=1))
    if done:
        yield "## Read"
        yield "\n".join(f"- {link(_title(one), web_address(one.url))}{_pass(one)}" for one in done)
    yield from remarks
    yield "## Pace"
    yield "\n".join(
        [
            "| week | minutes | works finished |",
            "|---|---:|---:|",
            *(f"| {one.week} | {one.minutes} | {one.finished} |" for one in pace),
        ]
    )
    minutes, finished = sum(one.minutes for one in pace), sum(one.finished for one in pace)
    yield f"{duration_words(minutes)} in {count_words(len(pace), 'week')}, {count_words(finished, 'work')} finished."


def _entry(one: PlannedReading) -> str:
    aside = _ASIDES.get(one.entry.why, "")
    said = [
        duration_words(one.entry.minutes),
        *([_PASSES[one.entry.number]] if one.paper else []),
        *([aside] if aside else []),
    ]
    return f"{link(_title(one), web_address(one.url))} · {' · '.join(said)} · `{one.entry.item_id}`"


def _pass(one: PlannedReading) -> str:
    return f" · {_PASSES[one.entry.number]}" if one.paper else ""


def _title(one: PlannedReading) -> str:
    return shown(one.title, 200) or "(untitled)"


def entry_words(entry: PlanEntry, *, paper: bool) -> str:
    """How far to read, for a calendar's entry: "first pass, 10 min"."""
    return ", ".join([*([_PASSES[entry.number]] if paper else []), duration_words(entry.minutes)])

"""What to read in a week: wide first and deep after, within the minutes there are, and nothing nags twice. Pure.

Passes are Keshav's (2007, "How to read a paper"). A save that stays unread comes back at growing intervals,
as in spaced repetition (Pimsleur 1967), and then rests.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from digest.compose.reading_time import PASSES
from digest.records import PlanEntry, Why

#: The minutes of a plan where sources.toml declares none.
DEFAULT_MINUTES = {"week": 120, "day": 20}
#: What a post is taken to need whose length its source does not say.
UNKNOWN_MINUTES = 10
#: After how long something unread is proposed again: after the first proposal, the second and so on; then it rests.
INTERVALS = (timedelta(weeks=1), timedelta(weeks=2), timedelta(weeks=4), timedelta(weeks=8))
#: Issues come a little early and late.
_SLACK = timedelta(hours=25)
#: The part of the time that the new picks may take before anything saved has its turn.
_PICKS_SHARE = 2 / 3
#: The one thing from outside takes no more of the time than this.
_NEW_SHARE = 1 / 3
#: From so many minutes on, half of them at most go into one second pass.
_DEEP_FROM = 2 * PASSES[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """A work that may be read, and what is known of how far it was."""

    item_id: str
    work_id: str
    #: honest reading or playing time of a post or talk; 0 where it is unknown
    minutes: int = 0
    paper: bool = False
    score: float = 0.0
    #: what to read if there is time for one thing
    first: bool = False
    #: a pick of the week's issue
    picked: bool = False
    #: from outside the focus, or older than the news
    new: bool = False
    saved_at: datetime | None = None
    #: worth more than its first pass: suggested so, liked or saved
    promising: bool = False
    #: the passes that were made
    passes: frozenset[int] = frozenset()
    #: read to the end or disliked: not proposed any more
    closed: bool = False

    def minutes_of(self, number: int) -> int:
        return PASSES[number - 1] if self.paper else self.minutes or UNKNOWN_MINUTES


#: The weeks in which a pass over a work was proposed, by work and pass, each by its start.
Proposals = Mapping[tuple[str, int], Sequence[datetime]]


def make_plan(
    works: Sequence[Readable], proposed: Proposals, *, minutes: int, starts_at: datetime, deep: bool = False
) -> tuple[PlanEntry, ...]:
    """What to read in the week that begins at *starts_at*, in order, in no more than *minutes*.

    First passes over the picks, the best first; one thing from outside; what was saved; then one second pass, and
    in *deep* mode a third. The same works, proposals and minutes always make the same plan.
    """
    known = sorted({one.work_id: one for one in reversed(works)}.values(), key=_order)
    budget = _Budget(minutes)
    news = budget.first([one for one in known if one.new], 1, Why.NEW, most=int(minutes * _NEW_SHARE))
    picks = [one for one in known if one.picked and not one.new]
    promising = _promising(known, 2, proposed, starts_at)
    wide, depth = ([], []) if minutes < _DEEP_FROM else _deep(budget, promising)
    wide += budget.take(picks, 1, lambda _: Why.PICK, share=_PICKS_SHARE)
    saves = budget.take(due_saves(known, proposed, starts_at), 1, lambda one: _why_saved(one, proposed, starts_at))
    wide += budget.take(picks, 1, lambda _: Why.PICK)
    depth = depth or budget.first([one for one in promising if budget.begun(one)], 2, Why.SECOND)
    if deep:
        third = [one for one in _promising(known, 3, proposed, starts_at) if 2 in one.passes]
        depth += budget.first(third, 3, Why.THIRD)
    place = {one.work_id: number for number, one in enumerate(known)}
    return (*sorted(wide, key=lambda entry: place[entry.work_id]), *news, *saves, *depth)


def due_saves(works: Iterable[Readable], proposed: Proposals, starts_at: datetime) -> list[Readable]:
    """The unread saves whose turn it is: those never proposed first, the newest of them first; then those that wait longest."""
    waiting = [
        one for one in works if one.saved_at is not None and not one.picked and _due(one, 1, proposed, starts_at)
    ]

    def turn(one: Readable) -> tuple[bool, float, str]:
        before = _before(one, 1, proposed, starts_at)
        moment = before[-1] if before else one.saved_at or starts_at
        return bool(before), moment.timestamp() * (1 if before else -1), one.work_id

    return sorted(waiting, key=turn)


def is_due(before: Sequence[datetime], starts_at: datetime) -> bool:
    """Whether something that was proposed in weeks that began *before* may be proposed in the one that begins now."""
    if not before:
        return True
    return len(before) <= len(INTERVALS) and starts_at - max(before) >= INTERVALS[len(before) - 1] - _SLACK


def left_of(
    entries: Sequence[PlanEntry], works: Mapping[str, Readable], *, minutes: int
) -> tuple[tuple[PlanEntry, ...], tuple[PlanEntry, ...]]:
    """Of a plan that was made: what is still to be read in the *minutes* left, and what was read.

    What is not among the *works* any more, as a save that was taken back, is neither.
    """
    known = [one for one in entries if one.work_id in works]
    done = tuple(one for one in known if _done(works[one.work_id], one.number))
    left, open_entries = minutes, []
    for entry in known:
        if entry in done or works[entry.work_id].closed:
            continue
        if entry.minutes <= left:
            open_entries.append(entry)
            left -= entry.minutes
    return tuple(open_entries), done


class _Budget:
    """The minutes that are left, and the works whose first pass has some of them."""

    def __init__(self, minutes: int) -> None:
        self.left = minutes
        self._taken: set[str] = set()

    def take(
        self, works: Iterable[Readable], number: int, why: Callable[[Readable], Why], share: float = 1.0
    ) -> list[PlanEntry]:
        """As many of *works* as fit, in no more than a *share* of what is left now; what is too long is passed over."""
        most, entries = int(self.left * share), []
        for one in works:
            if one.minutes_of(number) <= most and self._may(one, number):
                entries.append(self._entry(one, number, why(one)))
                most -= one.minutes_of(number)
        return entries

    def first(self, works: Iterable[Readable], number: int, why: Why, most: int | None = None) -> list[PlanEntry]:
        """The first of *works* that fits, if any."""
        limit = self.left if most is None else min(most, self.left)
        for one in works:
            if one.minutes_of(number) <= limit and self._may(one, number):
                return [self._entry(one, number, why)]
        return []

    def begun(self, one: Readable) -> bool:
        """Whether its first pass was made, or is planned."""
        return 1 in one.passes or one.work_id in self._taken

    def _may(self, one: Readable, number: int) -> bool:
        return not (one.closed or _done(one, number) or (number == 1 and one.work_id in self._taken))

    def _entry(self, one: Readable, number: int, why: Why) -> PlanEntry:
        minutes = one.minutes_of(number)
        self.left -= minutes
        if number == 1:
            self._taken.add(one.work_id)
        return PlanEntry(item_id=one.item_id, work_id=one.work_id, number=number, minutes=minutes, why=why)


def _deep(budget: _Budget, promising: Sequence[Readable]) -> tuple[list[PlanEntry], list[PlanEntry]]:
    """A second pass over the best paper whose first was made, else over the best pick with its first pass before it."""
    if second := budget.first([one for one in promising if budget.begun(one)], 2, Why.SECOND):
        return [], second
    for one in promising:
        if one.picked and not one.new and one.minutes_of(1) + one.minutes_of(2) <= budget.left:
            return budget.first([one], 1, Why.PICK), budget.first([one], 2, Why.SECOND)
    return [], []


def _promising(known: Sequence[Readable], number: int, proposed: Proposals, starts_at: datetime) -> list[Readable]:
    return [one for one in known if one.paper and one.promising and _due(one, number, proposed, starts_at)]


def _done(one: Readable, number: int) -> bool:
    return any(made >= number for made in one.passes)


def _due(one: Readable, number: int, proposed: Proposals, starts_at: datetime) -> bool:
    return is_due(_before(one, number, proposed, starts_at), starts_at)


def _before(one: Readable, number: int, proposed: Proposals, starts_at: datetime) -> list[datetime]:
    return sorted(at for at in proposed.get((one.work_id, number), ()) if at < starts_at)


def _why_saved(one: Readable, proposed: Proposals, starts_at: datetime) -> Why:
    return Why.RETURN if _before(one, 1, proposed, starts_at) else Why.SAVE


def _order(one: Readable) -> tuple[bool, float, str]:
    return not one.first, -one.score, one.work_id

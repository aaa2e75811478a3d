"""The reading group's choices: which paper serves all best, and whose turn it is to present. Pure."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from digest.compose import periods
from digest.config import Digest
from digest.records import GroupTurn


def fairness(standing: Mapping[str, float]) -> tuple[float, float]:
    """How well a paper serves all: first what it is to whom it serves least, then the mean.

    *standing* is each member's relevance in standard deviations of that member's own, so that nobody's taste weighs
    more because their scores spread wider.
    """
    values = list(standing.values())
    return (min(values), sum(values) / len(values)) if values else (float("-inf"), float("-inf"))


def best_paper(standings: Mapping[str, Mapping[str, float]]) -> str:
    """The paper, by id, that serves all best; of equals the first by id, and "" where there is none."""
    return min(standings, key=lambda one: (*(-value for value in fairness(standings[one])), one), default="")


def turns_taken(past: Sequence[GroupTurn], members: Collection[str]) -> dict[str, int]:
    """How many turns each member is taken to have had.

    Who joins, or comes back, begins with as many as the member with the fewest, so that nobody has to catch up with
    the years before and nobody gains by leaving.
    """
    counts, there = Counter[str](), set[str]()
    for turn in past:
        _join(counts, there, turn.members)
        there = set(turn.members)
        counts[turn.presenter] += 1
    _join(counts, there, members)
    return {one: counts[one] for one in members}


def _join(counts: Counter[str], there: Collection[str], members: Collection[str]) -> None:
    fewest = min((counts[one] for one in members if one in there), default=0)
    for one in members:
        if one not in there:
            counts[one] = max(counts[one], fewest)


def in_turn(past: Sequence[GroupTurn], members: Sequence[str], *, skipped: Collection[str] = ()) -> list[str]:
    """The members in the order in which they present next: fewest turns first, then who waits longest.

    Who was *skipped* this time stands behind the others.
    """
    counts = turns_taken(past, members)
    last = {turn.presenter: place for place, turn in enumerate(past)}
    return sorted(members, key=lambda one: (one in skipped, counts[one], last.get(one, -1), members.index(one)))


def skip(turn: GroupTurn, past: Sequence[GroupTurn], members: Sequence[str], who: str) -> GroupTurn:
    """The turn presented by the next member than *who*, who keeps their place for the time after; *past* is before it."""
    skipped = tuple(dict.fromkeys((*turn.skipped, who)))
    order = in_turn(past, members, skipped=skipped)
    return replace(turn, presenter=order[0] if turn.presenter == who else turn.presenter, skipped=skipped)


def present(turn: GroupTurn, who: str) -> GroupTurn:
    """The turn presented by *who*."""
    return replace(turn, presenter=who, skipped=tuple(one for one in turn.skipped if one != who))


def due_at(past: Sequence[GroupTurn], began_at: dt.datetime, settings: Digest, zone: dt.tzinfo) -> dt.datetime:
    """When the next paper is chosen: the first scheduled moment whose period has none yet."""
    taken = {turn.period for turn in past}
    moment = max([began_at, *(turn.ends_at for turn in past)])
    while True:
        moment = periods.next_due(moment, settings, zone)
        if periods.name(moment, settings, zone) not in taken:
            return moment


def latest_due(due: dt.datetime, now: dt.datetime, settings: Digest, zone: dt.tzinfo) -> dt.datetime:
    """The last scheduled moment up to *now*, from one that is *due* on: periods that nobody was there for are left out."""
    following = periods.next_due(max(due, now - 2 * periods.length(settings)), settings, zone)
    last = due
    while following <= now:
        last, following = following, periods.next_due(following, settings, zone)
    return last

"""What was traded for what, in words: works that gave their places to others which score lower. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.compose.candidates import Against, Candidate, Rule
from digest.compose.penalties import Penalty

_TITLE = 60  # characters of a title that is named in another work's verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One time that *candidate* was passed over for *winner*, which scores lower."""

    candidate: Candidate
    winner: Candidate
    price: Penalty
    winners_price: Penalty
    #: the kept work most like the candidate, by its title, and how many were of its source, at that time
    nearest: str = ""
    from_source: int = 0

    @property
    def rule(self) -> Rule:
        """The preference that weighed most."""
        own, other = self.price, self.winners_price
        weights = {
            Rule.SOURCE: own.source - other.source,
            Rule.LEAN: own.lean - other.lean,
            Rule.LIKENESS: own.likeness - other.likeness,
        }
        return max(weights, key=lambda rule: weights[rule])

    @property
    def gap(self) -> str:
        """By how much the winner scores lower."""
        return f"{max(self.candidate.judged.score - self.winner.judged.score, 0.01):.2f}"

    @property
    def missing(self) -> float:
        """Score with which the candidate would have had that place."""
        won = self.winner.judged.score - self.winners_price.total
        return won - (self.candidate.judged.score - self.price.total)


def traded(left_out: Iterable[Candidate], passed: Mapping[str, Sequence[Passed]]) -> list[Passed]:
    """Whom each of *left_out*, best first, gave its place to: everybody to another one as far as they go."""
    told, claimed = [], set[str]()
    for candidate in left_out:
        times = sorted(passed.get(candidate.work.work_id, ()), key=lambda one: one.winner.judged.score)
        if times:
            fresh = [one for one in times if one.winner.work.work_id not in claimed]
            told.append((fresh or times)[0])
            claimed.add(told[-1].winner.work.work_id)
    return told


def gave_way(passed: Passed) -> Against:
    """Why a work is out though one that scores lower is in."""
    why = {
        Rule.SOURCE: f"{_count(passed.from_source)} from {passed.candidate.item.source} kept already",
        Rule.LEAN: f"the {passed.candidate.side} had more than its share already",
        Rule.LIKENESS: f"it is close to “{clipped(passed.nearest)}”, which is kept",
    }
    name = f"“{clipped(passed.winner.item.title)}”"
    reason = f"gave its place to {name}, which scored {passed.gap} lower, because {why[passed.rule]}"
    return Against(rule=passed.rule, reason=reason, change=f"{max(passed.missing, 0.01):.2f} more score")


def kept_before(passed: Passed) -> str:
    """Why a work is in though one that scores higher is out."""
    other = "letter" if passed.candidate.side == "envelope" else "envelope"
    why = {
        Rule.SOURCE: f"{passed.candidate.item.source} had its share already",
        Rule.LEAN: f"the {other} had little" if passed.winner.side == other else "it is of both sides",
        Rule.LIKENESS: f"that is close to “{clipped(passed.nearest)}”, which is kept too",
    }
    name = f"“{clipped(passed.candidate.item.title)}”"
    return f"kept before {name} though it scored {passed.gap} lower: {why[passed.rule]}"


def outdone(candidate: Candidate, price: Penalty, *, places: int, last: tuple[Candidate, float] | None) -> Against:
    """That better works took all *places*, and what it would have taken to outdo the *last* of them."""
    reason = f"the limit of {places} works was reached"
    if last is None:
        return Against(rule=Rule.LIMIT, reason=reason)
    missing = max(last[1] - (candidate.judged.score - price.total), 0.01)
    change = f"{missing:.2f} more score, to outdo “{clipped(last[0].item.title)}”"
    return Against(rule=Rule.LIMIT, reason=reason, change=change)


def clipped(title: str) -> str:
    """A title short enough to stand in another work's verdict."""
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1].rpartition(' ')[0] or title[: _TITLE - 1]}…"


def _count(works: int) -> str:
    return "one work is" if works == 1 else f"{works} works are"

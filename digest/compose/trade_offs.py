"""Trade-offs: what the learner's preferences may cost a work in score, and what was traded for what. Pure.

Lean and variety decide between works that are about as good, and never against the judge: a work may lose its
place to one that scores lower by `MOST_TRADED` at most. Only the bound on a single-author source weighs more,
because one busy blog would fill a digest by its pace alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from digest.compose.candidates import Candidate, Exclusion, Rule
from digest.judge.clauses import clipped
from digest.records import Section

#: All that lean and likeness together may cost, in score (standard deviations of relevance): a matching and a
#: middling paper lie two apart. On simulated weeks with a lean against the good works (as in
#: tests/compose/test_weeks.py) 0.5 costs 3 % of the judge's precision, 1.0 costs 4 to 8 %, and 2.0 8 to 13 %.
MOST_TRADED = 0.5
MOST_FOR_LEAN = 0.6 * MOST_TRADED
MOST_FOR_LIKENESS = 0.4 * MOST_TRADED
#: What a work beyond the share of its single-author source pays; after that it has to clear the floor.
BEYOND_SHARE = 1.0
#: Characters of a title in another work's verdict.
_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty:
    """The score a work loses beside what is kept so far; each part is 0 or more."""

    lean: float = 0.0
    likeness: float = 0.0
    source: float = 0.0

    @property
    def total(self) -> float:
        return self.lean + self.likeness + self.source


def lean_penalty(side: str, kept: Mapping[str, int], envelope: float) -> float:
    """What a work pays for its *side*; *kept* counts works by side, *envelope* is that side's declared share.

    It grows with how far the side is over its share, up to `MOST_FOR_LEAN` where all kept works are of that
    side. A work of both sides pays nothing.
    """
    one_sided = kept.get(Section.LETTER, 0) + kept.get(Section.ENVELOPE, 0)
    shares: dict[str, float] = {Section.LETTER: 1 - envelope, Section.ENVELOPE: envelope}
    share = shares.get(side, 1.0)
    if not one_sided or share >= 1:
        return 0.0
    excess = kept.get(side, 0) / one_sided - share
    return MOST_FOR_LEAN * max(0.0, excess / (1 - share))


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOver:
    """One time that *candidate* was passed over for *winner*, which scores lower."""

    candidate: Candidate
    winner: Candidate
    penalty: Penalty
    winners_penalty: Penalty
    #: title of the kept work most like the candidate, and how many of its source were kept, at that time
    nearest: str = ""
    from_source: int = 0

    @property
    def rule(self) -> Rule:
        """The preference that weighed most."""
        own, other = self.penalty, self.winners_penalty
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
        """The score that the candidate lacked for that place."""
        won = self.winner.judged.score - self.winners_penalty.total
        return won - (self.candidate.judged.score - self.penalty.total)


def traded(left_out: Iterable[Candidate], passed: Mapping[str, Sequence[PassedOver]]) -> list[PassedOver]:
    """To which work each of *left_out*, best first, gave its place: each to another one while there are any."""
    trades, claimed = [], set[str]()
    for candidate in left_out:
        times = sorted(passed.get(candidate.work.work_id, ()), key=lambda one: one.winner.judged.score)
        if times:
            unclaimed = [one for one in times if one.winner.work.work_id not in claimed]
            trades.append((unclaimed or times)[0])
            claimed.add(trades[-1].winner.work.work_id)
    return trades


def gave_way(passed: PassedOver) -> Exclusion:
    """Why a work is out though one that scores lower is in."""
    why = {
        Rule.SOURCE: f"{_count(passed.from_source)} from {passed.candidate.item.source} kept already",
        Rule.LEAN: f"the {passed.candidate.side} had more than its share already",
        Rule.LIKENESS: f"it is close to {quoted(passed.nearest)}, which is kept",
    }
    winner = quoted(passed.winner.item.title)
    reason = f"gave its place to {winner}, which scored {passed.gap} lower, because {why[passed.rule]}"
    return Exclusion(rule=passed.rule, reason=reason, change=f"{max(passed.missing, 0.01):.2f} more score")


def kept_before(passed: PassedOver) -> str:
    """Why a work is in though one that scores higher is out."""
    other = Section.LETTER if passed.candidate.side == Section.ENVELOPE else Section.ENVELOPE
    why = {
        Rule.SOURCE: f"{passed.candidate.item.source} had its share already",
        Rule.LEAN: f"the {other} had little" if passed.winner.side == other else "it is of both sides",
        Rule.LIKENESS: f"that is close to {quoted(passed.nearest)}, which is kept too",
    }
    loser = quoted(passed.candidate.item.title)
    return f"kept before {loser} though it scored {passed.gap} lower: {why[passed.rule]}"


def outdone(candidate: Candidate, penalty: Penalty, *, places: int, last: tuple[Candidate, float] | None) -> Exclusion:
    """The exclusion by better works that took all *places*; *last* is the one to outdo, and its score less penalties."""
    reason = f"the limit of {places} works was reached"
    if last is None:
        return Exclusion(rule=Rule.LIMIT, reason=reason)
    missing = max(last[1] - (candidate.judged.score - penalty.total), 0.01)
    change = f"{missing:.2f} more score, to outdo {quoted(last[0].item.title)}"
    return Exclusion(rule=Rule.LIMIT, reason=reason, change=change)


def quoted(title: str) -> str:
    """A title short enough to stand in another work's verdict, in quotation marks."""
    return f"“{clipped(title, _TITLE)}”"


def _count(works: int) -> str:
    return "one work is" if works == 1 else f"{works} works are"

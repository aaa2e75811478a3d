"""Which works that were left out are worth telling about. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from digest.compose.candidates import Against, Candidate, Decision, Rule
from digest.records import NearMiss
from digest.sources.identifiers import without_tracking

_SHOWN = 5
#: Of one rule: a week in which a hundred works missed by the limit is told by two of them.
_OF_ONE_RULE = 2
#: Farther below the floor a work was not near.
_NEAR = 1.0
#: What the learner ordered is no news to them.
_ORDERED = (Rule.MUTED, Rule.SILENCED)


def near_misses(candidates: Sequence[Candidate], decision: Decision, *, floor: float) -> tuple[NearMiss, ...]:
    """The best works that were not kept, of several rules where there are several."""
    by_work = {candidate.work.work_id: candidate for candidate in candidates}
    missed = [by_work[v.work_id] for v in decision.verdicts if not v.kept]
    near = [c for c in missed if _near(c, decision.against, floor)]
    chosen = [c.work.work_id for c in _of_each_rule(near, decision.against)]
    return tuple(_told(c, decision.against[c.work.work_id]) for c in near if c.work.work_id in chosen)


def _near(candidate: Candidate, against: Mapping[str, Against], floor: float) -> bool:
    rule = against[candidate.work.work_id].rule
    return rule not in _ORDERED and candidate.judged.relevance >= floor - _NEAR


def _of_each_rule(near: Sequence[Candidate], against: Mapping[str, Against]) -> list[Candidate]:
    """The best of each rule first, then whatever is best."""
    counts: Counter[Rule] = Counter()
    first, rest = list[Candidate](), list[Candidate]()
    for candidate in near:
        rule = against[candidate.work.work_id].rule
        (first if counts[rule] < _OF_ONE_RULE else rest).append(candidate)
        counts[rule] += 1
    return (first + rest)[:_SHOWN]


def _told(candidate: Candidate, against: Against) -> NearMiss:
    return NearMiss(
        item_id=candidate.item.item_id,
        title=candidate.item.title,
        url=without_tracking(candidate.item.url),
        source=candidate.item.source,
        reason=against.reason,
        change=against.change,
    )

"""Near misses: works left out that an issue shows, with what excluded them. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

from digest.compose.candidates import Candidate, Decision, Exclusion, Rule
from digest.records import NearMiss
from digest.sources.identifiers import without_tracking

_SHOWN = 5
#: Of one rule: two works are enough for a week in which a hundred missed by the limit.
_OF_ONE_RULE = 2
#: How far below the floor a work is still near.
_NEAR = 1.0
#: The learner ordered these exclusions.
_ORDERED = (Rule.MUTED, Rule.SILENCED)


def near_misses(candidates: Sequence[Candidate], decision: Decision, *, floor: float) -> tuple[NearMiss, ...]:
    """The best works that were not kept, of several rules where there are several."""
    by_work = {candidate.work.work_id: candidate for candidate in candidates}
    missed = [by_work[v.work_id] for v in decision.verdicts if not v.kept]
    near = [c for c in missed if _near(c, decision.exclusions, floor)]
    chosen = [c.work.work_id for c in _of_each_rule(near, decision.exclusions)]
    return tuple(_near_miss(c, decision.exclusions[c.work.work_id]) for c in near if c.work.work_id in chosen)


def _near(candidate: Candidate, exclusions: Mapping[str, Exclusion], floor: float) -> bool:
    rule = exclusions[candidate.work.work_id].rule
    return rule not in _ORDERED and candidate.judged.relevance >= floor - _NEAR


def _of_each_rule(near: Sequence[Candidate], exclusions: Mapping[str, Exclusion]) -> list[Candidate]:
    """The best of each rule first, then whatever is best."""
    counts: Counter[Rule] = Counter()
    first, rest = list[Candidate](), list[Candidate]()
    for candidate in near:
        rule = exclusions[candidate.work.work_id].rule
        (first if counts[rule] < _OF_ONE_RULE else rest).append(candidate)
        counts[rule] += 1
    return (first + rest)[:_SHOWN]


def _near_miss(candidate: Candidate, exclusion: Exclusion) -> NearMiss:
    return NearMiss(
        item_id=candidate.item.item_id,
        title=candidate.item.title,
        url=without_tracking(candidate.item.url),
        source=candidate.item.source,
        reason=exclusion.reason,
        change=exclusion.change,
    )

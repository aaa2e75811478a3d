"""The works of a literature review: what each does for the reader, which are chosen, and in which order. Pure.

A reader who is new to a question first needs the wide view, then what others did about it ("how others solved it"),
then what goes deeper. What a work is shows in its title and in how its authors say what they did.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from digest.judge.claims import contribution
from digest.judge.sentences import prose_sentences
from digest.records import Item, ReviewKind

#: Works in a review, and how many of them give the wide view.
WORKS, OVERVIEWS = 10, 3
#: Standard deviations above arbitrary texts from which a work is near the question or a part of it.
NEAR = 4.0
#: Places that each part of the question has among what goes deeper, as far as works are near it.
_OF_EACH_PART = 2
#: Contribution of a sentence from which it reports what was done.
_REPORTS = 3.0
#: Characters of a text that are read for it.
_READ = 4_000

_OVERVIEW_TITLE = re.compile(
    r"\b(?:surveys?|overviews?|tutorial|primer|handbook|roadmap|taxonomy|introduction to|an introduction|a guide|guide to|"
    r"state of the art|(?:systematic|literature|comprehensive|critical|brief|short|scoping) review|a review|review of|"
    r"an? (?:brief|short) history|explained|from scratch|what is|what are|lecture notes)\b|:\s*a review\b",
    re.IGNORECASE,
)
_OVERVIEW_TEXT = re.compile(
    r"\b(?:this|our|the present) (?:\w+ )?(?:survey|overview|tutorial|primer|review article)\b|\bwe (?:\w+ )?(?:survey|review) "
    r"(?:the |recent |existing |current )?(?:literature|work|methods|approaches|advances|progress|techniques|field|research)\b|"
    r"\bthis (?:paper|article|work|post) (?:\w+ )?(?:surveys|reviews|gives an overview|provides an? (?:\w+ )?(?:survey|overview|review|introduction))\b",
    re.IGNORECASE,
)
#: How people tell what they did themselves, at work.
_CASE = re.compile(
    r"\b(?:(?i:how (?:we|i)\b|case study|case studies|lessons (?:learned|learnt|from)|in production|at scale|we (?:built|migrated|moved|"
    r"shipped|deployed|replaced|rewrote|rolled out|switched)|i (?:built|migrated|moved|replaced|rewrote|switched)|post-?mortem)|"
    r"(?:[Bb]uilding|[Ss]caling|[Rr]ebuilding|[Mm]igrating|[Dd]eploying|[Ss]erving) \w+(?: \w+)* (?:at|with|for) [A-Z]\w+)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCandidate:
    """A work near the question."""

    work_id: str
    item: Item
    kind: ReviewKind
    #: standard deviations by which it is nearer to the question, or to its nearest part, than arbitrary texts
    fit: float
    #: which part of the question that is, counted from 0
    part: int = 0


def kind_of(item: Item) -> ReviewKind:
    """What a work does for a reader, by its title and its own sentences."""
    sentences = prose_sentences(item.body[:_READ])
    if _OVERVIEW_TITLE.search(item.title) or any(_OVERVIEW_TEXT.search(one) for one in sentences[:8]):
        return ReviewKind.OVERVIEW
    told = _CASE.search(item.title) or any(_CASE.search(one) for one in sentences)
    if told or any(contribution(one) >= _REPORTS for one in sentences):
        return ReviewKind.SOLUTION
    return ReviewKind.FURTHER


def choose_works(candidates: Sequence[ReviewCandidate], *, most: int = WORKS) -> list[ReviewCandidate]:
    """Up to *most* works that are near the question, one of each title: overviews, then solutions, then others.

    Within a kind the strongest fits come first. Overviews leave most places to the others where there are any, and
    others come in only where solutions leave a place.
    """
    near = _each_title_once(sorted(candidates, key=lambda one: (-one.fit, one.work_id)))
    wide = [one for one in near if one.kind == ReviewKind.OVERVIEW]
    deep = [one for kind in (ReviewKind.SOLUTION, ReviewKind.FURTHER) for one in near if one.kind == kind]
    overviews = wide[: max(OVERVIEWS, most - len(deep))][:most]
    return [*overviews, *_spread(deep, most - len(overviews))]


def _each_title_once(candidates: Sequence[ReviewCandidate]) -> list[ReviewCandidate]:
    first: dict[str, ReviewCandidate] = {}
    for one in candidates:
        if one.fit >= NEAR:
            first.setdefault(" ".join(one.item.title.casefold().split()), one)
    return list(first.values())


def _spread(works: Sequence[ReviewCandidate], most: int) -> list[ReviewCandidate]:
    """The first *most* in their order, of which some are on each part of the question."""
    counts, first, rest = Counter[int](), list[ReviewCandidate](), list[ReviewCandidate]()
    for one in works:
        counts[one.part] += 1
        (first if counts[one.part] <= _OF_EACH_PART else rest).append(one)
    chosen = {one.work_id for one in (*first, *rest)[: max(0, most)]}
    return [one for one in works if one.work_id in chosen]

"""Reading time in minutes, and for papers how far to read: one of Keshav's three passes. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import Item

#: For technical prose; English prose in general is read at about 240 (Brysbaert 2019).
_WORDS_PER_MINUTE = 200
#: Minutes of the three passes over a paper (Keshav 2007, "How to read a paper"): for its claims, for its methods,
#: and to re-create it.
PASSES = (10, 60, 240)
FIRST_PASS = PASSES[0]
#: A feed with fewer words shows a teaser, which says nothing about the length.
_TEASER_WORDS = 120
#: Second and third passes in one issue; a week has no time for more.
_MOST_SECOND = 2
_MOST_THIRD = 1


def minutes(item: Item) -> int:
    """Playing time, the first pass over a paper, or the words' reading time; 0 where it is unknown."""
    return minutes_of(words=item.words, seconds=item.seconds, arxiv_id=item.arxiv_id)


def minutes_of(*, words: int, seconds: int, arxiv_id: str) -> int:
    """The same, from what is stored of an item."""
    if seconds:
        return math.ceil(seconds / 60)
    if arxiv_id:
        return FIRST_PASS
    if words < _TEASER_WORDS:
        return 0
    return math.ceil(words / _WORDS_PER_MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What decides how far to read a paper."""

    item_id: str
    relevance: float
    #: speaks to the project's question
    on_question: bool = False
    with_code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """How far to read a paper: pass 1, 2 or 3, and why."""

    number: int
    reason: str

    @property
    def minutes(self) -> int:
        return PASSES[self.number - 1]


def suggest_passes(papers: Sequence[Paper], *, deep: bool, spare: int | None = None) -> dict[str, Pass]:
    """Suggest a pass for each of an issue's papers, within *spare* minutes beyond a first pass of all.

    Most papers deserve the first pass only. The nearest to the focus and those on the learner's question deserve the
    second; in deep mode a paper on the question that comes with code deserves the third.
    """
    passes = {paper.item_id: Pass(number=1, reason="see what it claims, then decide") for paper in papers}
    left = math.inf if spare is None else spare
    suggested = {2: 0, 3: 0}
    for paper in sorted(papers, key=lambda paper: (not paper.on_question, -paper.relevance, paper.item_id)):
        for wanted in _wanted(paper, papers, deep=deep):
            extra = wanted.minutes - FIRST_PASS
            if extra <= left and suggested[wanted.number] < (_MOST_SECOND, _MOST_THIRD)[wanted.number - 2]:
                passes[paper.item_id] = wanted
                suggested[wanted.number] += 1
                left -= extra
                break
    return passes


def _wanted(paper: Paper, papers: Sequence[Paper], *, deep: bool) -> list[Pass]:
    """The passes beyond the first that *paper* deserves, the longest first."""
    wanted = []
    if deep and paper.on_question and paper.with_code:
        wanted.append(Pass(number=3, reason="it speaks to your question and comes with code to work along with"))
    if paper.on_question:
        wanted.append(Pass(number=2, reason="it speaks to your question"))
    elif len(papers) > 1 and paper.relevance == max(other.relevance for other in papers):
        wanted.append(Pass(number=2, reason="no other paper here is nearer to your focus"))
    return wanted

"""A literature review: what each work does for the reader, and which are chosen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.literature_review import NEAR, OVERVIEWS, WORKS, ReviewCandidate, choose_works, kind_of
from digest.records import ReviewKind
from tests import make

CANDIDATES = st.lists(
    st.tuples(st.sampled_from(ReviewKind), st.floats(NEAR - 2, NEAR + 6), st.integers(0, 2)), max_size=30
).map(lambda drawn: [candidate(n, kind, fit, part) for n, (kind, fit, part) in enumerate(drawn)])


def candidate(number: int, kind: ReviewKind, fit: float = NEAR + 1, part: int = 0) -> ReviewCandidate:
    return ReviewCandidate(work_id=f"w{number:02}", item=make.item(number), kind=kind, fit=fit, part=part)


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("A Survey of Dense Retrieval", "", ReviewKind.OVERVIEW),
        ("Evaluating Search: A Systematic Review", "", ReviewKind.OVERVIEW),
        ("Retrieval", "In this survey we look back on ten years of retrieval.", ReviewKind.OVERVIEW),
        ("How we rebuilt search at Harbour", "It took a year.", ReviewKind.SOLUTION),
        ("Fresh indexes", "We propose an index that stays fresh at low cost.", ReviewKind.SOLUTION),
        ("Lessons learned from a year of labels", "", ReviewKind.SOLUTION),
        ("Peer review at conferences", "Reviewers are tired.", ReviewKind.FURTHER),
        ("A retrieval system", "The weather was fine that day.", ReviewKind.FURTHER),
    ],
)
def test_a_work_shows_what_it_is(title: str, text: str, kind: ReviewKind) -> None:
    """In its title, or in how its authors say what they did."""
    assert kind_of(make.item(1, title=title, summary=text)) == kind


@given(CANDIDATES)
def test_wide_comes_before_deep_and_strong_before_weak(candidates: list[ReviewCandidate]) -> None:
    """No work is twice in it, nor far from the question; within a kind the fits fall."""
    chosen = choose_works(candidates)
    order = [(list(ReviewKind).index(one.kind), -one.fit) for one in chosen]

    assert len(chosen) <= WORKS
    assert len({one.work_id for one in chosen}) == len(chosen)
    assert all(one.fit >= NEAR for one in chosen)
    assert order == sorted(order)


@given(CANDIDATES)
def test_places_are_filled(candidates: list[ReviewCandidate]) -> None:
    """A review is only shorter than ten where fewer works are near."""
    near = [one for one in candidates if one.fit >= NEAR]

    assert len(choose_works(candidates)) == min(WORKS, len(near))


def test_overviews_leave_places_to_solutions() -> None:
    """However near they are."""
    wide = [candidate(number, ReviewKind.OVERVIEW, 9.0) for number in range(20)]
    deep = [candidate(number, ReviewKind.SOLUTION, 4.5) for number in range(20, 40)]
    chosen = choose_works([*deep, *wide])

    assert [one.kind for one in chosen].count(ReviewKind.OVERVIEW) == OVERVIEWS
    assert len(chosen) == WORKS


def test_each_part_of_a_question_has_works() -> None:
    """Where one part is written about far more than the other."""
    loud = [candidate(number, ReviewKind.SOLUTION, 9.0) for number in range(20)]
    quiet = candidate(30, ReviewKind.SOLUTION, 4.1, part=1)

    assert quiet in choose_works([*loud, quiet])


def test_the_same_title_is_there_once() -> None:
    """From whichever source it comes."""
    twice = [candidate(1, ReviewKind.SOLUTION), candidate(1, ReviewKind.SOLUTION, NEAR)]

    assert len(choose_works(twice)) == 1

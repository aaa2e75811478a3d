"""Works that prove to be one: nominated by vectors, decided by texts."""

from datetime import timedelta

from digest.compose.near_duplicates import join, near_duplicates
from digest.records import Work
from tests import make

ABSTRACT = (
    "We study hard negatives for dense retrieval and find that the hardest five percent are simply unlabelled "
    "positives. A curriculum that leaves them out gains four points of recall on nine collections. "
)


def work(number: int, text: str, **changes: str) -> Work:
    given = {"source": f"Source {number}", "title": "Which negatives are hard?", "summary": text} | changes
    one = make.item(number, **given)
    return make.work(one, first_seen_at=make.NOW + timedelta(hours=number))


def test_a_reworked_text_under_nearly_the_same_title() -> None:
    """Half of the text is enough where the vectors and the titles agree; the first seen stays."""
    reworked = (
        ABSTRACT[:150] + "Here is the story of how we found out, with the mistakes left in, and a plot or two. " * 2
    )
    works = [work(2, reworked, title="Which negatives are hard? Our story"), work(1, ABSTRACT)]

    assert near_duplicates(works, [(0, 1, 0.9)]) == {works[0].work_id: works[1].work_id}


def test_vectors_alone_prove_nothing() -> None:
    """Two texts on one thing are not one text."""
    other = (
        "Negatives mined by the retriever itself are harder than random ones; we ask how hard they should be, and when."
    )
    works = [work(1, ABSTRACT), work(2, other, title="How hard should a negative be?")]

    assert near_duplicates(works, [(0, 1, 0.99)]) == {}


def test_texts_that_were_not_nominated_are_left_alone() -> None:
    """Below the cosine nobody looks."""
    assert near_duplicates([work(1, ABSTRACT), work(2, ABSTRACT)], [(0, 1, 0.5)]) == {}


def test_what_one_source_gives_as_two_is_two() -> None:
    """A series has much in common from part to part."""
    works = [work(1, ABSTRACT, source="Blog"), work(2, ABSTRACT, source="Blog")]

    assert near_duplicates(works, [(0, 1, 1.0)]) == {}


def test_two_identifiers_are_two_works() -> None:
    """Two papers stay two even where one is a reworked version of the other; one identifier is no conflict."""
    works = [
        work(1, ABSTRACT, arxiv_id="2603.00001"),
        work(2, ABSTRACT, arxiv_id="2603.00002"),
        work(3, ABSTRACT),
    ]

    assert near_duplicates(works, [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)]) == {works[2].work_id: works[0].work_id}


def test_chains_end_at_the_first() -> None:
    """A third copy of a second copy belongs to the first; joined, the work has all their items."""
    works = [work(number, ABSTRACT) for number in (1, 2, 3)]

    merged = near_duplicates(works, [(1, 2, 1.0), (0, 1, 0.95)])
    (joined,) = join(works, merged)

    assert merged == {works[1].work_id: works[0].work_id, works[2].work_id: works[0].work_id}
    assert {item.source for item in joined.items} == {"Source 1", "Source 2", "Source 3"}
    assert (joined.work_id, joined.first_seen_at) == (works[0].work_id, works[0].first_seen_at)

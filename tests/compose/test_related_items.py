"""What picks go back to."""

from dataclasses import replace

import numpy as np
import pytest

from digest.compose.related_items import foundation, relate
from digest.records import Item, KnownWork
from tests import make


def at(cosine: float) -> list[float]:
    """A unit vector at that cosine from the first axis."""
    return [cosine, (1 - cosine**2) ** 0.5]


def rows(*cosines: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array([at(cosine) for cosine in cosines], dtype=np.float32).reshape(-1, 2)


def past(number: int, **changes: str) -> KnownWork:
    one = make.item(number, **changes)
    return KnownWork(item=one, work_id=one.item_id, period="2026-W10", mark="save")


def relations(item: Item, things: list[KnownWork], cosines: list[float]) -> list[tuple[str, str]]:
    (found,) = relate([item], rows(1.0), things, rows(*cosines))
    return [(connection.relation, connection.title) for connection in found]


class TestConnect:
    def test_the_two_nearest_and_no_more(self) -> None:
        """What is near is close to it, what is nearer says the same, what is far is nothing to it."""
        things = [past(n) for n in range(1, 6)]

        found = relations(make.item(9), things, [0.5, 0.1, 0.9, 0.6, -0.5])

        assert found == [("repeats", "Post 3"), ("builds on", "Post 4")]

    def test_nothing_near_is_nothing(self) -> None:
        """No connection is better than a forced one."""
        assert relations(make.item(9), [past(1)], [0.4]) == []
        assert relate([make.item(9)], rows(1.0), [], rows()) == [()]

    @pytest.mark.parametrize(
        "text",
        [
            "See arXiv:2603.01234v2 for the first part.",
            "As in https://www.blog.example.org/posts/1?utm_source=x we begin.",
            "After “The long  way to\nretrieval” this is the second part.",
        ],
    )
    def test_what_a_text_names_comes_first(self, text: str) -> None:
        """By its identifier, its address or its whole title, however far the vectors lie apart."""
        named = past(1, title="The long way to retrieval", arxiv_id="2603.01234")

        found = relations(make.item(9, text=text), [past(2), named], [0.7, -0.2])

        assert found == [("cites", "The long way to retrieval"), ("builds on", "Post 2")]

    @pytest.mark.parametrize(
        "text", ["Number 12603.01234 or 2603.012345.", "https://blog.example.org/posts/12", "A short title is said."]
    )
    def test_what_only_looks_like_a_name(self, text: str) -> None:
        """Longer numbers, longer addresses and titles of three words name nothing."""
        thing = past(1, title="A short title", arxiv_id="2603.01234")

        assert relations(make.item(9, text=text), [thing], [0.0]) == []

    def test_nothing_is_named_again_and_again(self) -> None:
        """What everything is close to is named by two picks; the third names the next."""
        things = [past(1), past(2)]

        found = relate([make.item(n) for n in (7, 8, 9)], rows(1.0, 1.0, 1.0), things, rows(0.7, 0.6))

        assert [[one.title for one in own] for own in found] == [["Post 1", "Post 2"], ["Post 1", "Post 2"], []]

    def test_what_was_marked_is_remembered_better(self) -> None:
        """Of two things as near the marked one comes first."""
        shown_only = replace(past(1), mark="")

        assert relations(make.item(9), [shown_only, past(2)], [0.62, 0.6])[0] == ("builds on", "Post 2")

    def test_what_is_known_of_it_is_told(self) -> None:
        """The issue that showed it and what the learner said."""
        ((found,),) = relate([make.item(9)], rows(1.0), [past(1)], rows(0.5))

        assert (found.period, found.mark, found.similarity) == ("2026-W10", "save", 0.5)


class TestFoundation:
    names = ("a", "b", "c", "d")

    def test_several_picks_lean_on_it(self) -> None:
        """The thing that most picks are near to, and which of them."""
        found = foundation(rows(1.0, 1.0, 1.0, -1.0), self.names, [past(1), past(2)], rows(0.5, 0.6))

        assert found is not None
        assert (found.title, found.leaning) == ("Post 2", ("a", "b", "c"))

    def test_two_are_not_several(self) -> None:
        """Nothing is called a foundation for two picks."""
        assert foundation(rows(1.0, 1.0, -1.0, -1.0), self.names, [past(1)], rows(0.6)) is None

    def test_what_says_the_same_is_no_ground(self) -> None:
        """An earlier copy of a pick is not what it stands on."""
        assert foundation(rows(1.0, 1.0, 1.0, 1.0), self.names, [past(1)], rows(0.95)) is None

    def test_nothing_to_look_at(self) -> None:
        """An empty issue or a young archive has no foundation."""
        assert foundation(rows(), (), [past(1)], rows(0.6)) is None
        assert foundation(rows(1.0), ("a",), [], rows()) is None

"""How many works a digest may keep, and whom the learner follows and mutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.eligibility import ceiling, focused_places, follows, muted
from tests import make


class TestCeiling:
    @pytest.mark.parametrize(
        ("works", "keep", "expected"),
        [(0, 0.03, 3), (100, 0.03, 3), (133, 0.03, 3), (134, 0.03, 4), (1000, 0.03, 30), (10, 1.0, 10)],
    )
    def test_the_fraction_but_never_fewer_than_three(self, works: int, keep: float, expected: int) -> None:
        """Of all the works of the period, whatever becomes of them."""
        assert ceiling(works, make.digest(keep=keep, at_most=1000)) == expected

    @given(percent=st.integers(1, 100), works=st.integers(0, 10_000))
    def test_percentages_are_exact(self, percent: int, works: int) -> None:
        """29% of 100 is 29, though 0.29 * 100 is a little less."""
        found = ceiling(works, make.digest(keep=f"{percent}%", at_most=10_000))

        assert found == max(3, percent * works // 100)

    def test_at_most_is_a_ceiling_too(self) -> None:
        """Also below three."""
        assert ceiling(1000, make.digest(at_most=12)) == 12
        assert ceiling(1000, make.digest(at_most=1)) == 1

    def test_at_least_outranks_the_fraction(self) -> None:
        """Because the learner asked for it."""
        assert ceiling(10, make.digest(at_least=5)) == 5


class TestMute:
    @pytest.mark.parametrize(
        ("title", "phrase", "expected"),
        [
            ("Sponsored: buy this", "sponsored", True),
            ("An unsponsored post", "sponsored", False),
            ("Why C++ is fast", "c++", True),
            ("A sponsored post", "sponsored post", True),
            ("Sponsored, post by post", "sponsored post", False),
            ("Die ÜBERSICHT", "übersicht", True),
            ("Anything", " ", False),
            ("a.b", "a?b", False),
        ],
    )
    def test_whole_words_of_the_title_whatever_their_case(self, title: str, phrase: str, expected: bool) -> None:
        """A phrase is taken as it is written, not as a pattern."""
        assert bool(muted(make.item(title=title), [phrase])) is expected


class TestFollow:
    @pytest.mark.parametrize(
        "author",
        ["Omar Khattab", "omar khattab", "Khattab, Omar", "O. Khattab", "Khattab, O.", "Omar  B. Khattab", "O Khattab"],
    )
    def test_spellings_of_one_name(self, author: str) -> None:
        """As feeds and journals write it; the declared name is given back."""
        assert follows(make.item(authors=("Somebody Else", author)), ["Ada Byron", "Omar Khattab"]) == "Omar Khattab"

    @pytest.mark.parametrize(
        "author", ["Omar Khatab", "Olga Khattab", "Khattab Omar", "P. Khattab", "Khattab", "Omar", ""]
    )
    def test_other_people(self, author: str) -> None:
        """A family name alone is not enough."""
        assert follows(make.item(authors=(author,)), ["Omar Khattab"]) == ""

    @pytest.mark.parametrize(
        ("declared", "author"),
        [
            ("O. Khattab", "Omar Khattab"),
            ("Khattab, Omar", "Omar Khattab"),
            ("Bernhard Schölkopf", "Bernhard Scho\u0308lkopf"),
            ("Bernhard Scholkopf", "B. Schölkopf"),
            ("Plato", "PLATO"),
        ],
    )
    def test_the_declared_name_may_be_written_any_of_these_ways_too(self, declared: str, author: str) -> None:
        """With initials, turned round, with or without accents, in either way of encoding them."""
        assert follows(make.item(authors=(author,)), [declared]) == declared

    @pytest.mark.parametrize("name", ["", " ", ",", "."])
    def test_a_name_that_is_none_is_nobodys(self, name: str) -> None:
        """Authors without a name are no match for it either."""
        assert follows(make.item(authors=("", ",", "Ada Byron")), [name]) == ""


class TestFocusedPlaces:
    @pytest.mark.parametrize(
        ("works", "digest", "expected"),
        [
            (1000, {}, 11),
            (1000, {"stretch": 0}, 12),
            (1000, {"stretch": 4}, 8),
            (20, {}, 3),
            (20, {"at_least": 5}, 5),
            (1000, {"at_most": 2}, 2),
        ],
    )
    def test_a_place_is_for_a_stretch_but_not_at_a_tiny_digests_cost(
        self, works: int, digest: dict[str, object], expected: int
    ) -> None:
        """Three works, and what the learner asked for at least, come before it."""
        assert focused_places(works, make.digest(**digest)) == expected

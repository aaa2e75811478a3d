"""The records: frozen, and with names and counts derived in one way only."""

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.records import Request, short_id
from tests import make
from tests.strategies import TEXT


class TestShortId:
    def test_it_is_the_same_for_ever(self) -> None:
        """Ids stand in digests that are long written; a change here would orphan them."""
        assert short_id("Blog", "entry 1") == "wawkrzdy3m"
        assert make.item(1).item_id == short_id("Blog", "entry 1")

    @given(parts=st.lists(TEXT, max_size=4))
    def test_it_is_safe_to_type(self, parts: list[str]) -> None:
        """Ten characters that nobody mistakes for one another, a letter first."""
        made = short_id(*parts)

        assert len(made) == 10
        assert made[0].isalpha()
        assert set(made) <= set("0123456789abcdefghjkmnpqrstvwxyz")

    def test_parts_are_told_apart(self) -> None:
        """The same letters divided otherwise are another thing."""
        assert len({short_id("ab", "c"), short_id("a", "bc"), short_id("abc"), short_id("abc", "")}) == 4

    def test_a_hundred_thousand_differ(self) -> None:
        """49 bits are enough for an archive."""
        assert len({short_id("Blog", str(number)) for number in range(100_000)}) == 100_000


class TestItem:
    def test_its_id_is_its_source_and_entry(self) -> None:
        """Whatever else changes; another source's entry is another item."""
        one = make.item(1)

        assert replace(one, title="Corrected", url="https://moved.example.org/").item_id == one.item_id
        assert replace(one, source="Other").item_id != one.item_id
        assert replace(one, entry_id="entry 2").item_id != one.item_id

    def test_the_body_is_the_whole_text_where_there_is_one(self) -> None:
        """Else the summary; words are counted in it."""
        assert make.item(summary="a b", text="a b c d").body == "a b c d"
        assert make.item(summary="a b", text="a b c d").words == 4
        assert make.item(summary=" a\n b\t").words == 2
        assert make.item(summary="").words == 0

    def test_it_is_complete_at_birth(self) -> None:
        """Nothing is filled in later."""
        with pytest.raises(FrozenInstanceError):
            make.item().title = "Other"  # type: ignore[misc]


class TestRequest:
    @pytest.mark.parametrize(
        ("validators", "expected"),
        [(("", ""), False), (('"x"', ""), True), (("", "Mon, 23 Mar 2026 07:00:00 GMT"), True)],
    )
    def test_it_is_conditional_with_a_validator(self, validators: tuple[str, str], expected: bool) -> None:
        """Either will do."""
        etag, modified = validators

        assert Request(url="https://a.org/", etag=etag, last_modified=modified).conditional is expected

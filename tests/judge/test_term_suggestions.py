"""What could be added to a focus comes from the archive's own words."""

from hypothesis import given
from hypothesis import strategies as st

from digest.judge.term_suggestions import PROPOSED, distinctive

NEAR = [f"Paged cache eviction for long prompts, variant {letter}: we study attention sinks" for letter in "abcdefgh"]
OTHERS = [f"Protein folding with graph networks, part {letter}: we study long chains" for letter in "abcdefghijkl"]


def test_terms_of_the_near_works_are_proposed() -> None:
    """Pairs of words name a subject; what everybody says is not proposed."""
    found = distinctive(NEAR, OTHERS, said=["serving language models"])

    assert any("cache" in term or "eviction" in term for term in found)
    assert "attention sinks" in found
    assert not any("protein" in term or term == "long" for term in found)


def test_what_the_focus_says_is_not_proposed() -> None:
    """In whatever form it says it."""
    found = distinctive(NEAR, OTHERS, said=["Evicting paged caches with attention sink", "prompt eviction"])

    assert not {"attention sinks", "paged cache"} & set(found)


def test_one_author_is_no_vocabulary() -> None:
    """A word of two works is not what the field says."""
    assert distinctive(["quokka routing", "quokka routing"], OTHERS, said=[]) == []


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=3))
def test_any_texts_give_a_bounded_list(near: list[str], others: list[str], said: list[str]) -> None:
    """Empty archives and strange texts too."""
    found = distinctive(near, others, said=said)

    assert len(found) <= PROPOSED
    assert len(set(found)) == len(found)

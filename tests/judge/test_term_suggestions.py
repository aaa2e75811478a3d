"""What could be added to a focus comes from the archive's own words."""

from hypothesis import given
from hypothesis import strategies as st

from digest.judge.term_suggestions import SUGGESTED, distinctive_terms

NEAR = [f"Paged cache eviction for long prompts, variant {letter}: we study attention sinks" for letter in "abcdefgh"]
OTHERS = [f"Protein folding with graph networks, part {letter}: we study long chains" for letter in "abcdefghijkl"]


def test_terms_of_the_near_works_are_proposed() -> None:
    """Pairs of words name a subject; what everybody says is not proposed."""
    found = distinctive_terms(NEAR, OTHERS, declared=["serving language models"])

    assert any("cache" in term or "eviction" in term for term in found)
    assert "attention sinks" in found
    assert not any("protein" in term or term == "long" for term in found)


def test_what_the_focus_says_is_not_proposed() -> None:
    """In whatever form it says it."""
    found = distinctive_terms(NEAR, OTHERS, declared=["Evicting paged caches with attention sink", "prompt eviction"])

    assert not {"attention sinks", "paged cache"} & set(found)


def test_one_author_is_no_vocabulary() -> None:
    """A word of two works is not what the field says."""
    assert distinctive_terms(["quokka routing", "quokka routing"], OTHERS, declared=[]) == []


@given(st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=5), st.lists(st.text(), max_size=3))
def test_any_texts_give_a_bounded_list(near: list[str], others: list[str], said: list[str]) -> None:
    """Empty archives and strange texts too."""
    found = distinctive_terms(near, others, declared=said)

    assert len(found) <= SUGGESTED
    assert len(set(found)) == len(found)

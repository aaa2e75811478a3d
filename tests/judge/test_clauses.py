"""The few words of a sentence that say the thing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.judge.clauses import best_clause, clauses, clipped, phrase_parts


def test_parts_stand_as_they_are_in_the_sentence() -> None:
    """Without what ties them to the rest."""
    found = clauses("To this end, we propose a method that mines negatives from the index itself, which is cheap.")
    assert "mines negatives from the index itself" in found
    assert all(
        part.removesuffix("…") in "a method that mines negatives from the index itself, which is cheap"
        for part in found
    )


@given(st.text(), st.integers(20, 100))
def test_parts_are_short(sentence: str, longest: int) -> None:
    """Whatever the sentence."""
    assert all(0 < len(part) <= longest for part in clauses(sentence, longest))


def test_the_fittest_says_something_new() -> None:
    """A part that only repeats the phrase and the title is no answer."""
    parts = ["the hard negative mining problem itself", "reads each page of the index twice"]
    vectors = np.array([[0.9], [0.8]], np.float32)
    assert best_clause(parts, vectors, np.ones(1, np.float32), "hard negative mining problem") == parts[1]
    assert best_clause([], np.empty((0, 1), np.float32), np.ones(1, np.float32), "") == ""


def test_a_long_phrase_is_cut_into_thoughts() -> None:
    """What one does and what one wants to know, in one's own words."""
    phrase = "I run a search engine and want to understand how retrievers are trained"
    assert phrase_parts(phrase) == ["I run a search engine", "how retrievers are trained"]
    assert phrase_parts("retrieval") == ["retrieval"]


def test_clipped_between_words() -> None:
    """At most as long as said."""
    assert clipped("one two three", 9) == "one two…"
    assert clipped("one two", 9) == "one two"


def test_a_part_never_closes_a_bracket_that_it_did_not_open() -> None:
    """As between the brackets of two measures that are named one after the other."""
    told = "We raise overlap (as told by ROUGE-L) and factuality measures (as told by RadGraph-F1) on reports."

    parts = clauses(told)

    assert parts
    assert not any(part.find(")") < part.find("(") for part in parts if ")" in part)

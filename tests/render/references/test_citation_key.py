"""Keys: readable, ASCII, and the same for the same work wherever it is exported."""

import datetime as dt
import re

import pytest

from digest.render.references import Name, citation_key, citation_keys
from tests.render.references.make import post, reference, references


def head(key: str) -> str:
    return key.rpartition("-")[0]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "weijer2024dense"),
        ({"title": "On the $k$-NN of Things"}, "weijer2024nn"),
        ({"title": "Towards a Theory of Everything"}, "weijer2024theory"),
        ({"title": "What's new in vLLM?"}, "weijer2024vllm"),
        ({"title": "The"}, "weijer2024the"),
        ({"title": "大規模言語モデル"}, "weijer2024"),
        ({"title": "Weijer's law"}, "weijer2024law"),
        ({"authors": (Name(family="Łukasiewicz-Øster", given="J."),)}, "lukasiewiczoster2024dense"),
        ({"authors": (Name(literal="Gemma Team"),)}, "gemmateam2024dense"),
        ({"authors": (Name(literal="u/somebody"),)}, "somebody2024dense"),
        ({"authors": (), "container": "Lil'Log"}, "lillog2024dense"),
        ({"published": None}, "weijerdense"),
    ],
)
def test_author_year_and_first_telling_word(changes: dict[str, object], expected: str) -> None:
    """Without particles, accents and words that begin every other title."""
    assert head(citation_key(reference(**changes))) == expected


def test_a_key_is_written_down_for_good() -> None:
    """People have keys in their papers: this one may never change."""
    assert citation_key(reference()) == "weijer2024dense-j165"


def test_a_key_comes_from_the_work_alone() -> None:
    """Another archive, where it has another id and was read at another time, gives the same."""
    here, there = post(), post(work_id="other12345", accessed=dt.date(2020, 1, 1), abstract="")

    assert citation_key(here) == citation_key(there)


def test_two_works_alike_keep_their_keys_apart_and_together() -> None:
    """Same author, year and word: the address tells them apart, in either order."""
    one, other = post(), post(identity="https://blog.example.org/2", work_id="q1")
    alone = citation_keys([one]) + citation_keys([other])

    assert head(alone[0]) == head(alone[1])
    assert len(set(alone)) == 2
    assert citation_keys([one, other]) == alone
    assert citation_keys([other, one]) == alone[::-1]


def test_posts_that_share_an_address_are_told_apart_by_their_ids() -> None:
    """Some feeds give all entries the address of the blog."""
    keys = citation_keys([post(), post(work_id="q1234abcde")])

    assert len(set(keys)) == 2


def test_a_thousand_keys() -> None:
    """All different, and safe in TeX, in a shell and in a file name."""
    keys = citation_keys(references())

    assert len(set(keys)) == 1_000
    assert all(re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", key) for key in keys)
    assert max(map(len, keys)) <= 80

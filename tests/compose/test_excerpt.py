"""The sentences that are quoted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.excerpt import LENGTH, excerpt
from tests.make import item


def told(summary: str, text: str = "", title: str = "A title", arxiv_id: str = "") -> str:
    return excerpt(item(1, title=title, summary=summary, text=text, arxiv_id=arxiv_id))


def test_a_paper_is_quoted_by_what_it_contributes() -> None:
    """Not by why its field matters."""
    abstract = (
        "Dense retrieval has become a cornerstone of modern search. However, training it remains challenging. "
        "In this paper, we mine negatives from the index itself. Existing methods often fail to do so. "
        "On 18 corpora, e.g. those of Smith et al., we reduce training time by 34%."
    )
    assert told(abstract, arxiv_id="2601.00001") == (
        "We mine negatives from the index itself. … "
        "On 18 corpora, e.g. those of Smith et al., we reduce training time by 34%."
    )


def test_a_post_is_quoted_by_what_it_is_about() -> None:
    """And a short claim with what follows it."""
    text = (
        "This post is also available in Korean. Discuss on Hacker News.\n\nThe weather was fine. "
        "In this post, I show how our cache went from 3 TB to 400 GB. It took one weekend. Thanks for reading!"
    )
    assert told("", text) == "In this post, I show how our cache went from 3 TB to 400 GB. It took one weekend."


def test_a_sentence_that_points_back_brings_the_one_before_it() -> None:
    """ "This" is nothing without what it is."""
    text = "The index is kept in one file. This halves its size by 50% and reduces latency by 3 ms, as we show."
    assert told("", text).startswith("The index is kept in one file. This")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Wir bauen einen Suchindex in zwei Stunden. Er kostet wenig.", None),
        ("本文提出了一种新的检索方法。实验表明该方法优于基线。", None),
        ("Мы предлагаем новый метод обучения. Он работает быстрее.", None),
    ],
)
def test_other_languages_give_their_head(text: str, found: str | None) -> None:
    """Their cues are not known here."""
    assert told(text) == (found or text)


def test_a_teaser_gives_way_to_the_text() -> None:
    """Whose first lines it is."""
    assert told("We rebuilt our index and [...]", "We rebuilt our index in three weeks.") == (
        "We rebuilt our index in three weeks."
    )


@pytest.mark.parametrize(
    "text",
    ["", "Comments", "A title", "Read more", "https://example.org/a", "By Jane Roe, 3 May 2026", "Home About Contact"],
)
def test_nothing_but_furniture_is_no_excerpt(text: str) -> None:
    """Better none than a menu."""
    assert told(text) == ""


def test_the_title_is_not_said_again() -> None:
    """Many pages begin with it; a sentence that begins with a name keeps it."""
    title = "How we moved our index"
    assert told(f"{title}\n\nWe moved it by night.", title=title) == "We moved it by night."
    assert (
        told("Katib is an open source tuner for models.", title="Katib") == "Katib is an open source tuner for models."
    )


@given(st.text(), st.text(), st.text(max_size=40), st.sampled_from(["", "2601.00001"]))
def test_any_text_can_be_quoted(summary: str, text: str, title: str, arxiv_id: str) -> None:
    """In the work's own words, and not at length unless one sentence is long."""
    quoted = told(summary, text, title, arxiv_id)
    blank = "".join((summary + text).split()).casefold()
    for piece in quoted.split(" … "):
        assert "".join(piece.split()).casefold() in blank
    assert len(quoted) <= 1_200


@given(
    st.lists(
        st.sampled_from(["We show that it works.", "It is crucial.", "This is why.", "Numbers: 34%."]), max_size=30
    )
)
def test_short_sentences_fit_the_measure(parts: list[str]) -> None:
    """Whichever they are."""
    assert len(told(" ".join(parts))) <= LENGTH

"""Prose cut into sentences, and the lines around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.judge.sentences import is_boilerplate, prose_sentences, without_labels


class TestSentences:
    @pytest.mark.parametrize(
        "sentence",
        [
            "We compare retrievers, e.g. BM25 and i.e. Its variants.",
            "As Smith et al. (2021) showed in Fig. 3 and Eq. 4, it falls to 0.5 on average.",
            "The loss of J. Doe and A. B. Roe is 1.5 vs. 2.0 for Dr. No.",
            r"Postings grow as $O(\sqrt{n}. N)$ in the U.S. alone.",
            "Is it approx. 5 times faster than no. 7?",
        ],
    )
    def test_stops_that_end_none(self, sentence: str) -> None:
        """Abbreviations, initials, numbers and formulas."""
        assert prose_sentences(f"{sentence} We show why.") == [sentence, "We show why."]

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("It follows Smith et al. We do not.", ["It follows Smith et al.", "We do not."]),
            ("Why? Because it pays! So there.", ["Why?", "Because it pays!", "So there."]),
            ("It costs $5. We pay $10. That is dear.", ["It costs $5.", "We pay $10.", "That is dear."]),
            ("提出了新方法。实验有效！", ["提出了新方法。", "实验有效！"]),
            ("Hard wrapped lines of more than sixty characters are joined by\nus into one.", None),
            ("A heading\n\nA paragraph. Another.", ["A heading", "A paragraph.", "Another."]),
            ("- one thing\n- another thing", ["- one thing", "- another thing"]),
            ("1. First we look. 2. Then we leap.", ["1. First we look.", "2. Then we leap."]),
            ("It works. The post Why? Because. appeared first on My Blog.", ["It works."]),
            ("", []),
        ],
    )
    def test_stops_that_end_one(self, text: str, found: list[str] | None) -> None:
        """And paragraphs, list items and wide stops."""
        assert prose_sentences(text) == (found if found is not None else [text.replace("\n", " ")])

    @given(st.text())
    def test_nothing_is_lost(self, text: str) -> None:
        """Any text, apart from its blanks."""
        assert "".join("".join(prose_sentences(text)).split()) == "".join(text.split())


class TestFurniture:
    @pytest.mark.parametrize(
        "line",
        [
            "This post is also available in Chinese and Korean.",
            "Discuss on Hacker News",
            "Comments",
            "Subscribe to our newsletter for weekly updates!",
            "Share this post",
            "Tweet Share Email",
            "Read more »",
            "Continue reading",
            "The post Why We Moved appeared first on Some Blog.",
            "Thanks for reading!",
            "This site uses cookies to improve your experience.",
            "Originally published at https://example.org on May 1.",
            "Photo by Jane Roe on Unsplash",
            "Image credit: NASA",
            "Table of contents",
            "Jane Roe is a software engineer at Example working on search.",
            "By Jane Roe, 3 May 2026",
            "Reading time: 7 min",
            "submitted by /u/example",
            "Points: 120",
            "Figure 3: The architecture.",
            "https://example.org/a/long/address",
            "* * *",
            "© 2026 Example Inc.",
        ],
    )
    def test_is_known(self, line: str) -> None:
        """Translations, discussions, sharing, credits, cookies, authors, menus."""
        assert is_boilerplate(line)

    @pytest.mark.parametrize(
        "line",
        [
            "We share this embedding between the two towers.",
            "Comments in source code are a signal that rankers ignore.",
            "I moved our newsletter service from one queue to three.",
            "Reading time predicts relevance better than clicks do.",
            "Table 3 holds what we measured on 40 GPUs.",
            "The paper follows a simple idea: cache what was asked before.",
            "提出了一种新的检索方法，实验有效。",
        ],
    )
    def test_prose_that_looks_like_it_stays(self, line: str) -> None:
        """A work may be about comments, newsletters and sharing."""
        assert not is_boilerplate(line)


def test_labels_go() -> None:
    """Bullets, tags and labelled addresses of lists."""
    line = "- [paper] [code] - intro: A detector that needs no anchors - arxiv: https://arxiv.org/abs/1801.03145"
    assert without_labels(line) == "A detector that needs no anchors"

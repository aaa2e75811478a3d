"""Escaping for CommonMark: nothing too little, and nothing too much."""

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.render.commonmark import escape, escape_line, link
from digest.render.untrusted import one_line, web_address
from tests.render.hostile import ATTACKS, texts, urls

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def plain_text(tokens: list[Token]) -> str:
    """The text of inline tokens; anything but text is shown as its type, so that it cannot hide."""
    return "".join(token.content if token.type in ("text", "text_special") else f"<{token.type}>" for token in tokens)


class TestEscape:
    @pytest.mark.parametrize(
        "title",
        [
            "GPT-4: a (short) note.",
            "C:\\path\\to and 5 * 3 * 2",
            "snake_case and a + b = c, 100% sure!",
            "AT&T's Q&A: what's new? ~30 ms, $5; C# | F#",
            "x < y > z, 1.5 - 2",
        ],
    )
    def test_plain_titles_stay_plain(self, title: str) -> None:
        """A title without markup has no backslash more than it came with."""
        assert escape(title) == title

    @given(texts)
    def test_any_text_comes_back(self, raw: str) -> None:
        """Whatever the text, a parser finds one paragraph with exactly that text."""
        text = one_line(raw)
        tokens = PARSER.parse(escape_line(text))

        if text:
            assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
            assert plain_text(tokens[1].children or []) == text

    @given(texts)
    def test_any_text_fits_into_a_heading(self, raw: str) -> None:
        """In the middle of a heading the text is still itself, trailing hashes included."""
        text = one_line(raw)
        tokens = PARSER.parse(f"### 1. {escape(text)}")

        assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close"]
        assert plain_text(tokens[1].children or []) == f"1. {text}".strip()

    @pytest.mark.parametrize("mark", ["%%hidden%%", "==high==", "[[wiki]]", "#tag", "$a$", "~~x~~"])
    def test_markup_of_github_and_obsidian(self, mark: str) -> None:
        """What only GitHub or Obsidian would take for markup is escaped too."""
        assert escape(mark).startswith("\\")


class TestLink:
    @given(texts, urls)
    def test_any_link_comes_back(self, raw: str, url: str) -> None:
        """A link has the text and the address it was given; without a good address it is text."""
        text, address = one_line(raw) or "x", web_address(url)
        tokens = PARSER.parse(link(text, address))[1].children or []

        if address:
            assert (tokens[0].type, tokens[-1].type) == ("link_open", "link_close")
            assert tokens[0].attrs == {"href": address}
            tokens = tokens[1:-1]
        assert plain_text(tokens) == text

    @pytest.mark.parametrize("attack", ATTACKS)
    def test_known_attacks_make_no_second_link(self, attack: str) -> None:
        """A title cannot close its link and open another."""
        tokens = PARSER.parse(link(one_line(attack) or "x", "https://example.org/"))[1].children or []

        assert [t.type for t in tokens if t.type not in ("text", "text_special")] == ["link_open", "link_close"]

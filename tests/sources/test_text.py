import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.document import Text
from digest.sources.text import (
    SUMMARY_AT_MOST,
    TEXT_AT_MOST,
    lead,
    looks_like_html,
    one_line,
    paragraphs,
    summary_and_text,
)


class TestOneLine:
    @pytest.mark.parametrize(
        ("value", "type_", "expected"),
        [
            ("AT&amp;T", "", "AT&T"),
            ("AT&amp;T", "text", "AT&amp;T"),
            ("a < b", "", "a < b"),
            ("R&D at Q&A", "", "R&D at Q&A"),
            ("Vec<T> explained", "", "Vec<T> explained"),
            ("The <select> element", "", "The <select> element"),
            ("<i>GPT</i>&#8217;s  ways", "", "GPT’s ways"),
            ("<b>bold</b>", "html", "bold"),
            ("<b>bold</b>", "text", "<b>bold</b>"),
            ("<script>alert(1)</script>hi", "", "hi"),
            ("one\n two\tthree", "", "one two three"),
        ],
    )
    def test_markup_is_read_where_it_is_markup(self, value: str, type_: str, expected: str) -> None:
        """What the format declares holds; without that, only what is clearly markup is read as such."""
        assert one_line(Text(value, type_)) == expected

    def test_what_hides_or_turns_text_round_is_dropped(self) -> None:
        """Control, zero-width and direction characters do not reach a terminal; joiners do."""
        assert one_line(Text("a\x00b\x1b[31mc\u202egnp\u200b.\u00add", "text")) == "ab[31mcgnp.d"
        assert one_line(Text("👩\u200d💻", "text")) == "👩\u200d💻"

    def test_windows_characters_and_twice_encoded_text_are_mended(self) -> None:
        """U+0092 stands for an apostrophe, and "Ã©" for "é"."""
        assert one_line(Text("it\x92s", "text")) == "it’s"
        assert one_line(Text("cafÃ©", "text")) == "café"


class TestParagraphs:
    def test_blocks_break_and_inline_elements_do_not(self) -> None:
        """Paragraphs are kept apart, words within are not torn."""
        html = "<h2>One</h2><p>two <b>th</b>ree<br>four</p>\n<ul><li>five<li>six</ul><div>seven</div>"

        assert paragraphs(Text(html, "html")) == "One\n\ntwo three\nfour\n\nfive\n\nsix\n\nseven"

    def test_code_keeps_its_lines(self) -> None:
        """Line breaks mean something in pre, and nothing elsewhere."""
        assert paragraphs(Text("<p>a\nb</p><pre>c\nd</pre>", "html")) == "a b\n\nc\nd"

    @pytest.mark.parametrize("element", ["script", "style", "iframe", "svg", "object", "template"])
    def test_what_is_not_read_is_not_kept(self, element: str) -> None:
        """Scripts, styles and embedded things leave nothing, and what follows them stays."""
        assert paragraphs(Text(f"<p>a</p><{element}>alert(1)</{element}>b", "html")) == "a\n\nb"

    def test_markup_that_calls_itself_text_is_read_as_markup(self) -> None:
        """Bodies that forget to say that they are HTML are common."""
        assert paragraphs(Text('<p class="x">a</p>', "text")) == "a"

    def test_plain_text_keeps_its_lines_and_angles(self) -> None:
        """Text without markup stays as it is, except for its spaces."""
        assert paragraphs(Text("if a < b:\r\n   c  \n\n\n\nd", "text")) == "if a < b:\nc\n\nd"

    def test_long_texts_are_cut(self) -> None:
        """No document can flood the archive."""
        assert len(paragraphs(Text("word " * TEXT_AT_MOST, "text"))) <= TEXT_AT_MOST

    def test_deep_nesting_is_survived(self) -> None:
        """A hundred thousand open elements lose at most what lies inside them."""
        assert paragraphs(Text("<p>before</p>" + "<div>" * 100_000 + "in", "html")).startswith("before")

    @given(st.text(alphabet=st.sampled_from("<>/!-&;#x1abpscriptdiv =\"'\n\x00é\ud800"), max_size=300))
    def test_never_fails_and_holds_no_controls(self, value: str) -> None:
        """Any text gives plain text that encodes and has no control characters."""
        for type_ in ("", "text", "html"):
            for result in (paragraphs(Text(value, type_)), one_line(Text(value, type_))):
                result.encode()
                assert "\x00" not in result


class TestLooksLikeHtml:
    @pytest.mark.parametrize("value", ["<p>a", "a<br/>b", '<a href="x">', "&eacute;", "&#8217;", "x</b>"])
    def test_markup(self, value: str) -> None:
        """Closing tags, attributes, breaks and entities give markup away."""
        assert looks_like_html(value)

    @pytest.mark.parametrize("value", ["a<b", "List<String></String>", "&nosuch;", "AT&T;", "x -> y", "<select>"])
    def test_text(self, value: str) -> None:
        """Unknown names and a lone tag that is spoken of are text."""
        assert not looks_like_html(value)


class TestSummaryAndText:
    def test_the_longer_one_is_the_text(self) -> None:
        """Whichever element a feed puts it in."""
        assert summary_and_text("short", "much longer") == ("short", "much longer")
        assert summary_and_text("much longer", "short") == ("short", "much longer")

    def test_one_alone_is_the_summary_while_it_is_short(self) -> None:
        """A text of its own is only what is more than a summary."""
        assert summary_and_text("", "only") == ("only", "")
        assert summary_and_text("same", "same") == ("same", "")

    def test_a_long_one_alone_is_the_text_and_its_beginning_the_summary(self) -> None:
        """A description longer than any abstract is the article."""
        article = "A sentence of seven words, no more. " * 200
        summary, text = summary_and_text(article, "")

        assert text == article
        assert len(summary) < SUMMARY_AT_MOST
        assert summary.endswith("no more.")

    def test_lead_cuts_between_words_where_no_sentence_ends(self) -> None:
        """Never within a word."""
        assert lead("word " * 500).endswith("word …")

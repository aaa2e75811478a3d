"""Untrusted text and addresses, before any markup."""

import unicodedata

import pytest
from hypothesis import given

from digest.render.untrusted import cut, one_line, shown, web_address
from tests.render.hostile import BAD_URLS, texts, urls


class TestOneLine:
    @given(texts)
    def test_is_one_printable_line(self, raw: str) -> None:
        """No line break, control character or lone surrogate is left, and the rest fits into UTF-8."""
        line = one_line(raw)

        assert line == " ".join(line.split())
        assert not {unicodedata.category(letter) for letter in line} & {"Cc", "Cs", "Zl", "Zp"}
        line.encode()

    def test_direction_marks_go(self) -> None:
        """What would show a title backwards is taken out, joined emoji and other scripts stay."""
        assert one_line("\u202egpj.exe \u2066a") == "gpj.exe a"
        assert one_line("👩\u200d🔬 日本語 नमस्ते") == "👩\u200d🔬 日本語 नमस्ते"


class TestCut:
    def test_short_text_stays(self) -> None:
        """A text within the limit is not touched."""
        assert cut("Short. Text", 20) == "Short. Text"

    def test_at_the_end_of_a_sentence(self) -> None:
        """A sentence that ends near the limit is kept whole, without dots."""
        assert cut("We train it well. It works on all sets we tried.", 24) == "We train it well."

    def test_at_the_end_of_a_word(self) -> None:
        """Without a sentence end nearby the last whole word is kept and dots say that more follows."""
        assert cut("Learned sparse retrieval, explained slowly", 28) == "Learned sparse retrieval…"

    def test_without_blanks(self) -> None:
        """A text without blanks is cut hard."""
        assert cut("あ" * 50, 10) == "あ" * 9 + "…"

    @given(texts)
    def test_never_longer(self, raw: str) -> None:
        """Nothing that is shown is longer than its limit."""
        assert len(shown(raw, 20)) <= 20


class TestWebAddress:
    @pytest.mark.parametrize("url", BAD_URLS)
    def test_all_but_web_addresses_are_refused(self, url: str) -> None:
        """Scripts, data, files, relative and broken addresses are no links."""
        assert web_address(url) == ""

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://example.org/a?b=c&d=e#f", "https://example.org/a?b=c&d=e#f"),
            ("https://example.org/a%20b%", "https://example.org/a%20b%25"),
            ("https://example.org/(x)[y]<z>'\"`|", "https://example.org/%28x%29%5By%5D%3Cz%3E%27%22%60%7C"),
            ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
            ("https://bank.example@evil.example/", "https://evil.example/"),
            ("HTTPS://Example.ORG", "https://example.org"),
            ("http://[::1]:8000/x", "http://[::1]:8000/x"),
        ],
    )
    def test_good_ones_are_plain_ascii(self, url: str, expected: str) -> None:
        """A good address keeps its meaning and loses what could break markup or mislead."""
        assert web_address(url) == expected

    @given(urls)
    def test_any_address(self, url: str) -> None:
        """Whatever comes, the answer is empty or begins with http, and doing it twice changes nothing."""
        address = web_address(url)

        assert address == "" or address.startswith(("http://", "https://"))
        assert address.isascii()
        assert not set(address) & set(" <>\"'()`\\|\n")
        assert web_address(address) == address

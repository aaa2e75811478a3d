"""The plain text rendering."""

from hypothesis import given

from digest.records import Issue
from digest.render.layout import lay_out
from digest.render.text import render_text
from tests.render.make import issue, week
from tests.render.test_markdown import issues


class TestText:
    def test_an_ordinary_week(self) -> None:
        """Titles, addresses, reasons and the footer are all there, without markup."""
        text = render_text(week())

        assert "1. Hard negatives, part 1\n   https://example.org/posts/1\n" in text
        assert "THE" not in text
        assert "   Why: near your topic “hard negative mining”; leans to the letter\n" in text
        assert "Failing sources\n---------------\nOld Blog: HTTP 404 since 3 March\n" in text
        assert "[" not in text

    def test_empty_week(self) -> None:
        """An empty issue says why."""
        assert "Nothing new came in" in render_text(issue(seen=0))

    @given(issues)
    def test_lines_are_short_and_addresses_whole(self, made: Issue) -> None:
        """Nothing but an address is longer than 72 columns, and every address stands on one line."""
        lines = render_text(made).splitlines()
        entries = [entry for section in lay_out(made).sections for entry in section.entries]

        assert all(len(line) <= 72 for line in lines if "http" not in line and "Also at" not in line)
        assert all(f"   {entry.url}" in lines for entry in entries if entry.url)

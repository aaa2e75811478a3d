"""A recap in Markdown and HTML: the learner's own words, strangers' titles as text, and honest when empty."""

from dataclasses import replace
from datetime import timedelta

from digest.compose.recap import Recap
from digest.render.recap import for_others, recap_post, render_recap_html, render_recap_markdown, text_bars
from digest.render.untrusted import ZERO_WIDTH
from tests.compose.test_recap import WORK
from tests.make import NOW, WEEK

NASTY = "@everyone <script>alert(1)</script> [x](https://evil.example)"


def recap(**changes: object) -> Recap:
    fields: dict[str, object] = {"learner": "Ada", "zone": "UTC", "since": NOW - WEEK, "until": NOW}
    return Recap(**fields | changes)  # type: ignore[arg-type]


def test_a_note_is_quoted_and_takes_the_reasons_place() -> None:
    """Why it matters is said by the learner, else by the digest."""
    noted = replace(WORK, notes=("Try this.\n\n- first",), reason="matches “x”")
    text = render_recap_markdown(recap(read=(noted, replace(WORK, item_id="b", reason="matches “y”"))))

    assert "> Try this.\n>\n> \\- first" in text
    assert "matches “x”" not in text
    assert "Why: matches “y”" in text


def test_titles_of_strangers_are_text() -> None:
    """In Markdown, in HTML, and where it is pasted into a chat."""
    made = recap(read=(replace(WORK, title=NASTY, url="javascript:alert(1)"),))
    markdown, html = render_recap_markdown(made), render_recap_html(made)

    assert "@everyone" not in markdown
    assert f"@{ZERO_WIDTH}everyone" in markdown
    assert "<script>" not in html
    assert "javascript:" not in markdown + html


def test_the_page_holds_all_it_needs_and_no_script() -> None:
    """It can be sent as it is."""
    html = render_recap_html(recap(read=(replace(WORK, url="https://example.org/1"),)))

    assert "<style>" in html
    assert "<script" not in html
    assert "src=" not in html
    assert 'rel="stylesheet"' not in html


def test_an_empty_span_is_one_honest_sentence() -> None:
    """No heading of nothing."""
    text = render_recap_markdown(recap())

    assert text.splitlines()[2:] == [
        "Nothing was marked as read, liked or saved in these days, and no note was written."
    ]
    assert "Letter against envelope" not in render_recap_html(recap())


def test_the_days_are_those_of_the_span() -> None:
    """A span that ends at midnight ends with the day before."""
    midnight = NOW.replace(hour=0)

    assert "16 to 22 March 2026" in render_recap_markdown(recap(since=midnight - WEEK, until=midnight))


def test_letter_and_envelope_are_compared() -> None:
    """As bars of text, and over some weeks as columns."""
    works = tuple(
        replace(WORK, item_id=str(n), at=NOW - n * WEEK, side="envelope" if n == 2 else "letter") for n in range(4)
    )
    made = recap(since=NOW - 5 * WEEK, until=NOW + timedelta(hours=1), read=works)

    assert "Of what was read or liked, 3 are letter and 1 is envelope." in render_recap_markdown(made)
    assert "Works read or liked a week" in render_recap_html(made)
    assert "The one work read or liked is letter." in render_recap_markdown(recap(read=(WORK,)))


def test_bars_are_as_long_as_their_numbers() -> None:
    """The longest has all the space."""
    long, short, none = text_bars([("letter", 8), ("envelope", 2), ("x", 0)])

    assert (long.count("█"), short.count("█"), none.count("█")) == (24, 6, 0)
    assert [line.split()[-1] for line in (long, short, none)] == ["8", "2", "0"]


def test_a_reason_says_to_others_what_it_can() -> None:
    """Whom the learner follows is for the learner."""
    assert for_others("by Hana Sørli, whom you follow; matches “x”") == "by Hana Sørli; matches “x”"
    assert for_others("a stretch: next to your focus, envelope") == ""


def test_a_post_of_it_quotes_in_one_line() -> None:
    """A chat is scanned."""
    [section] = recap_post(recap(read=(replace(WORK, notes=("One.\nTwo.",)),))).sections

    assert (section.entries[0].words, section.entries[0].quoted) == ("One. Two.", True)

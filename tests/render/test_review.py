"""A review in Markdown and HTML: figures in words, charts with their tables, and what is missing."""

from dataclasses import replace

from digest.compose.recap import Recap
from digest.compose.review import LateLike, Month, Review
from digest.records import RisenTheme, SourceEarnings
from digest.render.review import render_review_html, render_review_markdown
from tests.compose.test_recap import WORK
from tests.make import NOW, WEEK

MONTHS = tuple(
    Month(
        name=f"2026-{n:02}",
        read=n % 4,
        minutes=30 * n,
        letter=n % 3,
        envelope=n % 2,
        picked_letter=6,
        picked_envelope=4,
    )
    for n in range(1, 7)
)


def review(**changes: object) -> Review:
    recap = Recap(learner="Ada", zone="UTC", since=NOW - 10 * WEEK, until=NOW, read=(WORK,))
    fields: dict[str, object] = {
        "year": "2026",
        "recap": recap,
        "issues": 10,
        "seen": 4000,
        "kept": 90,
        "began": NOW - 20 * WEEK,
    }
    return Review(**fields | changes)  # type: ignore[arg-type]


def test_the_numbers_are_said() -> None:
    """Issues, works, passes."""
    text = render_review_markdown(review(passes=(3, 1, 0)))

    assert "10 issues saw 4,000 works and kept 90 (2.2%)." in text
    assert "Papers were read in 3 first passes and 1 second pass." in text
    assert "nothing is known of the time before" not in text


def test_an_archive_that_begins_later_says_so() -> None:
    """Half a year is no whole one."""
    assert "nothing is known of the time before" in render_review_markdown(review(began=NOW - WEEK))
    assert "No issue ended in this time" in render_review_markdown(review(issues=0))


def test_every_figure_has_a_chart_and_a_table() -> None:
    """In HTML; in Markdown bars of text, and each without scripts."""
    html, text = render_review_html(review(months=MONTHS)), render_review_markdown(review(months=MONTHS))

    assert html.count("<summary>As a table</summary>") == 2
    assert html.count('<svg class="chart"') == 4  # each chart's scale is a drawing of its own
    assert "<script" not in html
    assert text.count("```") == 4
    assert "January 2026" in text


def test_one_month_is_no_course() -> None:
    """A chart of one column says nothing."""
    assert "## Pace" not in render_review_markdown(review(months=MONTHS[:1]))


def test_what_strangers_wrote_is_text() -> None:
    """Titles, sources and themes."""
    nasty = "<script>alert(1)</script> [x](https://evil.example)"
    made = review(
        recap=replace(review().recap, read=(replace(WORK, title=nasty),)),
        late_likes=(
            LateLike(title=nasty, url="javascript:x", source=nasty, period="2026-W12", reason=nasty, mark="like"),
        ),
        sources=(
            SourceEarnings(source=nasty, seen=40, kept=1, welcome=1),
            SourceEarnings(source="Idle", seen=40, kept=0, welcome=0),
        ),
        themes=(
            RisenTheme(
                term=nasty, issues=3, first="2026-W01", last="2026-W09", example=nasty, example_url="javascript:x"
            ),
        ),
    )
    html, text = render_review_html(made), render_review_markdown(made)

    assert "<script" not in html
    assert "javascript:" not in html + text
    assert "](https://evil.example)" not in text.replace("\\]", "")
    assert "Idle (40 seen)" in text
    assert "1 of 40 was liked, saved or read." in text

"""The next state of a source after a visit."""

from dataclasses import replace
from datetime import timedelta

from digest.records import Parsed
from digest.workflows.visits import entries_per_week, next_state
from tests import make

NOW = make.NOW
KNOWN = make.state(known=("https://example.org/old",), per_week=1.0)
SETTINGS = make.config().fetch


def test_what_a_parse_teaches_is_in_the_next_state() -> None:
    """Kind, pace and the articles that need not be read again, in one step."""
    item = make.item(published_at=NOW - timedelta(days=1))
    parsed = Parsed(items=(item,), kind="feed", known=(*KNOWN.known, item.url))

    after = next_state(KNOWN, make.fetched(make.response()), parsed, NOW, SETTINGS)

    assert (after.kind, after.per_week, after.known) == ("feed", 0.25, parsed.known)
    assert after.last_success == NOW


def test_a_visit_without_items_teaches_neither_pace_nor_articles() -> None:
    """Articles that never came are asked for again."""
    after = next_state(KNOWN, make.fetched(make.response()), Parsed(known=("https://a.example",)), NOW, SETTINGS)

    assert (after.per_week, after.known) == (1.0, KNOWN.known)


def test_a_kind_that_remembers_no_articles_leaves_them_as_they_are() -> None:
    """Nothing that was learned is lost."""
    parsed = Parsed(items=(make.item(),))

    assert next_state(KNOWN, make.fetched(make.response()), parsed, NOW, SETTINGS).known == KNOWN.known


def test_items_of_a_visit_that_failed_are_not_read_again() -> None:
    """They are stored; the failure counts all the same."""
    cut_short = replace(make.fetched(make.response()), error="timed out")
    parsed = Parsed(items=(make.item(),), known=("https://a.example",))

    after = next_state(KNOWN, cut_short, parsed, NOW, SETTINGS)

    assert (after.known, after.failures, after.last_error) == (parsed.known, 1, "timed out")


def test_the_pace_counts_four_weeks() -> None:
    """Older entries and those dated in the future do not count."""
    dates = [NOW - timedelta(days=days) for days in (-1, 0, 1, 28, 29)]

    assert entries_per_week(dates, NOW) == 0.75

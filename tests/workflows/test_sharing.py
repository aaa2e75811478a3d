"""Recaps and reviews out of the archive: what was done in the span, one row a work, and nothing where there is nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from digest.compose.reading_time import minutes
from digest.config import Config
from digest.records import Mark, PassRead
from digest.render.review import render_review_html, render_review_markdown
from digest.store import marks, notes, readings, recaps, verdicts
from digest.store.archive import Connection, transaction
from digest.workflows import reviewing, sharing
from tests import make
from tests.store.archives import fill

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def kept_and_passed(db: Connection) -> Connection:
    """An issue that kept one work and passed three over; a second item of the first work."""
    made = [make.item(n) for n in range(5)]
    fill(db, made, works={made[4].entry_id: made[0].item_id}, embedded=False)
    issue = make.issue(period="2026-W12", starts_at=make.NOW - make.WEEK, ends_at=make.NOW, built_at=make.NOW)
    decided = [make.verdict(one, kept=n == 0, rank=n + 1, reason=f"reason {n}") for n, one in enumerate(made[:4])]
    with transaction(db):
        verdicts.save_issue(db, issue, decided, path="")
    return db


def say(db: Connection, number: int, mark: str, *, days: float = 1, **more: str) -> None:
    at = make.NOW + timedelta(days=days)
    marks.add(db, Mark(item_id=make.item(number).item_id, mark=mark, marked_at=at, origin="command", **more))


def test_items_of_one_work_are_one(kept_and_passed: Connection) -> None:
    """Marked at the blog and at the aggregator, it was read once."""
    say(kept_and_passed, 0, "like")
    say(kept_and_passed, 4, "read", days=2)

    [work] = recaps.touched_works(kept_and_passed, since=START, until=END)

    assert work.item_id == make.item(0).item_id  # it was picked under this one
    assert (sorted(work.marks), work.reason) == (["like", "read"], "reason 0")


def test_only_what_holds_and_was_said_in_the_span_counts(kept_and_passed: Connection) -> None:
    """Nor do imports, lessons and dislikes."""
    say(kept_and_passed, 0, "read", days=-400)
    say(kept_and_passed, 1, "save")
    say(kept_and_passed, 1, "not save", days=2)
    say(kept_and_passed, 2, "dislike")
    say(kept_and_passed, 3, "like", batch="import")

    assert recaps.touched_works(kept_and_passed, since=START, until=END) == []
    assert not recaps.anything(kept_and_passed, since=START, until=END)


def test_readings_and_notes_are_read(kept_and_passed: Connection) -> None:
    """A work that was read in passes or noted was read, whatever its marks."""
    read, noted = make.item(0), make.item(1)
    readings.add(kept_and_passed, PassRead(item_id=read.item_id, number=2, minutes=65, read_at=make.NOW), marked=False)
    text = f"Source: [{noted.title}](<https://example.org>), Blog\n\n## 2026-03-23\n\nMine."
    row = notes.FileRow(
        path="a.md", size=1, modified_ns=1, item_id=noted.item_id, text=text, written_at=make.NOW, changed_at=make.NOW
    )
    notes.remember(kept_and_passed, [row], [], gone=())

    found = recaps.touched_works(kept_and_passed, since=START, until=END)
    recap = sharing.recap_of(make.config(), found, START, END)

    assert {one.item_id: (one.minutes, one.told, one.notes) for one in recap.read} == {
        read.item_id: (65, True, ()),
        noted.item_id: (minutes(noted), False, ("Mine.",)),
    }
    assert recap.liked == recap.saved == ()


def test_a_review_finds_what_was_passed_over_first(kept_and_passed: Connection) -> None:
    """Not what was kept, nor what was marked before it was judged."""
    say(kept_and_passed, 0, "like")
    say(kept_and_passed, 1, "like")
    say(kept_and_passed, 2, "save", days=-3)

    found = reviewing.gather_from(kept_and_passed, make.config(), START, END, "2026")

    assert [(one.period, one.reason, one.mark) for one in found.late_likes] == [("2026-W12", "reason 1", "like")]
    assert (found.issues, found.seen) == (1, make.issue().seen)
    assert [(one.seen, one.kept, one.welcome) for one in found.sources] == [(4, 1, 3)]
    text = render_review_markdown(found)
    assert "## Passed over first, liked later" in text
    assert "passed over in week 12 of 2026: reason 1; liked since" in text
    assert "<script" not in render_review_html(found)


def test_an_empty_archive_says_what_is_missing(config: Config) -> None:
    """One that is not there, and one without a mark."""
    found = reviewing.gather(config, START, END, year="2026")

    text = render_review_markdown(found)
    assert "There is no issue yet" in text
    assert "nothing is known of what was read" in text
    assert sharing.gather(config, START, END).works == ()

"""Dates of events: replaced by each visit, and read back by time and relevance."""

import datetime as dt
from pathlib import Path

import numpy as np

from digest.records import EventKind
from digest.store import compaction, events, items, scores, verdicts, works
from digest.store.archive import Connection, open_archive
from tests import make
from tests.make import DAY, NOW, WEEK
from tests.store.archives import fill

MEETUP = make.item(1, kind="ical", source="Meetups", title="Retrieval meetup", published_at=None)
PAPER = make.item(2, kind="ical", source="Meetups", title="Paper deadline", published_at=None)


def score(db: Connection, **relevance: float) -> None:
    columns = {name: np.array([*relevance.values()], dtype=np.float32) for name in ("relevance", "lean", "score")}
    scores.replace(db, [*relevance], columns, {"statement": columns["relevance"]})


def coming(db: Connection, *, at_least: float = 3.0, until: dt.datetime = NOW + 8 * WEEK) -> list[str]:
    return [f"{one.title} {one.starts_at:%d}" for one in events.coming(db, since=NOW, until=until, relevance=at_least)]


def test_a_visit_replaces_what_is_to_come_and_keeps_what_was(db: Connection) -> None:
    """A calendar that no longer names an event has called it off; the past is history."""
    fill(db, [MEETUP, PAPER])
    score(db, **{MEETUP.item_id: 6.0, PAPER.item_id: 5.0})
    past = make.event(MEETUP, starts_at=NOW - 3 * DAY)
    events.replace(db, "Meetups", make.calendar(past, since=NOW - 9 * DAY))

    events.replace(db, "Meetups", make.calendar(make.event(MEETUP), make.event(PAPER, kind=EventKind.DEADLINE)))
    assert coming(db) == ["Retrieval meetup 26", "Paper deadline 26"]

    events.replace(db, "Meetups", make.calendar(make.event(PAPER, starts_at=NOW + 4 * DAY)))
    events.replace(db, "Others", make.calendar())
    assert coming(db) == ["Paper deadline 27"]
    rows = db.execute("select title, strftime(starts_at, '%m-%dT%H') from events order by starts_at").fetchall()
    assert rows == [("Retrieval meetup", "03-20T07"), ("Paper deadline", "03-27T07")]


def test_a_feed_replaces_only_what_it_names(db: Connection) -> None:
    """Its older entries are still on."""
    fill(db, [MEETUP, PAPER])
    score(db, **{MEETUP.item_id: 6.0, PAPER.item_id: 5.0})
    events.replace(db, "Meetups", make.calendar(make.event(MEETUP), make.event(PAPER)))

    events.replace(db, "Meetups", make.calendar(make.event(PAPER, starts_at=NOW + 5 * DAY), whole=False))
    events.replace(db, "Meetups", make.calendar(whole=False))

    assert coming(db) == ["Retrieval meetup 26", "Paper deadline 28"]


def test_only_what_is_near_in_time_and_meaning_comes(db: Connection) -> None:
    """And what no model has read has no relevance."""
    new = make.item(3, kind="ical", source="Meetups")
    fill(db, [MEETUP, PAPER, new])
    score(db, **{MEETUP.item_id: 6.0, PAPER.item_id: 2.0})
    found = [make.event(MEETUP, starts_at=NOW + n * WEEK, recurrence=str(n)) for n in (1, 20)]
    events.replace(db, "Meetups", make.calendar(*found, make.event(PAPER), make.event(new)))

    assert coming(db) == ["Retrieval meetup 30"]


def test_what_issues_showed_is_remembered_by_their_documents(db: Connection) -> None:
    """So that nothing else has to be kept, taken back or exported."""
    verdicts.save_issue(db, make.issue(), [], path="")
    verdicts.save_issue(db, make.issue(period="2026-W13", ends_at=NOW + WEEK, events=()), [], path="")

    assert events.shown(db, since=NOW) == [(NOW, make.issue().events[0])]
    assert events.shown(db, since=NOW + DAY) == []


def test_a_damaged_document_shows_nothing(db: Connection) -> None:
    """The doctor names it; the next issue is built all the same."""
    verdicts.save_issue(db, make.issue(), [], path="")
    db.execute("""update core.issues set document = '{"events": [1]}'""")

    assert events.shown(db, since=NOW) == []


def test_events_are_no_works_of_a_period(db: Connection) -> None:
    """Neither considered, nor asked about, though they are found."""
    news = make.item(4)
    fill(db, [MEETUP, news])
    score(db, **{MEETUP.item_id: 6.0, news.item_id: 5.0})

    found = works.for_period(db, starts_at=NOW - WEEK, period="2026-W12")

    assert [work.work_id for work in found] == [news.item_id]
    assert items.fresh_ids(db, since=None) == [news.item_id]
    assert items.news_among(db, [MEETUP.item_id, news.item_id]) == {news.item_id}
    assert [one.item_id for one in scores.best_unmarked(db, since=NOW - WEEK, limit=5)] == [news.item_id]


def test_forgetting_spares_what_is_still_to_come(db: Connection, made_archive: Path) -> None:
    """An old item of a series stays as long as it has dates."""
    fill(db, [MEETUP, PAPER])
    events.replace(db, "Meetups", make.calendar(make.event(MEETUP, starts_at=NOW + WEEK)))
    events.replace(db, "Past", make.calendar(make.event(PAPER, starts_at=NOW - 5 * DAY), since=NOW - WEEK))
    db.close()
    compaction.compact(made_archive, compaction.Forgetting(items_before=NOW), wait=1)

    with open_archive(made_archive) as again:
        assert again.execute("select item_id from events").fetchall() == [(MEETUP.item_id,)]
        assert again.execute("select item_id from items").fetchall() == [(MEETUP.item_id,)]

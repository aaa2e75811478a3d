"""Source states and the record of visits."""

import datetime as dt

from digest.store import sources
from digest.store.archive import Connection
from digest.store.sources import FetchRow
from tests import make


def row(name: str = "Blog", started_at: dt.datetime = make.NOW) -> FetchRow:
    return FetchRow(
        source=name,
        started_at=started_at,
        status=200,
        outcome="new",
        new_items=1,
        bytes=2**40,
        milliseconds=12,
        conditional=True,
        error="",
    )


def told(db: Connection) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = db.execute(
        "select source, kind, url, active, failures from sources order by source"
    ).fetchall()
    return found


class TestStates:
    def test_a_state_comes_back_as_it_was(self, db: Connection) -> None:
        """Every field."""
        state = make.state(
            url="https://moved.example.org/feed",
            kind="feed",
            etag='W/"é"',
            last_modified="Mon, 23 Mar 2026 07:00:00 GMT",
            refreshed_at=make.NOW,
            last_attempt=make.NOW,
            last_success=make.NOW,
            first_success=make.NOW - make.WEEK,
            last_error="HTTP 503",
            failures=3,
            next_check=make.NOW + make.DAY,
            retry_at=make.NOW + make.DAY,
            gone=True,
            per_week=3.5,
            known=("https://blog.example.org/1",),
        )

        sources.save_states(db, {"Blog": state}, active={"Blog": make.source()})

        assert sources.states(db) == {"Blog": state}

    def test_only_what_changed_is_replaced(self, db: Connection) -> None:
        """One row a source."""
        active = {name: make.source(name) for name in ("A", "B")}
        sources.save_states(db, {"A": make.state("A"), "B": make.state("B")}, active=active)
        sources.save_states(db, {"A": make.state("A", failures=1)}, active=active)

        assert [(name, failures) for name, _, _, _, failures in told(db)] == [("A", 1), ("B", 0)]

    def test_a_source_taken_out_stays_but_is_not_active(self, db: Connection) -> None:
        """What it brought is in the archive; named again it is active again."""
        both = {name: make.source(name) for name in ("A", "B")}
        sources.save_states(db, {name: make.state(name) for name in both}, active=both)

        sources.save_states(db, {}, active={"A": make.source("A")})
        assert [(name, active) for name, _, _, active, _ in told(db)] == [("A", True), ("B", False)]

        sources.save_states(db, {}, active=both)
        assert [(name, active) for name, _, _, active, _ in told(db)] == [("A", True), ("B", True)]

    def test_what_was_found_out_is_shown(self, db: Connection) -> None:
        """Address and kind as they are now; as declared until then."""
        found = make.state("A", url="https://a.example.org/atom.xml", kind="page")
        unknown = make.state("B", url="", kind="")
        active = {"A": make.source("A", kind=""), "B": make.source("B")}

        sources.save_states(db, {"A": found, "B": unknown}, active=active)

        assert told(db) == [
            ("A", "page", "https://a.example.org/atom.xml", True, 0),
            ("B", "feed", "https://b.example.org/feed", True, 0),
        ]


class TestVisits:
    def test_a_visit_is_written_down_once(self, db: Connection) -> None:
        """A round that could not be removed from the spool is stored again, and changes nothing."""
        sources.record_fetches(db, [row("A"), row("B")])
        sources.record_fetches(db, [row("A"), row("A", make.NOW + dt.timedelta(microseconds=1))])

        found = db.execute("select source, started_at, bytes from fetches order by all").fetchall()
        now = make.NOW.replace(tzinfo=None)
        later = now + dt.timedelta(microseconds=1)
        assert found == [("A", now, 2**40), ("A", later, 2**40), ("B", now, 2**40)]

    def test_no_visits(self, db: Connection) -> None:
        """A round may bring none."""
        sources.record_fetches(db, [])

        assert db.execute("from fetches").fetchall() == []

"""Issues and their verdicts: replaced or added to, never lost; and the pause between issues."""

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from digest.records import Issue, Item
from digest.store import verdicts
from digest.store.archive import Connection, transaction
from digest.store.items import add
from tests import make
from tests.strategies import whole


def store(db: Connection, *made: Item) -> None:
    add(db, [make.new_item(item) for item in made], read=make.readings(made))


class TestIssues:
    def test_an_issue_comes_back_as_it_was(self, db: Connection) -> None:
        """Field by field, floats and microseconds too: it is drawn again byte for byte."""
        verdicts.save_issue(db, make.issue(), [], path="out/2026-W12.md")

        assert verdicts.issue(db, "2026-W12") == make.issue()
        assert verdicts.issue(db, "2026-W13") is None

    def test_an_issue_from_before_there_were_links_opens(self, db: Connection) -> None:
        """What a document lacks has its default; everything else comes back."""
        verdicts.save_issue(db, make.issue(), [], path="")
        [(text,)] = db.execute("select document from core.issues").fetchall()
        document = json.loads(text)
        for pick in document["picks"]:
            del pick["resources"]
        db.execute("update core.issues set document = ?", [json.dumps(document)])

        without = tuple(replace(pick, resources=()) for pick in make.issue().picks)
        assert verdicts.issue(db, "2026-W12") == replace(make.issue(), picks=without)

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
    @given(issue=whole(Issue))
    def test_any_issue_comes_back(self, db: Connection, issue: Issue) -> None:
        """No field that is added one day is lost on the way."""
        verdicts.save_issue(db, replace(issue, period="x", seen=1, kept=1), [], path="")

        assert verdicts.issue(db, "x") == replace(issue, period="x", seen=1, kept=1)

    def test_its_moments_keep_their_zone(self, db: Connection) -> None:
        """Aware in, aware out, in UTC."""
        berlin = dt.timezone(dt.timedelta(hours=1))
        verdicts.save_issue(db, make.issue(ends_at=make.NOW.astimezone(berlin)), [], path="")

        found = verdicts.issue(db, "2026-W12")
        assert found is not None
        assert found.ends_at == make.NOW
        assert found.ends_at.utcoffset() is not None
        assert verdicts.periods(db) == [("2026-W12", make.NOW)]

    def test_several_are_read_at_once(self, db: Connection) -> None:
        """Oldest first, and those that are not there left out."""
        older = replace(make.issue(), period="2026-W11", ends_at=make.NOW - make.DAY)
        for issue in (make.issue(), older):
            verdicts.save_issue(db, issue, [], path="")

        assert verdicts.issues(db, ["2026-W12", "2026-W11", "2026-W10"]) == [older, make.issue()]
        assert verdicts.issues(db, []) == []

    def test_the_scores_of_then_by_work(self, db: Connection) -> None:
        """Of every work that an issue considered, and nothing of other issues."""
        store(db, make.item(1))
        made = [make.verdict(make.item(1), score=2.5)]
        verdicts.save_issue(db, make.issue(), made, path="")

        assert verdicts.scores_of(db, ["2026-W12", "2026-W11"]) == {"2026-W12": {made[0].work_id: 2.5}, "2026-W11": {}}

    def test_building_a_period_again_replaces_it(self, db: Connection) -> None:
        """With its verdicts; those of other periods stay."""
        first, second = make.item(1), make.item(2)
        store(db, first, second)
        verdicts.save_issue(db, make.issue(period="2026-W11"), [make.verdict(first)], path="")
        verdicts.save_issue(db, make.issue(), [make.verdict(first), make.verdict(second)], path="")
        verdicts.save_issue(db, make.issue(kept=0), [make.verdict(second, kept=False, section=None)], path="")

        assert (verdicts.count(db, "2026-W11"), verdicts.count(db, "2026-W12")) == (1, 1)
        found = verdicts.issue(db, "2026-W12")
        assert found is not None
        assert found.kept == 0
        assert verdicts.decided(db, second.item_id) == [("2026-W12", make.verdict(second, kept=False, section=None))]

    def test_periods_in_the_order_they_ended(self, db: Connection) -> None:
        """Two that ended at one moment, as under a replaced clock, in the order they were built."""
        for period, ends_at in (("2026-W12", make.NOW), ("2026-W11", make.NOW - make.WEEK), ("2026-W12-2", make.NOW)):
            verdicts.save_issue(db, make.issue(period=period, ends_at=ends_at), [], path="")

        assert [period for period, _ in verdicts.periods(db)] == ["2026-W11", "2026-W12", "2026-W12-2"]

    def test_a_verdict_is_found_by_any_item_of_its_work(self, db: Connection) -> None:
        """The newest first."""
        shown, other = make.item(1), make.item(2, source="Other")
        made = [make.new_item(shown, work_id="w"), make.new_item(other, work_id="w")]
        add(db, made, read=make.readings([shown, other]))
        one = make.verdict(shown, work_id="w")
        verdicts.save_issue(db, make.issue(period="2026-W12"), [one], path="")
        verdicts.save_issue(db, make.issue(period="2026-W13", built_at=make.NOW + make.WEEK), [one], path="")

        assert verdicts.decided(db, other.item_id) == [("2026-W13", one), ("2026-W12", one)]
        assert verdicts.decided(db, "nobody") == []

    def test_undone_nothing_of_it_is_there(self, db: Connection) -> None:
        """An issue without its verdicts would be considered twice."""
        store(db, make.item(1))

        @transaction(db)
        def fail() -> None:
            verdicts.save_issue(db, make.issue(), [make.verdict(make.item(1))], path="")
            _ = 1 / 0

        with pytest.raises(ZeroDivisionError):
            fail()

        assert verdicts.issue(db, "2026-W12") is None
        assert verdicts.count(db, "2026-W12") == 0


def test_a_pause_has_one_end(db: Connection) -> None:
    """A later pause replaces it, and the end of the pause removes it."""
    ends = [verdicts.paused_until(db)]
    for until in (make.NOW, make.NOW + make.WEEK, None):
        verdicts.pause(db, until)
        ends.append(verdicts.paused_until(db))

    assert ends == [None, make.NOW, make.NOW + make.WEEK, None]
    assert db.execute("from core.pause").fetchall() == []

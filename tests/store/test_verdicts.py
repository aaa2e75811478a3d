"""Scores, verdicts, issues, deliveries and marks: replaced or added to, never lost."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
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


def replace_scores(db: Connection, ids: Sequence[str], scores: Sequence[float], parts: Mapping[str, float]) -> None:
    column = np.array(scores, dtype=np.float32)
    columns: dict[str, verdicts.Floats] = {
        "relevance": column,
        "lean": (column / 8).astype(np.float32),
        "score": column * 2,
    }
    arrays: dict[str, verdicts.Floats] = {
        name: np.full(len(ids), value, dtype=np.float32) for name, value in parts.items()
    }
    verdicts.replace_scores(db, ids, columns, arrays)


class TestScores:
    def test_scores_are_replaced(self, db: Connection) -> None:
        """They are of the current focus and model only, so the old ones go, and their parts with them."""
        replace_scores(db, ["a", "b"], [1.0, 2.0], {"statement": 0.5, "fresh": 0.25})
        replace_scores(db, ["b"], [3.0], {"statement": 0.75})

        assert verdicts.scores(db, ["a", "b"]) == {
            "b": verdicts.Score(relevance=3.0, lean=0.375, score=6.0, parts={"statement": 0.75})
        }

    def test_no_items_have_no_scores(self, db: Connection) -> None:
        """An archive may be empty again under another focus."""
        replace_scores(db, ["a"], [1.0], {"statement": 0.5})
        replace_scores(db, [], [], {})

        assert verdicts.scores(db, ["a"]) == {}

    def test_undone_the_old_ones_stand(self, db: Connection) -> None:
        """Who is killed while ranking leaves the last ranking."""
        replace_scores(db, ["a"], [1.0], {"statement": 0.5})

        @transaction(db)
        def fail() -> None:
            replace_scores(db, ["b"], [2.0], {"statement": 0.5})
            _ = 1 / 0

        with pytest.raises(ZeroDivisionError):
            fail()

        assert list(verdicts.scores(db, ["a", "b"])) == ["a"]


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


class TestReceipts:
    def test_one_row_a_period_channel_and_recipient(self, db: Connection) -> None:
        """The newest state of a delivery is what counts."""
        verdicts.record_receipt(db, make.receipt())
        sent = make.receipt(state="sent", delivered_at=make.NOW, message_id="<1@example.org>")
        verdicts.record_receipt(db, sent)

        assert verdicts.receipts(db) == [sent]

    @pytest.mark.parametrize("other", [{"period": "2026-W13"}, {"channel": "html"}, {"recipient": "bob@example.org"}])
    def test_another_delivery_is_another_row(self, db: Connection, other: dict[str, str]) -> None:
        """Any of the three tells them apart."""
        verdicts.record_receipt(db, make.receipt())
        verdicts.record_receipt(db, make.receipt(**other))

        assert len(verdicts.receipts(db)) == 2

    def test_of_one_period(self, db: Connection) -> None:
        """In the order of the attempts."""
        late = make.receipt(channel="html", attempted_at=make.NOW + make.DAY, error="it broke", state="failed")
        early = make.receipt(channel="markdown")
        for receipt in (late, early, make.receipt(period="2026-W13")):
            verdicts.record_receipt(db, receipt)

        assert verdicts.receipts(db, "2026-W12") == [early, late]

    def test_a_kill_does_not_forget_a_delivery(self, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
        """Else it would be made again."""
        verdicts.record_receipt(db, make.receipt())

        def killed(*arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(verdicts, "insert", killed)
        with pytest.raises(KeyboardInterrupt):
            verdicts.record_receipt(db, make.receipt(state="sent"))

        assert verdicts.receipts(db) == [make.receipt()]


class TestMarks:
    def test_marks_are_only_ever_added(self, db: Connection) -> None:
        """Oldest first, and of one moment in the order they were made."""
        made = [
            make.mark(make.item(1), marked_at=make.NOW),
            make.mark(make.item(2), marked_at=make.NOW - make.DAY, mark="save", origin="markdown"),
            make.mark(make.item(1), marked_at=make.NOW, mark="read"),
        ]
        for mark in made:
            verdicts.add_mark(db, mark)

        assert verdicts.marks(db) == [made[1], made[0], made[2]]

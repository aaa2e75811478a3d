"""Items as lists show them, marked items in pages, and recent issues."""

import datetime as dt
from dataclasses import replace

import pytest

from digest.errors import StoreError
from digest.records import MarkKind, Section
from digest.store import listed, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import Connection
from digest.store.listed import Marked
from tests import make
from tests.store.archives import fill

ONE = make.item(1, title="One", summary="first " * 200)
TWO = make.item(2, title="Two")


def save(db: Connection, period: str, number: int, *, kept: bool) -> None:
    """An issue that considered the first item."""
    ends = make.NOW + number * make.WEEK
    issue = replace(make.issue(), period=period, ends_at=ends, built_at=ends)
    section = Section.LETTER if kept else None
    verdict = make.verdict(ONE, kept=kept, section=section, reason=f"said in {period}")
    verdicts.save_issue(db, issue, [verdict], path="")


def test_an_item_comes_with_its_newest_verdict(db: Connection) -> None:
    """And with the beginning of its text; one that no issue considered says so by an empty period."""
    fill(db, [ONE, TWO])
    save(db, "2026-W11", 1, kept=False)
    save(db, "2026-W12", 2, kept=True)

    two, one = listed.of_items(db, [TWO.item_id, "zzzzzzzzzz", ONE.item_id])

    assert (one.title, one.period, one.kept, one.section, one.reason) == (
        "One",
        "2026-W12",
        True,
        Section.LETTER,
        "said in 2026-W12",
    )
    assert len(one.text) == 400
    assert (two.title, two.period, two.kept, two.reason) == ("Two", "", False, "")


def test_marked_items_newest_first(db: Connection) -> None:
    """An item with two marks counts once under any; days narrow the list."""
    fill(db, [ONE, TWO])
    for at, (item, kind) in enumerate([(ONE, MarkKind.SAVE), (TWO, MarkKind.SAVE), (ONE, MarkKind.LIKE)]):
        mark_rows.add(db, make.mark(item, mark=kind, marked_at=make.NOW + at * make.DAY))

    def ids(wanted: Marked) -> list[str]:
        return [item_id for item_id, _ in listed.marked(db, wanted, limit=9)]

    assert ids(Marked(mark="save")) == [TWO.item_id, ONE.item_id]
    assert ids(Marked()) == [ONE.item_id, TWO.item_id]
    assert ids(Marked(since=make.NOW + make.DAY, until=make.NOW + dt.timedelta(days=1.5))) == [TWO.item_id]
    assert listed.marked(db, Marked(mark="save"), limit=1, offset=1) == [(ONE.item_id, make.NOW)]
    assert listed.count_marked(db, Marked()) == 2
    assert listed.marked_counts(db) == {"": 2, "save": 2, "like": 1}


def test_issues_have_their_picks_without_the_rest(db: Connection) -> None:
    """Newest first and in pages; picks, zone and the one to read are as in the whole document."""
    whole = [
        make.issue(period=f"2026-W1{at}", ends_at=make.NOW + at * make.WEEK, first="abc", zone="Europe/Berlin")
        for at in range(3)
    ]
    for issue in whole:
        verdicts.save_issue(db, issue, [], path="")

    newest, second = listed.issues(db, limit=2)

    assert [newest.period, second.period] == ["2026-W12", "2026-W11"]
    assert [one.period for one in listed.issues(db, limit=2, offset=2)] == ["2026-W10"]
    assert (newest.picks, newest.zone, newest.first) == (whole[2].picks, "Europe/Berlin", "abc")
    assert newest.points == ()
    assert listed.works_considered(db, ["2026-W12", "2026-W99"]) == {"2026-W12": whole[2].seen}


def test_a_damaged_document_is_named(db: Connection) -> None:
    """In one line, as where a whole issue is read."""
    verdicts.save_issue(db, make.issue(period="2026-W12"), [], path="")
    db.execute("""update core.issues set document = '{"picks": [{"title": 7}]}'""")

    with pytest.raises(StoreError, match="the issue '2026-W12' is damaged"):
        listed.issues(db, limit=1)

"""What charts are drawn from."""

from dataclasses import replace

import pytest

from digest.records import MarkKind, Section
from digest.store import figures, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import Connection
from digest.store.figures import IssueFigures, SourceFigures
from tests import make
from tests.store.archives import fill

PAPER = make.item(1, source="arXiv", arxiv_id="2603.00001")
POST = make.item(2, source="Blog", summary="word " * 400)
PASSED = make.item(3, source="Blog")


@pytest.fixture(autouse=True)
def _issues(db: Connection) -> None:
    fill(db, [PAPER, POST, PASSED])
    for at in range(3):
        ends = make.NOW + at * make.WEEK
        issue = replace(make.issue(), period=f"2026-W1{at}", ends_at=ends, built_at=ends, seen=3, kept=2)
        made = [
            make.verdict(PAPER, kept=True, section=Section.LETTER),
            make.verdict(POST, kept=True, section=Section.ENVELOPE),
            make.verdict(PASSED, kept=False, section=None),
        ]
        verdicts.save_issue(db, issue, made if at else [], path="")


def test_issues_oldest_first_with_their_sections(db: Connection) -> None:
    """The last ones; one that kept nothing has zeros."""
    assert [one.period for one in figures.by_issue(db, limit=2)] == ["2026-W11", "2026-W12"]
    first, second, _ = figures.by_issue(db, limit=9)
    assert (first.letter, first.envelope, first.stretch) == (0, 0, 0)
    assert second == IssueFigures(
        period="2026-W11", ends_at=make.NOW + make.WEEK, seen=3, kept=2, letter=1, envelope=1, stretch=0
    )


def test_sources_by_what_was_kept_of_them(db: Connection) -> None:
    """Only of the issues asked for; a mark other than dislike makes a pick welcome."""
    mark_rows.add(db, make.mark(PAPER, mark=MarkKind.SAVE), make.mark(POST, mark=MarkKind.DISLIKE))

    assert figures.by_source(db, since=make.NOW + 2 * make.WEEK) == [
        SourceFigures(source="arXiv", seen=1, kept=1, welcome=1),
        SourceFigures(source="Blog", seen=2, kept=1, welcome=0),
    ]


def test_picks_with_their_lengths(db: Connection) -> None:
    """From a moment on."""
    found = figures.picks(db, since=make.NOW + 2 * make.WEEK)

    assert {(one.period, one.arxiv_id, one.words) for one in found} == {
        ("2026-W12", "2603.00001", PAPER.words),
        ("2026-W12", "", 400),
    }


def test_marks_given_one_by_one(db: Connection) -> None:
    """Those of an import would stand as one high column."""
    mark_rows.add(db, make.mark(PAPER, mark=MarkKind.LIKE, marked_at=make.NOW))
    mark_rows.add_batch(db, "b", [make.mark(POST, mark=MarkKind.LIKE, marked_at=make.NOW, batch="b")])

    assert figures.marks_given(db, since=make.NOW) == [("like", make.NOW)]
    assert figures.marks_given(db, since=make.NOW + make.DAY) == []

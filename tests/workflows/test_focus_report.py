"""A focus held against the archive."""

from datetime import datetime, timedelta

import pytest

from digest import pipeline
from digest.config import Config, Focus
from digest.judge.floor import FLOOR
from digest.workflows.focus_report import (
    FocusReport,
    PhraseRow,
    passing_words,
    report_focus,
    warning,
    warning_if_readable,
)
from tests.homes import Holder


def said(config: Config, statement: str) -> Config:
    return config.model_copy(update={"focus": Focus(statement=statement)})


def row(phrase: str, *, used: bool = True) -> PhraseRow:
    return PhraseRow(phrase=phrase, facet="statement", weight=1.0, used=used)


def test_counts_the_works_of_the_last_weeks_that_pass(built: Config, now: datetime) -> None:
    """Of all that was published in four weeks, those above the floor; none of them later than now."""
    found = report_focus(built, now, wait=1)
    long_before = report_focus(built, now - timedelta(days=400), wait=1)

    assert 0 < found.passing < found.seen <= found.embedded
    assert (long_before.seen, long_before.passing) == (0, 0)
    assert long_before.weakness == ""


def test_proposes_what_the_archive_says_and_the_focus_does_not(built: Config, now: datetime) -> None:
    """Terms of the nearest works, without the learner's own words."""
    found = report_focus(said(built, "sparse retrieval"), now, wait=1)

    assert found.add
    assert not {"sparse retrieval", "retrieval", "sparse"} & set(found.add)


def test_a_focus_that_nothing_answers_is_thin(built: Config, now: datetime) -> None:
    """Many works, none of which passes: said with the numbers, and where to look."""
    found = report_focus(said(built, "medieval tapestry restoration techniques"), now, wait=1)

    assert found.passing == 0
    assert warning(found) == f"focus.statement: {passing_words(found)}; `digest focus` shows what to add"


def test_what_was_fetched_and_not_ranked_is_not_looked_at(fetched: Config, now: datetime) -> None:
    """No model has read it; the words alone are shown."""
    found = report_focus(fetched, now, wait=1)

    assert found.embedded == 0
    assert found.rows
    assert found.weakness == ""


@pytest.mark.parametrize(
    ("understood", "thin"),
    [
        (FocusReport(rows=(row("models"),), known=True), 'understood only "models"'),
        (FocusReport(rows=(row("models"), row("I am a nurse", used=False)), known=True), 'understood only "models"'),
        (FocusReport(rows=(row("models"), row("protein folding")), known=True), ""),
        (FocusReport(rows=(row("🦄"),), known=False), "the model knows no word of it"),
        (
            FocusReport(rows=(row("tides"),), known=True, seen=900, passing=2),
            "2 of 900 works of the last 4 weeks pass",
        ),
        (FocusReport(rows=(row("tides"),), known=True, seen=900, passing=9), ""),
        (FocusReport(rows=(row("tides"),), known=True, seen=9, passing=0), ""),
    ],
)
def test_what_is_thin(understood: FocusReport, thin: str) -> None:
    """One generic phrase, or next to nothing that passes; of a handful of works nothing is concluded."""
    assert understood.weakness == thin


def test_a_check_asks_nothing_of_an_archive_in_use(built: Config, now: datetime, held: Holder) -> None:
    """It checks a file, and the archive is somebody else's just now."""
    with held(built.archive):
        assert warning_if_readable(said(built, "medieval tapestry restoration"), now, wait=0) == ""


def test_the_first_run_says_what_is_thin_and_later_ones_leave_it_to_the_issue(config: Config, now: datetime) -> None:
    """Once there is an issue, the issue itself says why it is short."""
    thin = said(config, "medieval tapestry restoration techniques")

    first = pipeline.run(thin, now, end_period=True)
    second = pipeline.run(thin, now + timedelta(hours=1), end_period=True)

    assert first.learners[0].focus_warning.startswith("focus.statement: ")
    assert second.learners[0].focus_warning == ""
    assert first.issue is not None
    assert first.issue.wanting is not None
    assert first.issue.wanting.floor == FLOOR

"""A plan in words: in every rendering of an issue, and as Markdown of its own."""

import datetime as dt
from dataclasses import replace

import pytest

from digest.compose.pace import PaceWeek
from digest.records import Issue, PlannedReading, WeekPlan, Why
from digest.render.html import render_html
from digest.render.markdown import render_markdown
from digest.render.reading_plan import lay_out_plan, plan_markdown
from digest.render.site import page_name, render_site
from digest.render.text import render_text
from tests import make

HOSTILE = 'A "<script>alert(1)</script>" [title](javascript:x) `\u202e| # *x*\n1. no'


def plan_of(*entries: PlannedReading) -> WeekPlan:
    return WeekPlan(starts_at=make.NOW, minutes=120, entries=entries)


def lines(plan: WeekPlan, numbers: dict[str, int]) -> list[str]:
    week = lay_out_plan(plan, numbers)
    return ["".join(piece.text for piece in line) for line in week.lines] if week else []


def test_a_week_is_a_few_lines() -> None:
    """In the order of reading; picks by their numbers, the rest by titles."""
    plan = plan_of(
        make.planned("a", paper=True), make.planned("b", paper=True), make.planned("c", minutes=5),
        make.planned("d", why=Why.NEW, minutes=8), make.planned("e", title="Saved one", why=Why.SAVE),
        make.planned("f", title="Saved before", why=Why.RETURN), make.planned("a", number=2, minutes=60, why=Why.SECOND),
    )  # fmt: skip

    assert lines(plan, {"a": 3, "b": 1, "c": 2, "d": 4}) == [
        "Skim for what they claim: numbers 3 and 1 (20 min)",
        "In full: number 2 (5 min)",
        "Something new: number 4 (8 min)",
        "From what you saved: Saved one; Saved before (20 min)",
        "Then once more, slowly: number 3 (1 h)",
    ]
    assert lay_out_plan(plan_of(), {}) is None
    assert lay_out_plan(None, {}) is None


def test_a_long_list_of_saves_is_cut() -> None:
    """A week of many hours would fill a page with titles."""
    plan = plan_of(*(make.planned(f"s{number}", title=f"T{number}", why=Why.SAVE) for number in range(9)))

    assert lines(plan, {}) == ["From what you saved: T0; T1; T2; 6 more (1 h 30 min)"]


@pytest.mark.parametrize("draw", [render_markdown, render_text, render_html], ids=lambda draw: draw.__name__)
def test_every_rendering_has_it(draw: object) -> None:
    """And none where there is no plan."""
    issue = make.issue()

    assert callable(draw)
    assert "Your week" in draw(issue)
    assert "Your week" not in draw(replace(issue, plan=None))


def test_a_site_has_the_plan_and_no_notes() -> None:
    """A note was written for nobody else."""
    issue: Issue = make.issue()

    page = render_site([issue])[page_name(issue.period)]

    assert "Your week" in page
    assert "weekly" not in page
    assert "Close to your note on" not in page
    assert "Close to your note on" in render_markdown(issue)


def test_hostile_titles_are_text() -> None:
    """In Markdown and in HTML alike, and one line."""
    plan = plan_of(make.planned("x", title=HOSTILE, url="javascript:alert(1)", why=Why.SAVE))
    issue = replace(make.issue(), plan=plan)

    assert "<script>" not in render_html(issue)
    assert "<script>" not in render_markdown(issue).replace("\\<", "")
    assert "javascript:alert" not in render_markdown(issue) + render_html(issue) + render_text(issue)
    assert "\n1. no" not in render_markdown(issue)
    own = plan_markdown(plan, (), minutes_read=0, pace=(), remarks=(), zone=dt.UTC)
    assert "<script>" not in own.replace("\\<", "")
    assert "\n1. no" not in own


def test_a_plan_of_its_own_shows_the_pace() -> None:
    """And what was read of it."""
    text = plan_markdown(
        plan_of(make.planned("a", title="One", paper=True)),
        (make.planned("b", title="Two"),),
        minutes_read=70,
        pace=(PaceWeek(week="2026-W12"), PaceWeek(week="2026-W13", minutes=70, finished=1)),
        remarks=("Say so.",),
        zone=dt.UTC,
    )

    assert text.startswith("# Your week from 23 March 2026\n\n10 min to read of 2 h, 1 h 10 min read.\n\n1. One")
    assert "## Read\n\n- Two\n\nSay so.\n" in text
    assert text.endswith("| 2026-W13 | 70 | 1 |\n\n1 h 10 min in 2 weeks, 1 work finished.\n")

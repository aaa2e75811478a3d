"""Charts over issues: what each says, where its points lead, and what is not drawn."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from starlette.testclient import TestClient

from digest.records import Theme
from digest.store.figures import IssueFigures, SourceFigures
from digest.web.drawing import Drawing, drawings
from digest.workflows.charting import Figures

END = dt.datetime(2026, 11, 16, 7, tzinfo=dt.UTC)


def issue(week: int, **changes: Any) -> IssueFigures:  # noqa: ANN401 - any field
    values = {"seen": 100, "kept": 10, "letter": 6, "envelope": 3, "stretch": 1}
    ends = END + dt.timedelta(days=7 * week)
    return IssueFigures(period=f"2026-W{40 + week}", ends_at=ends, **(values | changes))


def drawn(issues: Sequence[IssueFigures] = (), **figures: Any) -> dict[str, Drawing]:  # noqa: ANN401 - any field
    nothing: dict[str, Any] = {"minutes": {}, "sources": (), "themes": (), "themes_end": None, "marks": {}}
    made = drawings(Figures(issues=issues, **(nothing | figures)), ZoneInfo("Europe/Berlin"))
    return {one.name: one for one in made}


def test_a_few_issues_show_no_course() -> None:
    """Nothing is drawn from nothing."""
    assert drawn() == {}
    assert drawn([issue(1), issue(2)]) == {}


def test_the_keep_rate_leads_to_issues() -> None:
    """An issue that considered nothing has no rate."""
    rate = drawn([issue(1), issue(2, seen=0, kept=0), issue(3), issue(4, kept=40)])["rate"]

    assert rate.sentence == "Of 300 works in 3 issues, 60 were kept, 20%; the last issue kept 40 of 100."
    assert rate.chart is not None
    assert [label.href for label, _ in rate.chart.rows] == [f"/issues/2026-W4{week}" for week in (1, 3, 4)]


def test_no_issue_considered_anything() -> None:
    """Then there is no rate to speak of."""
    assert drawn([issue(week, seen=0, kept=0, letter=0, envelope=0, stretch=0) for week in range(4)]) == {}


def test_sides_are_stacked() -> None:
    """A section that never had a pick is no series."""
    sides = drawn([issue(week, stretch=0) for week in range(3)])["sides"]

    assert sides.sentence == "33% of the picks inside the focus were envelope."
    assert sides.chart is not None
    assert [name for _, name in sides.chart.legend] == ["letter", "envelope"]


def test_sources_are_compared_by_what_they_send() -> None:
    """Those that brought nothing are counted; each leads to its works."""
    found = [
        SourceFigures(source="arXiv", seen=900, kept=9, welcome=2),
        SourceFigures(source="A & B", seen=10, kept=5, welcome=0),
        SourceFigures(source="Idle", seen=50, kept=0, welcome=0),
    ]
    sources = drawn([issue(1)], sources=found)["sources"]

    assert sources.sentence == "A & B brings most for what it sends: 5 of 10 kept. 1 source brought works and no pick."
    assert [(row.text, row.share) for row in sources.rows] == [("9 of 900, 2 welcome", 100.0), ("5 of 10", 55.56)]
    assert sources.rows[1].href == "/search?source=A+%26+B"


def test_themes_lead_to_the_works_of_their_week() -> None:
    """The weeks end with the issue's own."""
    themes = [
        Theme(term="agents", weeks=(1, 2, 9), share=0.1, share_before=0.02, growing=True),
        Theme(term="rag", weeks=(8, 2), share=0.02, share_before=0.1, growing=False),
    ]
    chart = drawn([issue(1)], themes=themes, themes_end=END)["themes"].chart

    assert chart is not None
    assert [label.full for label, _ in chart.rows] == ["26 October 2026", "2 November 2026", "9 November 2026"]
    assert chart.rows[2][0].href == "/search?since=2026-11-09&until=2026-11-16"
    assert [values for _, values in chart.rows] == [("1", "0"), ("2", "8"), ("9", "2")]


def test_weeks_without_marks_stand_in_between() -> None:
    """Each leads to what was marked in it."""
    monday = dt.date(2026, 11, 2)
    marks = {monday + dt.timedelta(days=days): {"like": 2, "save": 1} for days in (0, 7, 21)}
    drawing = drawn([issue(1)], marks=marks)["marks"]

    assert drawing.chart is not None
    assert drawing.sentence.startswith("9 marks in 4 weeks, most in the week from 2 November 2026")
    assert [values for _, values in drawing.chart.rows][2] == ("0", "0")
    assert drawing.chart.rows[0][0].href == "/saved?mark=any&since=2026-11-02&until=2026-11-09"


def test_the_page_of_one_issue(client: TestClient) -> None:
    """What can be said of it is said; a span that is none is the usual one."""
    for span in ("", "?issues=52", "?issues=9999", "?issues=x"):
        answer = client.get(f"/charts{span}")

        assert answer.status_code == 200
        assert "Which sources earn their place" in answer.text
        assert "How much is kept" not in answer.text

"""The charts over issues and weeks, each with a sentence that says what one sees. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlencode

from digest.records import MarkKind, Theme
from digest.render.charts import Chart, Label, Row, Series, column_chart, line_chart, row_chart
from digest.render.untrusted import shown
from digest.render.wording import count_words, day_words, duration_words, percent, period_words, short_day
from digest.store.figures import IssueFigures, SourceFigures
from digest.web.rendering import issue_path
from digest.workflows.charting import Figures

#: Fewer issues or weeks show no course.
_FEWEST = 3
_SOURCES = 20
_THEMES = 4
_SIDES = ("letter", "envelope", "stretch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One chart with its heading and the sentence beside it."""

    name: str
    heading: str
    sentence: str
    chart: Chart | None = None
    #: for a chart of rows, with what its columns hold
    rows: tuple[Row, ...] = ()
    title: str = ""
    over: str = ""
    measure: str = ""


def drawings(found: Figures, zone: tzinfo) -> list[Drawing]:
    """The charts that say something with the data there are."""
    several = len(found.issues) >= _FEWEST
    made = [
        _keep_rate(found.issues) if several and any(one.seen for one in found.issues) else None,
        _sides(found.issues) if several and any(one.kept for one in found.issues) else None,
        _sources(found.sources, len(found.issues)) if any(one.kept for one in found.sources) else None,
        _themes(found.themes, found.themes_end, zone) if found.themes and found.themes_end else None,
        _marks(found.marks) if len(found.marks) >= _FEWEST else None,
        _minutes(found.issues, found.minutes) if several and any(found.minutes.values()) else None,
    ]
    return [one for one in made if one is not None]


def _keep_rate(issues: Sequence[IssueFigures]) -> Drawing:
    counted = [one for one in issues if one.seen]
    kept, seen, last = sum(one.kept for one in counted), sum(one.seen for one in counted), counted[-1]
    labels = [_issue_label(one, f"{one.kept} of {one.seen:,}") for one in counted]
    shares = Series(name="Kept", values=[one.kept / one.seen for one in counted])
    return Drawing(
        name="rate",
        heading="How much is kept",
        sentence=f"Of {count_words(seen, 'work')} in {count_words(len(counted), 'issue')}, {kept:,} were kept, "
        f"{percent(kept / seen)}; the last issue kept {last.kept} of {last.seen:,}.",
        chart=column_chart("Works kept, in percent of those considered", labels, [shares], percent, over="Issue"),
    )


def _sides(issues: Sequence[IssueFigures]) -> Drawing:
    totals = {side: sum(getattr(one, side) for one in issues) for side in _SIDES}
    series = [
        Series(name=side, values=[getattr(one, side) for one in issues], tone=side) for side in _SIDES if totals[side]
    ]
    within = totals["letter"] + totals["envelope"]
    share = (
        f"{percent(round(totals['envelope'] / within, 2))} of the picks inside the focus were envelope"
        if within
        else ""
    )
    stretch = f"{count_words(totals['stretch'], 'pick')} came from just outside it" if totals["stretch"] else ""
    said = "; ".join(one for one in (share, stretch) if one)
    return Drawing(
        name="sides",
        heading="Letter against envelope",
        sentence=f"{said[:1].upper()}{said[1:]}.",
        chart=column_chart("Picks by section", [_issue_label(one) for one in issues], series, _whole, over="Issue"),
    )


def _sources(sources: Sequence[SourceFigures], count: int) -> Drawing:
    earning = [one for one in sources if one.kept]
    idle = len(sources) - len(earning)
    best = max(earning, key=lambda one: (one.kept / one.seen, one.kept))
    rows = [
        Row(
            name=shown(one.source, 60),
            value=one.kept,
            text=f"{one.kept} of {one.seen:,}{f', {one.welcome} welcome' if one.welcome else ''}",
            href=f"/search?{urlencode({'source': one.source})}",
        )
        for one in earning[:_SOURCES]
    ]
    none = f" {count_words(idle, 'source')} brought works and no pick." if idle else ""
    return Drawing(
        name="sources",
        heading="Which sources earn their place",
        sentence=f"{shown(best.source, 60)} brings most for what it sends: {best.kept} of {best.seen:,} kept.{none}",
        rows=row_chart(rows),
        title=f"Picks of the last {f'{count} issues' if count > 1 else 'issue'} by source; welcome ones were liked, saved or read",
        over="Source",
        measure="Kept of considered",
    )


def _themes(themes: Sequence[Theme], end: datetime, zone: tzinfo) -> Drawing:
    shown_themes = sorted(themes, key=lambda one: (not one.growing, -max(one.weeks, default=0)))[:_THEMES]
    weeks = max((len(one.weeks) for one in shown_themes), default=0)
    last = end.astimezone(zone).date()
    labels = [_week_label(last - timedelta(days=7 * (weeks - at))) for at in range(weeks)]
    series = [
        Series(name=shown(one.term, 40), values=[0] * (weeks - len(one.weeks)) + list(one.weeks), tone=str(tone))
        for tone, one in enumerate(shown_themes)
    ]
    growing = [f"“{shown(one.term, 40)}”" for one in shown_themes if one.growing]
    fading = [f"“{shown(one.term, 40)}”" for one in shown_themes if not one.growing]
    said = [f"{', '.join(names)} {verb}" for names, verb in ((growing, "up"), (fading, "down")) if names]
    return Drawing(
        name="themes",
        heading="Themes near your focus",
        sentence=f"In the week of the last issue, against the weeks before: {'; '.join(said)}.",
        chart=line_chart("Works a week about each theme", labels, series, _whole, over="Week from"),
    )


def _marks(marks: Mapping[date, Mapping[str, int]]) -> Drawing:
    first, last = min(marks), max(marks)
    mondays = [first + timedelta(days=7 * number) for number in range((last - first).days // 7 + 1)]
    totals = {kind: sum(week.get(kind, 0) for week in marks.values()) for kind in MarkKind}
    tones = {MarkKind.LIKE: "2", MarkKind.SAVE: "3", MarkKind.READ: "0", MarkKind.DISLIKE: "1"}
    series = [
        Series(name=str(kind), values=[marks.get(monday, {}).get(kind, 0) for monday in mondays], tone=tone)
        for kind, tone in tones.items()
        if totals[kind]
    ]
    most = max(mondays, key=lambda monday: sum(marks.get(monday, {}).values()))
    given = sum(totals.values())
    return Drawing(
        name="marks",
        heading="What you mark",
        sentence=f"{count_words(given, 'mark')} in {count_words(len(mondays), 'week')}, "
        f"most in the week from {day_words(most)}; imports and lessons are left out.",
        chart=column_chart("Marks a week", [_marked_label(one) for one in mondays], series, _whole, over="Week from"),
    )


def _minutes(issues: Sequence[IssueFigures], minutes: Mapping[str, int]) -> Drawing:
    values = [minutes.get(one.period, 0) for one in issues]
    usual = sorted(values)[len(values) // 2]
    labels = [_issue_label(one, count_words(one.kept, "pick")) for one in issues]
    return Drawing(
        name="minutes",
        heading="How long an issue takes",
        sentence=f"Half of the issues take {duration_words(usual)} or less, papers counted as a first pass of ten minutes.",
        chart=column_chart(
            "Minutes of reading", labels, [Series(name="Minutes", values=values)], _minute, over="Issue"
        ),
    )


def _issue_label(one: IssueFigures, note: str = "") -> Label:
    short = one.period[5:] if one.period[:4].isdigit() else one.period
    return Label(short=short, full=period_words(one.period), href=issue_path(one.period), note=note)


def _week_label(start: date) -> Label:
    """A week of works, which leads to those of it."""
    span = {"since": start.isoformat(), "until": (start + timedelta(days=7)).isoformat()}
    return Label(short=short_day(start), full=day_words(start), href=f"/search?{urlencode(span)}")


def _marked_label(monday: date) -> Label:
    """A week of marks, which leads to what was marked in it."""
    span = {"since": monday.isoformat(), "until": (monday + timedelta(days=7)).isoformat()}
    return Label(short=short_day(monday), full=day_words(monday), href=f"/saved?{urlencode({'mark': 'any'} | span)}")


def _whole(value: float) -> str:
    """A count; a grid line between two counts has no words."""
    return f"{value:,.0f}" if value == int(value) else ""


def _minute(value: float) -> str:
    return f"{value:,.0f} min"

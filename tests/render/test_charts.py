"""Where the marks of charts stand, and what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from digest.render.charts import BASE, TOP, Chart, Label, Row, Series, column_chart, line_chart, row_chart
from digest.render.environment import environment

values = st.lists(st.floats(0, 1e6) | st.integers(0, 9).map(float), min_size=1, max_size=40)


def labels(count: int, href: str = "") -> list[Label]:
    return [Label(short=f"W{n}", full=f"week {n}", href=href and f"{href}{n}") for n in range(count)]


def columns(*series: Series, href: str = "") -> Chart:
    return column_chart(
        "Works, in pieces", labels(len(series[0].values), href), series, lambda v: f"{v:g}", over="Week"
    )


def drawn(chart: Chart) -> html.HtmlElement:
    module = environment().get_template("chart_parts.html").module
    return html.fragment_fromstring(str(module.chart(chart, "name")))  # type: ignore[attr-defined]


class TestColumns:
    def test_heights_are_in_proportion(self) -> None:
        """Half the value, half the height; the highest stays under the highest grid line."""
        chart = columns(Series(name="Kept", values=(2.0, 4.0, 0.0)))
        heights = [point.marks[0].height for point in chart.points]

        assert heights == [(BASE - TOP) / 2, BASE - TOP, 0]
        assert [tick.text for tick in chart.grid] == ["0", "1", "2", "3", "4"]
        assert [point.marks[0].value for point in chart.points] == ["2", "4", "0"]

    def test_several_series_are_stacked_and_named(self) -> None:
        """One stands on the other, and a legend tells them apart."""
        chart = columns(
            Series(name="Letter", values=(1.0,), tone="letter"), Series(name="Envelope", values=(3.0,), tone="envelope")
        )
        lower, upper = chart.points[0].marks

        assert upper.y + upper.height == pytest.approx(lower.y)
        assert chart.legend == (("letter", "Letter"), ("envelope", "Envelope"))
        assert chart.points[0].words == "week 0: Letter 1, Envelope 3"

    @given(values)
    def test_nothing_sticks_out(self, some: list[float]) -> None:
        """Whatever the values, marks lie between the highest grid line and the axis, and within the width."""
        chart = columns(Series(name="Kept", values=some))

        assert len(chart.points) == len(some)
        assert 2 <= len(chart.grid) <= 6
        for mark in (mark for point in chart.points for mark in point.marks):
            assert TOP - 0.01 <= mark.y <= mark.y + mark.height <= BASE + 0.02
            assert 0 <= mark.x <= mark.x + mark.width <= 100

    def test_labels_are_as_many_as_can_be_read(self) -> None:
        """The last one always, ten at most, and some of these for a narrow screen."""
        chart = columns(Series(name="Kept", values=[1.0] * 26))

        assert len(chart.labels) <= 10
        assert chart.labels[-1].text == "W25"
        assert 2 <= sum(not label.minor for label in chart.labels) <= 5

    def test_nothing_to_show_is_still_a_chart(self) -> None:
        """No label, or nothing but zeros, is no error."""
        assert columns(Series(name="Kept", values=())).points == ()
        assert [tick.text for tick in columns(Series(name="Kept", values=(0.0,))).grid] == ["0", "0.5", "1"]


class TestLines:
    def test_each_point_leads_to_the_next(self) -> None:
        """A line ends where the next point stands."""
        chart = line_chart("Works", labels(3), [Series(name="A", values=(1, 2, 1))], str, over="Week")
        marks = [point.marks[0] for point in chart.points]

        assert [mark.next_at for mark in marks] == [(marks[1].x, marks[1].y), (marks[2].x, marks[2].y), None]


class TestRows:
    def test_bars_are_shares_of_the_longest(self) -> None:
        """Rows keep their order; nothing at all has no bar."""
        rows = row_chart([Row(name="A", value=4, text="4"), Row(name="B", value=1, text="1")])

        assert [row.share for row in rows] == [100, 25]
        assert [row.share for row in row_chart([Row(name="A", value=0, text="0")])] == [0]


class TestDrawn:
    def test_who_cannot_see_it_hears_it(self) -> None:
        """A drawing without links is an image with a name that says every value."""
        figure = drawn(columns(Series(name="Kept", values=(2.0, 4.0))))
        [image] = [svg for svg in figure.iter("svg") if svg.get("role") == "img"]

        assert image.get("aria-label").endswith("week 0: 2; week 1: 4")
        assert [title.text for title in figure.iter("title")] == ["week 0: 2", "week 1: 4"]

    def test_links_are_in_the_table_too(self) -> None:
        """Each point is a link for who points; who types or listens has the same in the table."""
        figure = drawn(columns(Series(name="Kept", values=(2.0, 4.0)), href="/issues/"))
        points = [a for a in figure.iter("a") if a.get("class") == "point"]

        assert [a.get("href") for a in points] == ["/issues/0", "/issues/1"]
        assert {a.get("tabindex") for a in points} == {"-1"}
        assert [a.get("href") for a in figure.find(".//table").iter("a")] == ["/issues/0", "/issues/1"]
        assert figure.find(".//div[@class='plot']").get("aria-hidden") == "true"

    def test_no_style_and_no_script(self) -> None:
        """A strict policy lets it pass, and a stranger's name cannot get out of it."""
        named = Label(short="<script>", full='"><script>x</script>', href="/a")
        figure = drawn(column_chart("T", [named], [Series(name="<b>", values=(1.0,))], str, over="<i>"))

        assert not [one for one in figure.iter() if one.tag in ("script", "b", "i") or one.get("style")]

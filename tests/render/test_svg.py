"""Where the marks of the drawings stand."""

from hypothesis import given
from hypothesis import strategies as st

from digest.records import KeepRate, Point
from digest.render.svg import HEIGHT, WIDTH, rate_bars, scatter_plot, sparkline
from tests.render.test_heatmap import point, points


class TestScatterPlot:
    def test_letter_is_left_and_near_is_high(self) -> None:
        """A kept work of the letter near the focus stands top left, one of the envelope far from it bottom right."""
        drawn = scatter_plot([point(0.0, 5.0, kept=True), point(1.0, 0.0, kept=True), *[point(0.5, 2.5)] * 3])

        assert drawn is not None
        assert [(mark.x < WIDTH / 10, mark.y < HEIGHT / 10) for mark in drawn.kept] == [(True, True), (False, False)]

    def test_area_grows_with_the_works(self) -> None:
        """Four times as many works have twice the radius."""
        drawn = scatter_plot([*[point(0.1, 0.0)] * 4, *[point(0.9, 1.0)] * 16])

        assert drawn is not None
        assert sorted(mark.radius for mark in drawn.left_out) == [4.5, 9.0]

    def test_few_works_are_no_picture(self) -> None:
        """As in the mail."""
        assert scatter_plot([point(0.1, 0.1)] * 4) is None

    @given(st.lists(points, min_size=5, max_size=40))
    def test_nothing_sticks_out(self, given_points: list[Point]) -> None:
        """Every mark lies inside the drawing, and every kept work has its own."""
        drawn = scatter_plot(given_points)

        assert drawn is not None
        assert len(drawn.kept) == sum(p.kept for p in given_points)
        for mark in drawn.left_out + drawn.kept:
            assert 0 <= mark.x - mark.radius <= mark.x + mark.radius <= WIDTH
            assert 0 <= mark.y - mark.radius <= mark.y + mark.radius <= HEIGHT


class TestBars:
    def test_the_highest_rate_fills_the_height(self) -> None:
        """And the others stand in proportion; words give the numbers."""
        rates = [KeepRate(period="2026-W01", seen=100, kept=2), KeepRate(period="2026-W02", seen=1000, kept=10)]
        bars = rate_bars(rates, height=100)

        assert [bar.height for bar in bars] == [100, 50]
        assert bars[1].words == "2026-W02: 1%, 10 of 1,000"

    def test_one_issue_is_no_chart(self) -> None:
        """There is nothing to compare; an empty issue is a bar of no height."""
        assert rate_bars([KeepRate(period="a", seen=1, kept=1)]) == ()
        assert [bar.height for bar in rate_bars([KeepRate(period="a", seen=0, kept=0)] * 2)] == [0, 0]

    def test_a_week_without_works_is_still_a_mark(self) -> None:
        """So that nine weeks are nine marks."""
        assert [bar.height for bar in sparkline((0, 3, 6), height=24)] == [1, 12, 24]
        assert sparkline(()) == ()

"""The heatmap's cells."""

from hypothesis import given
from hypothesis import strategies as st

from digest.records import Point
from digest.render.heatmap import COLUMNS, ROWS, SHADES, heatmap

points = st.builds(
    Point,
    lean=st.floats(0, 1),
    relevance=st.floats(-1, 1),
    kept=st.booleans(),
)


def point(lean: float, relevance: float, kept: bool = False) -> Point:
    return Point(lean=lean, relevance=relevance, kept=kept)


class TestHeatmap:
    def test_few_works_are_no_picture(self) -> None:
        """Fewer than five works are not worth a chart."""
        assert heatmap([point(0.1, 0.1)] * 4) is None

    def test_letter_is_left_and_near_is_high(self) -> None:
        """The nearest work of the letter stands top left, the farthest of the envelope bottom right."""
        drawn = heatmap([point(0.0, 0.9, kept=True), point(1.0, 0.1), *[point(0.5, 0.5)] * 4])

        assert drawn is not None
        assert (drawn.rows[0][0].shade, drawn.rows[0][0].kept) == (2, 1)
        assert (drawn.rows[-1][-1].shade, drawn.rows[-1][-1].kept) == (2, 0)
        assert drawn.rows[ROWS // 2][COLUMNS // 2].shade == SHADES

    def test_summary_says_the_same(self) -> None:
        """Who does not see the chart hears the numbers."""
        drawn = heatmap([point(0.2, 0.5, kept=True), point(0.9, 0.4, kept=True), *[point(0.7, 0.1)] * 3])

        assert drawn is not None
        assert drawn.summary == (
            "Of 5 works 1 lie on the side of the letter and 4 on that of the envelope; kept were 1 and 1."
        )

    @given(st.lists(points, min_size=5, max_size=60))
    def test_no_work_is_lost(self, given_points: list[Point]) -> None:
        """Every kept work is counted in one cell, and every cell with works is shaded."""
        drawn = heatmap(given_points)

        assert drawn is not None
        assert [len(row) for row in drawn.rows] == [COLUMNS] * ROWS
        assert sum(cell.kept for row in drawn.rows for cell in row) == sum(p.kept for p in given_points)
        assert all(
            0 <= cell.shade <= SHADES and cell.kept <= bool(cell.shade) * 60 for row in drawn.rows for cell in row
        )

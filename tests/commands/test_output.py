"""Rows as tables, JSON and CSV: valid, whole, and readable, whatever the archive's types."""

import csv
import io
import json
import sys
import time
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from digest.commands import output
from digest.commands.output import print_json, print_markdown, print_rows
from digest.render.checkboxes import checkbox_lines

Capture = pytest.CaptureFixture[str]
AT = datetime(2026, 3, 1, 12, 0, 5)  # noqa: DTZ001 - as the archive's columns are


def no_constant(name: str) -> Any:  # noqa: ANN401 - as json wants it
    raise AssertionError(f"{name} is not JSON")


def as_json(capsys: Capture, columns: list[str], *rows: tuple[Any, ...]) -> Any:  # noqa: ANN401 - anything JSON
    print_rows(columns, rows, form="json")
    return json.loads(capsys.readouterr().out, parse_constant=no_constant)


def as_csv(capsys: Capture, columns: list[str], *rows: tuple[Any, ...]) -> list[list[str]]:
    print_rows(columns, rows, form="csv")
    return list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))


class TestJson:
    @pytest.mark.parametrize(
        ("value", "told"),
        [
            (float("nan"), None),
            (float("-inf"), None),
            ([1.5, float("inf")], [1.5, None]),
            ({"a": {"b": float("nan")}}, {"a": {"b": None}}),
            ({1: 2, AT: "x"}, {"1": 2, "2026-03-01T12:00:05Z": "x"}),
            (b"\xde\xad", "dead"),
            ((0.5, 1.0), [0.5, 1.0]),
            ([AT, None], ["2026-03-01T12:00:05Z", None]),
            (AT.replace(tzinfo=timezone(timedelta(hours=3))), "2026-03-01T09:00:05Z"),
            (date(2026, 3, 1), "2026-03-01"),
            (Decimal("1.10"), 1.1),
            (2**127, 2**127),
            ("\x00\x1b é漢🎉\n", "\x00\x1b é漢🎉\n"),
        ],
    )
    def test_every_value_has_a_word_in_json(self, capsys: Capture, value: object, told: object) -> None:
        """Also those for which Python's writer has none, or one that other readers refuse."""
        assert as_json(capsys, ["a"], (value,)) == [{"a": told}]

    def test_columns_of_one_name_are_all_there(self, capsys: Capture) -> None:
        """Numbered, as DuckDB does it in a subquery."""
        assert as_json(capsys, ["a", "a", "a_1", "a"], (1, 2, 3, 4)) == [{"a": 1, "a_1": 2, "a_1_1": 3, "a_2": 4}]

    def test_no_row_is_an_empty_array(self, capsys: Capture) -> None:
        """Not nothing."""
        assert as_json(capsys, ["a"]) == []

    def test_it_is_laid_out_as_json_usually_is(self, capsys: Capture) -> None:
        """Line breaks inside a text are escaped, so that indenting never changes a value."""
        rows: list[dict[str, Any]] = [{"a": [1, "x\ny"], "b": {}}, {"a": None}]

        print_json(rows)

        assert capsys.readouterr().out == json.dumps(rows, indent=2) + "\n"

    def test_rows_are_written_one_by_one(self, capsys: Capture) -> None:
        """A million rows as one text took seven gigabytes."""

        def rows() -> Any:  # noqa: ANN401 - a generator
            yield (1,)
            assert '"a": 1' in capsys.readouterr().out
            yield (2,)

        print_rows(["a"], rows(), form="json")

        assert '"a": 2' in capsys.readouterr().out


class TestCsv:
    @pytest.mark.parametrize(
        ("value", "told"),
        [
            (123456.789, "123456.789"),
            (AT, "2026-03-01T12:00:05Z"),
            (["a, b", 'c"d'], '["a, b", "c\\"d"]'),
            ([], "[]"),
            ({"a": AT}, '{"a": "2026-03-01T12:00:05Z"}'),
            ('a"b,c\nd', 'a"b,c\nd'),
            (Decimal("99999999999999999999.99"), "99999999999999999999.99"),
            (True, "true"),
            (None, ""),
            (b"\x00", "00"),
        ],
    )
    def test_nothing_is_rounded_or_run_together(self, capsys: Capture, value: object, told: str) -> None:
        """CSV is for programs: what has parts is JSON, times have their seconds, numbers their digits."""
        assert as_csv(capsys, ["a", "b"], (value, 1)) == [["a", "b"], [told, "1"]]

    def test_lines_end_as_a_shell_takes_them(self, capsys: Capture) -> None:
        """`$(digest query ... | tail -1)` is the value, with no carriage return behind it."""
        print_rows(["a"], [("x",)], form="csv")

        assert capsys.readouterr().out == "a\nx\n"


class TestTable:
    def on_terminal(self, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
        monkeypatch.setattr(output, "terminal_width", lambda: width)

    @pytest.mark.parametrize(
        ("value", "told"),
        [(12345.6, "12346"), (0.123456, "0.1235"), (1e300, "1e+300"), ({"a": AT}, "a: 2026-03-01 12:00"), (b"x", "78")],
    )
    def test_values_are_short(self, capsys: Capture, value: object, told: str) -> None:
        """Four digits, but no powers of ten for milliseconds."""
        print_rows(["a"], [(value,)], form="table")

        assert capsys.readouterr().out.splitlines()[3].strip() == told

    def test_what_does_not_fit_stands_one_line_a_value(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        """An address that is folded into a narrow column can be neither read nor opened."""
        self.on_terminal(monkeypatch, 80)
        url, title = "https://example.org/" + "a" * 90, "Retrieval " * 9
        row = ("2026-W12", 3, title.strip(), "A source of some length", "x258fz8ee9", url)

        print_rows(["period", "rank", "title", "source", "item_id", "url"], [row], form="table")

        lines = capsys.readouterr().out.splitlines()
        assert f"url      {url}" in lines
        assert f"title    {title[:69]}" in lines
        assert max(len(line) for line in lines if url not in line) <= 80

    @pytest.mark.parametrize("width", [60, 72, 80, 100, 120, 200])
    @pytest.mark.parametrize("columns", [1, 2, 3, 6])
    def test_no_address_is_broken(
        self, capsys: Capture, monkeypatch: pytest.MonkeyPatch, width: int, columns: int
    ) -> None:
        """However many columns there are; and text keeps to the terminal's width."""
        self.on_terminal(monkeypatch, width)
        url = "https://example.org/2026/11/a-post-on-something"
        row = (url, "Retrieval of long titles " * 6, "x258fz8ee9", "A source of some length", 3, 0.5)

        print_rows(["url", "title", "item_id", "source", "rank", "score"][:columns], [row[:columns]], form="table")

        lines = capsys.readouterr().out.splitlines()
        assert any(url in line for line in lines)
        assert columns < 3 or any("x258fz8ee9" in line for line in lines)
        assert max(len(line) for line in lines if url not in line) <= width

    def test_nothing_is_said_to_be_nothing(self, capsys: Capture) -> None:
        """Rather than a table without rows."""
        print_rows(["a"], [], form="table")

        assert capsys.readouterr().out == "no rows\n"

    def test_what_fits_stands_in_columns(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        """Long names fold within a column that is wide enough."""
        self.on_terminal(monkeypatch, 80)

        print_rows(["source", "seen", "kept", "a"], [("Frontpage for Learners of Machines", 3, 1, 0)], form="table")

        lines = capsys.readouterr().out.splitlines()
        assert any(line.split() == ["source", "seen", "kept", "a"] for line in lines)
        assert max(len(line) for line in lines) <= 80

    def test_markup_and_control_characters_are_text(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        """A title must not drive the terminal, in cells and in columns' names alike."""
        self.on_terminal(monkeypatch, 80)

        print_rows(["[red]a\x1b[31m"], [("[bold]b\x1b[2J",)], form="table")

        out = capsys.readouterr().out
        assert "[red]a\\x1b[31m" in out
        assert "[bold]b\\x1b[2J" in out
        assert "\x1b[31m" not in out
        assert "\x1b[2J" not in out

    def test_a_table_is_no_longer_than_anybody_reads(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        """And says what it leaves out."""
        monkeypatch.setattr(output, "_MOST_IN_A_TABLE", 2)

        print_rows(["a"], ((number,) for number in range(5)), form="table")

        captured = capsys.readouterr()
        assert captured.err == "digest: 3 more rows are not shown; --format csv and json take them all\n"
        assert "1" in captured.out
        assert "2" not in captured.out


def test_utc_stands_for_aware_times(capsys: Capture) -> None:
    """Whatever zone they came in."""
    assert as_json(capsys, ["a"], (AT.replace(tzinfo=UTC, microsecond=5),)) == [{"a": "2026-03-01T12:00:05.000005Z"}]


class TestNamedSteps:
    def test_a_terminal_shows_the_step_under_way(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        """On stderr, so that stdout stays what the command prints."""
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")

        with output.named_steps("exporting") as step:
            step("items")
            time.sleep(0.3)  # rich draws ten times a second

        shown = capsys.readouterr()
        assert "exporting items" in shown.err
        assert shown.out == ""

    def test_elsewhere_it_is_silent(self, capsys: Capture) -> None:
        """Logs of cron are no place for spinners."""
        with output.named_steps("exporting") as step:
            step("items")

        assert capsys.readouterr().err == ""


class TestMarkdown:
    """A digest on stdout."""

    TEXT = f"# T\n\n### 1. A\n\n{checkbox_lines('xc258fz8ee')}\n\n### 2. B\n"

    def test_through_a_pipe_it_is_the_file(self, capsys: Capture) -> None:
        """Byte for byte, so that it can be kept and ticked."""
        print_markdown(self.TEXT)

        assert capsys.readouterr().out == self.TEXT

    def test_on_a_terminal_there_are_no_boxes(self, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody can tick there; the id can be typed."""
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        print_markdown(self.TEXT)
        shown = capsys.readouterr().out

        assert "[ ]" not in shown
        assert "dislike" not in shown
        assert "xc258fz8ee" in shown

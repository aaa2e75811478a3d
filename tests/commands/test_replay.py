"""replay: the past under other settings, as a difference, on a copy."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Command

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

NOW = ("--now", "2026-11-21T09:00:00Z")


def replayed(digest: Command, home: Path, *options: object) -> list[dict[str, str]]:
    done = digest("replay", *options, *NOW, "--json", "--config", home / "sources.toml")
    assert done.code == 0, done.err
    return list(json.loads(done.out))


def changes(rows: list[dict[str, str]]) -> dict[str, int]:
    return {change: sum(row["change"] == change for row in rows) for change in ("same", "added", "dropped")}


def test_the_same_settings_make_the_same_issue(digest: Command, demo_folder: Path) -> None:
    """Replaying is the very same ranking and picking, as of that moment."""
    found = changes(replayed(digest, demo_folder))

    assert found["same"] > 0
    assert found["added"] == found["dropped"] == 0


def test_another_focus_is_shown_as_a_difference_and_changes_nothing(
    digest: Command, demo_folder: Path, tmp_path: Path
) -> None:
    """The other file needs no more than its focus; not a byte of the home is touched."""
    other = tmp_path / "other.toml"
    other.write_text('[focus]\nstatement = "I run feature stores and streaming data pipelines."\nlean = "envelope"\n')
    before = {path: path.read_bytes() for path in demo_folder.rglob("*") if path.is_file()}

    found = replayed(digest, demo_folder, "--focus", other)

    assert changes(found)["added"] > 0
    assert changes(found)["dropped"] > 0
    assert any("eature" in row["title"] for row in found if row["change"] == "added")
    assert {path: path.read_bytes() for path in demo_folder.rglob("*") if path.is_file()} == before


def test_another_lean_needs_no_file(digest: Command, demo_folder: Path) -> None:
    """--lean takes what focus.lean takes; what it would have kept leans that way."""
    silent = [row for row in replayed(digest, demo_folder, "--lean", "0.0") if row["change"] != "dropped"]

    assert {row["section"] for row in silent} <= {"letter", "stretch"}


def test_a_difference_is_read_issue_by_issue(digest: Command, demo_folder: Path) -> None:
    """A line that sums up, then + for what came and - for what went, with where and why; = only on request."""
    options = ("replay", "--lean", "1.0", *NOW, "--config", demo_folder / "sources.toml")
    rows = replayed(digest, demo_folder, "--lean", "1.0")
    expected = changes(rows)

    first, *lines = digest(*options).out.splitlines()
    everything = digest(*options, "--all").out.splitlines()

    counts = f"{expected['same']} the same, {expected['added']} added, {expected['dropped']} dropped"
    instead = expected["same"] + expected["added"]
    assert first == f"2026-W47: 10 kept, {instead} instead; {counts}"
    assert expected["added"] > 0
    assert [line[2:] for line in lines if line.startswith("+ ")] == [
        row["title"] for row in rows if row["change"] == "added"
    ]
    assert sum(line.startswith("- ") for line in lines) == expected["dropped"]
    assert f"    {rows[0]['section']}, {rows[0]['source']}, {rows[0]['item_id']}: {rows[0]['reason']}" in everything
    assert sum(line.startswith("= ") for line in everything) == expected["same"] > 0
    assert not any(line.startswith("= ") for line in lines)


def test_weeks_without_an_issue_are_compared_with_what_would_have_been(digest: Command, home: Path) -> None:
    """As for an archive that has only fetched so far."""
    import duckdb

    with duckdb.connect(str(home / "digest.duckdb")) as db:
        db.execute("delete from core.issues; delete from core.verdicts")

    options = ("--weeks", "1", "--now", "2026-11-24T09:00:00Z", "--json", "--config", home / "sources.toml")
    rows = json.loads(digest("replay", *options).out)

    assert changes(rows)["same"] == len(rows) > 0
    assert {row["period"] for row in rows} == {"2026-W47"}

    done = digest("replay", "--weeks", "3", "--now", "2026-12-05T09:00:00Z", "--config", home / "sources.toml")
    *issues, total = done.out.splitlines()
    assert [line.split(":")[0] for line in issues] == ["2026-W47", "2026-W48"]
    assert total.startswith("2 issues: ")
    assert total.endswith(" the same, 0 added, 0 dropped")


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--lean", "sideways"), "focus.lean"),
        (("--model", "./nowhere"), "nowhere"),
        (("--focus", "missing.toml"), "missing.toml: there is no such file"),
        (("--focus", "."), ".: cannot be read: Is a directory"),
        (
            ("--now", "2020-01-01T00:00:00Z"),
            "no issue ended in the last 8 weeks before 2020-01-01; the newest, 2026-W47,",
        ),
        (("--now", "2027-11-21T00:00:00Z"), "no issue ended in the last 8 weeks before 2027-11-21"),
    ],
)
def test_what_cannot_be_replayed_is_said(
    digest: Command, demo_folder: Path, options: tuple[str, ...], complaint: str
) -> None:
    """One line, and exit 1."""
    done = digest("replay", *options, "--config", demo_folder / "sources.toml")

    assert done.code == 1
    assert complaint in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("x = [", (), "other.toml: is not valid TOML"),
        ("[fokus]\nlean = 0.2\n", (), "other.toml: has none of [focus], [digest], [embedding]"),
        ('[focus]\nstatment = "x"\n', (), "other.toml: focus.statment: unknown key"),
        ("focus = 3\n", ("--lean", "0.2"), "other.toml: focus: must be one table"),
        ('[focus]\nstatement = "Search"\n', ("--lean", "1.9"), "the other settings: focus.lean: must be"),
    ],
)
def test_what_another_file_says_wrong_is_named(
    digest: Command, demo_folder: Path, tmp_path: Path, text: str, options: tuple[str, ...], complaint: str
) -> None:
    """One line that names the file, and exit 1."""
    (tmp_path / "other.toml").write_text(text)

    done = digest("replay", "--focus", tmp_path / "other.toml", *options, "--config", demo_folder / "sources.toml")

    assert done.code == 1
    assert complaint in done.err
    assert len(done.err.splitlines()) == 1


class TestEvaluate:
    def test_past_weeks_are_judged_by_what_was_liked_afterwards(self, digest: Command, home: Path) -> None:
        """In a table with a line that says what it rests on, or as JSON."""
        config = ("--config", home / "sources.toml")
        for row in json.loads(digest("query", "select item_id from picks limit 3", "--json", *config).out):
            digest("mark", row["item_id"], "like", *config)

        table = digest("evaluate", "--weeks", "520", *config)
        rows = json.loads(digest("evaluate", "--weeks", "520", "--lean", "envelope", "--json", *config).out)

        assert table.code == 0, table.err
        assert "3 works liked afterwards, of 1" in table.out.splitlines()[-1]
        assert {row["ranker"] for row in rows} >= {"this judge", "the other", "recency"}
        assert {row["measure"] for row in rows} == {"AUC", "P@10", "R@2%", "kept"}
        assert {(row["marks"], row["issues"]) for row in rows} == {(3, 1)}

    def test_three_likes_tell_nothing(self, digest: Command, home: Path) -> None:
        """And that is said in their place; --json has the figures all the same."""
        config = ("--config", home / "sources.toml")
        for row in json.loads(digest("query", "select item_id from picks limit 3", "--json", *config).out):
            digest("mark", row["item_id"], "like", *config)

        said = digest("evaluate", *config)
        rows = json.loads(digest("evaluate", "--json", *config).out)

        assert said.code == 0, said.err
        assert said.out.startswith("3 likes tell nothing: ")
        assert len(said.out.splitlines()) == 1
        assert {row["marks"] for row in rows} == {3}

    def test_other_settings_need_weeks(self, digest: Command, demo_folder: Path) -> None:
        """Marks alone have no past to replay: wrong usage."""
        done = digest("evaluate", "--lean", "letter", "--config", demo_folder / "sources.toml")

        assert done.code == 2
        assert "--weeks" in done.err

"""focus: how the statement is understood, printed."""

import json
from pathlib import Path

from tests.commands.conftest import Command

ALONE = '[focus]\nstatement = "{}"\n[[sources]]\nname = "Blog"\nurl = "https://blog.example.org/feed"\n'
DEMO_DAY = "2026-11-20T09:00:00Z"


def alone(folder: Path, statement: str) -> Path:
    """A configuration without an archive."""
    path = folder / "sources.toml"
    path.write_text(ALONE.format(statement), encoding="utf-8")
    return path


def restated(home: Path, statement: str) -> Path:
    """The demo's archive under another focus."""
    text = (home / "sources.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[focus]")
    tables = rest.split("\n[", 1)[1].split("[digest]", 1)[1]
    path = home / "other.toml"
    path.write_text(f'{head}[focus]\nstatement = "{statement}"\n[digest]{tables}', encoding="utf-8")
    return path


def test_json_has_a_row_a_phrase(digest: Command, demo_folder: Path) -> None:
    """The contract's columns; what is listed to avoid is a phrase of the facet "avoid"."""
    rows = json.loads(digest("focus", "--json", "--config", demo_folder / "sources.toml").out)

    assert all(set(row) >= {"phrase", "facet", "weight", "used", "nearest"} for row in rows)
    by_facet = {row["facet"]: row for row in rows}
    assert set(by_facet) == {"statement", "topic", "project", "question", "avoid"}
    sparse = next(row for row in rows if row["phrase"] == "learned sparse retrieval")
    assert "sparse" in sparse["nearest"][0].lower()
    assert all(0 <= row["weight"] <= 1 for row in rows)


def test_text_says_what_counts_what_does_not_and_how_much_passes(digest: Command, home: Path) -> None:
    """Set aside with one word why, declined, and a count of the last weeks' works."""
    config = restated(home, "I live in Porto. I want to understand sparse retrieval. No crypto.")

    said = digest("focus", "--config", config, "--now", DEMO_DAY).out

    assert "sparse retrieval  (statement)" in said
    assert "I live in Porto  (person)" in said
    assert "Declined:\n  1.00  crypto" in said
    assert "works of the last 4 weeks pass" in said
    assert "not said: " in said


def test_before_the_first_run_it_reads_the_words_alone(digest: Command, tmp_path: Path) -> None:
    """An archive is not needed, and none is made."""
    done = digest("focus", "--config", alone(tmp_path, "I want to learn about tensor compilers"))

    assert done.code == 0
    assert "tensor compilers" in done.out
    assert "nothing that this model has read" in done.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sources.toml"]


def test_an_archive_without_recent_works_says_so(digest: Command, demo_folder: Path) -> None:
    """Nothing came in, so nothing passes and nothing is thin."""
    done = digest("focus", "--config", demo_folder / "sources.toml", "--now", "2028-01-01T00:00:00Z")

    assert "No works came in in the last 4 weeks." in done.out
    assert "Thin" not in done.out


def test_a_thin_focus_is_said_in_one_line_by_check(digest: Command, tmp_path: Path) -> None:
    """A word that goes with anything is no focus; a good one is passed over."""
    thin = digest("check", "--config", alone(tmp_path, "models")).out.splitlines()
    good = digest("check", "--config", alone(tmp_path, "tensor compilers for phones")).out.splitlines()

    assert thin[1:] == ['focus.statement: understood only "models"; `digest focus` shows what to add']
    assert len(good) == 1


def test_control_characters_of_strangers_do_not_reach_the_terminal(digest: Command, tmp_path: Path) -> None:
    """The statement is printed as text."""
    path = alone(tmp_path, "sparse \\u001b[31mretrieval")

    assert "\x1b" not in digest("focus", "--config", path).out

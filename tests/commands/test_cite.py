"""cite: what comes out, where it goes, and what is refused."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Command
from tests.render.references.reading import read_bibtex, read_csl, read_ris

PERIOD = "2026-W47"


@pytest.fixture(name="config")
def _config(home: Path) -> tuple[str, Path]:
    return ("--config", home / "sources.toml")


def ask(digest: Command, config: tuple[str, Path], sql: str) -> list[dict[str, str]]:
    return list(json.loads(digest("query", sql, "--json", *config).out))


def test_an_issue_in_each_format(digest: Command, config: tuple[str, Path]) -> None:
    """The same works under the same keys, in the issue's order."""
    bib, ris, csl = (digest("cite", "--issue", PERIOD, "--format", name, *config) for name in ("bibtex", "ris", "csl"))
    picks = ask(digest, config, "select title from picks")

    assert (bib.code, ris.code, csl.code) == (0, 0, 0)
    assert (bib.err, ris.err, csl.err) == ("", "", "")
    keys = [entry["ID"] for entry in read_bibtex(bib.out)]
    assert len(keys) == len(picks) > 0
    assert [record["id"] for record in read_ris(ris.out)] == keys
    assert [entry["id"] for entry in read_csl(csl.out)] == keys


def test_items_by_id_and_address(digest: Command, config: tuple[str, Path]) -> None:
    """As every command takes them; an item named twice is written once, and bibtex is what is printed unasked."""
    [item] = ask(digest, config, "select item_id, url from items where url <> '' and kind = 'arxiv' limit 1")

    done = digest("cite", item["item_id"], item["url"], item["item_id"], *config)

    [entry] = read_bibtex(done.out)
    assert entry["url"] == item["url"]


def test_a_file_whose_name_says_the_format(digest: Command, config: tuple[str, Path], tmp_path: Path) -> None:
    """Written as a whole, with one line about it."""
    for name, read in (("a.bib", read_bibtex), ("a.RIS", read_ris), ("a.json", read_csl), ("a.txt", read_bibtex)):
        path = tmp_path / name
        done = digest("cite", "--issue", PERIOD, "--output", path, *config)
        count = len(read(path.read_text(encoding="utf-8")))
        assert done.out == f"{path}: {count} references\n"


def test_nothing_saved_is_an_empty_document(digest: Command, config: tuple[str, Path]) -> None:
    """For the program that reads it, while the reader is told on stderr."""
    for form, empty in (("bibtex", ""), ("ris", ""), ("csl", "[]\n")):
        done = digest("cite", "--saved", "--format", form, *config)
        assert (done.code, done.out) == (0, empty)
        assert done.err == "digest: nothing is saved yet; `digest mark ITEM save` saves a work\n"


def test_what_is_saved_can_be_learned_from(digest: Command, config: tuple[str, Path], tmp_path: Path) -> None:
    """Saved, cited into a file, learned from that file: every work is found again in the archive."""
    items = [
        row["item_id"]
        for row in ask(digest, config, "select distinct on (work_id) item_id from items where url <> '' limit 8")
    ]
    digest("mark", *items, "save", *config)

    for name in ("saved.bib", "saved.ris", "saved.json"):
        digest("cite", "--saved", "--output", tmp_path / name, *config)
        learned = digest("learn", tmp_path / name, "--now", "2026-11-21T09:00:00Z", *config)
        assert learned.code == 0
        assert learned.out.splitlines()[0].startswith(f"{len(items)} references: {len(items)} ")
        assert "in the archive" in learned.out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("nothere",), 1, "there is no item 'nothere'"),
        (("--issue", "2026-W01"), 1, "there is no issue '2026-W01'; the last is 2026-W47"),
        ((), 2, "name items, or give --saved or --issue PERIOD"),
        (("--saved", "--issue", PERIOD), 2, "name items, or give --saved or --issue PERIOD"),
        (("a", "--saved"), 2, "name items, or give --saved or --issue PERIOD"),
        (("a", "--format", "endnote"), 2, "'endnote' is none of bibtex, ris, csl"),
        (("--issue", PERIOD, "--output", "/nowhere/at/all.bib"), 1, "No such file or directory"),
    ],
)
def test_refusals(digest: Command, config: tuple[str, Path], arguments: tuple[str, ...], code: int, said: str) -> None:
    """A line on stderr, nothing on stdout, and the exit status that says whose fault it is."""
    done = digest("cite", *arguments, *config)

    assert (done.code, done.out) == (code, "")
    assert said in " ".join(done.err.replace("│", " ").split())

"""learn: from files and from stdin, in words and as JSON, and back."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.commands.conftest import Command

BOOK = "@article{a, title={Hard negatives for dense retrieval}, abstract={We train dense retrievers.}, year=2023}\n"
NOW = ("--now", "2026-11-21T09:00:00Z")


@pytest.fixture(name="config")
def _config(home: Path) -> tuple[str, Path]:
    return ("--config", home / "sources.toml")


@pytest.fixture(name="library")
def _library(tmp_path: Path) -> Path:
    path = tmp_path / "refs.bib"
    path.write_text(BOOK + "@article{broken, title={No end,\n@misc{c, doi={10.1000/2}}\n", encoding="utf-8")
    return path


def test_from_a_file_and_back(digest: Command, config: tuple[str, Path], library: Path) -> None:
    """What was broken or not found is named with its file and line; --undo takes all of it back, once."""
    done = digest("learn", library, *NOW, *config)
    undone, again = (digest("learn", "--undo", *NOW, *config) for _ in range(2))

    assert done.code == 0
    assert done.out.splitlines() == [
        "2 references: 1 from the file itself, 1 not found",
        "1 liked now; the next ranking learns from them, `digest learn --undo` takes them back",
    ]
    assert done.err.splitlines() == [
        f"digest: {library}: line 2: the entry cannot be read as BibTeX",
        f"digest: {library}: line 3: '10.1000/2': not in the archive, and the file does not say what it is about",
    ]
    assert undone.out == "took back the import of 2026-11-21 09:00 UTC: 1 mark\n"
    assert (again.code, again.err) == (1, "digest: there is no import to take back\n")


def test_the_next_ranking_learns_from_it(digest: Command, config: tuple[str, Path], library: Path) -> None:
    """Its vector is made with the others, and it is found by meaning."""
    digest("learn", library, *NOW, *config)
    digest("rank", *NOW, *config)

    told = digest("query", "select count(*) as n from scores where parts['marks'] <> 0", "--json", *config)
    found = digest("search", "hard negatives for dense retrieval", "--source", "library", "--json", *config)
    assert json.loads(told.out)[0]["n"] > 10
    assert [one["title"] for one in json.loads(found.out)] == ["Hard negatives for dense retrieval"]


def test_from_stdin_as_json(digest: Command, config: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """An object a reference, with what became of it."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(BOOK.encode())))

    [row] = json.loads(digest("learn", "-", "--json", *NOW, *config).out)

    assert (row["file"], row["line"], row["found"], row["liked_before"]) == ("-", 1, "file", False)
    assert row["item_id"]


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        (b"", "names no work"),
        (b"<rdf:RDF>", "is RDF; export it"),
        (b"[{", "is no JSON: line 1"),
        (None, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_a_named_failure(
    digest: Command, config: tuple[str, Path], tmp_path: Path, contents: bytes | None, said: str
) -> None:
    """Exit 1 and one line that names the file."""
    path = tmp_path / "refs"
    if contents is not None:
        path.write_bytes(contents)

    done = digest("learn", path, *config)

    assert (done.code, done.out) == (1, "")
    assert str(path) in done.err
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_where_nothing_is_found_that_is_a_failure(digest: Command, config: tuple[str, Path], tmp_path: Path) -> None:
    """Exit 1, each reference named; of very many the first."""
    path = tmp_path / "list.txt"
    path.write_text("\n".join(f"10.1000/{number}" for number in range(30)), encoding="utf-8")

    done = digest("learn", path, *NOW, *config)

    assert done.code == 1
    assert done.out.splitlines()[0] == "30 references: 30 not found"
    assert len(done.err.splitlines()) == 21
    assert "and 10 more lines like these" in done.err


@pytest.mark.parametrize("arguments", [("learn",), ("learn", "x.bib", "--undo")])
def test_a_file_or_undo(digest: Command, config: tuple[str, Path], arguments: tuple[str, ...]) -> None:
    """One of them, and not both."""
    assert digest(*arguments, *config).code == 2

"""sources list, add, remove, import-opml, export-opml."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.commands import output
from digest.config import load_config
from digest.demo import serve_samples
from tests.commands.conftest import Command
from tests.fetch.server import Said, serving

START = """# my sources
[focus]
statement = "x"   # what I want

[fetch]
pause = "0s"

[[sources]]
name = "One"
url = "https://example.org/one.xml"
"""


def test_add_finds_the_feed_and_keeps_comments(digest: Command, tmp_path: Path) -> None:
    """The entry is appended under the feed's own title; the rest of the file stays letter for letter."""
    path = tmp_path / "sources.toml"
    path.write_text(START)

    with serve_samples(datetime.now(UTC)) as base_url:
        done = digest("sources", "add", f"{base_url}/plumbline.json", "--config", path)
        again = digest("sources", "add", f"{base_url}/plumbline.json", "--config", path)

    assert done.code == 0
    assert path.read_text().startswith(START.rstrip())
    assert load_config(path).sources[1].url.endswith("/plumbline.json")
    assert again.code == 1
    assert "already" in again.err


def test_add_refuses_what_is_no_source(digest: Command, tmp_path: Path) -> None:
    """An address that answers nothing useful is named in one line, and the file stays."""
    path = tmp_path / "sources.toml"
    path.write_text(START)

    with serve_samples(datetime.now(UTC)) as base_url:
        done = digest("sources", "add", f"{base_url}/nothing-here", "--config", path)

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert path.read_text() == START


def test_remove(digest: Command, tmp_path: Path) -> None:
    """A source goes by its name; an unknown name, or the last source, is refused."""
    path = tmp_path / "sources.toml"
    path.write_text(START + '\n[[sources]]\nname = "Two"\nurl = "https://example.org/two.xml"\n')

    assert digest("sources", "remove", "Three", "--config", path).code == 1
    assert digest("sources", "remove", "One", "--config", path).code == 0
    assert [source.name for source in load_config(path).sources] == ["Two"]
    assert digest("sources", "remove", "Two", "--config", path).code == 1


def test_opml_there_and_back(digest: Command, tmp_path: Path) -> None:
    """Folders and names survive a round trip, and importing twice adds nothing."""
    path, other, opml = tmp_path / "sources.toml", tmp_path / "other.toml", tmp_path / "feeds.opml"
    path.write_text(
        START + '\n[[sources]]\nname = "Two"\nurl = "https://example.org/two.xml"\nfolder = "Blogs/Theory"\n'
    )
    other.write_text(START)

    digest("sources", "export-opml", opml, "--config", path)
    first = digest("sources", "import-opml", opml, "--config", other)
    second = digest("sources", "import-opml", opml, "--config", other)

    assert first.out.splitlines() == [
        f"found 2 feeds in {opml}: added 1, passed over 1",
        "- One: is a source already: One",
    ]
    assert second.out.startswith(f"found 2 feeds in {opml}: added 0, passed over 2\n")
    assert [(s.name, s.folder) for s in load_config(other).sources] == [("One", ""), ("Two", "Blogs/Theory")]


def test_import_refuses_what_is_no_list(digest: Command, tmp_path: Path) -> None:
    """A missing file and a file of something else are one line each."""
    path, junk = tmp_path / "sources.toml", tmp_path / "junk.opml"
    path.write_text(START)
    junk.write_text("not a list")

    for file in (tmp_path / "none.opml", junk):
        done = digest("sources", "import-opml", file, "--config", path)
        assert done.code == 1
        assert str(file) in done.err
        assert len(done.err.splitlines()) == 1


def test_list_shows_yield(digest: Command, demo_folder: Path) -> None:
    """Every declared source has a row, in the file's order, with what it brought."""
    rows = json.loads(digest("sources", "list", "--json", "--config", demo_folder / "sources.toml").out)

    assert rows[0]["source"] == "Preprints"
    assert all(row["seen"] > 0 for row in rows)


def test_add_names_the_kind(digest: Command, tmp_path: Path) -> None:
    """A feed of recordings is a podcast, and the file says so."""
    episode = (
        "<item><title>Episode 1</title><guid>1</guid><itunes:duration>10:00</itunes:duration>"
        "<enclosure url='https://example.org/1.mp3' type='audio/mpeg' length='1'/></item>"
    )
    feed = (
        "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel><title>Talk</title>"
        f"{episode}</channel></rss>"
    )
    page = b"<html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head></html>"
    path = tmp_path / "sources.toml"
    path.write_text(START)

    with serving({"/": Said(body=page), "/feed": Said(body=feed.encode())}) as world:
        done = digest("sources", "add", world.url("/"), "--config", path)

    assert done.code == 0
    assert load_config(path).sources[1].kind == "podcast"
    assert load_config(path).sources[1].url.endswith("/feed")
    assert done.out.startswith("added Talk: podcast ")


ARXIV = b"""<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">
<title>ArXiv Query</title><opensearch:totalResults>1</opensearch:totalResults>
<entry><id>http://arxiv.org/abs/2601.00001v1</id><title>A paper</title><summary>On it.</summary>
<published>2026-01-02T00:00:00Z</published></entry></feed>"""


def test_add_takes_categories_of_arxiv(digest: Command, tmp_path: Path) -> None:
    """Asked of the server that the file's other arXiv sources are read from; a second time they are there already."""
    path = tmp_path / "sources.toml"

    with serving(lambda asked: Said(body=ARXIV)) as world:
        mirror = f'kind = "arxiv"\ncategories = ["cs.IR"]\nbase_url = "{world.url("")}"\n'
        path.write_text(f'{START}\n[[sources]]\nname = "Papers"\n{mirror}')
        done = digest("sources", "add", "arxiv:cs.LG,stat.ML", "--folder", "Papers", "--config", path)
        again = digest("sources", "add", "arxiv:stat.ML,cs.LG", "--config", path)

    added = load_config(path).sources[2]
    assert (done.code, done.out) == (0, "added arXiv: cs.LG, stat.ML: arxiv cs.LG, stat.ML (1 entries now)\n")
    assert (added.kind, added.categories, added.folder) == ("arxiv", ("cs.LG", "stat.ML"), "Papers")
    assert (again.code, "is a source already: arXiv: cs.LG, stat.ML" in again.err) == (1, True)


def test_add_takes_several(digest: Command, tmp_path: Path) -> None:
    """One that cannot be had is named and costs itself: the others are added, and the exit status is 1."""
    path = tmp_path / "sources.toml"
    path.write_text(START)

    with serve_samples(datetime.now(UTC)) as base:
        typed = [f"{base}/plumbline.json", f"{base}/nothing-here", f"{base}/hatch.rss"]
        done = digest("sources", "add", *typed, "--folder", "Blogs", "--config", path)

    assert done.code == 1
    assert [(one.name, one.folder) for one in load_config(path).sources[1:]] == [
        ("Plumbline", "Blogs"),
        ("The Serving Hatch", "Blogs"),
    ]
    assert [line.startswith(f"digest: {typed[1]}: ") for line in done.err.splitlines()] == [True]


def test_add_under_a_name_and_a_kind(digest: Command, tmp_path: Path) -> None:
    """Both as they are given; a kind that there is not is suggested, and one name does not fit two sources."""
    path = tmp_path / "sources.toml"
    path.write_text(START)

    with serve_samples(datetime.now(UTC)) as base:
        done = digest("sources", "add", f"{base}/hatch.rss", "--name", "Hatch", "--kind", "feed", "--config", path)
    mistyped = digest("sources", "add", "x.org", "--kind", "podcats", "--config", path)
    both = digest("sources", "add", "x.org", "y.org", "--name", "X", "--config", path)

    assert done.code == 0
    assert load_config(path).sources[1].name == "Hatch"
    assert (mistyped.code, "did you mean 'podcast'?" in " ".join(mistyped.err.replace("│", " ").split())) == (2, True)
    assert both.code == 2


def test_import_says_what_it_passed_over(digest: Command, tmp_path: Path) -> None:
    """And why: one feed that cannot be had does not refuse the whole file."""
    path, opml = tmp_path / "sources.toml", tmp_path / "feeds.opml"
    path.write_text(START)
    feeds = {
        "New": "http://example.org/new.xml",
        "Old": "https://example.org/one.xml",
        "Secret": "https://me:hunter2@example.org/feed",
        "Twice": "feed://example.org/new.xml",
        "Script": "javascript:alert(1)",
    }
    outlines = "".join(f'<outline type="rss" text="{name}" xmlUrl="{url}"/>' for name, url in feeds.items())
    opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')

    done = digest("sources", "import-opml", opml, "--config", path)

    assert done.code == 0
    assert done.out.splitlines()[0] == f"found 5 feeds in {opml}: added 1, passed over 4"
    assert {line.partition(": ")[0]: line.partition(": ")[2] for line in done.out.splitlines()[1:]} == {
        "- Script": "has no web address",
        "- Twice": "is listed twice",
        "- Old": "is a source already: One",
        "- Secret": "url: a user name or password stands in the address; they do not belong in this file",
    }
    assert [one.name for one in load_config(path).sources] == ["One", "New"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_list_is_a_line_a_source(
    digest: Command, demo_folder: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    """With a heading, and no longer than the terminal is wide."""
    monkeypatch.setattr(output, "terminal_width", lambda: width)

    lines = digest("sources", "list", "--config", demo_folder / "sources.toml").out.splitlines()

    assert lines[0].split() == ["source", "kind", "seen", "kept", "marked", "state"]
    assert len(lines) == 1 + len(load_config(demo_folder / "sources.toml").sources)
    assert max(map(len, lines)) <= width
    assert all(line.endswith("  fine") for line in lines[1:])


def test_show_tells_the_rest(digest: Command, demo_folder: Path) -> None:
    """Of one source, for people and as JSON with the columns of the list."""
    config = ("--config", demo_folder / "sources.toml")
    listed = json.loads(digest("sources", "list", "--json", *config).out)

    shown = digest("sources", "show", "Plumbline", *config).out
    [row] = json.loads(digest("sources", "show", "Plumbline", "--json", *config).out)

    assert row in listed
    assert re.search(r"^address +http://127\.0\.0\.1:\d+/plumbline\.json$", shown, re.MULTILINE)
    assert re.search(r"^next check +\w{3} 20\d\d-", shown, re.MULTILINE)
    assert "True" not in shown

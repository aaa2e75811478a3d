"""sources list, add, remove, import-opml, export-opml."""

import json
from datetime import UTC, datetime
from pathlib import Path

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

    assert first.out == "added 1 of 2 feeds; the others were there already\n"
    assert second.out == "added 0 of 2 feeds; the others were there already\n"
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

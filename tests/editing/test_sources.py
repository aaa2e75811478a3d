"""Changing sources.toml: what its owner wrote stays, and what comes out is a configuration still."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import parse_config
from digest.editing import SourceEntry, add, new_entries, remove, write
from digest.errors import ConfigError
from tests import make

FILE = """\
# My sources, 2026
[focus]
statement = "I build retrieval systems."   # the gist

# Good from the first post on.
[[sources]]
name = "First"
url = "https://first.example.org/feed"

[store]   # tables may stand in between
path = "mine.duckdb"

# Papers,
# too many of them.
[[ sources ]]
name = "Papers"
kind = "arxiv"
categories = [
    "cs.LG",  # learning
]

[[sources]]
name = "Last"
url = "https://last.example.org/feed"
# the end
"""
BY_HAND = "sources.toml: its sources are laid out in a way that cannot be edited here; edit it by hand"


def names(text: str) -> list[str]:
    return [source.name for source in parse_config(tomllib.loads(text)).sources]


def added(text: str, *entries: SourceEntry) -> str:
    return add(text, entries, where="sources.toml")


def removed(text: str, name: str) -> str:
    return remove(text, name, where="sources.toml")


NEW = SourceEntry(name="New", url="https://new.example.org/feed", kind="feed")


class TestAdding:
    def test_what_was_there_stays_to_the_letter(self) -> None:
        """Comments, order and layout; the new source comes last."""
        text = added(FILE, NEW, replace_kind(NEW, "page"))

        assert text.startswith(FILE)
        assert names(text) == ["First", "Papers", "Last", "New", "New page"]

    @pytest.mark.parametrize("end", ["", "\n", "\n\n", "  # no newline here"])
    def test_however_the_file_ends(self, end: str) -> None:
        """A missing last newline does not break it."""
        assert names(added(FILE.rstrip("\n") + end, NEW))[-1] == "New"

    def test_only_what_has_to_be_said_is(self) -> None:
        """A feed is found out to be one."""
        feed = added(FILE, NEW).removeprefix(FILE)
        page = added(FILE, replace_kind(NEW, "page")).removeprefix(FILE)

        assert tomllib.loads(feed)["sources"] == [{"name": "New", "url": NEW.url}]
        assert tomllib.loads(page)["sources"] == [{"name": "New page", "url": NEW.url + "/page", "kind": "page"}]

    def test_the_first_source_of_all(self) -> None:
        """A file with a focus alone becomes a configuration by it."""
        assert names(added(make.FOCUS, NEW)) == ["New"]

    def test_a_byte_order_mark_is_no_matter(self) -> None:
        """Some editors write one."""
        assert names(added("\ufeff" + FILE, NEW))[-1] == "New"

    @given(name=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1).filter(str.strip))
    def test_any_name(self, name: str) -> None:
        """Quotes, backslashes and brackets are part of it."""
        assert names(added(make.FOCUS, SourceEntry(name=name, url=NEW.url))) == [name]

    @pytest.mark.parametrize(
        ("entry", "expected"),
        [
            (SourceEntry(name="First", url="https://x.org/feed"), "two sources have the same name 'First'"),
            (SourceEntry(name="X", url="https://first.example.org/feed/"), "two sources have the same url"),
            (SourceEntry(name="X", url="javascript:alert(1)"), "url must be an http or https address"),
        ],
    )
    def test_what_would_break_it_is_refused(self, entry: SourceEntry, expected: str) -> None:
        """In the words of the configuration."""
        with pytest.raises(ConfigError, match=expected):
            added(FILE, entry)

    def test_sources_in_one_array_cannot_be_added_to(self) -> None:
        """TOML knows no way to go on with it."""
        with pytest.raises(ConfigError) as caught:
            added('sources = [{ name = "A", url = "https://a.org" }]\n' + make.FOCUS, NEW)

        assert str(caught.value) == BY_HAND

    def test_a_file_that_is_broken_already(self) -> None:
        """Is said to be, and where."""
        with pytest.raises(ConfigError, match=r"^sources\.toml: is not valid TOML: .* \(at line 1"):
            added("[focus\n", NEW)


class TestRemoving:
    @pytest.mark.parametrize("name", ["First", "Papers", "Last"])
    def test_one_is_gone_and_the_others_stay(self, name: str) -> None:
        """So do the tables between them, and their comments."""
        text = removed(FILE, name)

        before, after = tomllib.loads(FILE), tomllib.loads(text)
        before["sources"] = [source for source in before["sources"] if source["name"] != name]
        assert after == before

    def test_the_comment_above_goes_with_it(self) -> None:
        """And the one above the next stays with that."""
        text = removed(FILE, "First")

        assert "Good from the first post on." not in text
        assert "# Papers,\n# too many of them.\n[[ sources ]]" in text
        assert text.startswith('# My sources, 2026\n[focus]\nstatement = "I build retrieval systems."   # the gist\n')
        assert "[store]   # tables may stand in between" in text

    def test_comments_in_it_stay(self) -> None:
        """They explain keys that are not used, or belong to what follows; those inside of a value go with it."""
        explained = (
            '#folder = ""   # where it lies in other readers\n\n# What follows.\n#[[sources]]\n#name = "Later"\n'
        )
        text = removed(FILE.replace('"cs.LG",  # learning', "# learning\n    'cs.LG',") + explained, "Last")

        assert text.endswith(f"# the end\n{explained}\n")
        assert "# learning" not in removed(text + make.SOURCE, "Papers")

    def test_adding_and_removing_gives_the_file_back(self) -> None:
        """But for empty lines."""
        assert removed(added(FILE, NEW), "New").rstrip("\n") == FILE.rstrip("\n")

    def test_a_name_that_is_none(self) -> None:
        """Named in the message."""
        with pytest.raises(ConfigError, match="there is no source named 'Nobody'"):
            removed(FILE, "Nobody")

    def test_the_last_source_stays(self) -> None:
        """Without one there is nothing to read."""
        with pytest.raises(ConfigError, match="sources: is missing"):
            removed(make.FOCUS + make.SOURCE, "Blog")

    @pytest.mark.parametrize(
        "text",
        [
            f'sources = [{{ name = "A", url = "https://a.org" }}, {{ name = "B", url = "https://b.org" }}]\n{make.FOCUS}',
            f'[focus]\nstatement = """\n[[sources]]\n"""\n{make.SOURCE.replace("Blog", "A")}\n[[sources]]\nname = "B"\nurl = "https://b.org"\n',
            f'{make.FOCUS}[[sources]]\nname = "A"\nkind = "arxiv"\nquery = """\n[x]\nname = "C"\n"""\n[[sources]]\nname = "B"\nurl = "https://b.org"\n',
        ],
    )
    def test_a_layout_that_is_not_understood_is_left_alone(self, text: str) -> None:
        """Rather than a guess that costs the learner a source."""
        assert names(text) == ["A", "B"]

        with pytest.raises(ConfigError) as caught:
            removed(text, "A")

        assert str(caught.value) == BY_HAND


class TestNewEntries:
    def test_an_address_that_is_there_already_is_left_out(self) -> None:
        """In another spelling too, and within the list."""
        config = parse_config(tomllib.loads(FILE))
        wanted = [
            SourceEntry(name="A", url="http://first.example.org/feed/"),
            SourceEntry(name="B", url="https://b.org/feed"),
            SourceEntry(name="C", url="https://b.org/feed?utm_source=x"),
        ]

        assert new_entries(wanted, config) == (
            [wanted[1]],
            {wanted[0]: "is a source already: First", wanted[2]: "is a source already: B"},
        )

    def test_a_name_that_is_taken_gets_a_number(self) -> None:
        """As many as there are."""
        config = parse_config(tomllib.loads(FILE))
        wanted = [SourceEntry(name="First", url=f"https://{letter}.org/feed") for letter in "abc"]

        assert [entry.name for entry in new_entries(wanted, config)[0]] == ["First (2)", "First (3)", "First (4)"]

    def test_what_comes_out_can_be_added(self) -> None:
        """All of it."""
        config = parse_config(tomllib.loads(FILE))
        wanted = [SourceEntry(name="First", url="https://a.org/feed"), NEW]

        assert names(added(FILE, *new_entries(wanted, config)[0]))[3:] == ["First (2)", "New"]


class TestWriting:
    def test_the_file_is_replaced(self, tmp_path: Path) -> None:
        """With its permissions, and nothing left beside it."""
        path = tmp_path / "sources.toml"
        path.write_text("old")
        path.chmod(0o640)

        write(path, "néw\n")

        assert path.read_bytes() == "néw\n".encode()
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        assert list(tmp_path.iterdir()) == [path]

    def test_a_new_file(self, tmp_path: Path) -> None:
        """Is as readable as any other."""
        path = tmp_path / "sources.toml"
        (tmp_path / "other").touch()

        write(path, "new")

        assert path.read_text() == "new"
        assert path.stat().st_mode == (tmp_path / "other").stat().st_mode

    def test_a_link_stays_one(self, tmp_path: Path) -> None:
        """As people have it who keep their settings in a repository."""
        real, link = tmp_path / "real.toml", tmp_path / "sources.toml"
        real.write_text("old")
        link.symlink_to(real)

        write(link, "new")

        assert link.is_symlink()
        assert real.read_text() == "new"

    def test_a_place_that_cannot_be_written(self, tmp_path: Path) -> None:
        """One line, and the file is as it was."""
        (tmp_path / "file").touch()
        path = tmp_path / "file" / "sources.toml"

        with pytest.raises(ConfigError) as caught:
            write(path, "new")

        assert str(caught.value) == f"{path}: cannot be written: Not a directory"

    def test_a_failure_halfway_leaves_the_old_file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """And no half one beside it."""
        path = tmp_path / "sources.toml"
        path.write_text("old")

        def full(file: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)

        with pytest.raises(ConfigError, match="cannot be written: No space left on device"):
            write(path, "new")

        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]


def replace_kind(entry: SourceEntry, kind: str) -> SourceEntry:
    return SourceEntry(name=f"{entry.name} {kind}", url=f"{entry.url}/{kind}", kind=kind)

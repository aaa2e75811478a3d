"""Marks by command and by ticks in the written Markdown: each once, each with its origin, each to be taken back."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digest.config import Config
from digest.errors import DigestError
from digest.render.ticks import tick_boxes
from digest.stages import marking
from digest.store import verdicts
from digest.store.archive import open_archive
from tests import make
from tests.make import NOW
from tests.store.archives import fill

ONE, TWO = make.item(1), make.item(2)


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Config:
    config = make.config(folder=tmp_path)
    with open_archive(config.archive) as db:
        fill(db, [ONE, TWO])
    return config


def write(config: Config, *texts: str, name: str = "2026-W12.md") -> Path:
    path = config.digest_folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(["# A digest", *texts]), encoding="utf-8")
    return path


def boxes(item_id: str, *ticked: str) -> str:
    text = tick_boxes(item_id)
    for mark in ticked:
        text = text.replace(f"[ ] {mark}", f"[x] {mark}")
    return text


def standing(config: Config) -> dict[str, tuple[str, ...]]:
    with open_archive(config.archive) as db:
        return verdicts.standing_marks(db)


def told(config: Config) -> list[tuple[str, str, str]]:
    with open_archive(config.archive) as db:
        return [(mark.item_id, mark.mark, mark.origin) for mark in verdicts.marks(db)]


class TestTicks:
    def test_a_tick_is_a_mark_once(self, config: Config) -> None:
        """However often the file is read, and with the time at which it was first read."""
        write(config, boxes(ONE.item_id, "like"), boxes(TWO.item_id))

        first = marking.read_ticks(config, NOW, wait=0)
        again = marking.read_ticks(config, NOW + timedelta(hours=1), wait=0)

        assert [(mark.item_id, mark.mark, mark.marked_at) for mark in first] == [(ONE.item_id, "like", NOW)]
        assert again == []
        assert told(config) == [(ONE.item_id, "like", "markdown")]

    def test_an_unticked_box_takes_the_mark_back(self, config: Config) -> None:
        """And both are kept with their times."""
        write(config, boxes(ONE.item_id, "like", "save"))
        marking.read_ticks(config, NOW, wait=0)

        write(config, boxes(ONE.item_id, "save"))
        marking.read_ticks(config, NOW + timedelta(hours=1), wait=0)

        assert standing(config) == {ONE.item_id: ("save",)}
        assert [mark for _, mark, _ in told(config)] == ["like", "save", "not like"]

    @pytest.mark.parametrize("left", [None, "# Nothing of it is left", "## Moved\n\n- [ ] like"])
    def test_a_file_that_is_gone_or_gutted_takes_nothing_back(self, config: Config, left: str | None) -> None:
        """Only a box that is there and open says that it was unticked."""
        path = write(config, boxes(ONE.item_id, "like"))
        marking.read_ticks(config, NOW, wait=0)

        path.unlink() if left is None else path.write_text(left, encoding="utf-8")

        assert marking.read_ticks(config, NOW, wait=0) == []
        assert standing(config) == {ONE.item_id: ("like",)}

    def test_a_moved_file_is_the_same_file(self, config: Config) -> None:
        """Wherever in the folder it lies now; nothing is said twice."""
        path = write(config, boxes(ONE.item_id, "like"))
        marking.read_ticks(config, NOW, wait=0)

        (config.digest_folder / "archive" / "2026").mkdir(parents=True)
        path.rename(config.digest_folder / "archive" / "2026" / "renamed.md")

        assert marking.read_ticks(config, NOW, wait=0) == []

    def test_ticks_of_unknown_items_and_odd_files_harm_nothing(self, config: Config) -> None:
        """A digest of another archive, bytes that are no text, a folder named like a file."""
        write(config, boxes("zzzzzzzzzz", "like"), boxes(ONE.item_id, "read"))
        (config.digest_folder / "bytes.md").write_bytes(b"\xff\xfe\x00<!-- item: \x80 -->\n- [x] like")
        (config.digest_folder / "folder.md").mkdir()

        assert [mark.item_id for mark in marking.read_ticks(config, NOW, wait=0)] == [ONE.item_id]

    def test_a_command_is_not_undone_by_an_old_file(self, config: Config) -> None:
        """What counts is what changed last, wherever it was said."""
        write(config, boxes(ONE.item_id, "like"))
        marking.read_ticks(config, NOW, wait=0)

        marking.mark(config, ONE.item_id, "like", NOW + timedelta(hours=1), undo=True, wait=0)
        marking.read_ticks(config, NOW + timedelta(hours=2), wait=0)

        assert standing(config) == {}

    def test_a_file_drawn_anew_takes_nothing_back(self, config: Config) -> None:
        """`digest build` clears the boxes; the marks stay."""
        write(config, boxes(ONE.item_id, "like"))
        marking.read_ticks(config, NOW, wait=0)

        write(config, boxes(ONE.item_id))
        pick = make.issue().picks[0]
        issue = make.issue(picks=(replace(pick, item_id=ONE.item_id),))
        marking.forget_ticks(config, issue, wait=0)

        assert marking.read_ticks(config, NOW, wait=0) == []
        assert standing(config) == {ONE.item_id: ("like",)}

    def test_without_an_archive_nothing_is_made(self, tmp_path: Path) -> None:
        """Reading marks is no reason to make an archive."""
        config = make.config(folder=tmp_path / "new")
        write(config, boxes(ONE.item_id, "like"))

        assert marking.read_ticks(config, NOW, wait=0) == []
        assert not config.archive.exists()


class TestCommand:
    def test_like_and_dislike_replace_each_other(self, config: Config) -> None:
        """The later one holds; what was said before is kept."""
        marking.mark(config, ONE.item_id, "like", NOW, wait=0)
        marked = marking.mark(config, ONE.item_id[:6], "dislike", NOW, wait=0)

        assert marked.marks == ("dislike",)
        assert marked.title == "Post 1"
        assert [mark for _, mark, _ in told(config)] == ["like", "dislike"]

    def test_undo_takes_back_one_mark_or_all(self, config: Config) -> None:
        """And what was taken back can be said again."""
        for said in ("like", "save", "read"):
            marking.mark(config, ONE.item_id, said, NOW, wait=0)

        assert marking.mark(config, ONE.item_id, "save", NOW, undo=True, wait=0).marks == ("like", "read")
        assert marking.mark(config, ONE.item_id, "", NOW, undo=True, wait=0).marks == ()
        assert marking.mark(config, ONE.item_id, "save", NOW, wait=0).marks == ("save",)

    def test_an_item_that_is_not_there(self, config: Config) -> None:
        """Nothing is written for a mistyped id."""
        with pytest.raises(DigestError, match="no item 'zzz'"):
            marking.mark(config, "zzz", "like", NOW, wait=0)

        assert told(config) == []

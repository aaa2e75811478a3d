"""Marks by command and by ticks in the written Markdown: each once, each with its origin, each to be taken back."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.config import Config
from digest.errors import DigestError
from digest.render.checkboxes import checkbox_lines
from digest.store import checkbox_files, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import open_archive
from digest.workflows import building, feedback
from tests import make
from tests.make import NOW
from tests.store.archives import fill

ONE, TWO = make.item(1), make.item(2)


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path) -> Config:
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
    text = checkbox_lines(item_id)
    for mark in ticked:
        text = text.replace(f"[ ] {mark}", f"[x] {mark}")
    return text


def standing(config: Config) -> dict[str, tuple[str, ...]]:
    with open_archive(config.archive) as db:
        return mark_rows.standing(db)


def told(config: Config) -> list[tuple[str, str, str]]:
    with open_archive(config.archive) as db:
        return db.execute("select item_id, mark, origin from marks_all order by marked_at").fetchall()


class TestTicks:
    def test_a_tick_is_a_mark_once(self, config: Config) -> None:
        """However often the file is read, and with the time at which it was first read."""
        write(config, boxes(ONE.item_id, "like"), boxes(TWO.item_id))

        first = feedback.read_checkboxes(config, NOW, wait=0)
        again = feedback.read_checkboxes(config, NOW + timedelta(hours=1), wait=0)

        assert [(mark.item_id, mark.mark, mark.marked_at) for mark in first] == [(ONE.item_id, "like", NOW)]
        assert again == []
        assert told(config) == [(ONE.item_id, "like", "markdown")]

    def test_an_unticked_box_takes_the_mark_back(self, config: Config) -> None:
        """And both are kept with their times."""
        write(config, boxes(ONE.item_id, "like", "save"))
        feedback.read_checkboxes(config, NOW, wait=0)

        write(config, boxes(ONE.item_id, "save"))
        feedback.read_checkboxes(config, NOW + timedelta(hours=1), wait=0)

        assert standing(config) == {ONE.item_id: ("save",)}
        assert [mark for _, mark, _ in told(config)] == ["like", "save", "not like"]

    @pytest.mark.parametrize("left", [None, "# Nothing of it is left", "## Moved\n\n- [ ] like"])
    def test_a_file_that_is_gone_or_gutted_takes_nothing_back(self, config: Config, left: str | None) -> None:
        """Only a box that is there and open says that it was unticked."""
        path = write(config, boxes(ONE.item_id, "like"))
        feedback.read_checkboxes(config, NOW, wait=0)

        path.unlink() if left is None else path.write_text(left, encoding="utf-8")

        assert feedback.read_checkboxes(config, NOW, wait=0) == []
        assert standing(config) == {ONE.item_id: ("like",)}

    def test_a_moved_file_is_the_same_file(self, config: Config) -> None:
        """Wherever in the folder it lies now; nothing is said twice."""
        path = write(config, boxes(ONE.item_id, "like"))
        feedback.read_checkboxes(config, NOW, wait=0)

        (config.digest_folder / "archive" / "2026").mkdir(parents=True)
        path.rename(config.digest_folder / "archive" / "2026" / "renamed.md")

        assert feedback.read_checkboxes(config, NOW, wait=0) == []

    def test_ticks_of_unknown_items_and_odd_files_harm_nothing(self, config: Config) -> None:
        """A digest of another archive, bytes that are no text, a folder named like a file."""
        write(config, boxes("zzzzzzzzzz", "like"), boxes(ONE.item_id, "read"))
        (config.digest_folder / "bytes.md").write_bytes(b"\xff\xfe\x00<!-- item: \x80 -->\n- [x] like")
        (config.digest_folder / "folder.md").mkdir()
        (config.digest_folder / os.fsdecode(b"\xff.md")).write_text("not UTF-8 by name")

        later = datetime.now(UTC) + timedelta(minutes=1)

        assert [mark.item_id for mark in feedback.read_checkboxes(config, later, wait=0)] == [ONE.item_id]
        assert feedback.read_checkboxes(config, later, wait=0) == []

    def test_a_command_is_not_undone_by_an_old_file(self, config: Config) -> None:
        """What counts is what changed last, wherever it was said."""
        write(config, boxes(ONE.item_id, "like"))
        feedback.read_checkboxes(config, NOW, wait=0)

        feedback.mark(config, [ONE.item_id], ["like"], NOW + timedelta(hours=1), undo=True, wait=0)
        feedback.read_checkboxes(config, NOW + timedelta(hours=2), wait=0)

        assert standing(config) == {}

    def test_a_file_that_is_drawn_again_shows_what_holds(self, config: Config) -> None:
        """`digest build` ticks the boxes of marks, however they were made; clearing one there takes it back."""
        pick = replace(make.issue().picks[0], item_id=ONE.item_id)
        with open_archive(config.archive) as db:
            verdicts.save_issue(db, make.issue(picks=(pick,)), [], path="")
        feedback.mark(config, [ONE.item_id], ["like", "save"], NOW, wait=0)

        issue, [path, *_] = building.redraw(config, "2026-W12", wait=0)
        feedback.remember_checkboxes(config, issue, wait=0)
        text = path.read_text(encoding="utf-8")
        assert "- [x] like · [ ] dislike · [x] save · [ ] read\n" in text
        assert feedback.read_checkboxes(config, NOW, wait=0) == []

        path.write_text(text.replace("[x] like", "[ ] like"), encoding="utf-8")
        feedback.read_checkboxes(config, NOW + timedelta(hours=1), wait=0)
        assert standing(config) == {ONE.item_id: ("save",)}

    def test_without_an_archive_nothing_is_made(self, tmp_path: Path) -> None:
        """Reading marks is no reason to make an archive."""
        config = make.config(folder=tmp_path / "new")
        write(config, boxes(ONE.item_id, "like"))

        assert feedback.read_checkboxes(config, NOW, wait=0) == []
        assert not config.archive.exists()


class TestReadingOnlyWhatChanged:
    @pytest.fixture(name="opened")
    def _opened(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Names of the files that were read, in order."""
        read: list[str] = []
        whole = Path.read_bytes

        def counted(path: Path) -> bytes:
            read.append(path.name)
            return whole(path)

        monkeypatch.setattr(Path, "read_bytes", counted)
        return read

    def put(self, config: Config, text: str, name: str = "2026-W12.md", *, age: float = 3600.0) -> Path:
        """Write a file as it would lie there that many seconds before NOW."""
        path = write(config, text, name=name)
        os.utime(path, (NOW.timestamp() - age,) * 2)
        return path

    def test_a_file_is_read_once(self, config: Config, opened: list[str]) -> None:
        """Until its size or its time changes; others stay unread then."""
        self.put(config, boxes(ONE.item_id, "like"))
        self.put(config, boxes(TWO.item_id), name="2026-W13.md")

        feedback.read_checkboxes(config, NOW, wait=0)
        feedback.read_checkboxes(config, NOW, wait=0)
        assert opened == ["2026-W12.md", "2026-W13.md"]

        self.put(config, boxes(TWO.item_id, "save"), name="2026-W13.md", age=1800.0)
        added = feedback.read_checkboxes(config, NOW, wait=0)

        assert opened == ["2026-W12.md", "2026-W13.md", "2026-W13.md"]
        assert [(mark.item_id, mark.mark) for mark in added] == [(TWO.item_id, "save")]
        assert standing(config) == {ONE.item_id: ("like",), TWO.item_id: ("save",)}

    def test_what_was_just_written_is_read_again(self, config: Config, opened: list[str]) -> None:
        """A tick leaves the size as it is, and on some file systems for two seconds the time as well."""
        self.put(config, boxes(ONE.item_id), age=1.0)
        feedback.read_checkboxes(config, NOW, wait=0)

        self.put(config, boxes(ONE.item_id, "like"), age=1.0)
        added = feedback.read_checkboxes(config, NOW, wait=0)

        assert len(opened) == 2
        assert [mark.mark for mark in added] == ["like"]

    def test_an_open_box_in_a_copy_takes_nothing_back(self, config: Config) -> None:
        """The unread original still says that the item is liked."""
        self.put(config, boxes(ONE.item_id, "like"))
        feedback.read_checkboxes(config, NOW, wait=0)

        self.put(config, boxes(ONE.item_id), name="copy.md")

        assert feedback.read_checkboxes(config, NOW, wait=0) == []
        assert standing(config) == {ONE.item_id: ("like",)}

    def test_a_lost_memory_loses_nothing(self, config: Config, opened: list[str]) -> None:
        """Every file is read again, and nothing is said twice."""
        self.put(config, boxes(ONE.item_id, "like"))
        feedback.read_checkboxes(config, NOW, wait=0)
        with open_archive(config.archive) as db:
            db.execute("delete from core.checkbox_files")

        assert feedback.read_checkboxes(config, NOW, wait=0) == []
        assert len(opened) == 2
        assert told(config) == [(ONE.item_id, "like", "markdown")]

    def test_files_that_are_gone_are_forgotten(self, config: Config) -> None:
        """The memory does not grow with every name that ever was, and a file that comes back is read."""
        path = self.put(config, boxes(ONE.item_id, "like"))
        self.put(config, boxes(TWO.item_id), name="2026-W13.md")
        feedback.read_checkboxes(config, NOW, wait=0)
        path.unlink()
        feedback.read_checkboxes(config, NOW, wait=0)

        with open_archive(config.archive) as db:
            assert list(checkbox_files.files_read(db)) == ["2026-W13.md"]

    def test_a_file_that_cannot_be_read_is_tried_again(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        """It says nothing meanwhile, and takes nothing back."""
        self.put(config, boxes(ONE.item_id, "like"))
        with monkeypatch.context() as patched:
            patched.setattr(Path, "read_bytes", refuse)
            assert feedback.read_checkboxes(config, NOW, wait=0) == []

        assert [mark.mark for mark in feedback.read_checkboxes(config, NOW, wait=0)] == ["like"]


def refuse(path: Path) -> bytes:
    raise PermissionError(13, "Permission denied", str(path))


class TestCommand:
    def test_like_and_dislike_replace_each_other(self, config: Config) -> None:
        """The later one holds; what was said before is kept."""
        feedback.mark(config, [ONE.item_id], ["like"], NOW, wait=0)
        [marked] = feedback.mark(config, [ONE.item_id[:6]], ["dislike"], NOW, wait=0)

        assert marked.marks == ("dislike",)
        assert marked.title == "Post 1"
        assert [mark for _, mark, _ in told(config)] == ["like", "dislike"]

    def test_undo_takes_back_one_mark_or_all(self, config: Config) -> None:
        """And what was taken back can be said again."""
        for said in ("like", "save", "read"):
            feedback.mark(config, [ONE.item_id], [said], NOW, wait=0)

        assert feedback.mark(config, [ONE.item_id], ["save"], NOW, undo=True, wait=0)[0].marks == ("like", "read")
        assert feedback.mark(config, [ONE.item_id], [], NOW, undo=True, wait=0)[0].marks == ()
        assert feedback.mark(config, [ONE.item_id], ["save"], NOW, wait=0)[0].marks == ("save",)

    def test_an_item_that_is_not_there(self, config: Config) -> None:
        """Nothing is written for a mistyped id."""
        with pytest.raises(DigestError, match="no item 'zzz'"):
            feedback.mark(config, ["zzz"], ["like"], NOW, wait=0)

        assert told(config) == []

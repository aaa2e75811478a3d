"""Writing notes: no file's name is taken, text is only added, and what changes meanwhile is not lost."""

import datetime as dt
import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import DigestError
from digest.notes import writing
from digest.notes.folder import decoded
from digest.notes.writing import append, create, replace

LINES = st.sampled_from(["", "```", "## 2026-03-23", "same", "other", "- [ ] a task"])
DAY, NEXT = dt.date(2026, 3, 23), dt.date(2026, 3, 24)


def made(folder: Path, text: str = "One.\n", title: str = "A title") -> Path:
    return create(folder, title, "zqgaa01mg2", DAY, text)


class TestCreate:
    def test_makes_folder_and_file(self, tmp_path: Path) -> None:
        """And leaves nothing else there."""
        path = made(tmp_path / "deep" / "notes")

        assert path.name == "2026-03-23-a-title.md"
        assert path.read_text() == "One.\n"
        assert list(path.parent.iterdir()) == [path]

    def test_takes_no_name_that_something_has(self, tmp_path: Path) -> None:
        """A file in other letters, a folder, and a link that leads nowhere are all left alone."""
        (tmp_path / "2026-03-23-A-TITLE.md").write_text("theirs")
        (tmp_path / "2026-03-23-a-title-2.md").mkdir()
        (tmp_path / "2026-03-23-a-title-3.md").symlink_to(tmp_path / "elsewhere.md")

        path = made(tmp_path)

        assert path.name == "2026-03-23-a-title-4.md"
        assert (tmp_path / "2026-03-23-A-TITLE.md").read_text() == "theirs"
        assert not (tmp_path / "elsewhere.md").exists()

    def test_works_without_hard_links(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As on FAT, and on many a network share."""

        def refuse(*_: object) -> None:
            raise OSError(1, "Operation not permitted")

        monkeypatch.setattr(os, "link", refuse)

        assert made(tmp_path).read_text() == "One.\n"
        assert made(tmp_path).name == "2026-03-23-a-title-2.md"

    def test_a_folder_that_cannot_be_written_is_one_line(self, tmp_path: Path) -> None:
        """That names it."""
        (tmp_path / "file").write_text("")

        with pytest.raises(DigestError, match=r"file.*: cannot be written: "):
            made(tmp_path / "file" / "notes")

    def test_lone_surrogates_are_no_reason_to_fail(self, tmp_path: Path) -> None:
        """A terminal's text may hold them."""
        assert b"?" in made(tmp_path, "a \udcff b").read_bytes()


class TestAppend:
    def test_adds_under_a_heading_of_the_day(self, tmp_path: Path) -> None:
        """The same day has one."""
        path = made(tmp_path, "## 2026-03-23\n\nOne.\n")

        append(path, "Two.", DAY)
        append(path, "Three.", NEXT)

        assert path.read_text() == "## 2026-03-23\n\nOne.\n\nTwo.\n\n## 2026-03-24\n\nThree.\n"

    @pytest.mark.parametrize(
        "before",
        [
            b"", b"no line end", b"\xef\xbb\xbfwith a mark\n", b"windows\r\nlines\r\n", b"not \xff UTF-8\n",
            b"---\nbroken: [\n", "wide\n".encode("utf-16"), b"\xfe\xff" + "wide\n".encode("utf-16-be"),
        ],
    )  # fmt: skip
    def test_keeps_every_byte_that_was_there(self, before: bytes, tmp_path: Path) -> None:
        """And writes what is added as the file is written."""
        path = tmp_path / "a.md"
        path.write_bytes(before)

        append(path, "ünd mehr", DAY)

        after = path.read_bytes()
        assert after.startswith(before)
        assert decoded(after).rstrip().endswith("## 2026-03-23\r\n\r\nünd mehr" if b"\r\n" in before else "ünd mehr")
        assert (b"\r\n" in after) == (b"\r\n" in before)

    def test_a_file_that_changes_meanwhile_keeps_the_change(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody saves between our reading and our writing: both texts are there, once."""
        path = made(tmp_path)
        fsync, saves = os.fsync, [b"Theirs 1.\n", b"Theirs 2.\n"]

        def meanwhile(file: int) -> None:
            fsync(file)
            if saves:
                path.write_bytes(saves.pop(0))

        monkeypatch.setattr(os, "fsync", meanwhile)
        append(path, "Ours.", DAY)

        assert path.read_text() == "Theirs 2.\n\n## 2026-03-23\n\nOurs.\n"

    def test_a_file_that_never_rests_is_left_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After some attempts one line says so."""
        path = made(tmp_path)
        monkeypatch.setattr(writing, "atomic_write", lambda *_, **__: False)

        with pytest.raises(DigestError, match="changed by another program"):
            append(path, "Ours.", DAY)

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        """What it leads to gets the text."""
        path = made(tmp_path / "vault")
        link = tmp_path / "link.md"
        link.symlink_to(path)

        append(link, "Two.", DAY)

        assert link.is_symlink()
        assert "Two." in path.read_text()

    def test_permissions_stay(self, tmp_path: Path) -> None:
        """A private note is private still."""
        path = made(tmp_path)
        path.chmod(0o600)

        append(path, "Two.", DAY)

        assert path.stat().st_mode & 0o777 == 0o600

    def test_drafts_of_killed_processes_go(self, tmp_path: Path) -> None:
        """A folder that is synchronised would carry them everywhere."""
        path = made(tmp_path)
        (tmp_path / f".{path.name}.999999.draft").write_text("half")

        append(path, "Two.", DAY)

        assert list(tmp_path.iterdir()) == [path]


class TestReplace:
    def test_puts_an_edit_in_place(self, tmp_path: Path) -> None:
        """Where nothing else happened."""
        path = made(tmp_path, "One.\n")

        assert replace(path, b"One.\n", "Two.\n", DAY)
        assert path.read_text() == "Two.\n"

    def test_adds_what_is_new_where_the_file_changed(self, tmp_path: Path) -> None:
        """Nothing of either is lost."""
        path = made(tmp_path, "One.\nTheirs.\n")

        assert not replace(path, b"One.\n", "One.\nOurs.\n", DAY)
        assert path.read_text() == "One.\nTheirs.\n\n## 2026-03-23\n\nOurs.\n"

    def test_again_after_a_kill_doubles_nothing(self, tmp_path: Path) -> None:
        """The file was written, and the draft was still there."""
        path = made(tmp_path, "One.\nTheirs.\n")
        replace(path, b"One.\n", "One.\nOurs.\n", DAY)
        once = path.read_text()

        replace(path, b"One.\n", "One.\nOurs.\n", DAY)

        assert path.read_text() == once
        assert replace(path, b"One.\n", once, DAY)

    def test_an_edit_goes_on_where_a_kill_cut_it_off(self, tmp_path: Path) -> None:
        """What was written already is not written again, what is new is, fences of code included."""
        path = made(tmp_path, "One.\n```\na\n```\n")
        before = path.read_bytes()
        replace(path, before, "One.\n```\na\n```\nTwo.\n", DAY)

        replace(path, before, "One.\n```\na\n```\nTwo.\n```\nb\n```\n", DAY)

        assert path.read_text() == "One.\n```\na\n```\nTwo.\n\n## 2026-03-23\n\n```\nb\n```\n"

    @given(st.lists(LINES, max_size=12), st.lists(LINES, max_size=6), st.lists(LINES, max_size=6), st.data())
    def test_whatever_changed_meanwhile_each_line_is_there_once(
        self, before: list[str], ours: list[str], theirs: list[str], data: st.DataObject
    ) -> None:
        """Lines put in anywhere by both, and the edit kept again after a kill, and again."""
        edited, current = list(before), list(before)
        for number, line in enumerate(ours):
            edited.insert(data.draw(st.integers(0, len(edited))), f"our {number} {line}.")
        for number, line in enumerate(theirs):
            current.insert(data.draw(st.integers(0, len(current))), f"their {number} {line}.")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "a.md"
            path.write_text("".join(f"{line}\n" for line in current))
            for _ in range(3):
                replace(
                    path,
                    b"".join(f"{line}\n".encode() for line in before),
                    "".join(f"{line}\n" for line in edited),
                    DAY,
                )
            there = Counter(path.read_text().splitlines())

        assert all(there[line] == 1 for line in {*edited, *current} if line.startswith(("our", "their")))
        assert all(there[line] >= count for line, count in Counter(before).items())

    def test_keeps_marks_and_line_ends(self, tmp_path: Path) -> None:
        """As the file had them."""
        path = tmp_path / "a.md"
        path.write_bytes(b"\xef\xbb\xbfOne.\r\n")

        replace(path, path.read_bytes(), "One.\nTwo.\n", DAY)

        assert path.read_bytes() == b"\xef\xbb\xbfOne.\r\nTwo.\r\n"

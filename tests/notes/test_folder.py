"""The folder of notes, with all that people and programs leave in one."""

import os
import unicodedata
from pathlib import Path

from digest.notes import folder


def test_finds_markdown_files_wherever_they_were_moved(tmp_path: Path) -> None:
    """In folders of any depth and in any case; what is hidden belongs to other programs."""
    for name in ("a.md", "read/2026/b.MD", ".obsidian/c.md", ".trash/d.md", ".e.md", "f.txt", "g.md.tmp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")

    assert sorted(folder.files(tmp_path)) == ["a.md", "read/2026/b.MD"]


def test_odd_things_do_no_harm(tmp_path: Path) -> None:
    """A folder named like a file, a pipe, links to nowhere and to themselves, a huge file, names that are no UTF-8."""
    (tmp_path / "folder.md").mkdir()
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "nowhere.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "loop.md").symlink_to(tmp_path / "loop.md")
    (tmp_path / "around").symlink_to(tmp_path)
    with (tmp_path / "huge.md").open("wb") as file:
        file.truncate(folder.MOST_BYTES + 1)
    (tmp_path / os.fsdecode(b"\xff.md")).write_text("x")
    (tmp_path / "real.md").write_text("x")
    (tmp_path / "link.md").symlink_to(tmp_path / "real.md")

    assert sorted(folder.files(tmp_path)) == ["\\udcff.md", "link.md", "real.md"]


def test_names_in_either_normal_form_are_files(tmp_path: Path) -> None:
    """macOS hands out the decomposed one; what matters is that the file can be opened."""
    for form in ("NFC", "NFD"):
        (tmp_path / f"{unicodedata.normalize(form, 'Überlegung')}.md").write_text(form)

    assert all(file.path.read_text() in ("NFC", "NFD") for file in folder.files(tmp_path).values())
    assert len(folder.files(tmp_path)) == 2


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    """Nor is a file in its place."""
    (tmp_path / "file").write_text("")

    assert folder.files(tmp_path / "none") == folder.files(tmp_path / "file") == {}
    assert folder.read(tmp_path / "none.md") is None


def test_texts_are_read_in_the_encodings_that_editors_write(tmp_path: Path) -> None:
    """What is none of them is read as far as it goes."""
    text = "---\nitem: zqgaa01mg2\n---\nSeñor"
    for content in (
        text.encode(),
        text.encode("utf-8-sig"),
        text.encode("utf-16"),
        b"\xfe\xff" + text.encode("utf-16-be"),
    ):
        (tmp_path / "a.md").write_bytes(content)
        said = folder.read(tmp_path / "a.md")
        assert said is not None
        assert (said.item_id, said.body) == ("zqgaa01mg2", "Señor")
    (tmp_path / "a.md").write_bytes(text.encode("latin-1"))
    said = folder.read(tmp_path / "a.md")
    assert said is not None
    assert said.item_id == "zqgaa01mg2"

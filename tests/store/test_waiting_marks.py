"""Marks wait beside an archive that is held, and none is lost or stored twice."""

from pathlib import Path

import pytest

from digest.config import ALONE
from digest.errors import StoreError
from digest.store import marks as mark_rows
from digest.store import waiting_marks
from digest.store.archive import open_archive
from tests import make
from tests.store.archives import fill

ONE, TWO = make.item(1), make.item(2)
LIKE = make.mark(ONE, mark="like", origin="page")
SAVE = make.mark(TWO, mark="save", origin="page")


@pytest.fixture(name="archive")
def _archive(made_archive: Path) -> Path:
    with open_archive(made_archive) as db:
        fill(db, [ONE, TWO])
    return made_archive


def store(archive: Path) -> int:
    with open_archive(archive) as db:
        return len(waiting_marks.store(archive, db))


def standing(archive: Path) -> dict[str, tuple[str, ...]]:
    with open_archive(archive, read_only=True) as db:
        return mark_rows.standing(db)


def test_they_are_stored_once(archive: Path) -> None:
    """In their order, and then none waits."""
    waiting_marks.put(archive, ALONE, [LIKE])
    waiting_marks.put(archive, ALONE, [SAVE])
    assert waiting_marks.waiting(archive, ALONE) == [LIKE, SAVE]

    assert [store(archive), store(archive)] == [2, 0]
    assert standing(archive) == {ONE.item_id: ("like",), TWO.item_id: ("save",)}
    assert not waiting_marks.any_waiting(archive)


def test_a_kill_before_they_are_removed_doubles_nothing(archive: Path) -> None:
    """What was stored already is known again."""
    waiting_marks.put(archive, ALONE, [LIKE])
    left = (archive.with_name(f"{archive.name}.spool") / "marks.jsonl").read_bytes()
    store(archive)
    (archive.with_name(f"{archive.name}.spool") / "marks.jsonl").write_bytes(left)

    assert store(archive) == 0


def test_a_line_that_was_cut_off_never_counted(archive: Path) -> None:
    """A kill while it was written hides no mark before it and none after it."""
    waiting_marks.put(archive, ALONE, [LIKE])
    path = archive.with_name(f"{archive.name}.spool") / "marks.jsonl"
    path.write_bytes(path.read_bytes() + b'{"item_id": "a1')
    waiting_marks.put(archive, ALONE, [SAVE])

    assert store(archive) == 2


def test_marks_of_items_that_are_not_there_are_dropped(archive: Path) -> None:
    """As those of a digest from another archive are."""
    waiting_marks.put(archive, ALONE, [make.mark(make.item(9), mark="like"), LIKE])

    assert store(archive) == 1


def test_nobody_else_can_read_them(archive: Path) -> None:
    """The file is the learner's alone."""
    waiting_marks.put(archive, ALONE, [LIKE])

    assert (archive.with_name(f"{archive.name}.spool") / "marks.jsonl").stat().st_mode & 0o077 == 0


def test_a_disk_that_refuses_is_one_line(archive: Path) -> None:
    """It names the file."""
    folder = archive.with_name(f"{archive.name}.spool")
    folder.write_text("not a folder")

    with pytest.raises(StoreError, match=r"marks\.jsonl: cannot be written: "):
        waiting_marks.put(archive, ALONE, [LIKE])

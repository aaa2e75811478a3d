"""Marks are only ever added; those that came together are taken back together; a reply is read once."""

from datetime import timedelta

import pytest

from digest.records import Item, Mark
from digest.store import marks as mark_rows
from digest.store.archive import Connection
from tests import make
from tests.make import NOW
from tests.store.archives import fill

ONE, TWO, THREE = make.item(1), make.item(2), make.item(3)


@pytest.fixture(autouse=True)
def _filled(db: Connection) -> None:
    fill(db, [ONE, TWO, THREE])


def bring(db: Connection, *liked: Item, hours: int = 0, origin: str = "import", mark: str = "like") -> str:
    """One batch of marks, some hours after NOW; returns its name."""
    at = NOW + timedelta(hours=hours)
    batch = mark_rows.begin_batch(db, origin, at)
    mark_rows.add_batch(
        db, batch, [Mark(item_id=i.item_id, mark=mark, marked_at=at, origin=origin, batch=batch) for i in liked]
    )
    return batch


def undo(db: Connection, origin: str = "import") -> int | None:
    done = mark_rows.undo_last_batch(db, origin, NOW + timedelta(days=1))
    return done.marks if done else None


def test_the_last_batch_is_taken_back_whole_then_the_one_before(db: Connection) -> None:
    """Until there is none."""
    bring(db, ONE)
    bring(db, TWO, THREE, hours=1)

    assert [undo(db), undo(db), undo(db)] == [2, 1, None]
    assert mark_rows.standing(db) == {}


def test_what_else_was_said_stays(db: Connection) -> None:
    """Before it, where it replaced a dislike; and after it, of the same item and with the same word."""
    mark_rows.add(db, make.mark(ONE, mark="dislike", marked_at=NOW - timedelta(days=9)))
    bring(db, ONE, TWO, THREE)
    mark_rows.add(db, make.mark(TWO, mark="like", marked_at=NOW + timedelta(hours=1)))
    mark_rows.add(db, make.mark(THREE, mark="dislike", marked_at=NOW + timedelta(hours=1)))
    during = mark_rows.standing(db)

    undo(db)

    assert during == {ONE.item_id: ("like",), TWO.item_id: ("like",), THREE.item_id: ("dislike",)}
    assert mark_rows.standing(db) == {
        ONE.item_id: ("dislike",),
        TWO.item_id: ("like",),
        THREE.item_id: ("dislike",),
    }


def test_origins_do_not_undo_one_another(db: Connection) -> None:
    """The lesson of today stays when last week's import is taken back."""
    bring(db, ONE)
    bring(db, TWO, hours=1, origin="teach", mark="dislike")

    undo(db)

    assert mark_rows.standing(db) == {TWO.item_id: ("dislike",)}


def test_nothing_is_deleted(db: Connection) -> None:
    """The views say what came with which batch, and when that was taken back."""
    batch = bring(db, ONE)
    told = db.execute("select mark, origin, batch, undone_at is null from marks_all").fetchall()
    undo(db)

    assert told == [("like", "import", batch, True)]
    assert db.execute("select batch, undone_at is null from marks_all").fetchall() == [(batch, False)]


def test_a_batch_without_marks_is_none(db: Connection) -> None:
    """An import of what was liked already leaves the one before to be taken back."""
    bring(db, ONE)
    bring(db, hours=1)

    assert undo(db) == 1


def test_parts_of_a_batch_are_one(db: Connection) -> None:
    """An import writes what it finds before it asks the network, and the rest after."""
    batch = bring(db, ONE)
    mark_rows.add_batch(db, batch, [make.mark(TWO, marked_at=NOW, origin="import", batch=batch)])

    assert undo(db) == 2


def test_two_batches_of_one_moment_differ(db: Connection) -> None:
    """As with a clock that is held."""
    assert bring(db, ONE) != bring(db, TWO)


def test_marks_are_only_ever_added(db: Connection) -> None:
    """What takes a mark back is a mark too; of one moment the later one counts."""
    for mark in ("like", "save", "not like"):
        mark_rows.add(db, make.mark(ONE, mark=mark))
    mark_rows.add(db, make.mark(TWO, mark="read", marked_at=NOW - timedelta(hours=1), origin="markdown"))

    assert mark_rows.standing(db) == {ONE.item_id: ("save",), TWO.item_id: ("read",)}
    assert mark_rows.marked_at(db)[TWO.item_id] == (("read", NOW - timedelta(hours=1)),)
    assert db.execute("select mark from marks_all where item_id = ?", [ONE.item_id]).fetchall() == [
        ("like",),
        ("save",),
        ("not like",),
    ]


def test_a_reply_is_new_once(db: Connection) -> None:
    """Mail servers give the same mail again, under its name."""
    assert mark_rows.unread_replies(db, ["<1@a>", "<2@a>"]) == {"<1@a>", "<2@a>"}
    assert mark_rows.unread_replies(db, ["<2@a>", "<3@a>"]) == {"<3@a>"}
    assert mark_rows.unread_replies(db, []) == set()


def test_the_position_in_the_folder_of_replies_is_kept(db: Connection) -> None:
    """One position; none before the first time, and none where it was cleared."""
    positions = [mark_rows.replies_read_to(db)]
    for position in ("7 42", "7 43", ""):
        mark_rows.remember_replies_read_to(db, position)
        positions.append(mark_rows.replies_read_to(db))

    assert positions == ["", "7 42", "7 43", ""]

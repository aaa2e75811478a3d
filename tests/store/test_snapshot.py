"""A copy goes back in time: what came later is gone, what was there is untouched."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from digest.store import items, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import Connection, open_archive
from digest.store.snapshot import copy, take_back_to
from tests import make
from tests.make import NOW


def test_what_came_later_is_gone(db: Connection) -> None:
    """The issue that ends at the moment goes too, since it is to be built again; the one before stays."""
    early, late = make.item(1), make.item(2)
    new = [make.new_item(early, first_seen_at=NOW - make.DAY), make.new_item(late, first_seen_at=NOW + make.DAY)]
    items.add(db, new, read=make.readings([early, late]))
    past = make.issue(period="2026-W11", starts_at=NOW - 2 * make.WEEK, ends_at=NOW - make.WEEK)
    verdicts.save_issue(db, past, [make.verdict(early)], path="")
    verdicts.save_issue(db, make.issue(), [make.verdict(early)], path="")
    mark_rows.add(db, make.mark(early, mark="read", marked_at=NOW - timedelta(hours=1)))
    mark_rows.add(db, make.mark(early, marked_at=NOW + timedelta(hours=1)))

    take_back_to(db, NOW)

    assert db.execute("select item_id from items").fetchall() == [(early.item_id,)]
    assert [period for period, _ in verdicts.periods(db)] == ["2026-W11"]
    assert [verdict[0] for verdict in verdicts.decided(db, early.item_id)] == ["2026-W11"]
    assert mark_rows.standing(db) == {early.item_id: ("read",)}


def test_a_batch_that_was_undone_later_still_stands(db: Connection) -> None:
    """What was taken back since then counted then; a batch of later is gone."""
    one, two = make.item(1), make.item(2)
    new = [make.new_item(item, first_seen_at=NOW - make.DAY) for item in (one, two)]
    items.add(db, new, read=make.readings([one, two]))
    mark_rows.add_batch(
        db, "early", [make.mark(one, marked_at=NOW - timedelta(hours=2), origin="import", batch="early")]
    )
    mark_rows.undo_last_batch(db, "import", NOW + timedelta(hours=1))
    mark_rows.add_batch(db, "late", [make.mark(two, marked_at=NOW + timedelta(hours=2), origin="import", batch="late")])

    take_back_to(db, NOW)

    assert mark_rows.standing(db) == {one.item_id: ("like",)}
    assert db.execute("select batch from core.batches").fetchall() == [("early",)]


def test_a_copy_has_what_a_killed_process_left_in_the_log(archive: Path, tmp_path: Path) -> None:
    """A file without its log would be an archive of yesterday, or none at all."""
    with open_archive(archive):
        pass
    code = (
        f"import duckdb, os; db = duckdb.connect({str(archive)!r}); "
        "db.execute(\"insert into core.replies_read (reply) values ('kept')\"); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    assert archive.with_name(f"{archive.name}.wal").exists()
    (tmp_path / "there").mkdir()

    copied = copy(archive, tmp_path / "there", wait=0)

    with open_archive(copied) as db:
        assert db.execute("select reply from core.replies_read").fetchall() == [("kept",)]

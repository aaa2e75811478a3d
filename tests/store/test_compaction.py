"""Compaction frees disk space, forgets what it is told to, and loses nothing else."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from digest.errors import ArchiveBusy
from digest.store import compaction, maintenance, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import open_archive, transaction
from digest.store.compaction import Forgetting
from tests import make
from tests.make import NOW
from tests.store.archives import fill


def test_disk_space_is_freed_and_nothing_else_changes(archive: Path) -> None:
    """Rows, views, macros and words are there afterwards."""
    with open_archive(archive) as db:
        db.execute("create table core.ballast as select random() from range(2000000)")
    with open_archive(archive) as db:
        fill(db, [make.item(n, summary=f"{n} {n * n} retrieval") for n in range(2000)])
    with open_archive(archive) as db:
        db.execute("drop table core.ballast")
        before = db.execute("select item_id, title, body from core.items order by 1").fetchall()

    done = compaction.compact(archive, Forgetting(), wait=0)

    assert done.bytes_after < done.bytes_before
    assert (done.items_forgotten, done.fetches_forgotten) == (0, 0)
    with open_archive(archive) as db:
        assert db.execute("select item_id, title, body from core.items order by 1").fetchall() == before
        assert db.execute("select count(*) from search_words('retrieval', count_shown := 9999)").fetchall() == [(2000,)]
        assert len(db.execute("from similar_to((select min(item_id) from items))").fetchall()) == 20
        assert {one.state for one in maintenance.examine(db)} == {"fine"}
        fill(db, [make.item(9999, summary="more retrieval")])
        assert {one.state for one in maintenance.examine(db) if one.check == "words"} == {"fine"}


def test_it_forgets_what_it_is_told_to(archive: Path) -> None:
    """Old items go, but never what an issue kept or the learner marked."""
    old, kept, marked, new = (make.item(number, summary=f"retrieval {number}") for number in range(4))
    with open_archive(archive) as db:
        fill(db, [old, kept, marked, new])
        db.execute("update core.items set first_seen_at = ? where item_id <> ?", [NOW - timedelta(900), new.item_id])
        with transaction(db):
            verdicts.save_issue(db, make.issue(), [make.verdict(kept)], path="x.md")
        mark_rows.add(db, make.mark(marked))

    done = compaction.compact(archive, Forgetting(items_before=NOW - timedelta(400)), wait=0)

    assert done.items_forgotten == 1
    with open_archive(archive) as db:
        left = {row[0] for row in db.execute("select item_id from items").fetchall()}
        assert left == {kept.item_id, marked.item_id, new.item_id}
        assert {one.state for one in maintenance.examine(db) if one.check == "orphaned vectors"} == {"fine"}


def test_an_archive_in_use_is_left_alone(archive: Path) -> None:
    """It waits its turn, and says who is in the way."""
    with open_archive(archive) as db:
        fill(db, [make.item(number) for number in range(3)])
    code = f"import duckdb, sys; db = duckdb.connect({str(archive)!r}); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            with pytest.raises(ArchiveBusy, match=str(process.pid)):
                compaction.compact(archive, Forgetting(), wait=0)
        finally:
            process.communicate()

    with duckdb.connect(str(archive), read_only=True) as db:
        assert db.execute("select count(*) from items").fetchall() == [(3,)]

"""Killed at any moment of noting, reading and planning: nothing is lost, nothing doubled."""

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from digest.config import load_config
from digest.notes import folder
from digest.store import marks as mark_rows
from digest.store.archive import open_archive
from digest.workflows import feedback, reading_notes
from tests import make
from tests.store.archives import fill
from tests.workflows.killing_notes import START

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kills", [8, pytest.param(60, marks=pytest.mark.slow)])
def test_a_kill_at_any_point_loses_and_doubles_nothing(kills: int, tmp_path: Path) -> None:
    """What was said to be done is there once; what was cut off is there once or not at all; the archive is whole."""
    items = [make.item(number, arxiv_id=f"2603.0000{number}") for number in range(3)]
    (tmp_path / "sources.toml").write_text(f"{make.FOCUS}{make.SOURCE}")
    config = load_config(tmp_path / "sources.toml")
    with open_archive(config.archive) as db:
        fill(db, items)
        mark_rows.add(db, *(make.mark(one, mark="save", marked_at=START - timedelta(weeks=1)) for one in items))
    done = subprocess.run(
        [sys.executable, "-m", "tests.workflows.killing_notes", str(tmp_path / "sources.toml"), str(kills), "7",
         *(one.item_id for one in items)],
        cwd=ROOT, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    reported = Counter(line.split()[0] for line in (tmp_path / "done.log").read_text().splitlines())
    said = {tuple(line.split()) for line in (tmp_path / "done.log").read_text().splitlines()}
    files = folder.files(config.notes_folder)
    words = Counter(word for one in files.values() for word in re.findall(r"(?:said|edit)\d+x", one.path.read_text()))
    feedback.read_checkboxes(config, START + timedelta(days=40), wait=5)
    reading_notes.read_notes(config, START + timedelta(days=40), wait=5)

    assert int(done.stdout) > kills / 2
    assert reported["noted"] >= 1
    assert max(words.values()) == 1
    assert {
        word for step, number in said if (word := {"noted": f"said{number}x", "edited": f"edit{number}x"}.get(step))
    } <= set(words)
    assert len(files) == len({folder.read(one.path).item_id for one in files.values()})  # type: ignore[union-attr]
    with open_archive(config.archive) as db:
        readings = Counter(row[0] for row in db.execute("select minutes from readings").fetchall())
        plans = db.execute("select starts_at from core.plans").fetchall()
        entries = db.execute("select starts_at, item_id, pass from plan_entries").fetchall()
        notes = " ".join(row[0] for row in db.execute("select note from notes").fetchall())
        marked = db.execute("select item_id from marks where mark = 'read'").fetchall()
        read = db.execute("select distinct item_id from readings").fetchall()
    assert max(readings.values()) == 1
    assert {int(number) + 1 for step, number in said if step == "read"} <= set(readings)
    assert sorted(marked) == sorted(read)
    assert len(plans) == len(set(plans))
    assert len(entries) == len(set(entries))
    assert set(re.findall(r"(?:said|edit)\d+x", notes)) == set(words)

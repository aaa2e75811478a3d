"""Small archives as released schemas wrote them, so that every later migration is tested on real files.

    python -m tests.store.released            writes tests/store/schemas/schema-N.gz for the schema N of today

Run it once, when a schema is released, and never again for that one: what matters is that
the file was written by the program of its time. All that is in it is made up.
"""

import gzip
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from digest.records import GroupTurn, Milestone, PassRead, PlanEntry, Why
from digest.store import (
    checkbox_files,
    deliveries,
    drifts,
    events,
    group_turns,
    items,
    notes,
    plans,
    projects,
    readings,
    schema,
    sources,
    vectors,
    verdicts,
)
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection, open_archive
from tests import make
from tests.store.archives import AXES, MODEL, embed, fill

FOLDER = Path(__file__).with_name("schemas")
#: The model before the current one, whose vectors stay.
FORMER = "toy-0"


def files() -> dict[int, Path]:
    """The archives that there are, by the schema that wrote them."""
    return {int(path.stem.removeprefix("schema-")): path for path in sorted(FOLDER.glob("schema-*.gz"))}


def unpack(file: Path, path: Path) -> None:
    path.write_bytes(gzip.decompress(file.read_bytes()))


def fill_every_table(db: Connection) -> None:
    """Fifty items in fifty works and one more item of the first, and something in every other table."""
    made = [make.item(number, summary=f"retrieval {number}", authors=("Ada Byron",)) for number in range(50)]
    fill(db, made, embedded=False)
    twin = make.item(50, source="Other", summary="serving, it's said 🦉", published_at=None)
    items.add(db, [make.new_item(twin, work_id=made[0].item_id, keys=("a key",))], read=make.readings([twin]))
    embed(db, FORMER)
    embed(db)
    states = {"Blog": make.state(), "Other": make.state("Other", last_error="HTTP 503", failures=2)}
    sources.save_states(db, states, active={"Blog": make.source()})
    sources.record_fetches(db, [_visit("Blog", "new"), _visit("Other", "error")])
    scored = {name: np.linspace(0, 1, len(made), dtype=np.float32) for name in ("relevance", "lean", "score")}
    score_rows.replace(db, [one.item_id for one in made], scored, {"statement": scored["relevance"]})
    decided = [make.verdict(one, kept=rank < 2, rank=rank + 1) for rank, one in enumerate(made)]
    verdicts.save_issue(db, make.issue(), decided, path="digests/2026-W12.md")
    deliveries.record(db, make.receipt())
    for said in ("like", "not like", "save"):
        mark_rows.add(db, make.mark(made[0], mark=said))
    checkbox_files.remember(db, {(made[0].item_id, "save")})
    verdicts.pause(db, make.NOW)
    mark_rows.unread_replies(db, ["<1@a>", "<2@a>"])
    mark_rows.remember_replies_read_to(db, "7 42")
    sources.remember_no_papers_before(db, make.NOW)
    vectors.remember_reranker(db, FORMER)
    read = checkbox_files.FileRead(size=9, modified_ns=1, boxes=(((made[0].item_id, "save"), True),))
    checkbox_files.remember_files(db, {"2026-W12.md": read})
    noted = notes.FileRow(
        path="2026-03-23-one.md",
        size=9,
        modified_ns=1,
        item_id=made[0].item_id,
        text="Mined every week.",
        written_at=make.NOW,
        changed_at=make.NOW,
        tags=("digest",),
    )
    notes.remember(
        db, [noted, notes.FileRow(path="mine.md", size=1, modified_ns=1)], [(noted, ["Mined every week."])], gone=()
    )
    notes.save_vectors(db, MODEL, ["Mined every week."], np.ones((1, len(AXES)), dtype=np.float32))
    readings.add(db, PassRead(item_id=made[0].item_id, number=1, minutes=12, read_at=make.NOW), marked=False)
    plan = PlanEntry(item_id=made[1].item_id, work_id=made[1].item_id, number=1, minutes=10, why=Why.PICK)
    plans.save(db, make.NOW, [plan], minutes=120, now=make.NOW)
    events.replace(db, "Blog", make.calendar(make.event(made[0])))
    drifts.remember_told(db, "lean", 0.8, make.NOW)
    lesson = make.mark(made[1], origin="teach", batch="lesson")
    mark_rows.add_batch(db, "lesson", [lesson])
    mark_rows.undo_last_batch(db, "teach", make.NOW)
    row = projects.ProjectRow(project="p1", name="Notes", question="How?", until=None, began_at=make.NOW)
    projects.begin(db, row)
    projects.add_milestone(db, "p1", Milestone(milestone="BM25 runs", reached_at=make.NOW))
    turn = GroupTurn(
        period="2026-W12",
        ends_at=make.NOW,
        item_id=made[0].item_id,
        work_id=made[0].item_id,
        presenter="ada",
        members=("ada", "bob"),
    )
    group_turns.add(db, "@readers", turn)


def _visit(source: str, outcome: str) -> sources.FetchRow:
    return sources.FetchRow(
        source=source,
        started_at=make.NOW,
        status=200,
        outcome=outcome,
        new_items=25,
        bytes=1000,
        milliseconds=50,
        conditional=False,
        error="",
    )


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.duckdb"
        with open_archive(path) as db:
            fill_every_table(db)
        packed = gzip.compress(path.read_bytes(), mtime=0)
    (FOLDER / f"schema-{len(schema.MIGRATIONS)}.gz").write_bytes(packed)


if __name__ == "__main__":
    main()

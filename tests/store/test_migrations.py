"""An archive of an earlier schema comes through every migration whole.

The files of released schemas are made by `python -m tests.store.released`, once for each.
"""

import json
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from digest.errors import StoreError
from digest.records import Issue
from digest.store import export, inverted_index, maintenance, marks, schema, sources, vectors, verdicts
from digest.store.archive import open_archive
from tests import make
from tests.store import released
from tests.store.archives import MODEL, fill

#: What a later version of this program might do: a new column, filled from what is there.
LATER = """
alter table core.items add column letters integer;
update core.items set letters = length(body);
create table core.later (name varchar);
"""


#: Every migration that was ever released, as it was: archives in the world have seen it, and nothing will run it again.
FROZEN = {
    1: "95af6c87513189e85527ac9b3b9236a0e77fbd4bcd89fa3179dd38f78589feba",
    2: "e1351444cdef0d524077225b425cadc6e3600ec0b06b43505a7c08eb1672f07e",
    3: "577253af39585b8bb5ba0dfba3dd462da35185ddc1a41d6a9e49a0d29937575e",
    4: "7997ac31206d7a0cca4b6751678a5b3a2bda260b59bd65569f823e3856771316",
}


#: The last schema whose program wrote issues without a plan, and picks without the notes that they are close to.
WITHOUT_PLAN = 4
#: The last schema whose program wrote issues without the sources that had never answered.
WITHOUT_UNREACHED = 3
#: The last schema whose program wrote issues without what picks traded and what comes with them.
WITHOUT_RESOURCES = 2


def issue_of(number: int) -> Issue:
    """The issue of `released.fill_every_table` as the program of schema *number* wrote it."""
    issue = replace(make.issue(), focus_id="", events=())
    if number <= WITHOUT_PLAN:
        issue = replace(issue, plan=None, picks=tuple(replace(pick, noted=None) for pick in issue.picks))
    issue = issue if number > WITHOUT_UNREACHED else replace(issue, unreached=())
    if number > WITHOUT_RESOURCES:
        return issue
    return replace(issue, picks=tuple(replace(pick, traded="", resources=()) for pick in issue.picks))


@pytest.fixture(name="old", params=["today", *sorted(released.files())])
def _old(archive: Path, request: pytest.FixtureRequest) -> Path:
    """A file as this version leaves it, the earlier one once a migration is appended; and those of released schemas."""
    if request.param != "today":
        released.unpack(released.files()[request.param], archive)
        return archive
    with open_archive(archive) as db:
        released.fill_every_table(db)
    return archive


@pytest.fixture(name="later")
def _later(old: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))
    return old


def test_released_migrations_are_as_they_were() -> None:
    """Editing one breaks every archive that has seen it; a change is a migration of its own."""
    hashes = {number: sha256(step.encode()).hexdigest() for number, step in enumerate(schema.MIGRATIONS, start=1)}

    assert {number: hashes[number] for number in FROZEN} == FROZEN
    assert set(FROZEN) >= set(range(1, len(schema.MIGRATIONS))), "freeze a migration before appending the next one"


def test_there_is_a_file_of_every_released_schema() -> None:
    """Small, and written by the program of its time."""
    files = released.files()

    assert set(files) >= set(FROZEN)
    assert max(file.stat().st_size for file in files.values()) < 400_000


def views(path: Path, columns: dict[str, list[str]] | None = None) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every view; *columns* are those that it once promised."""
    with duckdb.connect(str(path), read_only=True) as db:
        names = columns or promised(path)
        return {
            view: db.execute(f"select {', '.join(names[view])} from {view} order by all").fetchall() for view in names
        }


def promised(path: Path) -> dict[str, list[str]]:
    with duckdb.connect(str(path), read_only=True) as db:
        rows = db.execute("select view_name from duckdb_views() where not internal and schema_name = 'main'").fetchall()
        return {row[0]: [column[0] for column in db.execute(f"describe {row[0]}").fetchall()] for row in rows}


@pytest.mark.parametrize("number", sorted(released.files()))
def test_a_released_file_is_whole_today(archive: Path, number: int) -> None:
    """Every promised column has the rows it had, in every view, none of which is empty; and work goes on in it."""
    released.unpack(released.files()[number], archive)
    columns, before = promised(archive), views(archive)

    states = {finding.state for finding in findings(archive)}

    assert views(archive, columns) == before
    assert [view for view, held in before.items() if not held] == []
    assert states == {"fine"}
    with open_archive(archive) as db:
        fill(db, [make.item(99, summary="retrieval once more")])
        marks.add(db, make.mark(make.item(99)))
        assert verdicts.paused_until(db) == make.NOW
        assert verdicts.issue(db, make.issue().period) == issue_of(number)


def findings(path: Path) -> list[maintenance.Problem]:
    with open_archive(path) as db:
        return [finding for finding in maintenance.examine(db) if finding.check != "models"]


def test_what_was_a_setting_stays(archive: Path) -> None:
    """From schema 3, which kept them in one table of names and texts."""
    released.unpack(released.files()[3], archive)

    with open_archive(archive) as db:
        assert verdicts.paused_until(db) == make.NOW
        assert sources.no_papers_before(db) == make.NOW
        assert marks.replies_read_to(db) == "7 42"
        assert marks.unread_replies(db, ["<1@a>", "<3@a>"]) == {"<3@a>"}
        assert (vectors.current(db), vectors.reranker(db)) == ((MODEL, 4), released.FORMER)
        assert inverted_index.next_number(db) == 51
        assert "settings" not in export.tables(db)


def version(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as db:
        return schema.version(db)


def test_full_segments_are_moved_with_their_words(archive: Path) -> None:
    """From schema 1, which had all words in one table; a segment that is not full yet stays."""
    released.unpack(released.files()[1], archive)
    with duckdb.connect(str(archive)) as db:
        db.execute("insert into core.terms values (8, 'zebra', [{'number': 160001, 'count': 1}])")
        db.execute("update core.items set number = 160001 where number = 7")
        db.execute("update core.settings set value = '160002' where name = 'next_number'")

    with open_archive(archive) as db:
        assert db.execute("select distinct segment from core.compacted_terms").fetchall() == [(0,)]
        assert db.execute("select distinct segment from core.terms").fetchall() == [(8,)]
        assert db.execute("select count(*) from search_words('retrieval', count_shown := 99)").fetchall() == [(49,)]
        assert db.execute("select count(*) from search_words('zebra')").fetchall() == [(1,)]


def contents(path: Path) -> list[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as db:
        return db.execute("select item_id, title, body, number from core.items order by 1").fetchall()


def test_nothing_is_lost_and_everything_works(later: Path) -> None:
    """Rows, vectors and words are there, the new column is filled, views and macros are those of the new version."""
    before = contents(later)

    with open_archive(later) as db:
        found = db.execute("select count(*) from search_words('retrieval', count_shown := 100)").fetchall()
        filled = db.execute("select count(*) from core.items where letters = length(body)").fetchall()
        near = db.execute("select count(*) from similar_to((select min(item_id) from items))").fetchall()

    assert contents(later) == before
    assert (found, filled, near) == ([(50,)], [(51,)], [(20,)])


def test_a_copy_of_the_old_file_is_set_aside(later: Path) -> None:
    """It is the archive as it was, and the earlier version can open it."""
    before = contents(later), version(later)

    with open_archive(later):
        pass
    copy = later.with_name(f"{later.name}.before-{len(schema.MIGRATIONS)}")

    assert (contents(copy), version(copy)) == before
    assert version(later) == len(schema.MIGRATIONS)


def test_a_migration_that_fails_changes_nothing(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole migration or none of it; the next start tries again."""
    before = contents(old), version(old)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER + "select error('no more');"))

    with pytest.raises(duckdb.Error), open_archive(old):
        pass

    assert (contents(old), version(old)) == before
    with duckdb.connect(str(old), read_only=True) as db:
        assert db.execute("select count(*) from duckdb_tables() where table_name = 'later'").fetchall() == [(0,)]


def test_without_room_for_the_copy_nothing_is_begun(later: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk is a named failure, and the archive stays as it was."""
    before = version(later)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", full)

    with pytest.raises(StoreError, match="No space left on device"), open_archive(later):
        pass

    assert version(later) == before


def test_an_older_export_is_migrated_when_it_comes_in(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fills an archive of its own schema first; nothing is left beside the new one."""
    with open_archive(old):
        pass  # up to date, whatever it was
    export.export(old, tmp_path / "out", wait=0)
    before = views(old)
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, LATER))

    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    assert views(tmp_path / "new.duckdb") == before
    with open_archive(tmp_path / "new.duckdb") as db:
        assert db.execute("select count(*) from core.items where letters = length(body)").fetchall() == [(51,)]
    assert [path.name for path in tmp_path.iterdir() if "new.duckdb" in path.name] == ["new.duckdb"]


@pytest.mark.parametrize("number", sorted(released.files()))
def test_the_last_version_to_export_need_not_be_installed(archive: Path, tmp_path: Path, number: int) -> None:
    """A folder as the program of each released schema wrote it comes in whole."""
    released.unpack(released.files()[number], archive)
    columns, before = promised(archive), views(archive)
    export_as_it_was(archive, tmp_path / "out")

    export.import_archive(tmp_path / "out", tmp_path / "new.duckdb")

    after = views(tmp_path / "new.duckdb", columns)
    assert after == before
    with open_archive(tmp_path / "new.duckdb") as db:
        assert verdicts.paused_until(db) == make.NOW
        fill(db, [make.item(99, summary="retrieval once more")])
    assert {finding.state for finding in findings(tmp_path / "new.duckdb")} == {"fine"}


def export_as_it_was(path: Path, folder: Path) -> None:
    """What `digest export` of the archive's own version wrote."""
    shown = {"fetches", "scores", "deliveries", "marks", "terms", "shelved_terms"}
    (folder / "tables").mkdir(parents=True)
    with duckdb.connect(str(path), read_only=True) as db:
        if db.execute("select version >= 5 from digest_schema").fetchall() == [(True,)]:
            shown -= {"scores"}  # its view is made of columns, and the table is written beside it
        for view in promised(path):
            if view != "digest_schema":
                db.execute(f"copy (from {view}) to '{folder}/{view}.parquet'")
        tables = [
            row[0] for row in db.execute("select table_name from duckdb_tables() where schema_name = 'core'").fetchall()
        ]
        written = {f"{view}.parquet": len(rows) for view, rows in views(path).items()}
        for table in (*tables, "main.digest_schema"):
            if table not in shown and not table.startswith("vectors_"):
                name = table.removeprefix("main.")
                rows = {"settings": "core.settings where name <> 'marking_key'"}.get(
                    table, table if "." in table else f"core.{table}"
                )
                copied = db.execute(f"copy (from {rows}) to '{folder}/tables/{name}.parquet'").fetchall()
                written[f"tables/{name}.parquet"] = copied[0][0]
    (folder / "manifest.json").write_text(json.dumps({"rows": written}), encoding="utf-8")

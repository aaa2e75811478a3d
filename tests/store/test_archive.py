"""Opening, refusing and waiting: an archive of ours, of strangers, and in use by others."""

from pathlib import Path

import duckdb
import pytest

from digest.errors import ArchiveBusy, StoreError
from digest.store import schema
from digest.store.archive import Connection, open_archive, transaction
from tests.fakes import another_process_holds


def refusal(path: Path, *, read_only: bool = False) -> str:
    with pytest.raises(StoreError) as caught, open_archive(path, wait=0, read_only=read_only):
        pass
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


def count(db: Connection, table: str) -> int:
    row = db.execute(f"select count(*) from {table}").fetchone()
    assert row is not None
    return int(row[0])


class TestOpening:
    def test_a_new_archive_is_made_with_tables_and_views(self, archive: Path) -> None:
        """Who opens an archive to write finds it ready, whether it was there or not."""
        with open_archive(archive) as db:
            assert schema.version(db) == len(schema.MIGRATIONS)
            assert count(db, "items") == 0

    def test_nothing_keeps_it_open(self, archive: Path) -> None:
        """When the block ends, with an error too, anybody may open the file."""
        with pytest.raises(ZeroDivisionError), open_archive(archive):
            _ = 1 / 0

        duckdb.connect(str(archive)).close()

    def test_opening_again_changes_nothing(self, archive: Path) -> None:
        """Migrations run once."""
        with open_archive(archive):
            pass
        before = archive.read_bytes()

        with open_archive(archive):
            pass

        assert archive.read_bytes() == before
        assert list(archive.parent.iterdir()) == [archive]

    def test_reading_makes_no_archive(self, archive: Path) -> None:
        """Who only looks leaves nothing behind."""
        assert refusal(archive, read_only=True) == "there is no archive yet; `digest run` makes it"
        assert not archive.exists()

    def test_reading_a_file_without_tables(self, archive: Path) -> None:
        """A kill between the making of the file and that of its tables is no damage."""
        duckdb.connect(str(archive)).close()

        assert refusal(archive, read_only=True) == "holds nothing yet; `digest run` fills it"
        with open_archive(archive) as db:
            assert count(db, "items") == 0

    def test_reading_cannot_write(self, archive: Path) -> None:
        """Read-only is DuckDB's own."""
        with open_archive(archive):
            pass

        with open_archive(archive, read_only=True) as db, pytest.raises(duckdb.InvalidInputException):
            db.execute("delete from core.items")


class TestMigrating:
    STEP = "create table core.later (id integer);"

    def test_an_older_archive_is_brought_up_to_date(self, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Only the steps it has not seen run, and a copy of the file is set aside first."""
        with open_archive(archive) as db:
            db.execute("insert into core.replies_read (reply) values ('kept')")
        known = len(schema.MIGRATIONS)
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, self.STEP))

        for _ in range(2):
            with open_archive(archive) as db:
                assert schema.version(db) == known + 1
                assert count(db, "core.later") == 0
                assert db.execute("select reply from core.replies_read").fetchall() == [("kept",)]

        copies = [path for path in archive.parent.iterdir() if path != archive]
        assert len(copies) == 1
        with duckdb.connect(str(copies[0])) as copy:
            assert copy.execute("select version from digest_schema").fetchall() == [(known,)]
            assert copy.execute("select reply from core.replies_read").fetchall() == [("kept",)]

    def test_a_step_that_fails_leaves_the_file_as_it_was(self, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """All or nothing, the views included."""
        with open_archive(archive):
            pass
        known = len(schema.MIGRATIONS)
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, self.STEP, "select * from nowhere"))
        with pytest.raises(duckdb.CatalogException), open_archive(archive):
            pass
        monkeypatch.undo()

        with open_archive(archive) as db:
            assert schema.version(db) == known
            with pytest.raises(duckdb.CatalogException):
                db.execute("from core.later")

    def test_a_kill_before_the_views_leaves_no_tables_either(
        self, archive: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else the next opening would take the archive for complete."""

        def killed(db: Connection) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(schema, "refresh_views", killed)
        with pytest.raises(KeyboardInterrupt), open_archive(archive):
            pass
        monkeypatch.undo()

        with open_archive(archive) as db:
            assert count(db, "items") == 0

    def test_an_older_archive_is_not_read_as_if_it_were_new(
        self, archive: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Reading cannot migrate, so it says who can."""
        with open_archive(archive):
            pass
        monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, self.STEP))

        assert refusal(archive, read_only=True).startswith("was written by an older version of this program")


class TestRefusing:
    """What is no archive of ours is refused, and not a byte of it is changed."""

    @pytest.mark.parametrize("read_only", [False, True])
    def test_a_newer_one(self, archive: Path, read_only: bool) -> None:
        """A program that does not know the schema keeps its hands off."""
        with open_archive(archive) as db:
            db.execute("update digest_schema set version = 1000")
        before = archive.read_bytes()

        message = refusal(archive, read_only=read_only)

        assert message.startswith("was written by a newer version of this program (schema 1000, this one knows ")
        assert archive.read_bytes() == before

    @pytest.mark.parametrize(
        "content",
        [
            "create table mine (a integer)",
            "create view mine as select 1 as a",
            "create schema core",
            "create macro mine(a) as a + 1",
            "create type mine as enum ('a', 'b')",
            "create table digest_schema (a integer)",
            "create table digest_schema as select 'one' as version",
        ],
    )
    @pytest.mark.parametrize("read_only", [False, True])
    def test_somebody_elses_duckdb_file(self, archive: Path, content: str, read_only: bool) -> None:
        """Whatever it holds."""
        with duckdb.connect(str(archive)) as theirs:
            theirs.execute(content)
        before = archive.read_bytes()

        message = refusal(archive, read_only=read_only)

        assert message == "is a DuckDB file, but no archive of this program; nothing in it was touched"
        assert archive.read_bytes() == before

    @pytest.mark.parametrize("read_only", [False, True])
    @pytest.mark.parametrize(
        "content", [b"", b"hello", b"[focus]\n" * 2000, bytes(8192), b"SQLite format 3\0" + bytes(4080)]
    )
    def test_a_file_that_is_no_database(self, archive: Path, content: bytes, read_only: bool) -> None:
        """A path mistyped in sources.toml costs nobody a file; nor is an extension fetched to read it."""
        archive.write_bytes(content)

        message = refusal(archive, read_only=read_only)

        assert message == "is no DuckDB archive, or it is damaged; nothing in it was touched"
        assert archive.read_bytes() == content

    def test_a_folder_in_its_place(self, archive: Path) -> None:
        """DuckDB's own words do where ours would add nothing."""
        archive.mkdir()

        assert "Is a directory" in refusal(archive)

    @pytest.mark.parametrize("folder", ["missing", "blocks and locks"])
    def test_a_folder_that_is_missing(self, tmp_path: Path, folder: str) -> None:
        """Told at once and by name, whatever the name is made of."""
        assert refusal(tmp_path / folder / "digest.duckdb") == "its folder does not exist"


class TestInUse:
    """One process writes or many read; who comes second waits, and is told who is first."""

    def test_the_holder_is_named(self, archive: Path) -> None:
        """By command and pid, in one line, though a command may have many."""
        with another_process_holds(archive) as other:
            with pytest.raises(ArchiveBusy) as caught, open_archive(archive, wait=0):
                pass
            assert caught.value.pid == other.pid

        message = str(caught.value)
        assert message.startswith(f"{archive}: is held by ")
        assert message.endswith(f"(pid {other.pid})")
        assert "python" in message
        assert "\n" not in message

    def test_reading_waits_for_a_writer_too(self, archive: Path) -> None:
        """DuckDB lets nobody read while one writes."""
        with open_archive(archive):
            pass
        with another_process_holds(archive), pytest.raises(ArchiveBusy), open_archive(archive, wait=0, read_only=True):
            pass

    def test_readers_share(self, archive: Path) -> None:
        """Many may read, but nobody writes meanwhile."""
        with open_archive(archive):
            pass
        with another_process_holds(archive, reading=True) as other:
            with open_archive(archive, wait=0, read_only=True) as db:
                assert count(db, "items") == 0
            with pytest.raises(ArchiveBusy) as caught, open_archive(archive, wait=0):
                pass
            assert caught.value.pid == other.pid

    def test_it_is_opened_as_soon_as_it_is_free(self, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The wait ends with the hold, not with the time allowed."""
        with another_process_holds(archive) as other:
            monkeypatch.setattr("time.sleep", lambda seconds: other.let_go())
            with open_archive(archive, wait=60) as db:
                assert count(db, "items") == 0

    def test_the_wait_is_told_once(
        self, archive: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """At the information level, which the command line shows on a terminal."""
        with another_process_holds(archive) as other:
            waits = iter([lambda: None, lambda: None, other.let_go])
            monkeypatch.setattr("time.sleep", lambda seconds: next(waits)())
            with caplog.at_level("INFO", "digest.store.archive"), open_archive(archive, wait=60):
                pass

        [line] = [record.getMessage() for record in caplog.records]
        assert line.startswith("waiting up to 60 s: ")
        assert line.endswith(f"(pid {other.pid})")

    def test_the_wait_has_an_end(self, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the time allowed the holder is named."""
        clock = iter(range(1000))
        monkeypatch.setattr("time.monotonic", lambda: next(clock))
        slept = list[float]()
        monkeypatch.setattr("time.sleep", slept.append)

        with another_process_holds(archive), pytest.raises(ArchiveBusy), open_archive(archive, wait=5):
            pass

        assert 1 < len(slept) <= 5


class TestTransaction:
    def test_all_of_it(self, db: Connection) -> None:
        """What was done is there afterwards."""
        with transaction(db):
            db.execute("insert into core.replies_read (reply) values ('a')")

        assert count(db, "core.replies_read where reply = 'a'") == 1

    def test_or_nothing(self, db: Connection) -> None:
        """An error undoes all of it, and the connection can be used on."""

        @transaction(db)
        def fail() -> None:
            db.execute("insert into core.replies_read (reply) values ('a')")
            db.execute("create temp table incoming as select 1 as a")
            _ = 1 / 0

        with pytest.raises(ZeroDivisionError):
            fail()

        assert count(db, "core.replies_read where reply = 'a'") == 0
        with transaction(db):
            db.execute("insert into core.replies_read (reply) values ('b')")
            db.execute("create temp table incoming as select 1 as a")
        assert count(db, "core.replies_read where reply = 'b'") == 1

    def test_an_error_of_the_database_is_shown_as_it_is(self, db: Connection) -> None:
        """Undoing does not hide what went wrong."""

        @transaction(db)
        def fail() -> None:
            db.execute("insert into core.replies_read (reply) values ('a')")
            db.execute("select 'x'::integer")

        with pytest.raises(duckdb.ConversionException):
            fail()

        assert count(db, "core.replies_read where reply = 'a'") == 0

    def test_one_inside_another_is_part_of_it(self, db: Connection) -> None:
        """It ends with the outer one, which takes it along when it fails."""

        @transaction(db)
        def fail() -> None:
            with transaction(db):
                db.execute("insert into core.replies_read (reply) values ('a')")
            _ = 1 / 0

        with pytest.raises(ZeroDivisionError):
            fail()

        assert count(db, "core.replies_read where reply = 'a'") == 0

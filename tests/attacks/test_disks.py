"""Disks, files and arguments gone wrong: one line each, nothing lost, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from digest.config import ALONE
from digest.errors import StoreError
from digest.store import deliveries, sources, verdicts
from digest.store.archive import open_archive
from digest.store.spool import folder_for
from digest.workflows import maintenance
from digest.workflows.maintenance import Repairs
from tests import make
from tests.commands.conftest import Command, _digest  # noqa: F401 - a fixture
from tests.make import NOW
from tests.store.archives import embed, fill


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    """A folder with a sources.toml, and an archive with an item and an issue."""
    (tmp_path / "sources.toml").write_text(f"{make.FOCUS}\n{make.SOURCE}", encoding="utf-8")
    with open_archive(tmp_path / "digest.duckdb") as db:
        fill(db, [make.item(1)])
        verdicts.save_issue(db, make.issue(), [make.verdict(make.item(1))], path="")
        sources.save_states(db, {"Blog": make.state()}, active={"Blog": make.source()})
    return tmp_path


def one_line_of(digest: Command, home: Path, *arguments: object) -> str:
    """What a command that fails says, which is one line."""
    done = digest(*arguments, "--config", home / "sources.toml")
    assert done.code == 1, done
    assert done.err.startswith("digest: ")
    assert done.err.count("\n") == 1
    assert "a bug" not in done.err
    return done.err


def run_alone(code: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)


@pytest.mark.parametrize(
    "arguments",
    [
        ("pause", "--until", "9999-12-31"),
        ("pause", "--until", "0001-01-01"),
        ("status", "--now", "0001-01-01T00:00:00+05:00"),
        ("run", "--now", "9999-12-31T23:59:59-05:00"),
        ("query", "select 1", "--seconds", "inf"),
        ("status", "--wait", "inf"),
        ("vacuum", "--forget-items-before", "9999-12-31"),
        ("sources", "export-opml", "/proc/nowhere/feeds.opml"),
        ("sources", "export-opml", "/dev/null/feeds.opml"),
        ("export", "/proc/nowhere"),
        ("site", "/proc/nowhere"),
        ("build", "../../../pwned"),
        ("build", "a\0b"),
    ],
    ids=" ".join,
)
def test_impossible_arguments_are_one_line(digest: Command, home: Path, arguments: tuple[str, ...]) -> None:
    """Moments that cannot be reckoned with, times without an end, paths that cannot be."""
    one_line_of(digest, home, *arguments)


@pytest.mark.parametrize(
    "line",
    [
        "deep = " + "[" * 500 + "]" * 500,
        "deep = " + "{a = " * 500 + "1" + "}" * 500,
        ".".join(["a"] * 100_000) + " = 1",
        ".".join(["a"] * 900) + " = 1",
        f"[{'.'.join(['a'] * 100_000)}]",
        '[store]\npath = "~nosuchuser/digest.duckdb"',
        '[digest]\ndirectory = "~nosuchuser/digests"\n[store]\npath = "none.duckdb"',
        '[embedding]\nmodel = "~nosuchuser/model"',
    ],
    ids=["arrays", "tables", "keys", "fewer keys", "headers", "archive", "digests", "model"],
)
def test_an_impossible_sources_toml_is_one_line(digest: Command, home: Path, line: str) -> None:
    """Nested too deep for the parser, or with the home of somebody who is not there."""
    toml = f"{make.FOCUS}\n{make.SOURCE}\n{line}\n" if line.startswith("[") else f"{line}\n{make.FOCUS}\n{make.SOURCE}"
    (home / "sources.toml").write_text(toml, encoding="utf-8")

    one_line_of(digest, home, "site" if "digests" in line else "rank")


def test_a_full_disk_is_one_line_and_changes_nothing(home: Path) -> None:
    """DuckDB names it as a failed transaction, and rolls back by itself."""
    code = f"""
import resource, signal
from pathlib import Path
from digest.errors import StoreError
from digest.store.archive import open_archive, transaction
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path({str(home / "digest.duckdb")!r})
size = path.stat().st_size + 100_000
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    with open_archive(path) as db, transaction(db):
        db.execute("create table core.big as select md5(i::varchar) as a from range(500000) r(i)")
except StoreError as error:
    print(error)
"""
    done = run_alone(code)

    assert "File too large" in done.stdout, done
    assert done.stdout.count("\n") == 1
    assert not done.stderr
    with open_archive(home / "digest.duckdb") as db:
        assert db.execute("select count(*) from items").fetchall() == [(1,)]


@pytest.mark.parametrize("command", [("vacuum",), ("import",)])
def test_what_cannot_be_written_beside_the_archive_is_one_line(
    digest: Command, home: Path, command: tuple[str, ...]
) -> None:
    """A folder where no draft can be made; here something that cannot be removed lies in its place."""
    if command == ("import",):
        assert digest("export", home / "out", "--config", home / "sources.toml").code == 0
        command = ("import", str(home / "out"))
        (home / "digest.duckdb").rename(home / "mine")
    (home / ".digest.duckdb.draft" / "full").mkdir(parents=True)

    assert ".digest.duckdb.draft" in one_line_of(digest, home, *command) or command[0] == "import"

    assert (home / ".digest.duckdb.draft" / "full").is_dir()


@pytest.mark.parametrize("line", [b"[]", b'{"period": 3}', b"null"])
def test_a_log_of_deliveries_that_holds_something_else_is_set_aside(home: Path, line: bytes) -> None:
    """Its receipts are stored all the same, and the doctor names where the rest lies."""
    config = make.config(folder=home)
    deliveries.log(config.archive, ALONE, make.receipt())
    journal = folder_for(config.archive) / "receipts.journal"
    journal.write_bytes(journal.read_bytes() + line + b"\n")

    with open_archive(config.archive) as db:
        deliveries.store_logged(config.archive, db)
        assert deliveries.receipts(db) == [make.receipt()]

    assert line in journal.with_name("receipts.damaged").read_bytes()
    found = maintenance.examine(config, NOW, Repairs(), wait=0)
    assert any("receipts.damaged" in one.message for one in found)


@pytest.mark.parametrize("document", ["{}", "not json", "[]", "null"])
def test_a_damaged_issue_is_named(digest: Command, home: Path, document: str) -> None:
    """Any client may have changed it; what needs it fails in one line, and the doctor sees it."""
    with open_archive(home / "digest.duckdb") as db:
        db.execute("update core.issues set document = ?", [document])

    for command in (("build", "2026-W12"), ("site",), ("send", "--again")):
        assert "issue '2026-W12' is damaged" in one_line_of(digest, home, *command)
    found = digest("doctor", "--config", home / "sources.toml")
    assert found.code == 1
    assert "document of the issue '2026-W12' is damaged" in " ".join(found.out.split())


def test_a_damaged_state_is_named_and_cleared(home: Path) -> None:
    """The source is then asked as if it were new; its items are known."""
    config = make.config(folder=home)
    with open_archive(config.archive) as db:
        db.execute("update core.sources set state = '[3]'")
    with pytest.raises(StoreError, match="state of the source 'Blog' is damaged"), open_archive(config.archive) as db:
        sources.states(db)

    found = maintenance.examine(config, NOW, Repairs(repair=True), wait=0)

    assert "cleared the damaged states of Blog" in found[0].message
    assert [one.state for one in found if one.check == "documents"] == ["fine"]


def test_a_model_without_its_table_is_named_and_forgotten(digest: Command, home: Path) -> None:
    """Its vectors are made again by the next ranking."""
    config = make.config(folder=home)
    with open_archive(config.archive) as db:
        db.execute("drop view embeddings; drop view embeddings_all; drop table core.vectors_4")

    assert "lacks what it should have" in one_line_of(digest, home, "similar", make.item(1).item_id)
    found = maintenance.examine(config, NOW, Repairs(), wait=0)
    assert [one.state for one in found if one.check == "models"] == ["wrong"]

    found = maintenance.examine(config, NOW, Repairs(repair=True), wait=0)
    assert [one.message for one in found if one.state == "wrong"] == []
    with open_archive(config.archive) as db:
        embed(db)


@pytest.mark.parametrize("where", ["connect", "check_version"])
def test_an_interrupt_while_the_archive_opens_is_an_interrupt(
    archive: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """DuckDB turns it into a RuntimeError of its own."""
    from digest.store import schema

    def interrupted(*_: object, **__: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr(duckdb if where == "connect" else schema, where, interrupted)

    with pytest.raises(KeyboardInterrupt), open_archive(archive):
        pass


def test_another_system_is_told_in_one_line(digest: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks and limits are those of POSIX."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "win32")
        done = digest("status")

    assert done.code == 1
    assert done.err == "digest: runs on Linux and macOS; on Windows, install it inside WSL\n"


def test_a_bug_is_one_line_too(digest: Command, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With -v it says where."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("\x1b[2Jno")

    monkeypatch.setattr(maintenance, "vacuum", broken)

    done = digest("vacuum", "--config", home / "sources.toml")

    assert done.code == 1
    assert done.err == "digest: a bug: ZeroDivisionError: \\x1b[2Jno (`digest -v` tells where)\n"

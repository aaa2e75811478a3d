"""The gate: threads of one process share an archive."""

import os
import random
import stat
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from digest.errors import ArchiveBusy
from digest.store.archive import open_archive
from digest.store.query import ask

WAIT = 20.0


@pytest.fixture(name="archive")
def _archive(made_archive: Path) -> Path:
    return made_archive


def in_thread(work: Callable[[], object]) -> list[BaseException]:
    """What goes wrong with *work* in a thread of its own."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(WAIT)
    assert not thread.is_alive()
    return failed


def read(archive: Path, *, wait: float = 0.0) -> None:
    with open_archive(archive, wait=wait, read_only=True) as db:
        db.execute("from sources").fetchall()


def write(archive: Path, *, wait: float = 0.0) -> None:
    with open_archive(archive, wait=wait) as db:
        db.execute("insert into core.replies_read (reply) values ('one')")


class TestGate:
    def test_threads_read_together(self, archive: Path) -> None:
        """A reader does not wait for another one."""
        with open_archive(archive, read_only=True):
            assert in_thread(lambda: read(archive)) == []

    def test_a_reader_waits_for_the_writer_of_its_own_process(self, archive: Path) -> None:
        """DuckDB would refuse the reader at once, with an error that does not say busy."""
        with open_archive(archive):
            [failed] = in_thread(lambda: read(archive))

        assert isinstance(failed, ArchiveBusy)
        assert str(failed) == f"{archive}: is held by another task of this process"
        assert in_thread(lambda: read(archive)) == []

    def test_a_writer_waits_for_the_readers_of_its_own_process(self, archive: Path) -> None:
        """And writes as soon as the last one has left."""
        with open_archive(archive, read_only=True):
            [failed] = in_thread(lambda: write(archive))

        assert isinstance(failed, ArchiveBusy)
        assert in_thread(lambda: write(archive)) == []

    def test_the_sandbox_locks_nobody_else(self, archive: Path) -> None:
        """It locks the configuration of the whole instance, so that it has the archive alone; afterwards all is as before."""
        with open_archive(archive, read_only=True):
            [failed] = in_thread(lambda: ask(archive, "from sources", wait=0))
        assert isinstance(failed, ArchiveBusy)

        ask(archive, "from sources", wait=0)
        assert in_thread(lambda: read(archive)) == []

    def test_a_thread_enters_again(self, archive: Path) -> None:
        """What reads may call what reads, even while a writer waits outside."""
        waiting = threading.Thread(target=lambda: write(archive, wait=WAIT))
        with open_archive(archive, read_only=True):
            waiting.start()
            time.sleep(0.1)
            read(archive)
        waiting.join(WAIT)

        assert not waiting.is_alive()

    def test_a_failure_lets_the_next_one_in(self, archive: Path) -> None:
        """Errors inside do not leave the gate shut."""
        with pytest.raises(ZeroDivisionError), open_archive(archive):
            raise ZeroDivisionError

        write(archive)

    def test_a_link_is_the_same_archive(self, archive: Path, tmp_path: Path) -> None:
        """It is the file that counts, not the name."""
        link = tmp_path / "link.duckdb"
        link.symlink_to(archive)

        with open_archive(archive):
            [failed] = in_thread(lambda: read(link))

        assert isinstance(failed, ArchiveBusy)

    def test_files_are_private_and_the_mask_comes_back(self, archive: Path) -> None:
        """However openings overlap, in the end the process makes files as before."""
        before = os.umask(0o022)
        try:
            with open_archive(archive, read_only=True):
                in_thread(lambda: read(archive))
                (archive.parent / "spilled").touch()
            (archive.parent / "digest.md").touch()
        finally:
            os.umask(before)

        assert stat.S_IMODE((archive.parent / "spilled").stat().st_mode) == 0o600
        assert stat.S_IMODE((archive.parent / "digest.md").stat().st_mode) == 0o644

    def test_many_threads_lose_nothing(self, archive: Path) -> None:
        """Readers, writers and sandboxes at random: all get in, and every row that was written is there."""
        chance = random.Random(5)
        plans = [[chance.choice(("read", "read", "write", "ask")) for _ in range(8)] for _ in range(6)]
        failed: list[BaseException] = []

        def run(plan: list[str]) -> None:
            try:
                for step in plan:
                    if step == "read":
                        read(archive, wait=WAIT)
                    elif step == "write":
                        write(archive, wait=WAIT)
                    else:
                        ask(archive, "from sources", wait=WAIT)
            except BaseException as error:
                failed.append(error)

        threads = [threading.Thread(target=run, args=(plan,)) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(2 * WAIT)

        assert failed == []
        with open_archive(archive, read_only=True) as db:
            count = db.execute("select count(*) from core.replies_read").fetchall()
        assert count == [(sum(plan.count("write") for plan in plans),)]

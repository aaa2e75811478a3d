"""How the background job begins and ends, as a real process."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.config import Config, load_config
from digest.daemon.tick import Daemon
from digest.store import locks
from tests.daemon.conftest import rows
from tests.fetch.server import Said, World, serving


@contextmanager
def served(config: Config, *, ready: str = "event=") -> Iterator[subprocess.Popen[str]]:
    """A real `digest serve`; inside, its first line has been written."""
    command = [sys.executable, "-m", "digest", "serve", "--config", str(config.folder / "sources.toml")]
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if ready in line:
                    break
            yield process
        finally:
            with suppress(ProcessLookupError):
                process.kill()


@pytest.fixture(name="hanging")
def _hanging() -> Iterator[World]:
    with serving({"/hang": Said(hang=True)}) as world:
        yield world


class TestProcess:
    def test_two_do_not_serve_one_archive(self, config: Config) -> None:
        """The second says who does, and ends with 1; the archive stays open to others meanwhile."""
        with served(config, ready="event=serving") as first:
            command = [sys.executable, "-m", "digest", "serve", "--config", str(config.folder / "sources.toml")]
            second = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
            assert locks.holder(config.archive, "serving") == first.pid

        assert second.returncode == 1
        assert f"pid {first.pid}" in second.stderr
        assert len(second.stderr.splitlines()) == 1
        assert locks.holder(config.archive, "serving") is None

    def test_sigterm_ends_it_in_the_middle_of_a_round(self, config: Config, hanging: World) -> None:
        """A server that never answers holds nothing up; what was fetched is kept and stored the next time."""
        path = config.folder / "sources.toml"
        hang = hanging.url("/hang", host="localhost")
        path.write_text(path.read_text() + f'\n[[sources]]\nname = "Hangs"\nurl = "{hang}"\n', encoding="utf-8")
        with served(config, ready="event=serving") as process:
            waiting = threading.Event()
            for _ in range(200):
                if any(config.archive.with_name(f"{config.archive.name}.spool").glob("*.round")) and hanging.log:
                    break
                waiting.wait(0.05)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0
            assert process.stderr is not None
            assert "event=stopped" in process.stderr.read()

        Daemon(lambda: load_config(path).model_copy(update={"sources": config.sources}), wait=1).tick(datetime.now(UTC))
        assert rows(config, "select count(*) > 15 from items") == [(True,)]
        assert rows(
            config, "select count(*) from (select source, started_at from fetches group by all having count(*) > 1)"
        ) == [(0,)]

    def test_sigterm_does_not_wait_for_a_job_that_will_not_end(self, config: Config) -> None:
        """What cannot be asked to stop is cut off when the grace is over; the exit is a clean one."""
        code = (
            "import threading; from pathlib import Path; from digest.config import load_config\n"
            "from digest.daemon import serving; from digest.workflows import fetching\n"
            "def endless(*_, **__): print('endless', flush=True); threading.Event().wait()\n"
            "serving.GRACE, fetching.fetch = 0.1, endless\n"
            f"serving.serve(lambda: load_config(Path({str(config.folder / 'sources.toml')!r})))"
        )
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"endless\n"
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=5) == 0

    def test_a_killed_one_leaves_no_lock(self, config: Config) -> None:
        """After kill -9 the next one starts at once."""
        with served(config, ready="event=serving") as process:
            process.kill()
            process.wait()

        with served(config, ready="event=serving") as process:
            assert process.poll() is None

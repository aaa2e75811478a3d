"""SQL that does not stop by itself is ended with the process that runs it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

#: A piece of work of DuckDB's has 2,048 values; here each of them has a few megabytes, and it looks at no clock between.
HUGE = "select sum(length(repeat('abc', 1000000 + i::int))) from range(100000) t(i)"


@contextmanager
def asking(home: Path, sql: str, *options: str, patch: str = "") -> Iterator[subprocess.Popen[str]]:
    """A real `digest query`, in a process that may end itself."""
    # A shell that runs the tests in the background may have told their processes to ignore Ctrl-C.
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heard}\nfrom digest.commands import resource_limits\n{patch}\nfrom digest.cli import main\nmain()"
    command = [sys.executable, "-c", code, "query", sql, *options, "--config", str(home / "sources.toml")]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_ends_in_time(home: Path) -> None:
    """One line and exit 1, as where DuckDB stops by itself; half a Parquet file does not stay."""
    began = time.monotonic()
    out = home / "out.parquet"
    options = ("--seconds", "0.1", "--wait", "0", "--format", "parquet", "--output", str(out))
    with asking(
        home, HUGE, *options, patch="resource_limits.GRACE, resource_limits.MOST_MEMORY = 0.1, 10**12"
    ) as process:
        _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert told == "digest: the query failed: it took longer than 0.1 s and did not stop\n"
    assert time.monotonic() - began < 30
    assert [path.name for path in home.iterdir() if "out.parquet" in path.name] == []


def test_it_ends_before_it_takes_all_memory(home: Path) -> None:
    """DuckDB counts what it holds in blocks, and not what one value takes."""
    with asking(home, HUGE, patch="resource_limits.MOST_MEMORY = 500_000_000") as process:
        _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert told == "digest: the query failed: it needs more than 500 MB of memory\n"


def test_an_interrupt_ends_it(home: Path) -> None:
    """Ctrl-C is heard within seconds, whatever is under way."""
    with asking(home, HUGE, patch="resource_limits.GRACE, resource_limits.MOST_MEMORY = 0.1, 10**12") as process:
        while _megabytes(process.pid) < 300:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=20) == 130


def test_what_ends_by_itself_is_let_be(home: Path) -> None:
    """However short the grace is; and the interpreter finds nothing to complain of at its end."""
    with asking(home, "select count(*) > 0 from items", patch="resource_limits.GRACE = 0.0") as process:
        _, told = process.communicate(timeout=60)

    assert (process.returncode, told) == (0, "")


def _megabytes(pid: int) -> float:
    """What a process holds just now."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

"""Other parties in a test: here, a second process that really holds an archive."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOLD = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=sys.argv[2] == "read")
print("held", flush=True)
sys.stdin.read()
"""


class Holder:
    """A process with the archive open, until it is told to let go."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.pid = process.pid

    def let_go(self) -> None:
        """Close the archive and end; returns when that has happened."""
        self._process.communicate()


@contextmanager
def another_process_holds(archive: Path, *, reading: bool = False) -> Iterator[Holder]:
    command = [sys.executable, "-c", _HOLD, str(archive), "read" if reading else "write"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        holder = Holder(process)
        try:
            yield holder
        finally:
            if process.poll() is None:
                holder.let_go()

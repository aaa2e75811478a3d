"""`digest query` in a process of its own: how it is called, and what its last words mean.

The sandbox locks the configuration of a whole process's database, and a query may take long; a process can be ended.
"""

import sys
from pathlib import Path

from digest.errors import ArchiveBusy, StoreError


def command(
    config_path: Path, learner: str, sql: str, *, form: str, wait: float, seconds: float | None = None
) -> list[str]:
    """The words that start it; -P keeps a folder called digest beside the caller from being imported."""
    words = [sys.executable, "-P", "-m", "digest", "query", "--config", str(config_path), "--learner", learner]
    limits = ["--wait", f"{wait:g}", *([] if seconds is None else ["--seconds", f"{seconds:g}"])]
    return [*words, *limits, "--format", form, "--", sql]


def failure(said: str, *, otherwise: str) -> StoreError:
    """The error that the process named last on stderr; *otherwise* where it was ended before it said a word."""
    lines = [line.removeprefix("digest: ") for line in said.splitlines() if line.startswith("digest: ")]
    if not lines:
        return StoreError(f"the query failed: {otherwise}")
    return ArchiveBusy(lines[-1]) if ": is held by " in lines[-1] else StoreError(lines[-1])

"""Commands that write to the archive store what the spool holds first."""

from datetime import timedelta
from pathlib import Path

import pytest

from digest.config import load_config
from digest.records import Fetched
from digest.store import archive, spool
from digest.workflows.fetching import state_of
from tests.commands.conftest import NOW, Command


@pytest.mark.parametrize("command", [("rank",), ("send",), ("build", "2026-W47")])
def test_the_spool_is_stored_first(digest: Command, home: Path, command: tuple[str, ...]) -> None:
    """A process that fetched and was killed left a visit; any such command stores it."""
    config = load_config(home / "sources.toml")
    folder, later, source = spool.folder_for(config.archive), NOW + timedelta(hours=1), config.sources[0]
    state = state_of(source, {})
    with spool.begin(folder, later) as current:
        current.put(Fetched(source=source, started_at=later, error="timed out"), before=state, after=state)
    assert spool.waiting(folder) == 1

    done = digest(*command, "--config", home / "sources.toml", "--now", later.isoformat())

    assert (done.code, spool.rounds(folder)) == (0, [])
    with archive.open_archive(config.archive, read_only=True) as db:
        last = db.execute("select error from core.fetches order by started_at desc limit 1").fetchall()
    assert last == [("timed out",)]

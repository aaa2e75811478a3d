"""The doctor looks at what lies beside the archive too: the spool, the states, copies and drafts."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from digest.config import Config
from digest.errors import StoreError
from digest.store import rejected, spool
from digest.store.archive import open_archive
from digest.store.compaction import Forgetting
from digest.store.maintenance import Problem
from digest.workflows import maintenance
from digest.workflows.maintenance import Repairs
from tests import make
from tests.make import NOW
from tests.store.archives import fill


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Config:
    config = make.config(folder=tmp_path)
    with open_archive(config.archive) as db:
        fill(db, [make.item(1)])
    return config


LOOK = Repairs()


def look(config: Config, check: str, treatment: Repairs = LOOK) -> list[Problem]:
    return [finding for finding in maintenance.examine(config, NOW, treatment, wait=0) if finding.check == check]


def put_round(config: Config, *, age: timedelta) -> Path:
    folder = spool.folder_for(config.archive)
    with spool.begin(folder, NOW - age) as current:
        current.put(make.fetched(), before=make.state(), after=make.state())
    [path] = spool.rounds(folder)
    os.utime(path, ((NOW - age).timestamp(),) * 2)
    return path


@pytest.mark.parametrize(("age", "state"), [(timedelta(minutes=5), "note"), (timedelta(days=3), "wrong")])
def test_a_spool_that_nobody_stores_is_wrong_after_a_day(config: Config, age: timedelta, state: str) -> None:
    """Until then somebody may just be holding the archive."""
    put_round(config, age=age)

    [finding] = look(config, "spool")

    assert finding.state == state
    assert "1 visits wait" in finding.message


def test_a_damaged_round_is_named(config: Config) -> None:
    """It is left where it is: somebody may want to save what is in it."""
    path = put_round(config, age=timedelta(minutes=5))
    path.write_bytes(b"{not json\n")

    finding, _ = look(config, "spool", Repairs(repair=True))

    assert finding.state == "wrong"
    assert finding.message == f"{path}: 1 of 1 visits are damaged"
    assert path.exists()


def test_what_was_set_aside_is_shown(config: Config) -> None:
    """With its place, newest first, until somebody deletes it."""
    rejected.set_aside(spool.folder_for(config.archive), "Blog", [b"[["])

    finding, _ = look(config, "spool")

    assert "an answer that could not be read is set aside in " in finding.message
    assert Path(finding.message.rpartition(" ")[2]).read_bytes() == b"[["


def test_damaged_states_are_put_aside(config: Config) -> None:
    """The archive has them too; the next fetch writes the copy again."""
    folder = spool.folder_for(config.archive)
    spool.write_states(folder, {"Blog": make.state()})
    (folder / "states.json").write_bytes(b"{half")

    assert look(config, "states")[0].state == "wrong"
    look(config, "repair", Repairs(repair=True))

    assert look(config, "states")[0].state == "fine"
    assert (folder / "states.damaged").read_bytes() == b"{half"


def test_copies_and_drafts_are_mentioned(config: Config) -> None:
    """They take space, and only their owner knows whether they are still wanted."""
    for name in ("digest.duckdb.before-2", ".digest.duckdb.draft"):
        (config.folder / name).write_bytes(b"x")

    assert [finding.state for finding in [*look(config, "copies"), *look(config, "drafts")]] == ["note", "note"]


def test_without_an_archive_none_is_made(tmp_path: Path) -> None:
    """Looking after nothing is an error with a way out."""
    config = make.config(folder=tmp_path)

    with pytest.raises(StoreError, match="there is no archive yet"):
        maintenance.examine(config, NOW, Repairs(repair=True), wait=0)
    with pytest.raises(StoreError, match="there is no archive yet"):
        maintenance.vacuum(config, Forgetting(), wait=0)

    assert list(tmp_path.iterdir()) == []

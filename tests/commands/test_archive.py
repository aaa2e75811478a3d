"""export, import, vacuum and doctor as commands."""

import json
import shutil
from pathlib import Path

from tests.commands.conftest import Command


def test_out_and_in_again(digest: Command, demo_folder: Path, tmp_path: Path) -> None:
    """An exported archive is an archive again, healthy and searchable."""
    home = tmp_path / "new"
    home.mkdir()
    shutil.copy(demo_folder / "sources.toml", home)

    assert digest("export", tmp_path / "out", "--config", demo_folder / "sources.toml").code == 0
    done = digest("import", tmp_path / "out", "--config", home / "sources.toml")
    examined = digest("doctor", "--json", "--config", home / "sources.toml")
    found = digest("search", "hard negatives", "--mode", "both", "--json", "--config", home / "sources.toml")

    assert done.out.endswith(" items\n")
    assert {row["state"] for row in json.loads(examined.out)} == {"fine"}
    assert len(json.loads(found.out)) == 10


def test_the_doctor_exits_with_1_when_something_is_wrong(digest: Command, home: Path) -> None:
    """So that a monitor can ask it; what is mended is wrong no more."""
    import duckdb

    config = ("--config", home / "sources.toml")
    with duckdb.connect(str(home / "digest.duckdb")) as db:
        db.execute("insert into core.items select * from core.items limit 1")

    assert digest("doctor", *config).code == 1
    assert digest("doctor", "--repair", *config).code == 0
    assert digest("doctor", *config).code == 0


def test_vacuum_says_what_it_did(digest: Command, home: Path) -> None:
    """Sizes always, and what was forgotten if anything was to be."""
    config = ("--config", home / "sources.toml")

    assert "MB before" in digest("vacuum", *config).out
    assert digest("vacuum", "--forget-items-before", "2030", *config).out.startswith("forgot ")
    assert digest("vacuum", "--forget-items-before", "soon", *config).code == 2

"""export, import, vacuum and doctor as commands."""

import json
import shutil
from pathlib import Path

from digest.cluster.run import TASK
from digest.store import locks
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


def test_a_dataset_grows_and_a_slice_goes_over(digest: Command, demo_folder: Path, tmp_path: Path) -> None:
    """By week, twice, and into an archive of one's own, which can be searched, ranked and asked why."""
    home, dataset = tmp_path / "new", tmp_path / "a set"
    home.mkdir()
    shutil.copy(demo_folder / "sources.toml", home)
    out = ("export", dataset, "--by", "week", "--config", demo_folder / "sources.toml")
    own = ("--config", home / "sources.toml")

    first, second = digest(*out), digest(*out)
    done = digest("import", dataset, "--learner", "Ada", *own)
    ranked = digest("rank", *own)
    found = json.loads(digest("search", "hard negatives", "--json", *own).out)
    why = digest("why", found[0]["item_id"], *own)

    assert first.out.startswith(f"{dataset}: ")
    assert "; wrote 0 of " in second.out
    assert done.out.endswith(" items\n")
    assert (ranked.code, why.code) == (0, 0)
    assert "verdict" in why.out
    assert "relevance" in why.out


def test_a_dataset_does_not_grow_while_a_run_works_on_it(digest: Command, home: Path, tmp_path: Path) -> None:
    """Its workers would read learners and items of two exports."""
    out = ("export", tmp_path / "set", "--by", "week", "--wait", "0", "--config", home / "sources.toml")

    with locks.hold(home / "digest.duckdb", TASK):
        refused = digest(*out)

    assert refused.code != 0
    assert "cluster is done by another process" in refused.err
    assert not (tmp_path / "set").exists()
    assert digest(*out).code == 0


def test_exports_and_imports_say_what_they_cannot_do(digest: Command, home: Path, tmp_path: Path) -> None:
    """A plain export elsewhere, a slice of a plain one, a dataset of a later date than any."""
    own = ("--config", home / "sources.toml")
    (tmp_path / "plain").mkdir()

    elsewhere = digest("export", "memory://out", *own)
    plain = digest("import", tmp_path / "plain", "--learner", "Ada", *own)
    nowhere = digest("import", "memory://nothing", *own)

    assert (elsewhere.code, plain.code, nowhere.code) == (1, 1, 1)
    assert "memory://out: is no folder of this machine; `digest export --by week` writes elsewhere" in elsewhere.err
    assert "plain: is no dataset" in plain.err
    assert "memory://nothing: is no dataset; `digest export --by week` writes one" in nowhere.err

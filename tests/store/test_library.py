"""The queries that have a name."""

from pathlib import Path

import pytest

from digest.store import library
from digest.store.archive import open_archive
from digest.store.query import ask
from tests import make
from tests.store.archives import fill


@pytest.fixture(name="path")
def _path(archive: Path) -> Path:
    with open_archive(archive) as db:
        fill(db, [make.item(1, summary="retrieval"), make.item(2, summary="serving")])
    return archive


@pytest.mark.parametrize("name", library.QUERIES)
def test_every_built_in_query_runs(path: Path, name: str) -> None:
    """On an archive with hardly anything in it as well."""
    told, sql = library.QUERIES[name]

    assert told
    assert len(ask(path, sql, wait=0).columns) >= 2


def test_the_learners_own_query_comes_before_ours() -> None:
    """A name in sources.toml hides the built-in one; what is no name is SQL."""
    assert library.statement("yield", {"yield": "select 1"}) == "select 1"
    assert library.statement("yield", {}) == library.QUERIES["yield"][1]
    assert library.statement("select 2", {}) == "select 2"

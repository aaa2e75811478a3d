"""The promised views hold exactly the columns that are documented."""

from pathlib import Path

import pytest

from digest.store.archive import open_archive
from digest.store.documentation import VIEWS


@pytest.mark.parametrize("view", VIEWS)
def test_documentation_and_schema_agree(view: str, empty_archive: Path) -> None:
    """Each column of a view is documented, each documented column exists, in the same order."""
    with open_archive(empty_archive, read_only=True) as db:
        columns = [row[0] for row in db.execute(f"describe {view}").fetchall()]

    assert columns == list(VIEWS[view])


def test_every_view_is_documented(empty_archive: Path) -> None:
    """No view in the archive is left out of docs/views.md, and the archive itself carries the meanings."""
    with open_archive(empty_archive, read_only=True) as db:
        views = {row[0] for row in db.execute("select view_name from duckdb_views() where not internal").fetchall()}
        comments = db.execute(
            "select comment from duckdb_columns() where schema_name = 'main' and table_name = 'items' and column_name = 'backfill'"
        ).fetchall()

    assert views == set(VIEWS)
    assert comments == [(VIEWS["items"]["backfill"],)]

"""The queries that have a name."""

from pathlib import Path

import pytest

from digest.store import items, named_queries, sources, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import open_archive
from digest.store.query import ask
from tests import make
from tests.store.archives import fill


@pytest.fixture(name="path", scope="module")
def _path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("library") / "digest.duckdb"
    with open_archive(path) as db:
        fill(db, [make.item(1, summary="retrieval"), make.item(2, summary="serving")])
    return path


@pytest.mark.parametrize("name", named_queries.QUERIES)
def test_every_built_in_query_runs(path: Path, name: str) -> None:
    """On an archive with hardly anything in it as well."""
    told, sql = named_queries.QUERIES[name]

    assert told
    assert len(ask(path, sql, wait=0).columns) >= 2


def test_the_learners_own_query_comes_before_ours() -> None:
    """A name in sources.toml hides the built-in one; what is no name is SQL."""
    assert named_queries.statement("yield", {"yield": "select 1"}) == "select 1"
    assert named_queries.statement("yield", {}) == named_queries.QUERIES["yield"][1]
    assert named_queries.statement("select 2", {}) == "select 2"


def rows(path: Path, name: str, *columns: str) -> list[tuple[object, ...]]:
    return list(ask(path, f"select {', '.join(columns)} from ({named_queries.QUERIES[name][1]})", wait=0).rows)


class TestResults:
    """Three works: the first kept and liked, the second kept and saved, the third neither; the fourth was seen twice."""

    @pytest.fixture(name="lived")
    def _lived(self, made_archive: Path) -> Path:
        made = [make.item(number, source="A" if number < 3 else "B") for number in (1, 2, 3, 4)]
        twin = make.item(5, source="A")
        together = {made[3].entry_id: "w4", twin.entry_id: "w4"}
        with open_archive(made_archive) as db:
            fill(db, made, works=together)
            new = make.new_item(twin, work_id="w4", first_seen_at=make.NOW)
            items.add(db, [new], read=make.readings([twin]))
            told = [make.verdict(one, kept=number < 2, rank=number + 1) for number, one in enumerate(made[:3])]
            verdicts.save_issue(db, make.issue(), told, path="x.md")
            for one, said in ((made[0], "like"), (made[1], "save"), (made[2], "save"), (made[2], "read")):
                mark_rows.add(db, make.mark(one, mark=said))
            known = {name: make.source(name) for name in "AB"}
            sources.save_states(db, {name: make.state(name) for name in "AB"}, active=known)
        return made_archive

    def test_what_each_source_brought(self, lived: Path) -> None:
        """Seen are items, kept those of them that an issue showed, marked those with any mark that stands."""
        found = rows(lived, "yield", "source", "seen", "kept", "kept_percent", "marked")

        assert found == [("A", 3, 2, 66.7, 2), ("B", 2, 0, 0.0, 1)]

    def test_who_was_first(self, lived: Path) -> None:
        """Only where the others came later; what came in one round has no first."""
        assert rows(lived, "first", "source", "works_first_here") == [("B", 1)]

    def test_duplicates(self, lived: Path) -> None:
        """A work of two sources."""
        assert rows(lived, "duplicates", "work_id", "item_count") == [("w4", 2)]

    def test_what_was_welcome(self, lived: Path) -> None:
        """Of what was kept; marks of other items do not count."""
        assert rows(lived, "hit-rate", "kept", "welcome", "unwelcome") == [(2, 2, 0)]

    def test_saved_and_not_read(self, lived: Path) -> None:
        """What was read is no longer waiting."""
        assert rows(lived, "saved", "title") == [("Post 2",)]

    def test_nothing_kept_is_unread_once_it_is_marked(self, lived: Path) -> None:
        """Any mark says that it was looked at."""
        assert rows(lived, "unread", "title") == []

    def test_near_misses_are_not_kept(self, lived: Path) -> None:
        """By rank."""
        assert rows(lived, "near-misses", "title", "rank") == [("Post 3", 3)]

"""Whose rows are whose when sources.toml goes from one learner to several and back, and when learners come and go."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from digest.config import ALONE
from digest.errors import StoreError
from digest.store import learners, schema, verdicts
from digest.store.archive import Connection, acting_for, open_archive
from tests import make
from tests.store import released

#: Whom the issue of `released.fill_every_table` names.
NAME = make.issue().learner
TABLES = sorted(schema.OF_LEARNERS - {"learners"})


def rows(db: Connection, learner: str) -> dict[str, int]:
    """How many rows a learner has in each table, without the tables that have none."""
    counts = {
        table: db.execute(f"select count(*) from core.{table} where learner = ?", [learner]).fetchall()[0][0]
        for table in TABLES
    }
    return {table: count for table, count in counts.items() if count}


@pytest.fixture(name="alone")
def _alone(archive: Path) -> Path:
    """An archive of one learner, with something in every table; the issue bears the name of Ada."""
    with open_archive(archive) as db:
        released.fill_every_table(db)
        learners.settle(db, {ALONE: NAME})
    return archive


def settle(path: Path, *declared: tuple[str, str]) -> None:
    with open_archive(path) as db:
        learners.settle(db, dict(declared))


def all_rows(path: Path, ids: Sequence[str]) -> list[dict[str, int]]:
    with open_archive(path) as db:
        return [rows(db, one) for one in ids]


def test_every_table_of_a_learner_is_listed(empty_archive: Path) -> None:
    """A table with a column `learner` that is not listed would be left behind, and shown to others."""
    with open_archive(empty_archive) as db:
        found = db.execute(
            "select table_name from duckdb_columns() where schema_name = 'core' and column_name = 'learner'"
        ).fetchall()

    assert {row[0] for row in found} == schema.OF_LEARNERS


class TestFromOneToSeveral:
    def test_who_the_newest_issue_names_takes_over(self, alone: Path) -> None:
        """Whatever their place in the file, and whatever the case of the name."""
        [before] = all_rows(alone, [ALONE])
        assert set(before) == set(TABLES)

        settle(alone, ("bob", "Bob"), ("ada", NAME.upper()))

        assert all_rows(alone, [ALONE, "bob", "ada"]) == [{}, {}, before]

    def test_else_the_first_of_the_file(self, alone: Path) -> None:
        """Nobody has Ada's name."""
        [before] = all_rows(alone, [ALONE])

        settle(alone, ("zoe", "Zoe"), ("bob", "Bob"))

        assert all_rows(alone, [ALONE, "zoe", "bob"]) == [{}, before, {}]

    def test_it_is_done_once(self, alone: Path) -> None:
        """Later changes of the file move nobody's rows."""
        settle(alone, ("ada", "Ada"), ("bob", "Bob"))
        before = all_rows(alone, ["ada", "bob"])

        settle(alone, ("bob", "Bob"), ("ada", "Augusta"), ("zoe", "Zoe"))

        assert all_rows(alone, ["ada", "bob"]) == before

    def test_what_was_written_down_under_the_old_id_is_known(self, alone: Path) -> None:
        """Marks and receipts that wait beside the archive, and replies to mails that are out."""
        settle(alone, ("ada", "Ada"), ("bob", "Bob"))

        with open_archive(alone) as db:
            assert (learners.present_id(db, ALONE), learners.present_id(db, "bob")) == ("ada", "bob")
            assert (learners.former_id(db, "ada"), learners.former_id(db, "bob")) == (ALONE, "")


class TestFromSeveralToOne:
    def test_who_bears_the_name_goes_back(self, alone: Path) -> None:
        """The others' rows stay as they are."""
        [before] = all_rows(alone, [ALONE])
        settle(alone, ("bob", "Bob"), ("ada", NAME))

        settle(alone, (ALONE, NAME))

        assert all_rows(alone, [ALONE, "ada", "bob"]) == [before, {}, {}]

    def test_without_a_name_the_only_one_goes_back(self, alone: Path) -> None:
        """A [learner] table need not name anybody."""
        [before] = all_rows(alone, [ALONE])
        settle(alone, ("ada", "Ada"))

        settle(alone, (ALONE, ""))

        assert all_rows(alone, [ALONE, "ada"]) == [before, {}]

    def test_nobody_takes_what_may_be_anothers(self, alone: Path) -> None:
        """Of two learners without the name, neither is taken for the one."""
        settle(alone, ("ada", "Ada"), ("bob", "Bob"))
        before = all_rows(alone, ["ada", "bob"])

        settle(alone, (ALONE, "Zoe"))

        assert all_rows(alone, ["ada", "bob", ALONE]) == [*before, {}]


class TestComingAndGoing:
    def test_who_is_added_has_nothing_and_touches_nothing(self, alone: Path) -> None:
        """Theirs begins with the next run."""
        settle(alone, ("ada", "Ada"))
        before = all_rows(alone, ["ada"])

        settle(alone, ("ada", "Ada"), ("bob", "Bob"))

        assert all_rows(alone, ["ada", "bob"]) == [*before, {}]

    def test_who_left_keeps_their_rows_until_they_are_forgotten(self, alone: Path) -> None:
        """And finds them when they come back."""
        settle(alone, ("ada", "Ada"), ("bob", "Bob"))
        with open_archive(alone, learner="bob") as db:
            verdicts.pause(db, make.NOW)
        before = all_rows(alone, ["ada", "bob"])

        settle(alone, ("bob", "Bob"))
        assert all_rows(alone, ["ada", "bob"]) == before

        with open_archive(alone) as db:
            assert learners.forget(db, "bob") == 1
        assert all_rows(alone, ["ada", "bob"]) == [before[0], {}]

    def test_nobody_is_forgotten_by_a_wrong_name(self, alone: Path) -> None:
        """The message names who there is."""
        with (
            open_archive(alone) as db,
            pytest.raises(StoreError, match=r"no rows of a learner 'eve'; it knows default"),
        ):
            learners.forget(db, "eve")


def test_a_connection_acts_for_another_for_a_while(alone: Path) -> None:
    """And then for its own learner again, also after a failure."""
    with open_archive(alone, learner="bob") as db:
        with suppress(KeyError), acting_for(db, ALONE):
            assert verdicts.paused_until(db) == make.NOW
            raise KeyError
        assert verdicts.paused_until(db) is None


def test_an_id_with_a_quote_is_no_sql(archive: Path) -> None:
    """No id has one, but it would be read as it stands."""
    with open_archive(archive, learner="o'hara") as db:
        verdicts.pause(db, make.NOW)
        assert db.execute("select learner from core.pause").fetchall() == [("o'hara",)]

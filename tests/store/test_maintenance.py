"""The doctor sees what is wrong, mends what can be mended, and forgets nothing unless told."""

from pathlib import Path

import pytest

from digest.errors import StoreError
from digest.store import maintenance, vectors
from digest.store.archive import Connection, open_archive
from tests import make
from tests.store.archives import embed, fill


def states(db: Connection) -> dict[str, str]:
    """The worst state of each check."""
    found: dict[str, str] = {}
    for finding in maintenance.examine(db):
        found[finding.check] = max(found.get(finding.check, "fine"), finding.state)
    return found


@pytest.fixture(name="filled")
def _filled(db: Connection) -> Connection:
    fill(db, [make.item(number, summary=f"retrieval {number}") for number in range(3)])
    return db


class TestExamine:
    def test_a_healthy_archive(self, filled: Connection) -> None:
        """Every check says so."""
        assert set(states(filled).values()) == {"fine"}

    def test_a_new_archive_is_healthy_too(self, db: Connection) -> None:
        """Nothing in it is nothing wrong."""
        assert set(states(db).values()) == {"fine"}

    def test_duplicates_are_found_and_removed(self, filled: Connection) -> None:
        """The first of them stays, and its words are found once."""
        filled.execute("insert into core.items select * from core.items limit 1")

        assert states(filled)["duplicate ids"] == "wrong"
        assert "removed 1 duplicate items" in maintenance.repair(filled)
        assert set(states(filled).values()) == {"fine"}
        assert filled.execute("select count(*) from search_words('retrieval')").fetchall() == [(3,)]

    def test_orphaned_vectors_are_found_and_removed(self, filled: Connection) -> None:
        """What was rewritten leaves a vector behind."""
        filled.execute("insert into core.vectors_4 values ('toy-1', 1, [1, 0, 0, 0])")

        assert states(filled)["orphaned vectors"] == "note"
        assert maintenance.repair(filled) == ["removed 1 orphaned vectors"]
        assert states(filled)["orphaned vectors"] == "fine"

    def test_items_without_words_are_found_and_read_again(self, filled: Connection) -> None:
        """As after a repair by hand."""
        filled.execute("update core.items set number = null where title = 'Post 1'")

        assert states(filled)["words"] == "wrong"
        maintenance.repair(filled)
        assert states(filled)["words"] == "fine"
        assert filled.execute("select count(*) from search_words('retrieval')").fetchall() == [(3,)]

    def test_lost_words_are_found_and_read_again(self, filled: Connection) -> None:
        """As after somebody emptied the table; an item of marks alone has no words to lose."""
        fill(filled, [make.item(9, title="🦉", summary="")])
        assert states(filled)["words"] == "fine"
        filled.execute("delete from core.terms")

        assert states(filled)["words"] == "wrong"
        assert maintenance.repair(filled) == ["indexed the words of all items again"]
        assert states(filled)["words"] == "fine"
        assert filled.execute("select count(*) from search_words('retrieval')").fetchall() == [(3,)]

    @pytest.mark.parametrize(
        "kind", ["view items", "view embeddings", "macro table search_words", "macro core.terms_of"]
    )
    def test_views_that_were_dropped_are_made_anew(self, filled: Connection, kind: str) -> None:
        """They are promised; anybody with a client of their own can drop them."""
        filled.execute(f"drop {kind}")

        found = states(filled)["views"]
        done = maintenance.repair(filled)

        assert found == "wrong"
        assert done == [f"made again: {kind.split()[-1].removeprefix('core.')}"]
        assert set(states(filled).values()) == {"fine"}

    @pytest.mark.parametrize(
        "sql",
        [
            "delete from core.vectors_4 where model = 'toy-2' and rowid % 2 = 0",
            "update core.models set embeds = false",
            "delete from core.models where embeds",
        ],
    )
    def test_no_model_is_forgotten_while_texts_wait_for_the_new_one(self, filled: Connection, sql: str) -> None:
        """The old vectors are all that can be searched then, and the doctor does not advise it."""
        embed(filled, "toy-2")
        filled.execute(sql)
        remedies = [finding.remedy for finding in maintenance.examine(filled) if finding.check == "models"]

        with pytest.raises(StoreError, match="digest rank"):
            maintenance.forget_models(filled)

        assert "digest rank" in remedies
        assert "digest doctor --forget-models" not in remedies
        assert filled.execute("select count(*) from core.vectors_4 where model = 'toy-1'").fetchall() == [(3,)]

    def test_the_old_model_stays_until_it_is_told_to_go(self, filled: Connection) -> None:
        """A change of models keeps the old vectors in embeddings_all."""
        embed(filled, "toy-2")
        count = "select model, count(*) from embeddings_all group by model order by model"

        assert states(filled)["models"] == "note"
        assert filled.execute(count).fetchall() == [("toy-1", 3), ("toy-2", 3)]
        assert maintenance.repair(filled) == []
        assert maintenance.forget_models(filled) == ["toy-1"]
        assert filled.execute(count).fetchall() == [("toy-2", 3)]
        assert states(filled)["models"] == "fine"

    def test_texts_that_wait_for_the_model_are_counted(self, filled: Connection) -> None:
        """As after a kill in the middle of a change of models."""
        filled.execute("delete from core.vectors_4 where rowid = 0")

        waiting, held = [finding for finding in maintenance.examine(filled) if finding.check == "models"]

        assert (waiting.message, waiting.remedy) == ("1 texts wait to be embedded by toy-1", "digest rank")
        assert (held.message, held.remedy) == ("toy-1 has 2 vectors", "")

    def test_the_model_of_second_opinions_is_in_use(self, filled: Connection) -> None:
        """Its vectors are few, and it would have to make them again."""
        embed(filled, "toy-2")
        vectors.remember_reranker(filled, "toy-1")

        assert states(filled)["models"] == "fine"
        assert maintenance.forget_models(filled) == []

    @pytest.mark.parametrize(("check", "table"), [("marks", "marks"), ("picks", "verdicts")])
    def test_what_was_said_of_an_item_that_is_gone_is_told_and_kept(
        self, filled: Connection, check: str, table: str
    ) -> None:
        """Marks and picks are what the learner said and read: the doctor removes none."""
        kept = ", kept) values ('gone', true)" if table == "verdicts" else ") values ('gone')"
        filled.execute(f"insert into core.{table} (item_id{kept}")

        assert states(filled)[check] == "note"
        maintenance.repair(filled)
        assert filled.execute(f"select count(*) from core.{table} where item_id = 'gone'").fetchall() == [(1,)]

    def test_a_damaged_block_is_found(self, archive: Path) -> None:
        """Every block is read; one flipped byte does not pass."""
        with open_archive(archive) as db:
            fill(db, [make.item(n, summary=f"{n} " + "retrieval of things " * 400) for n in range(300)], embedded=False)
        content = bytearray(archive.read_bytes())
        for place in range(len(content) // 3, len(content) - 1000, 200_000):
            content[place] ^= 0xFF
        archive.write_bytes(content)

        try:
            with open_archive(archive, read_only=True) as db:
                found = states(db)["integrity"]
        except Exception as error:  # depending on the block, opening it fails already
            found = (
                "wrong" if "rchive" in str(error) or "orrupt" in str(error) or "hecksum" in str(error) else str(error)
            )

        assert found == "wrong"

    def test_room_is_compared_with_the_archive(self, archive: Path, filled: Connection) -> None:
        """Compaction and migrations need as much again."""
        size = archive.stat().st_size

        assert maintenance.free_space(archive, size).state == "wrong"
        assert maintenance.free_space(archive, 2 * size).state == "fine"

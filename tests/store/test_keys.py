"""The marking key lies beside the archive, and moves there from archives that held it."""

from pathlib import Path

import duckdb
import pytest

from digest.errors import StoreError
from digest.store import export, keys, schema, spool
from digest.store.archive import open_archive
from tests.store import released


def test_it_is_made_once_and_every_archive_has_its_own(tmp_path: Path) -> None:
    """A link that was sent stays good."""
    one, other = tmp_path / "one.duckdb", tmp_path / "other.duckdb"
    before = keys.read(one, keys.MARKING)
    key = keys.read_or_make(one, keys.MARKING)

    assert before is None
    assert (keys.read(one, keys.MARKING), keys.read_or_make(one, keys.MARKING)) == (key, key)
    assert keys.read_or_make(other, keys.MARKING) != key


def test_a_damaged_key_is_not_replaced(archive: Path) -> None:
    """Only its owner can say that old links may end."""
    keys.read_or_make(archive, keys.MARKING)
    path = spool.folder_for(archive) / "marking.key"
    path.write_text("half of it")

    with pytest.raises(StoreError, match=r"marking\.key: cannot be read"):
        keys.read_or_make(archive, keys.MARKING)

    assert path.read_text() == "half of it"


class TestMoving:
    def test_it_moves_out_of_the_archive(self, archive: Path) -> None:
        """It signs the links in mails that were sent already; only its owner can read the file."""
        key = old_key(archive)

        with open_archive(archive) as db:
            held = [str(db.execute(f"from core.{table}").fetchall()) for table in export.tables(db)]

        assert keys.read(archive, keys.MARKING) == key
        assert keys.read_or_make(archive, keys.MARKING) == key
        assert not any(key.hex() in text for text in held)
        [file] = [path for path in spool.folder_for(archive).iterdir() if path.read_text() == key.hex()]
        assert file.stat().st_mode & 0o777 == 0o600

    @pytest.mark.parametrize("at", ["before the file", "before the tables"])
    def test_a_kill_on_the_way_loses_no_key(self, archive: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
        """The file is there before the table goes, and a second start ends what the first began."""
        key = old_key(archive)

        def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(*((keys, "atomic_write") if at == "before the file" else (schema, "upgrade")), killed)
            with pytest.raises(KeyboardInterrupt), open_archive(archive):
                pass

        assert version(archive) == 3
        with open_archive(archive):
            pass
        assert keys.read(archive, keys.MARKING) == key

    def test_without_a_place_for_it_nothing_is_migrated(self, archive: Path) -> None:
        """The file is named."""
        old_key(archive)
        spool.folder_for(archive).write_text("in the way")

        with pytest.raises(StoreError, match=r"marking\.key: cannot be written"), open_archive(archive):
            pass

        assert version(archive) == 3

    def test_an_archive_without_one_gets_none(self, archive: Path) -> None:
        """It is made when the first link is signed."""
        released.unpack(released.files()[2], archive)

        with open_archive(archive):
            pass

        assert keys.read(archive, keys.MARKING) is None


def old_key(archive: Path) -> bytes:
    """Unpack an archive of schema 3, and return the key in it."""
    released.unpack(released.files()[3], archive)
    with duckdb.connect(str(archive), read_only=True) as db:
        [(key,)] = db.execute("select value from core.settings where name = 'marking_key'").fetchall()
    return bytes.fromhex(key)


def version(path: Path) -> int:
    with duckdb.connect(str(path), read_only=True) as db:
        return schema.version(db)

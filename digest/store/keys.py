"""The keys that sign what comes back from outside: marks by mail, and the cookies of the local page.

They lie beside the archive, since anybody who has them can mark: an archive is shown, queried, exported and
given away; its spool folder is not. Archives of schema 3 and before held the marking key in a table; the
migration moves it, so that links in mails already sent still work.
"""

import hmac
import secrets
from pathlib import Path

import duckdb

from digest.atomic_write import atomic_write, private_folder
from digest.config import ALONE
from digest.errors import StoreError
from digest.store.spool import folder_for

#: What the keys are for; their files are named for it. Deleting one ends what it has signed.
MARKING, PAGE = "marking", "page"


def read(archive: Path, name: str) -> bytes | None:
    """The key, None where nothing was ever signed; raises StoreError where the file cannot be read."""
    path = _path(archive, name)
    try:
        return bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(
            f"{path}: cannot be read; delete it to have a new key made, and what the old one signed ends"
        ) from error


def read_or_make(archive: Path, name: str) -> bytes:
    """The key, made at first use; call it while holding the archive or a lock, so that only one process makes it."""
    key = read(archive, name)
    if key is None:
        key = secrets.token_bytes(32)
        _write(archive, name, key)
    return key


def of_learner(key: bytes, learner: str) -> bytes:
    """The key that signs for one learner of several, so that a reply says whose mark it is."""
    return key if learner in (ALONE, "") else hmac.new(key, learner.encode(), "sha256").digest()


def move_out(db: duckdb.DuckDBPyConnection, archive: Path) -> None:
    """Write the marking key of an archive of schema 3 or before to its file; the migration then drops the table."""
    row = db.execute("select value from core.settings where name = 'marking_key'").fetchone()
    if row:
        _write(archive, MARKING, bytes.fromhex(row[0]))


def _path(archive: Path, name: str) -> Path:
    return folder_for(archive) / f"{name}.key"


def _write(archive: Path, name: str, key: bytes) -> None:
    path = _path(archive, name)
    try:
        private_folder(path.parent)
        atomic_write(path, key.hex().encode(), private=True)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error

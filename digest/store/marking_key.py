"""The key that signs links for marks by mail. It lies beside the archive: anybody who has it can mark.

An archive is shown, queried, exported and given away; its spool folder is not. Archives of schema 3
and before held the key in a table; the migration moves it, so that links in mails already sent still work.
"""

import secrets
from pathlib import Path

import duckdb

from digest.atomic_write import atomic_write, private_folder
from digest.errors import StoreError
from digest.store.spool import folder_for


def read(archive: Path) -> bytes | None:
    """The key, None where no link was ever signed; raises StoreError where the file cannot be read."""
    path = _path(archive)
    try:
        return bytes.fromhex(path.read_text("ascii"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StoreError(f"{path}: cannot be read; delete it to have a new key made, and old links end") from error


def read_or_make(archive: Path) -> bytes:
    """The key, made at first use; call it while the archive is open for writing, so that only one process makes it."""
    key = read(archive)
    if key is None:
        key = secrets.token_bytes(32)
        _write(archive, key)
    return key


def move_out(db: duckdb.DuckDBPyConnection, archive: Path) -> None:
    """Write the key of an archive of schema 3 or before to its file; the migration then drops the table."""
    row = db.execute("select value from core.settings where name = 'marking_key'").fetchone()
    if row:
        _write(archive, bytes.fromhex(row[0]))


def _path(archive: Path) -> Path:
    return folder_for(archive) / "marking.key"


def _write(archive: Path, key: bytes) -> None:
    path = _path(archive)
    try:
        private_folder(path.parent)
        atomic_write(path, key.hex().encode(), private=True)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror or error}") from error

"""A dataset: files under one fsspec path (a folder, NFS, S3), each written once, under a name that says what it was made of.

    dataset.json                                 what it is
    items/week=2026-W45/KEY.parquet              50,000 to 500,000 items
    vectors/model=NAME/week=2026-W45/KEY.parquet the same items in the same order: id, vector, lean
    learners.parquet                             a row a learner: settings, marks, past periods
    sources/shard=007/KEY.parquet                sources with their states
    spool/shard=007/*.round                      what was fetched and is not stored yet
    nearest/bucket=003/KEY.parquet               the works nearest to the phrases of a bucket of learners
    ranks/period=2026-W47/bucket=003/KEY.parquet scores of each learner's best works
    issues/period=2026-W47/bucket=003/...        the files of each learner's issue, and receipts

A file appears under its name whole or not at all. The name is keyed by the input, the model and the revision of the
code that made it, so a file that is present is done: a retry, a duplicate, or a node that was declared dead and goes
on, writes the same bytes under the same name.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from digest.errors import DigestError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

MANIFEST = "dataset.json"
VERSION = 1
#: Drafts begin with a dot, which every reader of Parquet folders passes over.
_DRAFT = ".draft-"


class DatasetError(DigestError):
    """A dataset that is none, is damaged or cannot be reached."""


@dataclass(frozen=True)
class Dataset:
    """The files under *address*; small and picklable, so that it travels with every task."""

    address: str

    @cached_property
    def _place(self) -> "tuple[AbstractFileSystem, str]":
        from fsspec.core import url_to_fs

        try:
            system, root = url_to_fs(self.address)
        except (ImportError, ValueError) as error:
            raise DatasetError(f"{self.address}: cannot be reached: {error}") from error
        return system, str(root).rstrip("/")

    @property
    def system(self) -> "AbstractFileSystem":
        return self._place[0]

    def path(self, name: str) -> str:
        """The path of a file or folder of the dataset in its file system; *name* is relative, with slashes."""
        return f"{self._place[1]}/{name}" if name else self._place[1]

    def exists(self, name: str) -> bool:
        return bool(self.system.exists(self.path(name)))

    def files(self, folder: str, suffix: str = "") -> list[str]:
        """The names of all files under *folder* that end in *suffix*, sorted, without drafts."""
        top = self.path(folder)
        if not self.system.exists(top):
            return []
        self.system.invalidate_cache(top)
        cut = len(self._place[1]) + 1
        names = (str(found)[cut:] for found in self.system.find(top))
        return sorted(name for name in names if name.endswith(suffix) and not _is_draft(name))

    def open(self, name: str) -> IO[bytes]:
        """A file for reading; DatasetError where there is none."""
        try:
            return self.system.open(self.path(name), "rb")  # type: ignore[no-any-return]
        except OSError as error:
            raise DatasetError(f"{self.address}: {name} cannot be read: {error.strerror or error}") from error

    def read(self, name: str) -> bytes:
        with self.open(name) as file:
            return file.read()

    def publish(self, name: str, write: Callable[[IO[bytes]], Any]) -> None:
        """Let *write* fill a draft beside *name*, then give it that name in one step."""
        final = self.path(name)
        folder, _, last = final.rpartition("/")
        draft = f"{folder}/{_DRAFT}{uuid.uuid4().hex}-{last}"
        try:
            self.system.makedirs(folder, exist_ok=True)
            with self.system.open(draft, "wb") as file:
                write(file)
            self._rename(draft, final)
        except OSError as error:
            raise DatasetError(f"{self.address}: {name} cannot be written: {error.strerror or error}") from error
        finally:
            if self.system.exists(draft):
                self.system.rm_file(draft)

    def publish_bytes(self, name: str, content: bytes) -> None:
        self.publish(name, lambda file: file.write(content))

    def _rename(self, draft: str, final: str) -> None:
        if "file" in _protocols(self.system):
            Path(draft).replace(final)
        else:
            # An object store shows an upload whole or not at all, and a move there is a copy, which is as well.
            self.system.mv(draft, final)

    def begin(self) -> None:
        """Make a new dataset, or check that this is one; DatasetError where it is another version's."""
        if not self.exists(MANIFEST):
            self.publish_bytes(MANIFEST, json.dumps({"version": VERSION}).encode() + b"\n")
        self.check()

    def check(self) -> None:
        """DatasetError where this is no dataset, or one of another version."""
        if not self.exists(MANIFEST):
            raise DatasetError(f"{self.address}: is no dataset; `digest export --by week` writes one")
        try:
            version = json.loads(self.read(MANIFEST))["version"]
        except (ValueError, LookupError, TypeError) as error:
            raise DatasetError(f"{self.address}: {MANIFEST} is damaged") from error
        if version != VERSION:
            raise DatasetError(f"{self.address}: is of version {version}, this program reads {VERSION}")


def key(*parts: object) -> str:
    """The part of a file's name that says what it was made of: input, model, revision of the code."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def partition(name: str, column: str) -> str:
    """The value of a partition, such as "week", in a file's name; "" where it has none."""
    found: Iterable[str] = (part for part in name.split("/") if part.startswith(f"{column}="))
    return next((part.partition("=")[2] for part in found), "")


def _is_draft(name: str) -> bool:
    return name.rpartition("/")[2].startswith(_DRAFT)


def _protocols(system: "AbstractFileSystem") -> tuple[str, ...]:
    protocol = system.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)

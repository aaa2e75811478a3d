"""A dataset: files under one fsspec path (a folder, NFS, S3), each written once, under a name that says what it was made of.

    dataset.json                                 what it is
    index.json                                   which files of items and learners count, and how many rows each has
    items/week=2026-W45/KEY.parquet              50,000 to 500,000 items
    vectors/model=NAME/week=2026-W45/KEY.parquet the same items in the same order: id, vector, lean
    learners.parquet                             a row a learner: settings, marks, last issues
    learners/TABLE.parquet                       the other rows that belong to learners
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
import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from digest.errors import DigestError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

T = TypeVar("T")

MANIFEST = "dataset.json"
VERSION = 1
#: Drafts begin with a dot, which pyarrow and Ray pass over, and do not end in .parquet, for DuckDB's globs find them.
_DRAFT = ".draft"


class DatasetError(DigestError):
    """A dataset that is none, is damaged or cannot be reached."""


@dataclass(frozen=True)
class Dataset:
    """The files under *address*; small and picklable, so that it travels with every task."""

    address: str

    def __post_init__(self) -> None:
        """A folder is said in full: workers start elsewhere."""
        if "://" not in self.address and "::" not in self.address:
            try:
                whole = str(Path(self.address).expanduser().absolute())
            except RuntimeError as error:
                raise DatasetError(f"{self.address}: begins with a user that this machine does not have") from error
            object.__setattr__(self, "address", whole)

    def __getstate__(self) -> dict[str, str]:
        """Connections stay behind."""
        return {"address": self.address}

    @cached_property
    def _place(self) -> "tuple[AbstractFileSystem, str]":
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise DatasetError("datasets need another package: pip install 'mldigest[ray]'") from error
        try:
            # Others write at the same time: what was listed a minute ago says nothing.
            system, root = url_to_fs(self.address, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            raise DatasetError(f"{self.address}: cannot be reached: {error}") from error
        return system, str(root).rstrip("/")

    @property
    def system(self) -> "AbstractFileSystem":
        return self._place[0]

    @property
    def folder(self) -> Path | None:
        """The folder on this machine; None where the files lie elsewhere."""
        return Path(self._place[1] or "/") if {"file", "local"} & set(_protocols(self.system)) else None

    def path(self, name: str) -> str:
        """The path of a file or folder of the dataset in its file system; *name* is relative, with slashes.

        DatasetError where it would lead out of the dataset: ids and periods that a dataset holds are parts of names.
        """
        if name.startswith("/") or ".." in name.split("/"):
            raise DatasetError(f"{self.address}: {name!r} leads out of the dataset")
        return f"{self._place[1]}/{name}" if name else self._place[1]

    def exists(self, name: str) -> bool:
        with self._reaching(name, "reached"):
            return bool(self.system.exists(self.path(name)))

    def files(self, folder: str, suffix: str = "") -> list[str]:
        """The names of all files under *folder* that end in *suffix*, sorted, without drafts."""
        return [name for name in self._listed(folder) if name.endswith(suffix) and not _is_draft(name)]

    def _listed(self, folder: str) -> list[str]:
        top, cut = self.path(folder), len(self._place[1]) + 1
        with self._reaching(folder, "listed"):
            self.system.invalidate_cache(top)
            return sorted(str(found)[cut:] for found in self.system.find(top)) if self.system.exists(top) else []

    def open(self, name: str) -> IO[bytes]:
        """A file for reading; DatasetError where there is none."""
        with self._reaching(name, "read"):
            return self.system.open(self.path(name), "rb")  # type: ignore[no-any-return]

    def read(self, name: str) -> bytes:
        with self.open(name) as file, self._reaching(name, "read"):
            return file.read()

    def publish(self, name: str, write: Callable[[IO[bytes]], Any]) -> None:
        """Let *write* fill a draft beside *name*, then give it that name in one step."""
        with self._draft(name) as draft:
            with self.system.open(draft, "wb") as file:
                write(file)
            self._rename(draft, self.path(name))

    def publish_bytes(self, name: str, content: bytes) -> None:
        self.publish(name, lambda file: file.write(content))

    def publish_file(self, name: str, write: Callable[[Path], T]) -> T:
        """The same for a writer that needs a path on this machine."""
        with self._draft(name) as draft:
            result = self._fill(draft, write)
            self._rename(draft, self.path(name))
        return result

    def replace(self, files: Mapping[str, Callable[[Path], object]], superseded: Iterable[str]) -> None:
        """Write some files, then remove those that they stand in for, then give them their names.

        No reader finds a row in two files. One that comes between the last two steps, or after a kill there, finds it
        in none: the second run writes what is missing.
        """
        drafts: dict[str, str] = {}
        try:
            for name, write in files.items():
                with self._reaching(name, "written"):
                    drafts[name] = self._new_draft(name)
                    self._fill(drafts[name], write)
            self.remove(superseded)
            for name, draft in drafts.items():
                with self._reaching(name, "written"):
                    self._rename(draft, self.path(name))
        finally:
            self._discard(drafts.values())

    def remove(self, names: Iterable[str]) -> None:
        """Remove files; one that is gone already is gone."""
        for name in names:
            with self._reaching(name, "removed"), suppress(FileNotFoundError):
                self.system.rm_file(self.path(name))

    def remove_drafts(self, folder: str) -> None:
        """Remove what killed writers left under a folder that has one writer at a time."""
        self.remove(name for name in self._listed(folder) if _is_draft(name))

    @contextmanager
    def _draft(self, name: str) -> Iterator[str]:
        draft = ""
        try:
            with self._reaching(name, "written"):
                draft = self._new_draft(name)
                yield draft
        finally:
            self._discard([draft] if draft else [])

    def _new_draft(self, name: str) -> str:
        """A place beside *name* that nobody else writes to."""
        folder, _, last = self.path(name).rpartition("/")
        self.system.makedirs(folder or "/", exist_ok=True)
        return f"{folder}/.{last}.{uuid.uuid4().hex}{_DRAFT}"

    def _fill(self, draft: str, write: Callable[[Path], T]) -> T:
        if self.folder is not None:
            return write(Path(draft))
        with tempfile.TemporaryDirectory() as here:
            file = Path(here) / "file"
            result = write(file)
            self.system.put_file(str(file), draft)
        return result

    def _rename(self, draft: str, final: str) -> None:
        if self.folder is not None:
            _settle_on_disk(Path(draft))
            Path(draft).replace(final)
        else:
            # An object store shows an upload whole or not at all, and a move there is a copy, which is as well.
            self.system.mv(draft, final)

    def _discard(self, drafts: Iterable[str]) -> None:
        for draft in drafts:
            with suppress(Exception):  # of what went wrong before, if anything
                self.system.rm_file(draft)

    @contextmanager
    def _reaching(self, name: str, done: str) -> Iterator[None]:
        """Say of which file what went wrong; stores elsewhere have errors of their own."""
        try:
            yield
        except DigestError:
            raise
        except OSError as error:
            if isinstance(error, FileNotFoundError) and done == "read":
                raise DatasetError(f"{self.address}: {name} is missing") from error
            raise DatasetError(f"{self.address}: {name or 'it'} cannot be {done}: {_words(error)}") from error
        except Exception as error:
            if self.folder is not None or not _of_store(error):
                raise
            raise DatasetError(f"{self.address}: {name or 'it'} cannot be {done}: {_words(error)}") from error

    def is_free(self) -> bool:
        """Whether nothing lies there yet."""
        with self._reaching("", "listed"):
            top = self.path("")
            return not self.system.exists(top) or not self.system.ls(top, detail=False)

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
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise DatasetError(f"{self.address}: {MANIFEST} is damaged") from error
        if version != VERSION:
            raise DatasetError(f"{self.address}: is of version {version}, this program reads {VERSION}")


def is_dataset(address: str) -> bool:
    """Whether a dataset lies there; DatasetError where that cannot be known."""
    if "://" not in address:
        return (Path(address) / MANIFEST).exists()
    return Dataset(address).exists(MANIFEST)


def key(*parts: object) -> str:
    """The part of a file's name that says what it was made of: input, model, revision of the code."""
    return hashlib.blake2b("\0".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def partition(name: str, column: str) -> str:
    """The value of a partition, such as "week", in a file's name; "" where it has none."""
    found: Iterable[str] = (part for part in name.split("/") if part.startswith(f"{column}="))
    return next((part.partition("=")[2] for part in found), "")


def _is_draft(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.startswith(".") and last.endswith(_DRAFT)


def _protocols(system: "AbstractFileSystem") -> tuple[str, ...]:
    protocol = system.protocol
    return (protocol,) if isinstance(protocol, str) else tuple(protocol)


def _settle_on_disk(file: Path) -> None:
    """So that a power cut leaves no empty file under a name that says it is done."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _words(error: Exception) -> str:
    text = (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()
    return str(text).splitlines()[0]


def _of_store(error: Exception) -> bool:
    """Whether an error comes from the client of a store (boto, aiohttp), rather than from a bug of ours."""
    return type(error).__module__.partition(".")[0] in ("aiohttp", "botocore", "fsspec", "gcsfs", "google", "s3fs")

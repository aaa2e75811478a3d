"""Which files of items and learners count, how many rows each has, and what files are called.

A file of items is named for its texts and for all of its rows: `items/week=2026-W45/TEXTS-ROWS.parquet`. Vectors
depend on the texts alone, so that two works that were merged cost no new ones:
`vectors/model=NAME/week=2026-W45/TEXTS-KEY.parquet`, where KEY is of the model and the revision of the code.

`index.json` is published after each week that changed. A glob finds the same files, because those that are superseded
are removed before their successors get their names; only the index can tell that one of them is missing.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from digest.cluster.dataset import Dataset, DatasetError, key, partition
from digest.store.dataset_items import Part

INDEX = "index.json"
#: Bumped when the columns of the files change, or what stands in them.
REVISION = 1
_ITEMS = re.compile(r"items/week=\d{4}-W\d{2}/[0-9a-f]{16}-[0-9a-f]{16}\.parquet")
_LEARNERS = re.compile(r"learners(/[a-z_]+)?\.parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsFile:
    """A file of items."""

    name: str
    rows: int

    @property
    def week(self) -> str:
        return partition(self.name, "week")

    @property
    def texts(self) -> str:
        """What its texts are known by, in their order."""
        return texts_of(self.name)


@dataclass(slots=True, kw_only=True)
class Index:
    """What `index.json` says."""

    #: rows by file
    rows: dict[str, int] = field(default_factory=dict)
    #: what the files with a lasting name were made of
    made_of: dict[str, str] = field(default_factory=dict)
    #: the archive's schema
    schema: int = 0
    #: the archive's embedding model; "" before there was one
    model: str = ""
    #: the tables of sources.toml that all learners share, as JSON
    settings: str = "{}"

    def items(self, *, since: str = "", weeks: Collection[str] | None = None) -> list[ItemsFile]:
        """The files of items by week, of all or only some *weeks*, from the week *since* on."""
        found = [ItemsFile(name=name, rows=rows) for name, rows in sorted(self.rows.items()) if _ITEMS.fullmatch(name)]
        return [one for one in found if one.week >= since and (weeks is None or one.week in weeks)]

    def learners(self) -> dict[str, str]:
        """The files of learners' tables by table."""
        return {
            name.removeprefix("learners/").removesuffix(".parquet"): name
            for name in sorted(self.rows)
            if name.startswith("learners/")
        }


def read_index(dataset: Dataset) -> Index:
    """The index of a dataset, empty for a new one; DatasetError where it is damaged."""
    if not dataset.exists(INDEX):
        return Index()
    try:
        found = json.loads(dataset.read(INDEX))
        index = Index(
            rows={str(name): int(rows) for name, rows in found["rows"].items()},
            made_of={str(name): str(made_of) for name, made_of in found["made_of"].items()},
            schema=int(found["schema"]),
            model=str(found["model"]),
            settings=str(found["settings"]),
        )
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(f"{dataset.address}: {INDEX} is damaged; remove it and export again") from error
    if strange := [name for name in index.rows if not (_ITEMS.fullmatch(name) or _LEARNERS.fullmatch(name))]:
        raise DatasetError(f"{dataset.address}: {INDEX} names {strange[0]!r}, which no export writes")
    return index


def publish_index(dataset: Dataset, index: Index) -> None:
    told = {name: getattr(index, name) for name in Index.__slots__}
    dataset.publish_bytes(INDEX, json.dumps(told, sort_keys=True, indent=0).encode() + b"\n")


def items_name(part: Part) -> str:
    """The name of the file with these items."""
    texts, whole = key(part.texts, part.rows), key(part.whole, part.rows, REVISION)
    return f"items/week={part.week}/{texts}-{whole}.parquet"


def texts_of(items_name: str) -> str:
    """What the texts of a file of items are known by."""
    return items_name.rpartition("/")[2].partition("-")[0].removesuffix(".parquet")


def vectors_folder(model: str) -> str:
    """Where the vectors of a model lie; DuckDB, Polars and pyarrow read the name back from it."""
    return f"vectors/model={quote(model, safe='')}"


def vectors_name(items_name: str, model: str, revision: int) -> str:
    """The name of the file with the vectors of a file of items."""
    week = partition(items_name, "week")
    return f"{vectors_folder(model)}/week={week}/{texts_of(items_name)}-{key(model, revision)}.parquet"


def model_of(vectors_name: str) -> str:
    """The model whose vectors a file has."""
    return unquote(partition(vectors_name, "model"))

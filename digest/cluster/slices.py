"""An archive of one's own from a dataset: `digest import DATASET`, and what a bucket of learners needs for its issues."""

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from digest.cluster.dataset import Dataset, DatasetError
from digest.cluster.index import Index, read_index, texts_of, vectors_folder
from digest.cluster.source_files import read_index as read_source_index
from digest.compose.deduplication import keys_of
from digest.config.messages import did_you_mean
from digest.records import Item
from digest.store import dataset_import, schema
from digest.store.dataset_import import ELSEWHERE, Place, Wanted

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

#: The first schema that datasets were written with.
_FIRST_SCHEMA = 5
#: What an archive holds in memory while it is made in a worker.
_WORKERS_MEMORY = "200MB"


def import_dataset(
    dataset: Dataset,
    path: Path,
    *,
    learner: str = "",
    since: str = "",
    step: Callable[[str], None] = lambda name: None,
) -> int:
    """Make the archive at *path*, whole or not at all: items, and the rows of a learner, by name or id, or of everybody.

    *since* is the first week taken, as 2026-W45. Returns how many items it has. Raises DatasetError and StoreError.
    """
    index = _checked_index(dataset)
    place = place_of(dataset)
    learners = _chosen(dataset, dataset_import.learner_names(place), learner) if learner else None
    items = {one.name: one.rows for one in index.items(since=since)}
    wanted = Wanted(
        items=items,
        tables=index.learners(),
        rows=index.rows,
        learners=learners,
        sources=list(read_source_index(dataset).files.values()),
        model=index.model,
        vectors=_vectors_of(dataset, index.model, items),
        schema=index.schema,
    )
    return dataset_import.make_archive(path, place, wanted, keys_of=_all_keys, step=step)


def make_slice(
    dataset: Dataset,
    path: Path,
    learners: Mapping[str, str],
    *,
    weeks: Collection[str],
    item_ids: Sequence[str] = (),
    searched: Collection[str] | None = None,
    index: Index | None = None,
    words: bool = False,
) -> int:
    """A temporary archive for a worker: the items of some weeks and some more, and the rows of *learners*, id -> name.

    The other items are looked for in the files *searched*, of all weeks by default. Items have the dataset's vectors
    of its current model, if it has them. There are no keys of works and no states of sources, which no issue reads.
    """
    index = index or _checked_index(dataset)
    items = {one.name: one.rows for one in index.items(weeks=weeks)}
    place = place_of(dataset)
    looked_in = {one.name for one in index.items()} if searched is None else set(searched)
    others = dataset_import.located(place, sorted(looked_in - items.keys()), item_ids)
    wanted = Wanted(
        items=items,
        item_ids=item_ids,
        searched=others,
        tables=index.learners(),
        rows=index.rows,
        learners=learners,
        model=index.model,
        vectors=_vectors_of(dataset, index.model, [*items, *others]),
        schema=index.schema,
        words=words,
    )
    return dataset_import.make_archive(path, place, wanted, keys_of=None, memory=_WORKERS_MEMORY)


def place_of(dataset: Dataset) -> Place:
    """Where the dataset's files are, as the store reads them."""
    folder = dataset.folder
    return Place(address=dataset.address, folder=folder, system=None if folder else _confined(dataset))


def _confined(dataset: Dataset) -> "AbstractFileSystem":
    """The dataset's file system for DuckDB, which knows no path outside it."""
    from fsspec.implementations.dirfs import DirFileSystem

    class Confined(DirFileSystem):  # type: ignore[misc]
        protocol = ELSEWHERE.removesuffix("://")

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return path.removeprefix(ELSEWHERE)

    return Confined(dataset.path(""), dataset.system)


def _checked_index(dataset: Dataset) -> Index:
    dataset.check()
    index = read_index(dataset)
    if not index.schema:
        raise DatasetError(f"{dataset.address}: is not complete yet; `digest export --by week` completes it")
    if not _FIRST_SCHEMA <= index.schema <= len(schema.MIGRATIONS):
        raise DatasetError(
            f"{dataset.address}: was exported with schema {index.schema}, this program has {len(schema.MIGRATIONS)}; "
            "import it with the version that exported it"
        )
    if missing := sorted(set(index.rows) - _present(dataset)):
        raise DatasetError(f"{dataset.address}: {missing[0]} is missing; `digest export --by week` completes it")
    return index


def _present(dataset: Dataset) -> set[str]:
    learners = ["learners.parquet"] if dataset.exists("learners.parquet") else []
    return {*dataset.files("items"), *dataset.files("learners"), *learners}


def _chosen(dataset: Dataset, names: Mapping[str, str], named: str) -> dict[str, str]:
    """The learner with this id or name, id -> name."""
    for one, name in names.items():
        if named == one or named.casefold() == name.casefold():
            return {one: name}
    shown = list(names.values())[:10]
    told = did_you_mean(named, names.values()) or f"; there {'is' if len(names) == 1 else 'are'} {', '.join(shown)}"
    raise DatasetError(f"{dataset.address}: has no learner named {named!r}{told}")


def _vectors_of(dataset: Dataset, model: str, items: Collection[str]) -> list[str]:
    """The files of vectors that there are for these files of items, one for each."""
    if not model:
        return []
    found = {texts_of(name): name for name in dataset.files(vectors_folder(model), ".parquet")}
    return [found[texts_of(name)] for name in sorted(items) if texts_of(name) in found]


def _all_keys(item: Item) -> Sequence[str]:
    return keys_of(item).all

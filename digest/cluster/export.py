"""`digest export --by week`: a dataset of the archive, and what is new in it. One at a time: the archive's owner writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from digest.cluster.archived_vectors import export_vectors
from digest.cluster.dataset import MANIFEST, Dataset, DatasetError, key, partition
from digest.cluster.index import REVISION, Index, items_name, publish_index, read_index, texts_of
from digest.cluster.source_files import write_sources
from digest.config import Config
from digest.config.carried import common_settings, own_settings
from digest.store import dataset_items, dataset_learners, schema, vectors
from digest.store import sources as source_rows
from digest.store.archive import Connection
from digest.store.dataset_learners import DeclaredLearner
from digest.workflows.opening import bring_up_to_date, opened

#: Gets the name of what is worked on before the work on it begins.
Step = Callable[[str], None]
#: What the rows of learners.parquet come from.
_OF_A_LEARNER = ("batches", "issues", "marks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What a dataset has now, and how much of it this export wrote."""

    items: int
    learners: int
    #: of all files of items and learners
    files: int
    written: int


def export_dataset(config: Config, dataset: Dataset, *, wait: float = 10.0, step: Step = lambda name: None) -> Exported:
    """Write a dataset of the configured archive, or extend it; what is there and unchanged stays as it is.

    A kill leaves a dataset that can be read, and the second run completes it. Raises DatasetError and StoreError.
    """
    bring_up_to_date(config, wait=wait)
    with opened(config.for_everybody, wait=wait, read_only=True) as db:
        if not dataset.exists(MANIFEST) and not dataset.is_free():
            raise DatasetError(f"{dataset.address}: is no dataset, and not empty")
        dataset.begin()
        dataset.remove_drafts("items")
        index = read_index(dataset)
        step("items")
        written = _export_items(db, dataset, index, step)
        step("learners")
        written += _export_learners(db, config, dataset, index)
        common = (len(schema.MIGRATIONS), vectors.current_model(db), common_settings(config))
        if written or common != (index.schema, index.model, index.settings):
            index.schema, index.model, index.settings = common
            publish_index(dataset, index)
        step("vectors")
        _remove_stale_vectors(dataset, index)
        export_vectors(db, config, dataset, index)
        states = source_rows.states(db)
    step("sources")
    write_sources(dataset, config.sources, states)
    return Exported(
        items=sum(one.rows for one in index.items()),
        learners=len(config.learner_names),
        files=len(index.rows),
        written=written,
    )


def _export_items(db: Connection, dataset: Dataset, index: Index, step: Step) -> int:
    """Write the weeks that changed, each at once; returns how many files that were."""
    present: dict[str, set[str]] = {}
    for name in dataset.files("items", ".parquet"):
        present.setdefault(partition(name, "week"), set()).add(name)
    wanted = {
        week: {items_name(part): part for part in parts}
        for week, parts in groupby(dataset_items.parts(db), key=lambda part: part.week)
    }
    before = {name for name in index.rows if name.startswith("items/")}
    written = 0
    for week in sorted({*wanted, *present, *(partition(name, "week") for name in before)}):
        parts, there = wanted.get(week, {}), present.get(week, set())
        known = {name for name in before if partition(name, "week") == week}
        if there == parts.keys() == known:
            continue
        step(f"items of {week}")
        new = {name: partial(dataset_items.write_part, db, part) for name, part in parts.items() if name not in there}
        dataset.replace(new, there - parts.keys())
        written += len(new)
        index.rows = {name: rows for name, rows in index.rows.items() if name not in known}
        index.rows |= {name: part.rows for name, part in parts.items()}
        publish_index(dataset, index)
    return written


def _export_learners(db: Connection, config: Config, dataset: Dataset, index: Index) -> int:
    """Write the learners, and the tables of their rows that changed; returns how many files that were."""
    declared = [
        DeclaredLearner(learner=one.learner_id, name=one.learner.name, settings=own_settings(one))
        for one in config.learners
    ]
    sums = {table: dataset_learners.fingerprint(db, table) for table in dataset_learners.TABLES}
    told = [part for one in declared for part in (one.learner, one.name, one.settings)]
    made_of = key(REVISION, *told, *(sums[table] for table in _OF_A_LEARNER))
    rows = partial(dataset_learners.write_learners, db, declared)
    written = _publish_if_changed(dataset, index, "learners.parquet", made_of, rows)
    for table, found in sums.items():
        made_of = key(REVISION, len(schema.MIGRATIONS), found)
        rows = partial(dataset_learners.write_table, db, table)
        written += _publish_if_changed(dataset, index, f"learners/{table}.parquet", made_of, rows)
    return written


def _publish_if_changed(dataset: Dataset, index: Index, name: str, made_of: str, write: Callable[[Path], int]) -> int:
    """Write a file that has one name for good, unless it is there and made of the same; returns 1 if it was written."""
    if index.made_of.get(name) == made_of and dataset.exists(name):
        return 0
    index.rows[name] = dataset.publish_file(name, write)
    index.made_of[name] = made_of
    return 1


def _remove_stale_vectors(dataset: Dataset, index: Index) -> None:
    """Remove the vectors of texts that no file of items has any more: whoever reads them all would count some twice."""
    texts = {(one.week, one.texts) for one in index.items()}
    dataset.remove(
        name
        for name in dataset.files("vectors", ".parquet")
        if "-" in name.rpartition("/")[2] and (partition(name, "week"), texts_of(name)) not in texts
    )

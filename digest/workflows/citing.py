"""References of works in the archive: those named, those saved, those of an issue."""

from collections.abc import Iterable, Sequence

from digest.config import Config
from digest.records import MarkKind
from digest.render.references import Reference, reference_of_pick, reference_of_work
from digest.store import lookup, marks
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows.delivering import find_issue
from digest.workflows.opening import opened


def cite_items(config: Config, typed: Sequence[str], *, wait: float) -> list[Reference]:
    """The works that were meant, each once, in that order; DigestError unless each of *typed* is one item."""
    with opened(config, wait=wait, read_only=True) as db:
        meant = lookup.resolve_all(db, typed)
        found = _by_item(db, meant)
    return _each_once(found[item_id] for item_id in meant)


def cite_saved(config: Config, *, wait: float) -> list[Reference]:
    """The works that are marked "save", in the order in which they were."""
    with opened(config, wait=wait, read_only=True) as db:
        held = marks.marked_at(db)
        saved = sorted((at, one) for one, given in held.items() for mark, at in given if mark == MarkKind.SAVE)
        found = _by_item(db, [item_id for _, item_id in saved])
    return _each_once(found[item_id] for _, item_id in saved if item_id in found)


def cite_issue(config: Config, period: str, *, wait: float) -> list[Reference]:
    """The works that an issue kept, in its order; DigestError where there is no such issue."""
    with opened(config, wait=wait, read_only=True) as db:
        issue = find_issue(db, period)
        found = _by_item(db, [pick.item_id for pick in issue.picks])
    return _each_once(
        found.get(pick.item_id) or reference_of_pick(pick, read_at=issue.built_at) for pick in issue.picks
    )


def _by_item(db: Connection, item_ids: Sequence[str]) -> dict[str, Reference]:
    """The reference of each item's work, for the items that are stored."""
    return {
        item.item_id: reference
        for work in work_rows.with_items(db, item_ids)
        for reference in [reference_of_work(work)]
        for item in work.items
    }


def _each_once(references: Iterable[Reference]) -> list[Reference]:
    """In their order; a work of which several items were named is one reference."""
    found: dict[str, Reference] = {}
    for one in references:
        found.setdefault(one.work_id, one)
    return list(found.values())

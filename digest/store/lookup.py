"""Which items a learner means: by id or its first letters, arXiv id, or address."""

from collections.abc import Sequence

from digest.errors import DigestError, NotFound
from digest.sources.identifiers import arxiv_id_in, canonical_url
from digest.store import items
from digest.store import works as work_rows
from digest.store.archive import Connection


def resolve(db: Connection, typed: str) -> str:
    """The item that was meant: by its id or enough of its first letters, its arXiv id, or its address."""
    given = typed.strip()
    found = items.find(db, given.lower()) if given else []
    if len(found) > 1 and given.lower() not in found:
        raise DigestError(f"{typed!r} could be {', '.join(found)}")
    if found:
        return found[0]
    arxiv_id = arxiv_id_in(given)
    address = canonical_url(given if "://" in given else f"https://{given}") if "/" in given else ""
    if item_id := _known_as(db, arxiv_id, address):
        return item_id
    what = f"with the arXiv id {arxiv_id}" if arxiv_id else f"at {address}" if address else repr(typed)
    raise NotFound(f"there is no item {what}")


def resolve_all(db: Connection, typed: Sequence[str]) -> list[str]:
    """The items that were meant, each once; one that there is not refuses all."""
    return list(dict.fromkeys(resolve(db, one) for one in typed))


def _known_as(db: Connection, arxiv_id: str, address: str) -> str:
    """The item with that arXiv id or address, else the one that stands for their work; "" where there is none."""
    keys = [f"arxiv:{arxiv_id}"] if arxiv_id else [f"url:{address}"] if address else []
    works = [work_id for found in work_rows.by_key(db, keys).values() for work_id in found[:1]] if keys else []
    shown = list(work_rows.first_items(db, works).values())
    members = work_rows.with_items(db, shown)[0].items if shown else ()
    own = [
        one.item_id
        for one in sorted(members, key=lambda one: one.kind != "arxiv")
        if (arxiv_id and one.arxiv_id == arxiv_id) or (address and canonical_url(one.url) == address)
    ]
    return next(iter([*own, *shown]), "")

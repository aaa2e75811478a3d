"""Works of one period that prove to be the same after all: the step after identifiers. Pure.

Vectors only nominate; the texts decide, with less proof than where nothing but a key nominates.
What has an identifier of its own is never taken for something with another one.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache

from digest.compose.deduplication import ComparableText, read_text, same_text
from digest.records import Item, Work

#: Cosine from which two works are looked at; reworked texts lie here, and a few unlike ones on one subject.
NOMINATED = 0.85
#: Shared word triples of the shorter text, and shared words of the titles, that then suffice.
_SHARED_TEXT = 0.3
_SHARED_TITLE = 0.6


def near_duplicates(works: Sequence[Work], pairs: Iterable[tuple[int, int, float]]) -> dict[str, str]:
    """Works found to be one, gone -> stays; *pairs* are rows of *works* with their cosine."""
    merged: dict[str, str] = {}
    by_id = {work.work_id: work for work in works}
    read = cache(_longest)  # a work may be nominated with many others
    for i, j, cosine in pairs:
        first, second = sorted((works[i], works[j]), key=lambda work: (work.first_seen_at, work.work_id))
        stays, gone = _current(first.work_id, merged), _current(second.work_id, merged)
        if cosine < NOMINATED or stays == gone or not _may_be_one(by_id[stays], by_id[gone]):
            continue
        if _same(read(works[i].items), read(works[j].items)):
            merged[gone] = stays
            by_id[stays] = _joined(by_id[stays], by_id[gone])
    return {gone: _current(stays, merged) for gone, stays in merged.items()}


def join(works: Sequence[Work], merged: Mapping[str, str]) -> list[Work]:
    """The works after merging, in their order."""
    by_id = {work.work_id: work for work in works}
    for gone, stays in merged.items():
        by_id[stays] = _joined(by_id[stays], by_id.pop(gone))
    return list(by_id.values())


def _may_be_one(one: Work, other: Work) -> bool:
    """What one source gives as two is two, and so is what carries two identifiers."""
    return not _conflict(one, other) and not {i.source for i in one.items} & {i.source for i in other.items}


def _same(one: ComparableText, other: ComparableText) -> bool:
    return same_text(one, other) or (_shared_text(one, other) and _shared_title(one, other))


def _conflict(one: Work, other: Work) -> bool:
    """Whether both carry identifiers of one kind that differ."""
    for kind in ("arxiv_id", "doi"):
        ids = [{value for item in work.items if (value := getattr(item, kind))} for work in (one, other)]
        if ids[0] and ids[1] and not ids[0] & ids[1]:
            return True
    return False


def _shared_text(one: ComparableText, other: ComparableText) -> bool:
    few, many = sorted((one.triples, other.triples), key=len)
    return len(few) > 0 and len(few & many) >= _SHARED_TEXT * len(few)


def _shared_title(one: ComparableText, other: ComparableText) -> bool:
    words = set(one.title), set(other.title)
    return bool(words[0] | words[1]) and len(words[0] & words[1]) >= _SHARED_TITLE * len(words[0] | words[1])


def _longest(items: tuple[Item, ...]) -> ComparableText:
    item = max(items, key=lambda item: len(item.body))
    return read_text(item.title, item.body)


def _joined(one: Work, other: Work) -> Work:
    seen: datetime = min(one.first_seen_at, other.first_seen_at)
    return Work(work_id=one.work_id, items=one.items + other.items, first_seen_at=seen)


def _current(work_id: str, merged: Mapping[str, str]) -> str:
    while work_id in merged:
        work_id = merged[work_id]
    return work_id

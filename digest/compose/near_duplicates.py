"""Near-duplicate works of one period, which share no key: the step after `deduplication`. Pure.

Vectors only nominate pairs; the texts decide, with less proof than where only a key nominates. Works with
different identifiers of one kind are never merged.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from digest.compose.deduplication import ComparableText, end_of_chain, same_text
from digest.records import Item, Work

#: Cosine from which two works are compared: that of reworked texts, and of a few others on one subject.
NOMINATED = 0.85
#: Share of the shorter text's shingles, and of the titles' words, that must agree.
_SHARED_TEXT = 0.3
_SHARED_TITLE = 0.6
#: Texts that are held with their shingles while others are compared with them, some 50 KB each.
_TEXTS = 256


def near_duplicates(
    works: Sequence[Work], pairs: Iterable[tuple[int, int, float]], same: Callable[[Item, Item], bool] | None = None
) -> dict[str, str]:
    """Works found to be one, gone -> stays; *pairs* are two rows of *works* and their cosine.

    *same* tells whether two items have one text; without it `TextComparison` does.
    """
    of_one_text = same or TextComparison().same
    merged: dict[str, str] = {}
    by_id = {work.work_id: work for work in works}
    for i, j, cosine in pairs:
        first, second = sorted((works[i], works[j]), key=lambda work: (work.first_seen_at, work.work_id))
        stays, gone = end_of_chain(first.work_id, merged), end_of_chain(second.work_id, merged)
        if cosine < NOMINATED or stays == gone or not _may_be_one(by_id[stays], by_id[gone]):
            continue
        if of_one_text(longest_item(works[i].items), longest_item(works[j].items)):
            merged[gone] = stays
            by_id[stays] = _joined(by_id[stays], by_id[gone])
    return {gone: end_of_chain(stays, merged) for gone, stays in merged.items()}


def join(works: Sequence[Work], merged: Mapping[str, str]) -> list[Work]:
    """The works after merging, in their order."""
    by_id = {work.work_id: work for work in works}
    for gone, stays in merged.items():
        by_id[stays] = _joined(by_id[stays], by_id.pop(gone))
    return list(by_id.values())


def _may_be_one(one: Work, other: Work) -> bool:
    """Two works of one source are two, and so are two with different identifiers."""
    return not _conflict(one, other) and not {i.source for i in one.items} & {i.source for i in other.items}


def _same(one: ComparableText, other: ComparableText) -> bool:
    return same_text(one, other) or (one.containment(other) >= _SHARED_TEXT and _shared_title(one, other))


class TextComparison:
    """Compares the texts of items, each pair once; an item is nominated with many others, by many learners."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], bool] = {}
        self._text = lru_cache(maxsize=_TEXTS)(lambda item: ComparableText(item.title, item.body))

    def same(self, one: Item, other: Item) -> bool:
        pair = one.item_id, other.item_id
        if pair not in self._known:
            self._known[pair] = _same(self._text(one), self._text(other))
        return self._known[pair]


def _conflict(one: Work, other: Work) -> bool:
    """Whether both have identifiers of one kind, all different."""
    for kind in ("arxiv_id", "doi"):
        ids = [{value for item in work.items if (value := getattr(item, kind))} for work in (one, other)]
        if ids[0] and ids[1] and not ids[0] & ids[1]:
            return True
    return False


def _shared_title(one: ComparableText, other: ComparableText) -> bool:
    words = set(one.title), set(other.title)
    return bool(words[0] | words[1]) and len(words[0] & words[1]) >= _SHARED_TITLE * len(words[0] | words[1])


def longest_item(items: tuple[Item, ...]) -> Item:
    """The item whose text stands for a work when it is compared with others."""
    return max(items, key=lambda item: len(item.body))


def _joined(one: Work, other: Work) -> Work:
    seen: datetime = min(one.first_seen_at, other.first_seen_at)
    return Work(work_id=one.work_id, items=one.items + other.items, first_seen_at=seen)

"""FeedDocument -> Items: identity, addresses, plain texts, credible dates. All feeds go through here."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from digest.records import Item
from digest.sources.addresses import web_address
from digest.sources.dates import first_credible, read_duration
from digest.sources.document import FeedDocument, FeedEntry, FeedLink, FeedText
from digest.sources.identifiers import arxiv_id_in, doi_in
from digest.sources.text import one_line, paragraphs, summary_and_text, without_controls

#: Entries of one document: ten times the longest known feed, and a second's work.
_ENTRIES_AT_MOST = 20_000
#: Ids and tags beyond this are garbage, or an article in the wrong element.
_ID_AT_MOST = 2_000
_TAG_AT_MOST = 100
_TAGS_AT_MOST = 50
_AUTHORS_AT_MOST = 5_000  # one collaboration at CERN signs with some 3,000 names

_MAIL = re.compile(r"\s*[<(\[]?\s*[\w.+-]+@[\w-]+(?:\.[\w-]+)+\s*[>)\]]?\s*")


#: what a kind of feed changes in an item that any feed would give
Refine = Callable[[Item, FeedEntry], Item]


def items_of(
    document: FeedDocument, *, source: str, base: str, now: datetime, kind: str = "feed", refine: Refine | None = None
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    """Make Items of all entries, with remarks on what was odd; *base* is the base of relative addresses."""
    entries = document.entries[:_ENTRIES_AT_MOST]
    drafts = [item_of(entry, source=source, base=base, now=now, kind=kind) for entry in entries]
    if refine:
        drafts = [refine(item, entry) for item, entry in zip(drafts, entries, strict=True)]
    undated = sum(1 for entry, item in zip(entries, drafts, strict=True) if entry.dates and not item.published_at)
    remarks = [f"{undated} dates are unreadable or not between 1990 and tomorrow"] if undated else []
    if len(document.entries) > len(entries):
        remarks.append(f"of {len(document.entries)} entries only the first {len(entries)} were read")
    items = deduplicate(drafts)
    if len(items) < len(drafts):
        remarks.append(f"{len(drafts) - len(items)} entries are repeated")
    return items, document.remarks + tuple(remarks)


def item_of(entry: FeedEntry, *, source: str, base: str, now: datetime, kind: str = "feed") -> Item:
    title = one_line(entry.title)
    summary, text = summary_and_text(paragraphs(entry.summary), paragraphs(entry.content))
    url = _url(entry.links, base)
    return Item(
        source=source,
        kind=kind,
        entry_id=clean_id(entry.id) or url or content_hash(title, text or summary),
        url=url,
        title=title,
        authors=tuple(_names(entry.authors)),
        summary=summary,
        text=text,
        published_at=first_credible(entry.dates, now),
        arxiv_id=_first(arxiv_id_in, entry, url),
        doi=doi_in(entry.doi[:_ID_AT_MOST]) or _first(doi_in, entry, url),
        tags=tuple(_tags(entry.tags)),
        seconds=read_duration(entry.duration),
    )


def deduplicate(items: Sequence[Item]) -> tuple[Item, ...]:
    """Merge repeated entries, and give different ones that share an id ids of their own.

    All of them are renamed, the first too, as the order changes from day to day.
    """
    unique: dict[tuple[str, str], Item] = {}
    for item in items:
        unique.setdefault((item.entry_id, item.title), item)
    if len(unique) == len({entry_id for entry_id, _ in unique}):
        return tuple(unique.values())
    uses = Counter(entry_id for entry_id, _ in unique)
    return tuple(
        replace(item, entry_id=f"{item.entry_id}#{content_hash(item.title)}") if uses[item.entry_id] > 1 else item
        for item in unique.values()
    )


def content_hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def clean_id(text: str) -> str:
    """An id without control characters; a huge one becomes its hash."""
    text = without_controls(text).strip()
    return text if len(text) <= _ID_AT_MOST else content_hash(text)


def _url(links: Iterable[FeedLink], base: str) -> str:
    """The best of an entry's addresses: its page, another format of it, its id, its recording, any other."""
    ranked = sorted(links, key=_rank)  # stable: the document's order among equals
    return next((url for link in ranked if (url := web_address(base, link.href))), "")


def _rank(link: FeedLink) -> int:
    if link.rel == "alternate":
        return 0 if link.type in ("", "text/html", "application/xhtml+xml") else 1
    return {"guid": 2, "enclosure": 3}.get(link.rel, 4)


def _first(find: Callable[[str], str], entry: FeedEntry, url: str) -> str:
    """What *find* finds in the entry's own id and links; its text may name other people's work."""
    names = (entry.id, url, *(link.href for link in entry.links if link.rel in ("alternate", "guid", "related")))
    return next((found for name in names if (found := find(name[:_ID_AT_MOST]))), "")


def _names(authors: Iterable[str]) -> Iterator[str]:
    """Names without their mail addresses; an address without a name is kept."""
    seen: set[str] = set()
    for author in islice(authors, _AUTHORS_AT_MOST):
        name = one_line(FeedText(author))
        if "@" in name:
            name = _MAIL.sub(" ", name).strip(" ,;()<>[]") or name.strip()
        if name and name not in seen:
            seen.add(name)
            yield name


def _tags(tags: Iterable[str]) -> Iterator[str]:
    lines = (one_line(FeedText(tag)) for tag in islice(tags, _TAGS_AT_MOST))
    yield from dict.fromkeys(line for line in lines if line and len(line) <= _TAG_AT_MOST)

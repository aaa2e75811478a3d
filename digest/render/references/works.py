"""Works and picks as references: what the archive knows of a work, and what kind of publication it is.

A work may be several items: a paper on arXiv, a post that links to it, a discussion. The one nearest to the
publication speaks for all, and the others fill in what it lacks.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from digest.records import Item, Pick, Work
from digest.render.latex import to_unicode
from digest.render.references.addresses import kind_at, owner_at, publisher_at, version_at
from digest.render.references.names import Name, read_names
from digest.render.references.reference import CHANGING, Reference, ReferenceKind
from digest.render.references.tex import plain_title
from digest.render.untrusted import cut, one_line, web_address
from digest.sources.identifiers import arxiv_id_in, canonical_url, doi_in

_TITLE_AT_MOST = 1_000
_ABSTRACT_AT_MOST = 5_000
_CONTAINER_AT_MOST = 200
#: The kinds of sources, the surest first.
_TRUST = ("arxiv", "releases", "youtube", "podcast", "feed", "newsletter", "page", "library", "reddit", "hackernews")
#: Those whose items stand elsewhere: who signs them is not who wrote what they link to.
_LINKING = frozenset(("hackernews", "reddit"))
#: Those whose name is the name of a publication.
_PUBLISHING = frozenset(("feed", "page", "newsletter", "podcast", "youtube"))
_KINDS = {
    "youtube": ReferenceKind.VIDEO,
    "podcast": ReferenceKind.PODCAST,
    "releases": ReferenceKind.SOFTWARE,
    "newsletter": ReferenceKind.POST,
    "feed": ReferenceKind.POST,
}
_PLAYED = frozenset((ReferenceKind.VIDEO, ReferenceKind.TALK, ReferenceKind.PODCAST))
#: Who owns these says their address.
_OWNED = frozenset((ReferenceKind.SOFTWARE, ReferenceKind.DATASET))
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]+(?:-[A-Za-z]+)?)?")
_ARXIV_DOI = "10.48550/"
#: bioRxiv and medRxiv, SSRN, Preprints.org, Research Square, PsyArXiv, OSF, ChemRxiv, TechRxiv.
_PREPRINT_DOI = re.compile(r"10\.(?:1101|2139|20944|21203|31234|31219|26434|36227)/")
#: Zenodo and figshare hold anything.
_DEPOSIT_DOI = re.compile(r"10\.(?:5281|6084)/")


def reference_of_work(work: Work) -> Reference:
    """All that the archive knows of a work."""
    items = sorted(work.items, key=_distance)
    dois = (one.doi for one in items if not one.doi.startswith(_ARXIV_DOI))
    return _reference(
        items,
        arxiv_id=next((found for one in items if (found := one.arxiv_id or arxiv_id_in(one.doi))), ""),
        doi=next(filter(None, dois), ""),
        work_id=work.work_id,
        read_at=work.first_seen_at,
    )


def reference_of_pick(pick: Pick, *, read_at: datetime) -> Reference:
    """What an issue tells of a work that it kept, for pages that are made without the archive.

    A pick carries neither the kind of its source nor a DOI, and its excerpt stands for the abstract.
    """
    arxiv_id = pick.arxiv_id or next((found for one in pick.also_at if (found := arxiv_id_in(one.url))), "")
    item = Item(
        source=one_line(pick.source),
        kind="arxiv" if pick.arxiv_id else "podcast" if pick.seconds else "feed",
        entry_id=pick.item_id,
        url=pick.url,
        title=pick.title,
        authors=pick.authors,
        summary=pick.excerpt,
        published_at=pick.published_at,
        seconds=pick.seconds,
    )
    return _reference([item], arxiv_id=arxiv_id, doi=doi_in(pick.url), work_id=pick.work_id, read_at=read_at)


def _distance(item: Item) -> tuple[int, bool]:
    """How far an item is from the publication itself."""
    own = _TRUST.index(item.kind) if item.kind in _TRUST else len(_TRUST)
    return own, not item.url


def _reference(items: Sequence[Item], *, arxiv_id: str, doi: str, work_id: str, read_at: datetime) -> Reference:
    url = next((url for one in items if (url := web_address(one.url))), "")
    url = f"https://arxiv.org/abs/{arxiv_id}" if arxiv_id else url or (f"https://doi.org/{doi}" if doi else "")
    kind = _kind(items[0], url, arxiv_id=arxiv_id, doi=doi)
    own = [one for one in items if one.kind not in _LINKING or kind is ReferenceKind.FORUM_POST]
    tex_title = _tex_title(items, url)
    return Reference(
        identity=_identity(arxiv_id, doi, url) or work_id,
        work_id=work_id,
        kind=kind,
        tex_title=tex_title,
        title=plain_title(tex_title) or tex_title,
        authors=_authors(own, url, kind),
        published=_day(next((one.published_at for one in items if one.published_at), None)),
        accessed=_day(read_at) if kind in CHANGING and url else None,
        url=url,
        arxiv_id=arxiv_id,
        category=_category(items) if arxiv_id else "",
        doi=doi,
        container=_container(items[0], url, kind, arxiv_id),
        version=one_line(version_at(url)) if kind is ReferenceKind.SOFTWARE else "",
        abstract=next((text for one in own if (text := _abstract(one.summary))), ""),
        seconds=max((one.seconds for one in items), default=0) if kind in _PLAYED else 0,
        pdf_url=f"https://arxiv.org/pdf/{arxiv_id}" if arxiv_id else url if url.lower().endswith(".pdf") else "",
    )


def _kind(item: Item, url: str, *, arxiv_id: str, doi: str) -> ReferenceKind:
    if arxiv_id or _PREPRINT_DOI.match(doi):
        return ReferenceKind.PREPRINT
    if doi and not _DEPOSIT_DOI.match(doi):
        return ReferenceKind.ARTICLE
    known = _KINDS.get(item.kind)
    told = kind_at(url)
    if told and known in (None, ReferenceKind.POST):
        return told
    if known:
        return known
    return ReferenceKind.PAGE if url else ReferenceKind.DOCUMENT


def _identity(arxiv_id: str, doi: str, url: str) -> str:
    """An address counts with its fragment: a page of many short posts has one for each."""
    _, mark, fragment = url.partition("#")
    return f"arxiv:{arxiv_id}" if arxiv_id else f"doi:{doi}" if doi else f"{canonical_url(url)}{mark}{fragment}"


def _tex_title(items: Sequence[Item], url: str) -> str:
    """A title there always is: what has none is called by its first words, or by its address."""
    titles = (one_line(one.title[:_TITLE_AT_MOST]) for one in items)
    leads = (cut(one_line(one.body[:400]), 80) for one in items)
    return next(filter(None, titles), "") or next(filter(None, leads), "") or url or "Untitled"


def _authors(own: Sequence[Item], url: str, kind: ReferenceKind) -> tuple[Name, ...]:
    """Those whom the first of the items names; of a release its project, since a bot may have published it."""
    if kind in _OWNED and (owner := one_line(owner_at(url))):
        return (Name(literal=owner),)
    return next((names for one in own if (names := _signed(one))), ())


def _signed(item: Item) -> tuple[Name, ...]:
    """The names; one with the publication's own name in it, as "Night Vale Presents", is no person's."""
    source = item.source.casefold()
    return tuple(
        Name(literal=name.plain) if source in name.plain.casefold() and source != name.plain.casefold() else name
        for name in read_names(item.authors)
    )


def _category(items: Sequence[Item]) -> str:
    """arXiv's primary category, which arXiv's own sources give first."""
    tags = next((one.tags for one in items if one.kind in ("arxiv", "library") and one.arxiv_id and one.tags), ())
    return tags[0] if tags and _CATEGORY.fullmatch(tags[0]) else ""


def _container(item: Item, url: str, kind: ReferenceKind, arxiv_id: str) -> str:
    if arxiv_id:
        return "arXiv"
    site = kind_at(url)
    if item.kind in _PUBLISHING and site in (None, ReferenceKind.VIDEO):
        return one_line(item.source[:_CONTAINER_AT_MOST])
    if kind in (ReferenceKind.ARTICLE, ReferenceKind.PREPRINT) and site is not kind:
        return ""  # a host is no journal
    return publisher_at(url)


def _abstract(summary: str) -> str:
    return cut(one_line(to_unicode(one_line(summary[:_ABSTRACT_AT_MOST]))), _ABSTRACT_AT_MOST)


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None

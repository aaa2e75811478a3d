"""What a page says of a work to reference managers: meta tags for its head, and COinS for lists of works.

Highwire's `citation_*` tags are what Google Scholar asks for and Zotero's connector reads. COinS (OpenURL 1.0, ANSI
Z39.88-2004) is the title of an empty `<span class="Z3988">`, one for each work on the page.
"""

from collections.abc import Iterator
from urllib.parse import quote, urlencode

from digest.records import Issue
from digest.render.references.reference import Reference, ReferenceKind
from digest.render.references.works import reference_of_pick

_ZOTERO = {
    ReferenceKind.PREPRINT: "preprint",
    ReferenceKind.ARTICLE: "journalArticle",
    ReferenceKind.CONFERENCE_PAPER: "conferencePaper",
    ReferenceKind.POST: "blogPost",
    ReferenceKind.PAGE: "webpage",
    ReferenceKind.FORUM_POST: "forumPost",
    ReferenceKind.VIDEO: "videoRecording",
    ReferenceKind.TALK: "presentation",
    ReferenceKind.PODCAST: "podcast",
    ReferenceKind.SOFTWARE: "computerProgram",
    ReferenceKind.DATASET: "dataset",
    ReferenceKind.DOCUMENT: "document",
}
#: Zotero takes a page with one of these for an article, whatever else is said, so only articles have them.
_CONTAINER_TAGS = {
    ReferenceKind.ARTICLE: "citation_journal_title",
    ReferenceKind.CONFERENCE_PAPER: "citation_conference_title",
}
#: Browsers and servers put up with longer ones; nothing reads them.
_ABSTRACT_AT_MOST = 2_000
COINS_CLASS = "Z3988"


def meta_tags(reference: Reference) -> list[tuple[str, str]]:
    """Name and content of each tag, in order; a page has them of one work at most. The texts are not escaped."""
    return list(_tags(reference))


def coins_title(reference: Reference) -> str:
    """The title of the span, which has the class `COINS_CLASS`; not escaped for HTML, where & is to be &amp;."""
    return urlencode(list(_openurl(reference)), quote_via=quote, safe="")


def coins_of(issue: Issue) -> dict[str, str]:
    """The title of the span of each pick, by item id."""
    return {pick.item_id: coins_title(reference_of_pick(pick, read_at=issue.built_at)) for pick in issue.picks}


def _tags(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "citation_title", reference.title
    yield from (("citation_author", name.sorted_form) for name in reference.authors)
    day = f"{reference.published:%Y/%m/%d}" if reference.published else ""
    values = {
        "citation_publication_date": day,
        "citation_online_date": day if reference.arxiv_id else "",
        "citation_arxiv_id": reference.arxiv_id,
        "citation_doi": reference.any_doi,
        _CONTAINER_TAGS.get(reference.kind, "og:site_name"): reference.container,
        "citation_pdf_url": reference.pdf_url,
        "citation_public_url": reference.url,
        "citation_abstract": reference.abstract[:_ABSTRACT_AT_MOST],
        "z:itemType": _ZOTERO[reference.kind],  # or Zotero takes all that has a title for a journal's
    }
    yield from ((name, content) for name, content in values.items() if content)


def _openurl(reference: Reference) -> Iterator[tuple[str, str]]:
    """Keys and values, the kind of work first, since it decides how Zotero reads the others."""
    yield "ctx_ver", "Z39.88-2004"
    yield from _titles(reference)
    for name in reference.authors:
        # a group's words would be taken apart, but groups come first in Zotero whatever their place
        yield "rft.aucorp" if " " in name.literal else "rft.au", name.sorted_form
    if reference.published:
        yield "rft.date", reference.published.isoformat()
    if reference.abstract:
        yield "rft.description", reference.abstract[:_ABSTRACT_AT_MOST]
    if reference.any_doi:
        yield "rft_id", f"info:doi/{reference.any_doi}"
    if reference.url:
        yield "rft_id", reference.url


def _titles(reference: Reference) -> Iterator[tuple[str, str]]:
    """The formats for articles and books know no other works; those are Dublin Core, as Zotero itself writes them."""
    match reference.kind:
        case ReferenceKind.ARTICLE:
            form, said, title, container = "journal", ("rft.genre", "article"), "rft.atitle", "rft.jtitle"
        case ReferenceKind.CONFERENCE_PAPER:
            form, said, title, container = "book", ("rft.genre", "proceeding"), "rft.atitle", "rft.btitle"
        case kind:
            form, said, title, container = "dc", ("rft.type", _ZOTERO[kind]), "rft.title", "rft.source"
    yield "rft_val_fmt", f"info:ofi/fmt:kev:mtx:{form}"
    yield said
    yield title, reference.title
    if reference.container:
        yield container, reference.container

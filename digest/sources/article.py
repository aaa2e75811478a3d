"""One article on the web -> its title and text, by trafilatura. For pages without a feed, and feeds without texts."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.records import Item, Response
from digest.sources.addresses import web_address
from digest.sources.bounds import has_overfull_tag
from digest.sources.dates import first_credible
from digest.sources.discovery import parse_page
from digest.sources.document import FeedText
from digest.sources.identifiers import arxiv_id_in, canonical_url, doi_in
from digest.sources.sniffing import utf8
from digest.sources.text import TEXT_AT_MOST, one_line, paragraphs, summary_and_text, without_controls

if TYPE_CHECKING:
    from lxml import etree

#: Elements of one article, and of all articles of a visit, that trafilatura reads, which takes some 0.2 ms for each.
#: Of longer pages all text is taken, without a search for the article in them.
_ELEMENTS_AT_MOST = 10_000
_ELEMENTS_AT_ONCE = 30_000
_PAGE_AT_MOST = 4_000_000


def read_articles(responses: Iterable[Response], source: str, now: datetime) -> Iterator[tuple[Response, Item | None]]:
    """Read the articles of one visit, which share the effort that one visit may cost."""
    left = _ELEMENTS_AT_ONCE
    for response in responses:
        left -= _elements(response)
        yield response, read_article(response, source, now, whole=left < 0)


def read_article(response: Response, source: str, now: datetime, *, whole: bool = False) -> Item | None:
    """Read one article, or the *whole* page as if it were one; None where there is neither title nor text."""
    whole = whole or _elements(response) > _ELEMENTS_AT_MOST
    found = _all_text(response) if whole else _extracted(response, now)
    title = one_line(FeedText(str(found.get("title") or ""), "text"))
    text = paragraphs(FeedText(str(found.get("text") or "")[:TEXT_AT_MOST], "text"))
    if not title and not text:
        return None
    url = web_address(response.url, response.url)
    summary, text = summary_and_text(paragraphs(FeedText(str(found.get("description") or ""), "text")), text)
    return Item(
        source=source,
        kind="page",
        entry_id=canonical_url(response.request.url),
        url=url,
        title=title,
        authors=tuple(name.strip() for name in str(found.get("author") or "").split(";") if name.strip()),
        summary=summary,
        text=text,
        published_at=first_credible((str(found.get("date") or ""),), now),
        arxiv_id=arxiv_id_in(url),
        doi=doi_in(url),
        tags=tuple(without_controls(str(tag)) for tag in found.get("tags") or ()),
    )


def title_of(root: "etree._Element | None") -> str:
    """The title of a parsed page, "" where it has none."""
    title = root.find(".//title") if root is not None else None
    return one_line(FeedText("".join(title.itertext()), "text")) if title is not None else ""


def _elements(response: Response) -> int:
    return response.body.count(b"<") - response.body.count(b"</")


def _all_text(response: Response) -> dict[str, Any]:
    html = utf8(response.body[:_PAGE_AT_MOST], response.headers).decode("utf-8", "replace")
    return {"title": title_of(parse_page(response.body)), "text": paragraphs(FeedText(html, "html"))}


def _extracted(response: Response, now: datetime) -> dict[str, Any]:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    if has_overfull_tag(response.body):
        return {}
    try:
        found = bare_extraction(
            response.body,
            url=response.url,
            with_metadata=True,
            include_comments=False,
            date_extraction_params={
                "original_date": True,
                "extensive_search": False,
                "max_date": (now + timedelta(days=1)).strftime("%Y-%m-%d"),
            },
        )
    except Exception:  # it walks hostile trees with many libraries; a page that breaks one has no text for us
        found = None
    return found.as_dict() if isinstance(found, Document) else {"title": title_of(parse_page(response.body))}

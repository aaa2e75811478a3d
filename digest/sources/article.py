"""One article on the web -> its title and text, by trafilatura. For pages without a feed, and feeds without texts."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.records import Item, Response
from digest.sources.addresses import web_address
from digest.sources.dates import first_credible
from digest.sources.discovery import parse_page
from digest.sources.document import FeedText
from digest.sources.identifiers import arxiv_id_in, canonical_url, doi_in
from digest.sources.text import TEXT_AT_MOST, one_line, paragraphs, summary_and_text, without_controls

if TYPE_CHECKING:
    from lxml import etree


def read_article(response: Response, source: str, now: datetime) -> Item | None:
    """Read one article; None where there is neither title nor text."""
    found = _extracted(response, now)
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


def _extracted(response: Response, now: datetime) -> dict[str, Any]:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

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

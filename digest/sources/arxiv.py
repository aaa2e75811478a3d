"""The kind "arxiv": papers by the query API, page by page, or the announcements of the day.

The API fills gaps and answers queries; the daily feed is one small request that a 304 can answer.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote_plus, urlencode, urlsplit

from digest.errors import ParseError
from digest.records import Item, Parsed, Request, Response, Source, SourceState
from digest.sources.dates import first_credible
from digest.sources.discovery import feed_of_site
from digest.sources.document import FeedDocument, FeedEntry
from digest.sources.identifiers import arxiv_id_in, doi_in
from digest.sources.items import item_of
from digest.sources.polling_hints import hints
from digest.sources.requests import address_of, answered, request_for
from digest.sources.sniffing import read_document, readable_head
from digest.sources.text import TEXT_AT_MOST, TITLE_AT_MOST, one_line, summary_and_text, without_controls

API = "https://export.arxiv.org"
_DAILY = "https://rss.arxiv.org"
#: arXiv allows 2,000 results a page but prefers fewer, and returns no more than 30,000 of one query.
_PAGE_SIZE = 1_000
_RESULTS_AT_MOST = 30_000
#: Ids in one request, which make an address of some 1,500 characters.
_IDS_AT_ONCE = 100
#: After this long a daily feed was missed: a day, and six hours for polls that come late.
_GAP = timedelta(hours=30)
#: A paper of Friday is announced on Monday, or after a holiday on Tuesday.
_ANNOUNCEMENT_LAG = timedelta(days=4)
_HOSTS = frozenset(("arxiv.org", "www.arxiv.org", "export.arxiv.org", "rss.arxiv.org"))
#: archives that are divided into classes; the others are categories themselves
_DIVIDED = frozenset("astro-ph cond-mat cs econ eess math nlin physics q-bio q-fin stat".split())

_TOTAL = re.compile(rb"<(?:\w+:)?totalResults[^<>]*>\s*(\d{1,9})\s*<")
_START = re.compile(r"(?<=[?&]start=)\d+")
_ENTRY = re.compile(rb"<entry[\s>]")
_ANNOUNCED = re.compile(r"arXiv:\S+\s+Announce Type:\s*(?P<type>\S+)\s+Abstract:\s*", re.IGNORECASE)
_OLD_TITLE_END = re.compile(r"\s*\(arXiv:\S+\s+\[[^\]]+\](?:\s+\w+)?\)\s*$")
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)?(?:\.[A-Za-z]+(?:-[A-Za-z]+)?)?")


def is_arxiv_address(url: str) -> bool:
    """Whether an address is one of arXiv's feeds or its API."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.hostname in _HOSTS and parts.path.startswith(("/rss/", "/atom/", "/api/query", "/list/"))


def first_requests(source: Source, state: SourceState, period_start: datetime, now: datetime) -> tuple[Request, ...]:
    """The source's own address if it has one, the API for queries and gaps, else the daily announcements."""
    if source.url:
        return (request_for(_own_address(source, state), state),)
    if source.query or state.last_success is None or now - state.last_success > _GAP:
        since = period_start if state.last_success is None else state.last_success - _ANNOUNCEMENT_LAG
        return (Request(url=_query_url(source, since, now)),)
    return (request_for(_daily_url(source), state),)


def follow_requests(
    source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime
) -> tuple[Request, ...]:
    """The next page of an API query, until all results are there or a page is empty."""
    documents = answered(responses)
    if source.url or not documents or len(documents) < len(responses):
        return ()
    url, body = documents[-1].request.url, documents[-1].body
    start, total = _START.search(url), _TOTAL.search(readable_head(body))
    received = len(_ENTRY.findall(body))
    if not start or not total or not received:
        return ()
    # counted from what came, as pages can be short
    then = int(start[0]) + received
    if then >= min(int(total[1]), _RESULTS_AT_MOST):
        return ()
    size = min(_PAGE_SIZE, _RESULTS_AT_MOST - then)
    url = re.sub(r"(?<=[?&]max_results=)\d+", str(size), _START.sub(str(then), url))
    return (Request(url=url),)


def requests_by_id(ids: Sequence[str], *, base_url: str = "") -> tuple[Request, ...]:
    """Requests for papers by their ids, many in each; *base_url* as in sources.toml."""
    return tuple(
        Request(
            url=f"{(base_url or API).rstrip('/')}/api/query?"
            + urlencode(
                {"id_list": ",".join(ids[first : first + _IDS_AT_ONCE]), "max_results": _IDS_AT_ONCE}, safe=",/"
            )
        )
        for first in range(0, len(ids), _IDS_AT_ONCE)
    )


def parse(source: Source, state: SourceState, responses: tuple[Response, ...], now: datetime) -> Parsed:
    """Make one Item of each paper, whatever its versions and categories; replacements are left out.

    ParseError, which names the source, where arXiv refuses the query or the answer is no feed.
    """
    documents = answered(responses)
    if not documents:
        return Parsed()
    read = list[FeedDocument]()
    papers: dict[str, Item] = {}
    for response in documents:
        if sum(len(document.entries) for document in read) >= _RESULTS_AT_MOST:
            break
        read.append(_document(source, response))
        for entry in read[-1].entries:
            if not _announce_type(entry).startswith("replace"):
                item = _item(entry, source.name, now)
                papers.setdefault(item.entry_id, item)
    return Parsed(
        items=tuple(papers.values()),
        title=one_line(read[0].title),
        kind="" if source.kind == "arxiv" else "arxiv",
        url=documents[0].request.url,
        hints=hints(documents[0].body),
        remarks=tuple(_shortfall(read)),
    )


def _own_address(source: Source, state: SourceState) -> str:
    url = address_of(source, state)
    return feed_of_site(url) or url


def _query_url(source: Source, since: datetime, now: datetime) -> str:
    terms = [f"({' OR '.join(f'cat:{_searchable(one)}' for one in source.categories)})"] if source.categories else []
    terms += [f"({source.query})"] if source.query else []
    terms += [f"submittedDate:[{since:%Y%m%d%H%M} TO {now:%Y%m%d%H%M}]"]
    parameters = {
        "search_query": " AND ".join(terms),
        "sortBy": "submittedDate",
        "sortOrder": "descending",
        "start": 0,
        "max_results": _PAGE_SIZE,
    }
    return f"{(source.base_url or API).rstrip('/')}/api/query?{urlencode(parameters)}"


def _daily_url(source: Source) -> str:
    categories = "+".join(quote_plus(one.removesuffix(".*")) for one in source.categories)
    return f"{(source.base_url or _DAILY).rstrip('/')}/rss/{categories}"


def _searchable(category: str) -> str:
    return f"{category}.*" if category in _DIVIDED else category


def _document(source: Source, response: Response) -> FeedDocument:
    try:
        document = read_document(response)
    except ParseError as error:
        raise ParseError(f"{source.name}: {response.url} {error}") from error
    refusal = next((entry for entry in document.entries if "/api/errors" in entry.id), None)
    if refusal is not None:
        raise ParseError(
            f"{source.name}: arXiv refused the query: {_folded(refusal.summary.value) or 'no reason given'}"
        )
    if one_line(document.title).lower().startswith("feed error"):
        raise ParseError(f"{source.name}: arXiv refused: {one_line(document.title)}")
    return document


def _shortfall(documents: list[FeedDocument]) -> Iterator[str]:
    total = documents[0].total
    received = sum(len(document.entries) for document in documents)
    if total is not None and len(documents[-1].entries) == 0 and received < min(total, _RESULTS_AT_MOST):
        yield f"arXiv counts {total} results and gave {received}"
    elif total is not None and total > _RESULTS_AT_MOST:
        yield f"arXiv counts {total} results and gives no more than {_RESULTS_AT_MOST}; narrow the query"


def _announce_type(entry: FeedEntry) -> str:
    if entry.announce_type:
        return entry.announce_type.lower()
    announced = _ANNOUNCED.match(_folded(entry.summary.value))
    return announced["type"].lower() if announced else "new"


def _item(entry: FeedEntry, source: str, now: datetime) -> Item:
    names = (entry.id, *(link.href for link in entry.links))
    arxiv_id = next((found for name in names if (found := arxiv_id_in(name[:TITLE_AT_MOST]))), "")
    if not arxiv_id:
        return item_of(entry, source=source, base="", now=now, kind="arxiv")
    abstract = _folded(entry.summary.value)
    announced = _ANNOUNCED.match(abstract)
    summary, text = summary_and_text(abstract[announced.end() :] if announced else abstract, "")
    return Item(
        source=source,
        kind="arxiv",
        entry_id=arxiv_id,
        url=f"https://arxiv.org/abs/{arxiv_id}",
        title=_OLD_TITLE_END.sub("", _folded(entry.title.value)[:TITLE_AT_MOST]),
        authors=tuple(_authors(entry)),
        summary=summary,
        text=text,
        published_at=first_credible(entry.dates, now),
        arxiv_id=arxiv_id,
        doi=doi_in(entry.doi[:TITLE_AT_MOST]),
        tags=tuple(_categories(entry)),
    )


def _folded(value: str) -> str:
    """One line. arXiv's texts are plain text with TeX: "$a<b$" is no markup and must not be read as such."""
    value = value[:TEXT_AT_MOST].removeprefix("<p>").removesuffix("</p>")
    return " ".join(without_controls(value).split())


def _authors(entry: FeedEntry) -> Iterator[str]:
    """The API names each; the daily feed has all in one string."""
    names = entry.authors
    if len(names) == 1 and ", " in names[0]:
        names = tuple(names[0].split(", "))
    yield from (name for one in names if (name := _folded(one).strip(" ,")))


def _categories(entry: FeedEntry) -> Iterator[str]:
    """Primary first; arXiv lists MSC and ACM classes among them, which are left out."""
    yield from dict.fromkeys(one for one in (entry.primary_category, *entry.tags) if _CATEGORY.fullmatch(one))

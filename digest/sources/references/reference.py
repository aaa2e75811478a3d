"""A reference, as far as its entry tells, and what is common to all forms in which entries are written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from digest.sources.addresses import web_address
from digest.sources.dates import first_credible
from digest.sources.document import FeedText
from digest.sources.identifiers import arxiv_id_in, doi_in
from digest.sources.text import SUMMARY_AT_MOST, one_line, paragraphs

#: Longer values are no names of anything.
_NAME_AT_MOST = 2_000
_ABSTRACT_AT_MOST = 5 * SUMMARY_AT_MOST
_AUTHORS_AT_MOST = 500
#: What a title needs to be distinctive.
TITLE_WORDS = 4

_YEAR = re.compile(r"\b(1[89]\d\d|20\d\d)(?:[-/](\d{1,2}))?(?:[-/](\d{1,2}))?(?!\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One entry of a file; at least one of title, address, DOI and arXiv id is there."""

    #: where it begins, from 1
    line: int
    title: str = ""
    authors: tuple[str, ...] = ()
    abstract: str = ""
    #: http or https, or ""
    url: str = ""
    arxiv_id: str = ""
    doi: str = ""
    published_at: datetime | None = None
    #: whether the file tells what the work is called, rather than that somebody wrote these words on a line
    titled: bool = True

    @property
    def telling(self) -> bool:
        """Whether its own text is enough to learn from."""
        return self.titled and (bool(self.title and self.abstract) or len(self.title.split()) >= TITLE_WORDS)

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.title or self.arxiv_id or self.doi or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """What a file holds, and one line for each entry that could not be read."""

    found: tuple[Reference, ...] = ()
    problems: tuple[str, ...] = ()


def reference(
    line: int,
    now: datetime,
    *,
    title: str = "",
    authors: Iterable[str] = (),
    abstract: str = "",
    names: Iterable[str] = (),
    date: str = "",
    titled: bool = True,
) -> Reference | None:
    """Clean an entry; *names* are its addresses and identifiers, the best first. None where it is empty."""
    known = [name.strip()[:_NAME_AT_MOST] for name in names if name.strip()]
    doi = next((doi for name in known if (doi := doi_in(name))), "")
    made = Reference(
        line=line,
        title=one_line(FeedText(title)),
        authors=tuple(name for one in list(authors)[:_AUTHORS_AT_MOST] if (name := one_line(FeedText(one)))),
        abstract=paragraphs(FeedText(abstract[:_ABSTRACT_AT_MOST])),
        url=next((url for name in known if "://" in name and (url := web_address("", name))), ""),
        arxiv_id=next((found for name in known if (found := arxiv_id_in(name))), ""),
        # arXiv's own DOIs add nothing to the id
        doi="" if doi.startswith("10.48550/") else doi,
        published_at=first_credible((_day(date),), now),
        titled=titled,
    )
    return made if made.name else None


def _day(date: str) -> str:
    """A date whose month or day may be missing, as its first day; "" where there is no year."""
    match = _YEAR.search(date[:100])
    if match is None:
        return ""
    year, month, day = match[1], int(match[2] or 1), int(match[3] or 1)
    return f"{year}-{month:02}-{day:02}"

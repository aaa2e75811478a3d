"""[[sources]] of sources.toml: the keys of an entry, what goes with which kind, and the file as a whole."""

import re
from typing import Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, field_validator, model_validator

from digest.config.tables import Imap, Settings, Table
from digest.config.values import Headers, Interval, Line, Weight
from digest.records import Source

HACKER_NEWS = "https://news.ycombinator.com/rss"


class SourceTable(Table):
    name: Line
    url: Line = ""
    kind: Literal[
        "",
        "feed",
        "arxiv",
        "page",
        "newsletter",
        "youtube",
        "podcast",
        "releases",
        "hackernews",
        "reddit",
        "ical",
        "competition",
    ] = ""
    categories: tuple[str, ...] = ()
    query: str = ""
    base_url: Line = ""
    folder: Line = ""
    full_text: bool = False
    every: Interval | None = None
    weight: Weight = 1.0
    headers_env: Headers = ()
    maildir: Line = ""
    sender: Line = ""

    @model_validator(mode="after")
    def _can_be_asked(self) -> "SourceTable":
        if not self.name.strip():
            raise ValueError("name is empty")
        self._keys_go_with_kind()
        if self.kind == "newsletter":
            if self.url:
                raise ValueError("a newsletter has no url; it comes from the folder of [imap], or from a maildir")
            return self
        for key, url in (("url", self._address), ("base_url", self.base_url)):
            if re.match(r"[^/]*//[^/?#]*@", url):
                raise ValueError(
                    f"{key}: a user name or password stands in the address; they do not belong in this file"
                )
            if url and not _is_web_address(url):
                raise ValueError(f"{key} must be an http or https address, not {url!r}")
        if self.kind == "arxiv":
            if not (self.categories or self.query or self.url):
                raise ValueError('an arxiv source needs categories such as ["cs.LG"], or a query')
        elif not self._address:
            raise ValueError("url is missing")
        return self

    @property
    def _address(self) -> str:
        """The url, which for some kinds may be said in fewer words."""
        if self.kind == "releases" and re.fullmatch(r"[\w.-]+/[\w.-]+", self.url):
            return f"https://github.com/{self.url}"
        url = re.sub(r"^webcals?://", "https://", self.url)  # what calendars are subscribed to with
        return url or (HACKER_NEWS if self.kind == "hackernews" else "")

    def _keys_go_with_kind(self) -> None:
        if self.kind != "arxiv" and (self.categories or self.query or self.base_url):
            raise ValueError('categories, query and base_url go with kind = "arxiv"')
        if self.kind != "newsletter" and (self.maildir or self.sender):
            raise ValueError('maildir and sender go with kind = "newsletter"')
        if self.kind in ("arxiv", "newsletter", "page", "youtube", "ical", "competition") and self.full_text:
            raise ValueError(f'full_text does not go with kind = "{self.kind}"')
        if self.kind in ("arxiv", "newsletter") and self.headers_env:
            raise ValueError(f'headers_env does not go with kind = "{self.kind}"')

    @field_validator("categories")
    @classmethod
    def _are_categories(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not re.fullmatch(r"[a-z]+(-[a-z]+)?(\.([A-Za-z]+(-[A-Za-z]+)?|\*))?", value):
                raise ValueError(f'{value!r} is no arXiv category; they look like "cs.LG"')
        return values

    def record(self, imap: Imap | None) -> Source:
        return Source(
            **(self.model_dump() | {"url": self._mailbox(imap) if self.kind == "newsletter" else self._address})
        )

    def _mailbox(self, imap: Imap | None) -> str:
        """Where a newsletter comes from, as an address, so that another mailbox or sender starts afresh."""
        place = f"imap://{imap.host}:{imap.port}/{quote(imap.folder)}" if imap else ""
        return f"{f'maildir:{self.maildir}' if self.maildir else place}{f'#{self.sender}' if self.sender else ''}"


class File(Settings):
    """The file as it stands, before its sources become records."""

    sources: tuple[SourceTable, ...] = Field(min_length=1)


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False

"""A reference: what any format says of one work, clean and complete, before it is written in one of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from digest.render.references.names import Name


class ReferenceKind(StrEnum):
    """What a work is; every format has a type for each."""

    PREPRINT = "preprint"
    ARTICLE = "article"
    CONFERENCE_PAPER = "conference paper"
    POST = "blog post"
    PAGE = "web page"
    FORUM_POST = "forum post"
    VIDEO = "video"
    TALK = "talk"
    PODCAST = "podcast"
    SOFTWARE = "software"
    DATASET = "data set"
    DOCUMENT = "document"


#: What may change or go after it was read, so that a reference says when that was.
CHANGING = frozenset(ReferenceKind) - {
    ReferenceKind.PREPRINT,
    ReferenceKind.ARTICLE,
    ReferenceKind.CONFERENCE_PAPER,
    ReferenceKind.DOCUMENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One work. Texts are one line of Unicode without control characters, though still strangers' words."""

    #: what it is the same work by in any archive: "arxiv:2401.12345", "doi:10.1/x", an address, or else its work id
    identity: str
    #: its name in this archive
    work_id: str
    kind: ReferenceKind
    #: as it came, TeX and all, for the format that TeX reads; `title` is for the others
    tex_title: str
    title: str
    authors: tuple[Name, ...] = ()
    #: in UTC, as arXiv counts days
    published: date | None = None
    #: when it was first read; only where `CHANGING` has its kind
    accessed: date | None = None
    #: http or https, in ASCII, or ""
    url: str = ""
    arxiv_id: str = ""
    #: arXiv's primary category, as "cs.LG"
    category: str = ""
    #: of the published version, in lower case
    doi: str = ""
    #: what it is part of: the blog, the journal, the channel
    container: str = ""
    version: str = ""
    abstract: str = ""
    #: playing time of what is heard or watched
    seconds: int = 0
    #: http or https, or ""
    pdf_url: str = ""

    @property
    def any_doi(self) -> str:
        """The published version's DOI, else the one that arXiv gives to each of its papers."""
        return self.doi or (f"10.48550/arXiv.{self.arxiv_id}" if self.arxiv_id else "")

    @property
    def running_time(self) -> str:
        """As 1:22:33, or "" where it is read."""
        hours, rest = divmod(self.seconds, 3600)
        return f"{hours}:{rest // 60:02}:{rest % 60:02}" if self.seconds else ""

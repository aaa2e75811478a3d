"""What kind of publication an address is known to lead to, and who publishes there."""

import re
from urllib.parse import unquote, urlsplit

from digest.render.references.reference import ReferenceKind
from digest.sources.identifiers import GITHUB_PAGES

_VIDEO, _TALK, _FORUM = ReferenceKind.VIDEO, ReferenceKind.TALK, ReferenceKind.FORUM_POST
_PAPER, _ARTICLE, _PREPRINT = ReferenceKind.CONFERENCE_PAPER, ReferenceKind.ARTICLE, ReferenceKind.PREPRINT

#: The sites that hold one kind of thing, and how to call them.
_SITES = {
    "youtube.com": (_VIDEO, "YouTube"),
    "youtu.be": (_VIDEO, "YouTube"),
    "vimeo.com": (_VIDEO, "Vimeo"),
    "slideslive.com": (_TALK, "SlidesLive"),
    "videolectures.net": (_TALK, "VideoLectures.NET"),
    "speakerdeck.com": (_TALK, "Speaker Deck"),
    "slideshare.net": (_TALK, "SlideShare"),
    "underline.io": (_TALK, "Underline"),
    "news.ycombinator.com": (_FORUM, "Hacker News"),
    "reddit.com": (_FORUM, "Reddit"),
    "redd.it": (_FORUM, "Reddit"),
    "lobste.rs": (_FORUM, "Lobsters"),
    "openreview.net": (_PREPRINT, "OpenReview"),
    "biorxiv.org": (_PREPRINT, "bioRxiv"),
    "medrxiv.org": (_PREPRINT, "medRxiv"),
    "aclanthology.org": (_PAPER, "ACL Anthology"),
    "proceedings.mlr.press": (_PAPER, "Proceedings of Machine Learning Research"),
    "proceedings.neurips.cc": (_PAPER, "Advances in Neural Information Processing Systems"),
    "papers.nips.cc": (_PAPER, "Advances in Neural Information Processing Systems"),
    "openaccess.thecvf.com": (_PAPER, "CVF Open Access"),
    "jmlr.org": (_ARTICLE, "Journal of Machine Learning Research"),
}
_CODE = {"github.com": "GitHub", "gitlab.com": "GitLab", "codeberg.org": "Codeberg"}
_DATA = {"huggingface.co": "Hugging Face", "kaggle.com": "Kaggle"}
#: What follows owner and name in the address of a repository itself or of a release.
_OF_REPOSITORY = re.compile(r"/[^/]+/[^/]+(?:/(?:-/)?(?:releases|tags|tree)(?:/.*)?)?/?")
_TAG = re.compile(r"/releases/(?:tag/)?([^/]+)/?$")
_SUBREDDIT = re.compile(r"/(r/[A-Za-z0-9_]{2,30})(?:/|$)")


def kind_at(url: str) -> ReferenceKind | None:
    """The kind of what lies at an address; None where the address does not tell."""
    host, path = _parts(url)
    if site := _SITES.get(host):
        return site[0]
    if host in _CODE and _OF_REPOSITORY.fullmatch(path) and path.split("/")[1].lower() not in GITHUB_PAGES:
        return ReferenceKind.SOFTWARE
    return ReferenceKind.DATASET if host in _DATA and path.startswith("/datasets/") else None


def publisher_at(url: str) -> str:
    """The name of a site, of a subreddit, or the host itself; "" for no address."""
    host, path = _parts(url)
    if host == "reddit.com" and (found := _SUBREDDIT.match(path)):
        return found[1]
    return _SITES[host][1] if host in _SITES else _CODE.get(host) or _DATA.get(host) or host


def owner_at(url: str) -> str:
    """Whose repository or data set it is; "" where the address tells of none."""
    host, path = _parts(url)
    parts = path.strip("/").split("/")
    if host in _CODE and kind_at(url) is ReferenceKind.SOFTWARE:
        return unquote(parts[0])
    return unquote(parts[1]) if kind_at(url) is ReferenceKind.DATASET and len(parts) == 3 else ""


def version_at(url: str) -> str:
    """The version in the address of a release, without a leading v; "" where it names none."""
    host, path = _parts(url)
    found = _TAG.search(path) if host in _CODE else None
    return re.sub(r"^v(?=\d)", "", unquote(found[1])) if found else ""


def _parts(url: str) -> tuple[str, str]:
    """Host, without what stands before the site's own name, and path."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.").removeprefix("old.")
    return host, parts.path

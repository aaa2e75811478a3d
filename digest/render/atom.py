"""The digest itself as an Atom feed, an entry an issue."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from digest.records import Issue
from digest.render.layout import lay_out
from digest.render.site import ATOM, fragment, page_name, site_title
from digest.render.untrusted import shown

_ATOM = "http://www.w3.org/2005/Atom"
#: Feed readers fetch the whole document at every change; older issues are on the site.
_ENTRIES = 20
#: The namespace of our ids (RFC 4122, version 5): a random UUID, fixed once.
_NAMESPACE = uuid.UUID("0b6f4b0e-51b5-4d0b-9c3a-3f5f9d0f7f52")
_BEFORE_ALL = datetime(2000, 1, 1, tzinfo=UTC)


def render_atom(issues: Sequence[Issue], *, url: str = "") -> str:
    """Draw the feed of *issues*, oldest first; *url* is where their folder will stand, or ""."""
    base = f"{url.rstrip('/')}/" if url else ""
    learner = issues[-1].learner if issues else ""
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(feed, "id", _id(learner))
    _add(feed, "title", site_title(issues))
    _add(feed, "updated", _moment(max((issue.built_at for issue in issues), default=_BEFORE_ALL)))
    _add(_add(feed, "author"), "name", shown(learner, 60) or "digest")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{base}index.html")
    if base:
        _add(feed, "link", rel="self", type="application/atom+xml", href=f"{base}{ATOM}")
    for issue in reversed(issues[-_ENTRIES:]):
        _entry(feed, issue, base)
    ElementTree.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, encoding="unicode")}\n'


def _entry(feed: ElementTree.Element, issue: Issue, base: str) -> None:
    page = lay_out(issue)
    entry = _add(feed, "entry")
    _add(entry, "id", _id(issue.learner, issue.period))
    _add(entry, "title", page.title)
    _add(entry, "updated", _moment(issue.built_at))
    _add(entry, "published", _moment(issue.ends_at))
    _add(entry, "link", rel="alternate", type="text/html", href=f"{base}{page_name(issue.period)}")
    _add(entry, "summary", f"{page.dates}. {page.numbers}")
    _add(entry, "content", fragment(issue), type="html")


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = text or None
    return child


def _id(*names: str) -> str:
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, chr(31).join(names).encode(errors='replace').decode())}"


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

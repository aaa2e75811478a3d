"""Plain lists: arXiv ids, DOIs, links or titles a line, as Markdown or not; and bookmarks as browsers export them."""

import re
from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from digest.sources.identifiers import arxiv_id_in, doi_in
from digest.sources.references.reference import Reference, References, reference

#: "- ", "* ", "+ ", "3. ", "3) " and the boxes of task lists
_BULLET = re.compile(r"\s*(?:[-*+•]\s+|\d{1,4}[.)]\s+)?(?:\[[ xX]\]\s+)?")
_MARKDOWN_LINK = re.compile(
    r"\[([^\[\]]{0,1000})\]\(\s*<?([^()<>\s]{1,2000}(?:\([^()\s]{0,200}\)[^()<>\s]{0,200})?)>?[^()]{0,300}\)"
)
_ADDRESS = re.compile(r"https?://[^\s<>\"'\]]{1,2000}")
_APART = re.compile(r"[\s,;]+")
#: Link texts that are not the title of the page.
_LABELS = frozenset(("pdf", "paper", "arxiv", "abs", "link", "code", "html", "doi", "here", "url", "github"))
_COMMENT = re.compile(r"\s*(?:#|//|<!--|%|---|===|```)")


def read_lines(text: str, now: datetime) -> References:
    """What each line names; headings, comments and blank lines name nothing."""
    found, problems = list[Reference](), list[str]()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or _COMMENT.match(line):
            continue
        ones = list(_line(number, line[_BULLET.match(line).end() :] if _BULLET.match(line) else line, now))  # type: ignore[union-attr]
        found += ones
        problems += [] if ones else [f"line {number}: it names no work"]
    return References(found=tuple(found), problems=tuple(problems))


def read_links(text: str, now: datetime) -> References:
    """Every link of a page, such as a browser's bookmarks."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, huge_tree=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    found = list[Reference]()
    for link in root.iter("a") if root is not None else ():
        address = str(link.get("href") or "")
        if address.lower().startswith(("http://", "https://")):
            title = "".join(link.itertext())
            one = reference(int(link.sourceline or 0), now, title=_title(title), names=[address])
            found += [one] if one else []
    return References(found=tuple(found))


def _line(number: int, line: str, now: datetime) -> Iterator[Reference]:
    """One reference, or as many as a line of nothing but identifiers has."""
    words = [word for word in _APART.split(line.strip()) if word]
    if len(words) > 1 and all(_is_name(word) for word in words):
        for word in words:
            if one := reference(number, now, names=[word]):
                yield one
        return
    links = _MARKDOWN_LINK.findall(line)
    addresses = [address for _, address in links] or _ADDRESS.findall(line)
    label = next((title for text, _ in links if (title := _title(text))), "")
    bare = " ".join(_ADDRESS.sub(" ", _MARKDOWN_LINK.sub(" ", line)).split()).strip(" -–—:|*_")
    named = [*addresses, line.strip()] if not _is_name(bare) else [*addresses, bare]
    title = label or ("" if _is_name(line.strip()) else bare)
    if one := reference(number, now, title=title, names=named, titled=bool(label)):
        yield one


def _is_name(word: str) -> bool:
    return bool(arxiv_id_in(word) or doi_in(word) == word.lower() or _ADDRESS.fullmatch(word)) and " " not in word


def _title(text: str) -> str:
    title = " ".join(text.split()).strip("*_ ")
    return "" if title.lower().strip("[]. ") in _LABELS or _is_name(title) else title

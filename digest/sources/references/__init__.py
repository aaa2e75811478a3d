"""What a learner read before, as other programs write it down: BibTeX, RIS, Zotero, bookmarks, plain lists.

The format is found from the contents, not from the file's name. An unreadable entry loses no other.
"""

import re
from collections.abc import Callable
from datetime import datetime

from digest.errors import ParseError
from digest.sources.references import bibtex, lists, ris, zotero
from digest.sources.references.reference import Reference, References
from digest.sources.sniffing import utf8
from digest.sources.text import without_controls

__all__ = ["Reference", "References", "read_references"]

#: Of one file; a library of a lifetime is smaller.
_MOST = 20_000

_RIS = re.compile(r"^\s{0,3}TY  -", re.MULTILINE)
_BIBTEX = re.compile(r"^\s*@\s*\w+\s*[{(]", re.MULTILINE)
_JSON = re.compile(r"\s*(?:\[\s*[{\]]|\{\s*[\"}])")
_RDF = re.compile(r"<rdf:RDF[\s>]", re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s|<html[\s>]|<a\s[^>]*href\s*=", re.IGNORECASE)


def read_references(data: bytes, now: datetime) -> References:
    """Every reference of a file in its order; ParseError where it is of no kind that can be read."""
    text = without_controls(utf8(data, {}).decode("utf-8", "replace")).replace("\r\n", "\n").replace("\r", "\n")
    found = _reader(text)(text, now)
    if len(found.found) <= _MOST:
        return found
    left = len(found.found) - _MOST
    return References(found=found.found[:_MOST], problems=(*found.problems, f"the last {left} entries were not read"))


def _reader(text: str) -> Callable[[str, datetime], References]:
    head = text[:4096]
    if _RDF.search(head):
        raise ParseError("is RDF; export it as BibTeX, RIS, CSV or CSL JSON instead")
    if _JSON.match(head):
        return zotero.read_csl
    if _HTML.search(head):
        return lists.read_links
    if _RIS.search(text):
        return ris.read
    if _BIBTEX.search(text):
        return bibtex.read
    return zotero.read_csv if zotero.is_csv(head) else lists.read_lines

"""BibTeX and BibLaTeX, as Zotero, JabRef, Google Scholar or DBLP write them."""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from digest.sources.references.reference import Reference, References, reference

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text

#: The fields that may name the work, the surest first.
_NAMES = ("eprint", "doi", "url", "journal", "journaltitle", "note", "howpublished", "number", "publisher", "eprinturl")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AND = re.compile(r"\s+and\s+", re.IGNORECASE)
#: TeX is worked out in titles and names up to this length; what is longer is hostile.
_TEX_AT_MOST = 500


def read(text: str, now: datetime) -> References:
    """Every entry; one that is broken is named with its line, and those after it are read."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # errors are reported below
    library = parse_string(text)
    found, broken = list[Reference](), dict[int, str]()
    failed = {id(block) for block in library.failed_blocks}
    for block in library.blocks:
        entry = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
        line = int(block.start_line or 0) + 1
        if hasattr(entry, "fields_dict"):
            if one := _entry(line, entry, now):
                found.append(one)
            else:
                broken[line] = "the entry names no work"
        elif id(block) in failed:
            broken[line] = "the entry cannot be read as BibTeX"
    return References(found=tuple(found), problems=tuple(f"line {at}: {why}" for at, why in sorted(broken.items())))


def _entry(line: int, entry: Any, now: datetime) -> Reference | None:  # noqa: ANN401 - the library's own model
    fields = {str(key).lower(): str(field.value) for key, field in entry.fields_dict.items()}
    return reference(
        line,
        now,
        title=_plain(fields.get("title", "")),
        authors=[_plain(name) for name in _AND.split(" ".join(fields.get("author", "").split()))],
        abstract=_without_braces(fields.get("abstract", "")),
        names=[_name(fields, key) for key in _NAMES],
        date=fields.get("date", "") or _month(fields),
    )


def _name(fields: Mapping[str, str], key: str) -> str:
    """A field that may name the work; a bare eprint is arXiv's unless the entry names another archive."""
    value = _without_braces(fields.get(key, "")).replace("\\_", "_")
    if key == "eprint" and fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).lower() != "arxiv":
        return ""
    # A number alone is an issue's or an article's.
    return "" if key == "number" and "arxiv" not in value.lower() else value


def _month(fields: Mapping[str, str]) -> str:
    month = fields.get("month", "").strip().lower()[:3]
    number = (
        _MONTHS.index(month) + 1 if month in _MONTHS else int(month) if month.isdecimal() and month.isascii() else 1
    )
    return f"{fields.get('year', '').strip()[:4]}-{number:02}" if 1 <= number <= 12 else fields.get("year", "")


def _plain(value: str) -> str:
    """TeX as people read it."""
    if "\\" in value and len(value) <= _TEX_AT_MOST:
        try:
            value = str(_decoder().latex_to_text(value))
        except Exception:  # hostile TeX makes it raise nearly anything
            return _without_braces(value)
    return _without_braces(value)


def _decoder() -> "LatexNodes2Text":
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="verbatim")


def _without_braces(value: str) -> str:
    return value.replace("{", "").replace("}", "").replace("\\%", "%").replace("\\&", "&")

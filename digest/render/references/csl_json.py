"""CSL-JSON, which pandoc, Zotero and every CSL processor read; types and variables of CSL 1.0.2."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from digest.render.references.citation_key import citation_keys
from digest.render.references.names import Name
from digest.render.references.reference import Reference, ReferenceKind

_TYPES = {
    ReferenceKind.PREPRINT: "article",
    ReferenceKind.ARTICLE: "article-journal",
    ReferenceKind.CONFERENCE_PAPER: "paper-conference",
    ReferenceKind.POST: "post-weblog",
    ReferenceKind.PAGE: "webpage",
    ReferenceKind.FORUM_POST: "post",
    ReferenceKind.VIDEO: "motion_picture",
    ReferenceKind.TALK: "speech",
    ReferenceKind.PODCAST: "broadcast",
    ReferenceKind.SOFTWARE: "software",
    ReferenceKind.DATASET: "dataset",
    ReferenceKind.DOCUMENT: "document",
}
#: Where the place of publication is its publisher rather than a container.
_PUBLISHED = frozenset(("article", "motion_picture", "software", "dataset"))
_GENRES = {ReferenceKind.PREPRINT: "Preprint", ReferenceKind.PODCAST: "Podcast"}


def to_csl_json(references: Sequence[Reference]) -> str:
    """A JSON array with a line break at the end; "[]" for no references."""
    entries = [_entry(key, one) for key, one in zip(citation_keys(references), references, strict=True)]
    return json.dumps(entries, ensure_ascii=False, indent=2) + "\n"


def _entry(key: str, reference: Reference) -> dict[str, Any]:
    kind = _TYPES[reference.kind]
    values = {
        "id": key,
        "type": kind,
        "title": reference.title,
        "author": [_name(name) for name in reference.authors],
        "issued": _date(reference.published),
        "accessed": _date(reference.accessed),
        "publisher" if kind in _PUBLISHED else "container-title": reference.container,
        "genre": _GENRES.get(reference.kind, ""),
        "number": f"arXiv:{reference.arxiv_id}" if reference.arxiv_id else "",
        "version": reference.version,
        "dimensions": reference.running_time,
        "DOI": reference.any_doi,
        "URL": reference.url,
        "abstract": reference.abstract,
    }
    return {name: value for name, value in values.items() if value}


def _name(name: Name) -> dict[str, str]:
    """Particles stay in the family name, where Zotero looks for them."""
    if name.literal:
        return {"literal": name.literal}
    parts = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: text for part, text in parts.items() if text}


def _date(day: date | None) -> dict[str, list[list[int]]]:
    return {"date-parts": [[day.year, day.month, day.day]]} if day else {}

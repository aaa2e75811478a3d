"""RIS, which every reference manager imports: a tag and a value a line, so that no value may hold a line break.

Tags and types as Zotero's RIS translator reads them. It has no type for preprints and takes UNPB for an article, so
arXiv stands where a journal would.
"""

from collections.abc import Iterator, Sequence

from digest.render.references.citation_key import citation_keys
from digest.render.references.reference import Reference, ReferenceKind

_TYPES = {
    ReferenceKind.PREPRINT: "UNPB",
    ReferenceKind.ARTICLE: "JOUR",
    ReferenceKind.CONFERENCE_PAPER: "CPAPER",
    ReferenceKind.POST: "BLOG",
    ReferenceKind.PAGE: "ELEC",
    ReferenceKind.FORUM_POST: "ELEC",
    ReferenceKind.VIDEO: "VIDEO",
    ReferenceKind.TALK: "SLIDE",
    ReferenceKind.PODCAST: "SOUND",
    ReferenceKind.SOFTWARE: "COMP",
    ReferenceKind.DATASET: "DATA",
    ReferenceKind.DOCUMENT: "GEN",
}
#: Where the place of publication is its publisher rather than the title of a larger whole.
_PUBLISHED = frozenset(("VIDEO", "SOUND", "COMP", "DATA"))


def to_ris(references: Sequence[Reference]) -> str:
    """An .ris file in UTF-8; "" for no references."""
    keys = citation_keys(references)
    return "\n".join(
        "".join(f"{tag}  - {value}\n" for tag, value in _lines(key, one))
        for key, one in zip(keys, references, strict=True)
    )


def _lines(key: str, reference: Reference) -> Iterator[tuple[str, str]]:
    """Tags and values; of those that are empty none, but for the end of the record."""
    kind = _TYPES[reference.kind]
    yield "TY", kind
    yield "ID", key
    yield "TI", reference.title
    yield from (("AU", name.sorted_form) for name in reference.authors)
    values = {
        "PY": str(reference.published.year) if reference.published else "",
        "DA": f"{reference.published:%Y/%m/%d}/" if reference.published else "",
        "PB" if kind in _PUBLISHED else "T2": reference.container,
        "ET": reference.version,
        "DB": "arXiv" if reference.arxiv_id else "",
        "AN": f"arXiv:{reference.arxiv_id}" if reference.arxiv_id else "",
        "DO": reference.any_doi,
        "UR": reference.url.replace(";", "%3B"),  # which parts addresses here
        "Y2": f"{reference.accessed:%Y/%m/%d}/" if reference.accessed else "",
        "AB": reference.abstract,
    }
    yield from ((tag, value) for tag, value in values.items() if value)
    yield "ER", ""

"""BibTeX, which BibLaTeX reads too: papers on arXiv as arXiv itself writes them, posts and talks as @online.

Styles that do not know @online, @software and @dataset print them as @misc, so each entry also has what those print.
"""

import re
from collections.abc import Iterator, Sequence

from digest.render.references.citation_key import citation_keys
from digest.render.references.names import Name
from digest.render.references.reference import Reference, ReferenceKind
from digest.render.references.tex import tex_abstract, tex_text, tex_title

_TYPES = {
    ReferenceKind.PREPRINT: "misc",
    ReferenceKind.ARTICLE: "article",
    ReferenceKind.CONFERENCE_PAPER: "inproceedings",
    ReferenceKind.SOFTWARE: "software",
    ReferenceKind.DATASET: "dataset",
    ReferenceKind.DOCUMENT: "misc",
}
#: What BibLaTeX calls the place of publication, where a field of that type is for it alone.
_CONTAINERS = {"article": "journal", "inproceedings": "booktitle", "online": "organization", "dataset": "publisher"}
_PAPERS = (ReferenceKind.ARTICLE, ReferenceKind.CONFERENCE_PAPER, ReferenceKind.DOCUMENT)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def to_bibtex(references: Sequence[Reference]) -> str:
    """A .bib file in UTF-8; "" for no references."""
    keys = citation_keys(references)
    return "\n".join(_entry(key, one) for key, one in zip(keys, references, strict=True))


def _entry(key: str, reference: Reference) -> str:
    kind = _TYPES.get(reference.kind, "online")
    lines = [f"@{kind}{{{key},", *(f"  {name} = {value}," for name, value in _fields(reference, kind)), "}", ""]
    return "\n".join(lines)


def _fields(reference: Reference, kind: str) -> Iterator[tuple[str, str]]:
    """Names and values, delimited; of those that are empty none."""
    yield "title", f"{{{tex_title(reference.tex_title)}}}"
    if reference.authors:
        yield "author", f"{{{' and '.join(map(_name, reference.authors))}}}"
    if day := reference.published:
        yield "year", f"{{{day.year}}}"
        yield "month", _MONTHS[day.month - 1]
        yield "day", f"{{{day.day}}}"
    texts = {
        **_arxiv(reference),
        **({_CONTAINERS[kind]: reference.container} if kind in _CONTAINERS else {}),
        "howpublished": _howpublished(reference),
        "version": reference.version,
    }
    yield from ((name, f"{{{tex_text(text)}}}") for name, text in texts.items() if text)
    verbatim = {
        "doi": reference.doi,
        "url": reference.url,
        "urldate": reference.accessed.isoformat() if reference.accessed else "",
    }
    yield from ((name, f"{{{_verbatim(text)}}}") for name, text in verbatim.items() if text)
    if reference.abstract:
        yield "abstract", f"{{{tex_abstract(reference.abstract)}}}"


def _arxiv(reference: Reference) -> dict[str, str]:
    if not reference.arxiv_id:
        return {}
    return {"eprint": reference.arxiv_id, "archivePrefix": "arXiv", "primaryClass": reference.category}


def _howpublished(reference: Reference) -> str:
    """What it is and where it appeared, for styles that have no type for that."""
    if reference.arxiv_id or reference.kind in _PAPERS:
        return ""
    what = reference.kind.value.capitalize()
    return f"{what}, {reference.container}" if reference.container else what


def _name(name: Name) -> str:
    """What BibTeX takes apart at the commas as we did; a whole name in braces, which it does not look into."""
    if name.literal:
        return f"{{{tex_text(name.literal)}}}"
    return ", ".join(tex_text(part) for part in (name.family, name.suffix, name.given) if part)


def _verbatim(text: str) -> str:
    """Addresses and DOIs stand as they are, since BibLaTeX and \\url read them so; braces would end the field."""
    return re.sub(r"[{}\\]", lambda found: f"%{ord(found[0]):02X}", text)

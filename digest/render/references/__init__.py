"""Works as references: BibTeX, RIS and CSL-JSON for reference managers, and metadata for pages. Pure."""

from collections.abc import Callable, Sequence

from digest.render.references.bibtex import to_bibtex
from digest.render.references.citation_key import citation_key, citation_keys
from digest.render.references.csl_json import to_csl_json
from digest.render.references.names import Name
from digest.render.references.page_metadata import COINS_CLASS, coins_of, coins_title, meta_tags
from digest.render.references.reference import Reference, ReferenceKind
from digest.render.references.ris import to_ris
from digest.render.references.works import reference_of_pick, reference_of_work

__all__ = [
    "COINS_CLASS",
    "FORMATS",
    "SUFFIXES",
    "Name",
    "Reference",
    "ReferenceKind",
    "citation_key",
    "citation_keys",
    "coins_of",
    "coins_title",
    "meta_tags",
    "reference_of_pick",
    "reference_of_work",
    "to_bibtex",
    "to_csl_json",
    "to_ris",
]

#: The formats by name, each with what writes a whole document.
FORMATS: dict[str, Callable[[Sequence[Reference]], str]] = {"bibtex": to_bibtex, "ris": to_ris, "csl": to_csl_json}
#: What files of each format end with.
SUFFIXES = {".bib": "bibtex", ".ris": "ris", ".json": "csl"}

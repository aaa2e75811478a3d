"""The key by which a reference is cited: author, year, the title's first word that says something, four characters.

The four come from the work's own identity (its arXiv id, DOI or address), not from what else is exported or stored.
So a key stays the same in every export, in every archive, and whatever other works come later: two papers of one
Wang in one year keep theirs, apart and together.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from digest.records import short_id
from digest.render.references.reference import Reference

_SUFFIX = 4
_PART_AT_MOST = 30
#: Letters that do not come apart into an ASCII letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t"}
)
#: Words that tell no title from another. A change here changes keys that people have in their papers.
_EMPTY = frozenset(
    """
    a about after against all an and announcing are as at be before between beyond by can do does for from how i in
    introducing into is it its let more new not of on one or our over part rethinking revisiting should some than that
    the their there these this those through to toward towards under understanding up using via was we what when where
    which who why will with without you your
    """.split()
)
_MATH = re.compile(r"\$[^$]*\$|\\[A-Za-z]+")
_WORD = re.compile(r"[a-z0-9]+(?:[’'][a-z]+)?")


def citation_keys(references: Sequence[Reference]) -> list[str]:
    """A key for each, in ASCII; works that share even that, as posts of one address, are told apart by their ids."""
    keys = [citation_key(one) for one in references]
    uses = Counter(keys)
    return [f"{key}-{one.work_id}" if uses[key] > 1 else key for one, key in zip(references, keys, strict=True)]


def citation_key(reference: Reference) -> str:
    """As "weijer2024dense-k7m2"; what a work lacks is left out."""
    year = str(reference.published.year) if reference.published else ""
    author = _author(reference)
    said = f"{author}{year}{_word(reference.title, besides=author)}"
    return f"{said}-{short_id(reference.identity)[:_SUFFIX]}".lstrip("-")


def _author(reference: Reference) -> str:
    """The first author's family name without its particles, else who or what published it."""
    first = reference.authors[0] if reference.authors else None
    if first and first.family:
        words = [word for word in first.family.split() if word.lower() != word] or first.family.split()
        name = _ascii("".join(words))
    else:
        name = _ascii((first.literal if first else reference.container).removeprefix("u/"))
    return re.sub(r"[^a-z0-9]", "", name)[:_PART_AT_MOST]


def _word(title: str, *, besides: str) -> str:
    """The first word that is neither common nor one letter nor said already, else the first of all."""
    words = [re.sub(r"[’'].*", "", word) for word in _WORD.findall(_ascii(_MATH.sub(" ", title)))]
    telling = (
        word for word in words if len(word) > 1 and word not in _EMPTY and word != besides and not word.isdecimal()
    )
    return next(telling, next(iter(words), ""))[:_PART_AT_MOST]


def _ascii(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(letter for letter in apart if letter.isascii())

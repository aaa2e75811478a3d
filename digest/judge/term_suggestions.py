"""Terms to add to a focus: the works near it use them, the rest of the archive does not, nor does the focus. Pure.

Ranked by log-odds of document frequencies with a prior, as in Monroe, Colaresi and Quinn (2008), "Fightin' Words".
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from digest.judge.tfidf import terms

SUGGESTED = 6
#: Characters of a text that count: its title and first sentences.
READ = 700
#: A term in fewer of the near works is one author's own.
FEWEST_USES = 3
#: Two words name a subject; one alone has to be this much more distinctive.
_PAIR = 1.6
_PRIOR = 0.5


def distinctive_terms(
    near: Sequence[str], others: Sequence[str], *, declared: Sequence[str], count: int = SUGGESTED
) -> list[str]:
    """At most *count* terms of the texts *near* the focus, the most distinctive first.

    *others* are texts of the rest of the archive; *declared* are the learner's own words, which are not suggested.
    """
    inside, outside = _uses(near), _uses(others)
    known = {_stem(word) for text in declared for word in re.findall(r"\w+", text.casefold())}
    weighted = [
        (_odds(uses, len(near), outside[term], len(others)) * math.sqrt(uses) * (_PAIR if " " in term else 1), term)
        for term, uses in inside.items()
        if uses >= FEWEST_USES and not all(_stem(word) in known for word in term.split())
    ]
    chosen: list[str] = []
    for weight, term in sorted(weighted, key=lambda pair: (-pair[0], pair[1])):
        if weight <= 0 or len(chosen) == count:
            break
        if not _overlaps(term, chosen):
            chosen.append(term)
    return chosen


def _uses(texts: Iterable[str]) -> Counter[str]:
    """How many texts each term occurs in; terms with digits are left out."""
    return Counter(term for text in texts for term in _terms_of(text[:READ]))


@lru_cache(maxsize=2_048)  # every learner's are compared with the same sample of the archive
def _terms_of(text: str) -> frozenset[str]:
    return frozenset(term for term in terms(text) if not any(map(str.isdigit, term)))


def _odds(inside: int, size: int, outside: int, others: int) -> float:
    near_odds = (inside + _PRIOR) / (size + 2 * _PRIOR - inside + _PRIOR)
    other_odds = (outside + _PRIOR) / (others + 2 * _PRIOR - outside + _PRIOR)
    return math.log(near_odds / other_odds)


def _overlaps(term: str, chosen: Sequence[str]) -> bool:
    """Whether a chosen term shares a word with this one."""
    own = {_stem(word) for word in term.split()}
    return any(own & {_stem(word) for word in other.split()} for other in chosen)


def _stem(word: str) -> str:
    """A prefix that is the same for a word's other forms."""
    return word[:6] if len(word) > 6 else word.rstrip("s")

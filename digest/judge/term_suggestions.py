"""What could be added to a focus: terms that the works near it use, the rest of the archive does not, and it does not say.

Log-odds of document frequencies with a prior, as in Monroe, Colaresi and Quinn (2008). Pure.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from digest.judge.tfidf import terms

PROPOSED = 6
#: Characters of a text that are read: its title and the first sentences.
READ = 700
#: A term that fewer of the near works use is one author's.
FEWEST_USES = 3
#: Two words name a subject; one alone is proposed only when it sets the near works apart this much more.
_PAIR = 1.6
_PRIOR = 0.5


def distinctive(near: Sequence[str], others: Sequence[str], *, said: Sequence[str], count: int = PROPOSED) -> list[str]:
    """At most *count* terms of the texts *near* the focus, the most telling first.

    *others* are texts of the archive at large; *said* are the learner's own words, which need no proposing.
    """
    inside, outside = _uses(near), _uses(others)
    known = {_stem(word) for text in said for word in re.findall(r"\w+", text.casefold())}
    weighed = [
        (_odds(uses, len(near), outside[term], len(others)) * math.sqrt(uses) * (_PAIR if " " in term else 1), term)
        for term, uses in inside.items()
        if uses >= FEWEST_USES and not all(_stem(word) in known for word in term.split())
    ]
    chosen: list[str] = []
    for weight, term in sorted(weighed, key=lambda pair: (-pair[0], pair[1])):
        if weight <= 0 or len(chosen) == count:
            break
        if not _overlaps(term, chosen):
            chosen.append(term)
    return chosen


def _uses(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each term stands; no numbers."""
    return Counter(term for text in texts for term in set(terms(text[:READ])) if not any(map(str.isdigit, term)))


def _odds(inside: int, size: int, outside: int, others: int) -> float:
    here = (inside + _PRIOR) / (size + 2 * _PRIOR - inside + _PRIOR)
    there = (outside + _PRIOR) / (others + 2 * _PRIOR - outside + _PRIOR)
    return math.log(here / there)


def _overlaps(term: str, chosen: Sequence[str]) -> bool:
    """Whether a chosen term shares a word with this one."""
    own = {_stem(word) for word in term.split()}
    return any(own & {_stem(word) for word in other.split()} for other in chosen)


def _stem(word: str) -> str:
    """Enough of a word to know its other forms by."""
    return word[:6] if len(word) > 6 else word.rstrip("s")

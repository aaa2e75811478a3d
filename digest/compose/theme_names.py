"""Names of themes: the phrase that sets a cluster of works apart, as its works write it. Pure.

The most distinctive word or pair of words is found first, by its part of the Kullback-Leibler divergence between the
cluster and the rest, and then read back into the phrase in which most works use it: "augmented" becomes
"retrieval-augmented generation".
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from digest.judge.stopwords import FIELD_WORDS, STOPWORDS

#: Words of a text that are searched for names, and works that have to use a name.
_READ = 60
_USED_BY = 3
#: Words of a name at most, and the part of a term's works that have to use the longer phrase around it.
_LONGEST = 4
_SHARE, _SHARE_OF_ONE_WORD = 0.6, 0.12
#: A way of writing it that this part of the uses has is no exception.
_USUAL = 0.2
_WORD = re.compile(r"[^\W_](?:[\w-]*[^\W_])?")
#: What no phrase goes across.
_BREAK = re.compile(r"[^\w\s-]+|\s-+\s")

#: Words of one stretch without punctuation, as they are written.
Stretch = tuple[str, ...]


def theme_names(texts: Sequence[tuple[str, str]], clusters: Sequence[int]) -> dict[int, str]:
    """A name for each cluster, the largest first, "" where there is none; no two are alike.

    *texts* are titles and texts, *clusters* the cluster of each.
    """
    stretches = [list(_stretches(title, text)) for title, text in texts]
    terms = [_terms(own) for own in stretches]
    everywhere = Counter(term for own in terms for term in own)
    names: dict[int, str] = {}
    for cluster, size in Counter(clusters).most_common():
        inside = [at for at, one in enumerate(clusters) if one == cluster]
        counts = Counter(term for at in inside for term in terms[at])
        ranked = _ranked(counts, size, everywhere, len(texts))
        term = next((term for term in ranked if not _taken(term, names.values())), "")
        names[cluster] = _in_full(term, [stretches[at] for at in inside]) if term else ""
    return names


def _ranked(counts: Counter[str], size: int, everywhere: Counter[str], total: int) -> list[str]:
    """The terms that enough works of a cluster use, the most distinctive first; pairs say more than words."""
    contrasts = {
        term: _contrast(count, size, everywhere[term], total) * (1.0 + 0.5 * (" " in term))
        for term, count in counts.items()
        if count >= _USED_BY
    }
    return sorted(contrasts, key=lambda term: (-contrasts[term], term))


def _contrast(inside: int, size: int, everywhere: int, total: int) -> float:
    """A term's part of the Kullback-Leibler divergence between a cluster and the rest."""
    own = inside / size
    other = (everywhere - inside + 0.5) / (total - size + 1)
    return own * math.log(own / other)


def _taken(term: str, names: Iterable[str]) -> bool:
    """Whether all words of *term* are in one of *names*."""
    return any(set(term.split()) <= set(name.casefold().split()) for name in names)


def _stretches(title: str, text: str) -> Iterator[Stretch]:
    """The words of a title and of a text's opening; a title's are in capitals only where the text has them so."""
    opening = " ".join(text.split()[:_READ])
    for part in (_without_title_case(title), opening):
        for stretch in _BREAK.split(part):
            if words := tuple(_WORD.findall(stretch)):
                yield words


def _without_title_case(title: str) -> str:
    return " ".join(
        word.lower() if all(part.istitle() for part in re.findall(r"\w+", word)) else word for word in title.split()
    )


def _terms(stretches: Sequence[Stretch]) -> set[str]:
    """Words and pairs of neighbouring words that may name a theme."""
    found: set[str] = set()
    for stretch in stretches:
        named = [word.casefold() if _says_something(word) else "" for word in stretch]
        found |= {word for word in named if word and word not in FIELD_WORDS}
        found |= {
            f"{one} {two}"
            for one, two in pairwise(named)
            if one and two and not (one in FIELD_WORDS and two in FIELD_WORDS)
        }
    return found


@lru_cache(maxsize=65_536)  # a text uses few words that no other does
def _says_something(word: str) -> bool:
    """Two letters do where they are an acronym, as in "KV cache"."""
    letters = sum(map(str.isalpha, word))
    return word.casefold() not in STOPWORDS and (letters > 2 or (letters == 2 and word.isupper()))


def _in_full(term: str, works: Sequence[Sequence[Stretch]]) -> str:
    """The longest phrase around *term* that most of its works use, as they write it.

    A single word seldom says what its works are about, so the commonest phrase with it comes first.
    """
    written: Counter[Stretch] = Counter()
    for stretches in works:
        written.update({phrase for stretch in stretches for phrase in _around(term.split(), stretch)})
    used: Counter[str] = Counter()
    for phrase, count in written.items():
        used[" ".join(phrase).casefold()] += count
    if " " not in term:
        pairs = [phrase for phrase in used if " " in phrase and used[phrase] >= max(2, used[term] * _SHARE_OF_ONE_WORD)]
        term = max(pairs, key=lambda phrase: (used[phrase], len(phrase.split()), phrase), default=term)
    longer = [phrase for phrase in used if term in phrase and used[phrase] >= max(2, used[term] * _SHARE)]
    chosen = max(longer, key=lambda phrase: (len(phrase.split()), used[phrase], phrase), default=term)
    return _as_written(chosen, written)


def _as_written(name: str, written: Counter[Stretch]) -> str:
    """The form with the fewest capitals that is no exception: "KV cache", and not "Sparse Attention"."""
    forms = {" ".join(phrase): count for phrase, count in written.items() if " ".join(phrase).casefold() == name}
    usual = [form for form, count in forms.items() if count >= _USUAL * sum(forms.values())]
    return min(usual, key=lambda form: (sum(map(str.isupper, form)), -forms[form], form), default=name)


def _around(term: Sequence[str], stretch: Stretch) -> Iterator[Stretch]:
    """The phrases of a stretch that hold *term*, and begin and end with words that say something."""
    folded, sought = [word.casefold() for word in stretch], list(term)
    places = [at for at in range(len(folded) - len(sought) + 1) if folded[at : at + len(sought)] == sought]
    for start in range(len(folded)) if places else ():  # most stretches hold another term, or none
        for end in range(start + len(sought), min(start + _LONGEST, len(folded)) + 1):
            holds = any(start <= at and at + len(sought) <= end for at in places)
            if holds and _says_something(stretch[start]) and _says_something(stretch[end - 1]):
                yield stretch[start:end]

"""Names of themes: the phrase that sets a cluster of works apart, as its works write it. Pure.

The most distinctive word or pair of words is found first, by its part of the Kullback-Leibler divergence between the
cluster and the rest, and then read back into the phrase in which most works use it: "augmented" becomes
"retrieval-augmented generation".
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from digest.compose.theme_terms import Stretch, Terms, says_something, stretches, terms_of, written

#: Works that have to use a name.
_USED_BY = 3
#: Words of a name at most, and the part of a term's works that have to use the longer phrase around it.
_LONGEST = 4
_SHARE, _SHARE_OF_ONE_WORD = 0.6, 0.12
#: A way of writing it that this part of the uses has is no exception.
_USUAL = 0.2


def theme_names(texts: Sequence[tuple[str, str]], clusters: Sequence[int]) -> dict[int, str]:
    """A name for each cluster, the largest first, "" where there is none; no two are alike.

    *texts* are titles and texts, *clusters* the cluster of each.
    """
    terms, words = terms_of(texts)
    everywhere = _counts(terms)
    names: dict[int, str] = {}
    for cluster, size in Counter(clusters).most_common():
        inside = [at for at, one in enumerate(clusters) if one == cluster]
        counts = {term: count for term, count in _counts([terms[at] for at in inside]).items() if count >= _USED_BY}
        named = {written(term, words): (count, everywhere[term]) for term, count in counts.items()}
        term = next((one for one in _ranked(named, size, len(texts)) if not _taken(one, names.values())), "")
        names[cluster] = _in_full(term, [texts[at] for at in inside]) if term else ""
    return names


def _counts(terms: Sequence[Terms]) -> dict[int, int]:
    """In how many texts each term is."""
    found, counts = np.unique(np.concatenate(terms), return_counts=True) if terms else ((), ())
    return dict(zip(map(int, found), map(int, counts), strict=True))


def _ranked(counts: Mapping[str, tuple[int, int]], size: int, total: int) -> list[str]:
    """Terms, the most distinctive first, by their uses in a cluster and in all texts; pairs say more than words."""
    contrasts = {
        term: _contrast(inside, size, everywhere, total) * (1.0 + 0.5 * (" " in term))
        for term, (inside, everywhere) in counts.items()
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


def _in_full(term: str, texts: Sequence[tuple[str, str]]) -> str:
    """The longest phrase around *term* that most of its works use, as they write it.

    A single word seldom says what its works are about, so the commonest phrase with it comes first.
    """
    sought, forms = term.split(), Counter[Stretch]()
    for title, text in texts:
        folded = f"{title} {text}".casefold()
        if all(word in folded for word in sought):
            holding = (stretch for stretch in stretches(title, text) if term in " ".join(stretch).casefold())
            forms.update({phrase for stretch in holding for phrase in _around(sought, stretch)})
    used: Counter[str] = Counter()
    for phrase, count in forms.items():
        used[" ".join(phrase).casefold()] += count
    if " " not in term:
        pairs = [phrase for phrase in used if " " in phrase and used[phrase] >= max(2, used[term] * _SHARE_OF_ONE_WORD)]
        term = max(pairs, key=lambda phrase: (used[phrase], len(phrase.split()), phrase), default=term)
    longer = [phrase for phrase in used if term in phrase and used[phrase] >= max(2, used[term] * _SHARE)]
    chosen = max(longer, key=lambda phrase: (len(phrase.split()), used[phrase], phrase), default=term)
    return _as_written(chosen, forms)


def _as_written(name: str, phrases: Counter[Stretch]) -> str:
    """The form with the fewest capitals that is no exception: "KV cache", and not "Sparse Attention"."""
    forms = {" ".join(phrase): count for phrase, count in phrases.items() if " ".join(phrase).casefold() == name}
    usual = [form for form, count in forms.items() if count >= _USUAL * sum(forms.values())]
    return min(usual, key=lambda form: (sum(map(str.isupper, form)), -forms[form], form), default=name)


def _around(term: Sequence[str], stretch: Stretch) -> Iterator[Stretch]:
    """The phrases of a stretch that hold *term*, and begin and end with words that say something."""
    folded, sought = [word.casefold() for word in stretch], list(term)
    places = [at for at in range(len(folded) - len(sought) + 1) if folded[at : at + len(sought)] == sought]
    for start in range(len(folded)) if places else ():  # most stretches hold another term, or none
        for end in range(start + len(sought), min(start + _LONGEST, len(folded)) + 1):
            holds = any(start <= at and at + len(sought) <= end for at in places)
            if holds and says_something(stretch[start]) and says_something(stretch[end - 1]):
                yield stretch[start:end]

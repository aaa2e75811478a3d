"""What the works in focus are about, week by week: themes that grow and themes that fade. Pure.

Nine weeks of works are parted into clusters, each named by the words that set it apart, and
each cluster's share of this week is held against its share of the eight weeks before. The
same works give the same themes: the starting points are chosen, not drawn.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats
from digest.judge.stopwords import STOPWORDS
from digest.records import Theme
from digest.sources.words import words

WEEKS = 9
#: Works in this week and in all the weeks before, below which shares are noise.
_FEWEST_NOW = 8
_FEWEST_BEFORE = 24
_MOST_CLUSTERS = 24
_WORKS_A_CLUSTER = 25
_ROUNDS = 20
#: Cosine of two clusters' middles from which they are one theme that was cut in two.
_ONE_THEME = 0.8
#: A theme moved when its count this week lies this many standard deviations from what its
#: share before would have given; with 20 themes one in two weeks does by chance.
_MOVED = 1.7
_SHOWN = 3  # growing, and as many fading
#: Words of a text that are looked at for names, and works that have to use a name.
_READ = 60
_USED_BY = 3
#: Said in every abstract: they name nothing.
_EMPTY = words(
    "paper approach method methods model models learning data new novel results result show shows propose proposed "
    "using based use used performance work study task tasks training large language neural deep machine network "
    "networks state art framework problem problems existing across via towards toward first two one many however "
    "present introduce introduces benchmark benchmarks post part code well can may also improve improves"
)
_WORD = re.compile(r"[^\W\d_][\w-]+[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A work in focus and the week it belongs to: 0 is this one, 8 the oldest."""

    title: str
    text: str
    url: str
    week: int


def themes(works: Sequence[Dated], rows: Floats) -> tuple[Theme, ...]:
    """The themes that moved most, growing ones first; *rows* are the works' centred unit vectors."""
    now = sum(work.week == 0 for work in works)
    if now < _FEWEST_NOW or len(works) - now < _FEWEST_BEFORE:
        return ()
    clusters = _parted(rows, min(_MOST_CLUSTERS, max(3, len(works) // _WORKS_A_CLUSTER)))
    weeks = np.array([work.week for work in works])
    names = _names(works, clusters)
    found = []
    for cluster, name in names.items():
        counts = np.bincount(weeks[clusters == cluster], minlength=WEEKS)[:WEEKS]
        moved = _moved(counts, np.bincount(weeks, minlength=WEEKS)[:WEEKS])
        if name and abs(moved) >= _MOVED:
            found.append((moved, _theme(name, counts, weeks, works, rows, clusters == cluster, growing=moved > 0)))
    found.sort(key=lambda pair: (-abs(pair[0]), pair[1].term))
    growing = [theme for moved, theme in found if moved > 0][:_SHOWN]
    return tuple(growing + [theme for moved, theme in found if moved < 0][:_SHOWN])


def _moved(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> float:
    """Standard deviations between this week's count and what the share before would have given."""
    before, all_before = counts[1:].sum(), totals[1:].sum()
    share = (before + 0.5) / (all_before + 1)
    expected = share * totals[0]
    # The share itself is an estimate: its error adds to that of the count.
    variance = totals[0] * share * (1 - share) * (1 + totals[0] / all_before)
    return float((counts[0] - expected) / max(np.sqrt(variance), 1e-9))


def _theme(
    name: str,
    counts: NDArray[np.int64],
    weeks: NDArray[np.int64],
    works: Sequence[Dated],
    rows: Floats,
    inside: NDArray[np.bool_],
    *,
    growing: bool,
) -> Theme:
    totals = np.bincount(weeks, minlength=WEEKS)[:WEEKS]
    example = works[_most_typical(rows, inside, weeks, growing=growing)]
    return Theme(
        term=name,
        weeks=tuple(int(count) for count in counts[::-1]),
        share=round(float(counts[0] / max(totals[0], 1)), 4),
        share_before=round(float(counts[1:].sum() / max(totals[1:].sum(), 1)), 4),
        growing=growing,
        example=example.title,
        example_url=example.url,
    )


def _most_typical(rows: Floats, inside: NDArray[np.bool_], weeks: NDArray[np.int64], *, growing: bool) -> int:
    """The work nearest to its theme's middle: of this week where it grows, of the newest week there is where it fades."""
    newest = 0 if growing else int(weeks[inside].min())
    likely = np.flatnonzero(inside & (weeks == newest))
    middle = rows[inside].mean(axis=0)
    return int(likely[np.argmax(rows[likely] @ middle)])


def _parted(rows: Floats, count: int) -> NDArray[np.int64]:
    """Spherical k-means; each new starting point is the row farthest from those before (the first: from the middle)."""
    centres = [rows[int(np.argmin(rows @ rows.mean(axis=0)))]]
    nearest = rows @ centres[0]
    for _ in range(count - 1):
        centres.append(rows[int(np.argmin(nearest))])
        nearest = np.maximum(nearest, rows @ centres[-1])
    middle = np.array(centres)
    clusters = np.full(len(rows), -1)
    for _ in range(_ROUNDS):
        moved = (rows @ middle.T).argmax(axis=1)
        if np.array_equal(moved, clusters):
            break
        clusters = moved
        for cluster in range(count):
            if (clusters == cluster).any():
                mean = rows[clusters == cluster].mean(axis=0)
                middle[cluster] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return _joined(clusters, middle)


def _joined(clusters: NDArray[np.int64], middle: Floats) -> NDArray[np.int64]:
    """Clusters whose middles nearly coincide are one theme; each goes to the first of those near it."""
    near = (middle @ middle.T >= _ONE_THEME).argmax(axis=1)
    return np.asarray(near[clusters])


def _names(works: Sequence[Dated], clusters: NDArray[np.int64]) -> dict[int, str]:
    """The term of each cluster that says most about being in it; no two have the same, largest first."""
    terms = [_terms(work) for work in works]
    everywhere = Counter(term for own in terms for term in own)
    sizes = Counter(int(cluster) for cluster in clusters)
    inside = [Counter[str]() for _ in range(int(clusters.max()) + 1)]
    for own, cluster in zip(terms, clusters, strict=True):
        inside[cluster].update(own)
    names: dict[int, str] = {}
    for cluster, size in sizes.most_common():
        worth = {
            term: _contrast(count, size, everywhere[term], len(works)) * (1.0 + 0.5 * (" " in term))
            for term, count in inside[cluster].items()
            if count >= _USED_BY
        }
        ranked = sorted(worth, key=lambda term: (-worth[term], term))
        names[cluster] = next((term for term in ranked if not _taken(term, names.values())), "")
    return names


def _contrast(inside: int, size: int, everywhere: int, total: int) -> float:
    """A term's part of the Kullback-Leibler divergence between a cluster and the rest."""
    own = inside / size
    other = (everywhere - inside + 0.5) / (total - size + 1)
    return own * math.log(own / other)


def _taken(term: str, names: Iterable[str]) -> bool:
    """Whether the words of *term* are all in a name that is given already."""
    return any(set(term.split()) <= set(name.split()) for name in names)


def _terms(work: Dated) -> set[str]:
    """Words and pairs of neighbours of a work's title and opening that may name something."""
    found: set[str] = set()
    for part in (work.title, " ".join(work.text.split()[:_READ])):
        said = _WORD.findall(part.casefold())
        named = [word if word not in STOPWORDS and len(word) > 2 else "" for word in said]
        found |= {word for word in named if word and word not in _EMPTY}
        found |= {
            f"{one} {two}" for one, two in pairwise(named) if one and two and not (one in _EMPTY and two in _EMPTY)
        }
    return found

"""Themes of the works in focus that grow or fade from week to week. Pure.

Spherical k-means (Dhillon and Modha 2001) clusters nine weeks of works. The phrase that sets a cluster apart
names it, and its share of this week is compared with its share of the eight weeks before. The same works give
the same themes: the initial centroids are chosen, not drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digest.arrays import Floats
from digest.compose.theme_names import theme_names
from digest.records import Theme

WEEKS = 9
#: With fewer works in this week, or in all the weeks before, shares are noise.
_FEWEST_NOW = 8
_FEWEST_BEFORE = 24
_MOST_CLUSTERS = 24
_WORKS_A_CLUSTER = 25
_ROUNDS = 20
#: Cosine of two centroids from which their clusters are one theme.
_ONE_THEME = 0.8
#: z-score of a theme's count this week from which it grows or fades; of 20 themes one does so by chance every
#: other week.
_SIGNIFICANT = 1.7
_SHOWN = 3  # growing, and as many fading


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedWork:
    """A work in focus and its week: 0 is this one, 8 the oldest."""

    title: str
    text: str
    url: str
    week: int


def themes(works: Sequence[DatedWork], rows: Floats) -> tuple[Theme, ...]:
    """The themes that changed most, growing ones first; *rows* [works, d] are the works' centred unit vectors."""
    now = sum(work.week == 0 for work in works)
    if now < _FEWEST_NOW or len(works) - now < _FEWEST_BEFORE:
        return ()
    clusters = _k_means(rows, min(_MOST_CLUSTERS, max(3, len(works) // _WORKS_A_CLUSTER)))
    weeks = np.array([work.week for work in works])
    names = theme_names([(work.title, work.text) for work in works], clusters.tolist())
    found = []
    for cluster, name in names.items():
        counts = np.bincount(weeks[clusters == cluster], minlength=WEEKS)[:WEEKS]
        change = _z_score(counts, np.bincount(weeks, minlength=WEEKS)[:WEEKS])
        if name and abs(change) >= _SIGNIFICANT:
            found.append((change, _theme(name, counts, weeks, works, rows, clusters == cluster, growing=change > 0)))
    found.sort(key=lambda pair: (-abs(pair[0]), pair[1].term))
    growing = [theme for change, theme in found if change > 0][:_SHOWN]
    return tuple(growing + [theme for change, theme in found if change < 0][:_SHOWN])


def _z_score(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> float:
    """Standard deviations between this week's count and the one expected from the share before; both [weeks]."""
    before, all_before = counts[1:].sum(), totals[1:].sum()
    share = (before + 0.5) / (all_before + 1)
    expected = share * totals[0]
    # The share is itself an estimate: its variance adds to that of the count.
    variance = totals[0] * share * (1 - share) * (1 + totals[0] / all_before)
    return float((counts[0] - expected) / max(np.sqrt(variance), 1e-9))


def _theme(
    name: str,
    counts: NDArray[np.int64],
    weeks: NDArray[np.int64],
    works: Sequence[DatedWork],
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
    """Row of the work nearest to its theme's centroid, of this week if the theme grows, else of its newest week."""
    newest = 0 if growing else int(weeks[inside].min())
    newest_rows = np.flatnonzero(inside & (weeks == newest))
    centroid = rows[inside].mean(axis=0)
    return int(newest_rows[np.argmax(rows[newest_rows] @ centroid)])


def _k_means(rows: Floats, count: int) -> NDArray[np.int64]:
    """The cluster of each row [works]; each initial centroid is the row farthest from the ones before (first: the mean)."""
    initial = [rows[int(np.argmin(rows @ rows.mean(axis=0)))]]
    nearest = rows @ initial[0]
    for _ in range(count - 1):
        initial.append(rows[int(np.argmin(nearest))])
        nearest = np.maximum(nearest, rows @ initial[-1])
    centroids = np.array(initial)
    clusters = np.full(len(rows), -1)
    for _ in range(_ROUNDS):
        reassigned = (rows @ centroids.T).argmax(axis=1)
        if np.array_equal(reassigned, clusters):
            break
        clusters = reassigned
        for cluster in range(count):
            if (clusters == cluster).any():
                mean = rows[clusters == cluster].mean(axis=0)
                centroids[cluster] = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return _merged(clusters, centroids)


def _merged(clusters: NDArray[np.int64], centroids: Floats) -> NDArray[np.int64]:
    """The clusters, with those of nearly the same centroid joined into the first of them."""
    near = (centroids @ centroids.T >= _ONE_THEME).argmax(axis=1)
    return np.asarray(near[clusters])

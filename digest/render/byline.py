"""The line under a title: source, date, authors and reading time."""

import datetime as dt
from collections.abc import Iterator, Sequence

from digest.records import Pick
from digest.render.untrusted import shown
from digest.render.wording import day_words, duration_words, list_words

_AUTHORS = 3
_PASSES = {1: "first pass", 2: "second pass", 3: "third pass"}


def byline(pick: Pick, zone: dt.tzinfo) -> Iterator[str]:
    yield from credit(pick, zone)
    if pick.minutes:
        yield duration_words(pick.minutes) + _how_far(pick)


def credit(pick: Pick, zone: dt.tzinfo) -> Iterator[str]:
    """Source, date and authors, those that are known."""
    if source := shown(pick.source, 80):
        yield source
    if pick.published_at is not None:
        yield day_words(pick.published_at.astimezone(zone).date())
    if authors := authors_words(pick.authors):
        yield authors


def _how_far(pick: Pick) -> str:
    if pick.seconds:
        return " to listen"
    if pick.suggested_pass not in _PASSES:
        return ""
    why = f": {shown(pick.pass_reason, 120)}" if pick.suggested_pass > 1 and pick.pass_reason.strip() else ""
    return f", {_PASSES[pick.suggested_pass]}{why}"


def authors_words(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`, or the first three and how many more."""
    clean = [name for raw in names if (name := shown(raw, 60))]
    more = [f"{len(clean) - _AUTHORS} more"] if len(clean) > _AUTHORS else []
    return list_words(clean[:_AUTHORS] + more)

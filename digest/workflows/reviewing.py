"""A year, or another span, looked back on: from the archive alone, without the network."""

from collections import Counter
from datetime import datetime

from digest.compose.review import LateLike, Review, by_month
from digest.config import Config
from digest.sources.identifiers import without_tracking
from digest.store import recaps, review
from digest.store.archive import Connection
from digest.workflows import sharing
from digest.workflows.opening import opened

_LATE_LIKES = 15
_THEMES = 8


def gather(config: Config, since: datetime, until: datetime, *, year: str = "", wait: float = 10.0) -> Review:
    """What was read, kept and passed over from *since* to before *until*; nothing where there is no archive yet."""
    if not config.archive.exists():
        return Review(year=year, recap=sharing.recap_of(config, [], since, until), lean=config.focus.lean)
    with opened(config, wait=wait, read_only=True) as db:
        return gather_from(db, config, since, until, year)


def gather_from(db: Connection, config: Config, since: datetime, until: datetime, year: str) -> Review:
    """The same from an archive that is open."""
    recap = sharing.recap_of(config, recaps.touched_works(db, since=since, until=until), since, until)
    totals = review.totals(db, since=since, until=until)
    passes = Counter(one.number for one in recaps.readings(db, since=since, until=until))
    picked = review.picks_by_month(db, str(config.zone), since=since, until=until)
    return Review(
        year=year,
        recap=recap,
        issues=totals.issues,
        seen=totals.seen,
        kept=totals.kept,
        lean=config.focus.lean,
        passes=(passes[1], passes[2], passes[3]),
        began=review.archive_began(db),
        months=by_month(recap, [(one.month, one.letter, one.envelope) for one in picked], config.zone),
        late_likes=tuple(
            LateLike(
                title=one.title,
                url=without_tracking(one.url),
                source=one.source,
                period=one.period,
                reason=one.reason,
                mark=one.mark,
            )
            for one in review.overlooked(db, since=since, until=until, limit=_LATE_LIKES)
        ),
        sources=tuple(review.by_source(db, since=since, until=until)),
        themes=tuple(review.risen_themes(db, since=since, until=until, limit=_THEMES)),
    )

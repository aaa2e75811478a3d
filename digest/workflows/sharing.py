"""A recap of what was read, from the archive alone."""

from collections.abc import Sequence
from datetime import datetime

from digest.compose.recap import Recap, RecapWork, in_order, own_words, reading_minutes, side
from digest.config import Config
from digest.sources.identifiers import without_tracking
from digest.store import recaps
from digest.store.recaps import TouchedWork
from digest.workflows.opening import opened


def gather(config: Config, since: datetime, until: datetime, *, wait: float = 10.0) -> Recap:
    """What was read, liked, saved and noted from *since* to before *until*; nothing where there is no archive yet."""
    if not config.archive.exists():
        return recap_of(config, [], since, until)
    with opened(config, wait=wait, read_only=True) as db:
        return recap_of(config, recaps.touched_works(db, since=since, until=until), since, until)


def recap_of(config: Config, found: Sequence[TouchedWork], since: datetime, until: datetime) -> Recap:
    """The works as a recap: read, liked, or only saved."""
    read = [work for work in found if _was_read(work)]
    liked = [work for work in found if not _was_read(work) and "like" in work.marks]
    saved = [work for work in found if not _was_read(work) and "like" not in work.marks]
    return Recap(
        learner=config.learner.name,
        zone=str(config.zone),
        since=since,
        until=until,
        read=in_order(map(_recap_work, read)),
        liked=in_order(map(_recap_work, liked)),
        saved=in_order(map(_recap_work, saved)),
    )


def _was_read(work: TouchedWork) -> bool:
    return bool(work.readings or work.notes or "read" in work.marks)


def _recap_work(work: TouchedWork) -> RecapWork:
    minutes, told = reading_minutes(
        (one.minutes for one in work.readings), words=work.words, seconds=work.seconds, arxiv_id=work.arxiv_id
    )
    return RecapWork(
        item_id=work.item_id,
        title=work.title,
        url=without_tracking(work.url),
        source=work.source,
        authors=work.authors,
        published_at=work.published_at,
        side=side(work.section, work.lean),
        at=work.at,
        deepest=max((one.number for one in work.readings), default=0) if work.arxiv_id else 0,
        minutes=minutes,
        told=told,
        liked="like" in work.marks,
        notes=tuple(text for note in work.notes if (text := own_words(note))),
        reason=work.reason,
    )

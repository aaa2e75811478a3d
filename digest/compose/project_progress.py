"""Where a project stands: running or over, the days that are left, and which parts of its question are open. Pure."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from digest.arrays import Floats
from digest.judge.aspects import Aspect
from digest.judge.floor import baseline
from digest.records import short_id

#: Standard deviations above arbitrary texts from which a work answers a part of a question.
ANSWERS = 5.0


def project_id(name: str, question: str) -> str:
    """What a project is known by: with another name or question it is another project."""
    return short_id(" ".join(name.split()), " ".join(question.split()))


def project_slug(name: str, project: str) -> str:
    """The name of a project's file, without its suffix."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
    return plain or f"project-{project[:6]}"


def days_left(until: dt.date | None, now: dt.datetime, zone: dt.tzinfo) -> int | None:
    """Days after this one until the last day, on the learner's calendar; below zero once it is over."""
    return (until - now.astimezone(zone).date()).days if until is not None else None


def is_over(until: dt.date | None, now: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether the last day has passed."""
    left = days_left(until, now, zone)
    return left is not None and left < 0


def open_aspects(
    parts: Sequence[Aspect], part_vectors: Floats, found: Mapping[str, Floats], reference: Floats
) -> tuple[str, ...]:
    """The parts of a question that no work is near; *found* has the works' vectors [dimensions] by item id.

    *part_vectors* [parts, dimensions]; a part of which the model knows no word cannot be judged and is left out.
    """
    known = [place for place, vector in enumerate(part_vectors) if vector.any()]
    if not found:
        return tuple(parts[place].text for place in known)
    usual = baseline(reference, part_vectors)
    best = [usual.z_scores(vector @ part_vectors.T) for vector in found.values()]
    return tuple(parts[place].text for place in known if max(float(scores[place]) for scores in best) < ANSWERS)

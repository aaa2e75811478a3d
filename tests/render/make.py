"""Issues and picks for the tests of the renderers."""

import datetime as dt
from dataclasses import replace
from typing import Any

from digest.records import Issue, NearMiss, Pick, Place, Section, short_id

END = dt.datetime(2026, 3, 23, 6, 0, tzinfo=dt.UTC)


def pick(number: int = 1, **changes: Any) -> Pick:  # noqa: ANN401 - any field of a Pick
    made = Pick(
        item_id=short_id("source", str(number)),
        work_id=short_id("work", str(number)),
        title=f"Hard negatives, part {number}",
        url=f"https://example.org/posts/{number}",
        source="Retrieval Notes",
        section=Section.LETTER,
        reason="near your topic “hard negative mining”; leans to the letter",
        authors=("Ada Byron", "Charles B.", "Mary S.", "Grace H.", "Alan T."),
        published_at=END - dt.timedelta(days=2, hours=7),
        minutes=12,
        excerpt="We mine negatives from the retriever itself. It helps more than a bigger batch.",
        score=1 - number / 100,
        relevance=0.5,
        lean=0.2,
        also_at=(Place(source="arXiv", url="https://arxiv.org/abs/2603.01234"),),
    )
    return replace(made, **changes)


def issue(*picks: Pick, **changes: Any) -> Issue:  # noqa: ANN401 - any field of an Issue
    made = Issue(
        period="2026-W12",
        starts_at=END - dt.timedelta(days=7),
        ends_at=END,
        built_at=END,
        zone="Europe/Berlin",
        learner="Ada",
        statement="I build retrieval systems.",
        question="How do I evaluate retrieval without labels?",
        lean=0.15,
        seen=2431,
        kept=len(picks),
        picks=picks,
        near_misses=(
            NearMiss(
                item_id=short_id("near"),
                title="Almost: an index",
                url="https://example.org/near",
                source="DB Blog",
                reason="the third from one source",
            ),
        ),
        ailing=("Old Blog: HTTP 404 since 3 March",),
    )
    return replace(made, **changes)


def week() -> Issue:
    """An ordinary issue with all three sections."""
    return issue(
        pick(1),
        pick(2),
        pick(3, section=Section.ENVELOPE, title="Serving two towers on one card", also_at=()),
        pick(4, section=Section.STRETCH, title="What birds know about search", authors=(), published_at=None),
    )

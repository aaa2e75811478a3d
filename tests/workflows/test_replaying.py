"""Replaying under the settings of then gives the issues of then, however the archive has grown since."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from digest import pipeline
from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import BUNDLED_FOLDER
from digest.records import Issue, Pick
from digest.store import archive, verdicts
from digest.store import works as work_rows
from digest.workflows.feedback import mark
from digest.workflows.replaying import ReplayedIssue, replay

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

WEEK = timedelta(weeks=1)


def picks(issue: Issue) -> list[Pick]:
    """What was picked, and why; the texts around it speak of the archive, not of the choice."""
    return [replace(pick, connections=(), score=0.0, relevance=0.0) for pick in issue.picks]


def figures(issue: Issue) -> list[float]:
    """Scores and relevance: vectors that are read in another order add up to another last digit."""
    return [figure for pick in issue.picks for figure in (pick.score, pick.relevance)]


def replayed(config: Config, now: datetime, other: Config | None = None, *, weeks: int = 8) -> list[ReplayedIssue]:
    return replay(config, other or config, weeks=weeks, now=now, wait=1)


def grow(config: Config, now: datetime) -> None:
    """Let an issue be built, answer it, and let the next one know the answers."""
    issue = pipeline.run(config, now, end_period=True).issue
    assert issue is not None
    for number, pick in enumerate(issue.picks):
        mark(config, [pick.item_id], ["dislike" if number % 3 else "like"], now + timedelta(days=1), wait=1)
    note = config.digest_folder / f"{issue.period}.md"
    note.write_text(note.read_text().replace("[ ] save", "[x] save", 1))
    with archive.open_archive(config.archive) as db:
        # Half of what the first issue passed over is seen for the first time in the second week.
        db.execute(
            "update core.items set backfill = false, first_seen_at = ?::timestamp where backfill",
            [(now + timedelta(days=2)).replace(tzinfo=None)],
        )
    pipeline.run(config, now + WEEK, end_period=True)
    pipeline.run(config, now + WEEK + timedelta(days=1))


@pytest.mark.slow
def test_the_same_settings_give_the_same_issues(config: Config, now: datetime) -> None:
    """Marks, ticks and works that came in between are known to the second issue and not to the first."""
    grow(config, now)

    first, second = replayed(config, now + 2 * WEEK)

    assert (first.was.period, second.was.period) == ("2026-W47", "2026-W48")
    assert picks(first.would_be) == picks(first.was)
    assert picks(second.would_be) == picks(second.was)
    for one in (first, second):
        assert figures(one.would_be) == pytest.approx(figures(one.was), abs=1e-3)
    assert first.was.kept > 0
    assert second.was.kept > 0
    assert (second.would_be.seen, second.would_be.starts_at) == (second.was.seen, second.was.starts_at)
    assert {change.change for one in (first, second) for change in one.changes} == {"same"}


def test_works_that_prove_to_be_one_later_are_no_difference(built: Config, now: datetime) -> None:
    """The issue keeps the name of the work that it was built with; the archive calls it otherwise by now."""
    with archive.open_archive(built.archive) as db:
        issue = verdicts.issue(db, "2026-W47")
        assert issue is not None
        work_rows.merge(db, {issue.picks[0].work_id: "another"})

    [only] = replayed(built, now + timedelta(days=1))

    assert {change.change for change in only.changes} == {"same"}


def test_of_issues_that_end_together_the_first_had_the_works(built: Config, now: datetime) -> None:
    """Another one in the same moment has nothing left to look at, and is not what is compared with."""
    second = pipeline.run(built, now, end_period=True).issue
    assert second is not None
    assert (second.period, second.seen) == ("2026-W47-2", 0)

    [only] = replayed(built, now + timedelta(days=1))

    assert only.was.period == "2026-W47"
    assert {change.change for change in only.changes} == {"same"}


def test_progress_is_told_of_texts_that_another_model_reads(built: Config, now: datetime) -> None:
    """Embedding a whole archive again may take minutes, and comes before the first issue."""
    with archive.open_archive(built.archive, read_only=True) as db:
        [(stored,)] = db.execute("select count(*) from items").fetchall()
    other = built.model_copy(update={"embedding": built.embedding.model_copy(update={"model": str(BUNDLED_FOLDER)})})
    told: list[tuple[str, int, int]] = []

    [only] = replay(
        built,
        other,
        weeks=1,
        now=now + timedelta(days=1),
        wait=1,
        progress=lambda stage, done, total: told.append((stage, done, total)),
    )

    *embedding, last = told
    assert {stage for stage, _, _ in embedding} == {"embedding"}
    assert embedding[-1][1] == embedding[-1][2]
    assert 0.9 * stored < embedding[-1][1] <= stored  # some texts are the same
    assert last == ("replaying", 1, 1)
    assert only.would_be.kept > 0


def test_an_archive_whose_issues_are_older_says_so(built: Config, now: datetime) -> None:
    """The weeks without one are not made up."""
    with pytest.raises(
        DigestError, match=r"the last 2 weeks before 2026-12-18; the newest, 2026-W47, ended on 2026-11-20"
    ):
        replayed(built, now + 4 * WEEK, weeks=2)

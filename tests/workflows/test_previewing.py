"""Another focus tried on the last issues: the same code picks, and the present focus changes nothing."""

from datetime import datetime, timedelta

import pytest

from digest import pipeline
from digest.config import Config
from digest.errors import DigestError
from digest.records import Section
from digest.store import archive, verdicts
from digest.store import works as work_rows
from digest.workflows.feedback import mark
from digest.workflows.previewing import Preview, hold, preview
from digest.workflows.replaying import replay

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

WEEK = timedelta(weeks=1)


def tried(current: Config, other: Config, now: datetime) -> Preview:
    return preview(hold(current, now, wait=1), other, now, wait=1)


def with_focus(config: Config, **changes: object) -> Config:
    return config.model_copy(update={"focus": config.focus.model_copy(update=changes)})


def kept(config: Config, period: str) -> set[str]:
    """The works in focus that the stored issue kept."""
    with archive.open_archive(config.archive) as db:
        issue = verdicts.issue(db, period)
    assert issue is not None
    return {pick.work_id for pick in issue.picks if pick.section != Section.STRETCH}


def test_the_present_focus_gives_the_issues_as_they_are(built: Config, now: datetime) -> None:
    """Whatever the preview leaves out of the reckoning."""
    [issue] = tried(built, built, now).issues

    assert (issue.came, issue.gone) == ([], [])
    assert {one.work_id for one in issue.same} == kept(built, issue.period) != set()
    assert issue.ends_at == now


def test_marks_and_later_weeks_change_nothing_under_the_present_focus(config: Config, now: datetime) -> None:
    """What was marked after an issue moves the judge, and not what the issue was."""
    issue = pipeline.run(config, now, end_period=True).issue
    assert issue is not None
    mark(config, [issue.picks[0].item_id], ["like"], now + timedelta(days=1), wait=1)
    mark(config, [issue.picks[1].item_id], ["dislike"], now + timedelta(days=1), wait=1)

    [only] = tried(config, config, now + timedelta(days=2)).issues

    assert (only.came, only.gone) == ([], [])


def test_what_comes_says_why_and_what_goes_says_why_not(built: Config, now: datetime) -> None:
    """As an issue would say it of a work that it keeps, and of one that it does not."""
    before = {one.work_id: one.reason for one in tried(built, built, now).issues[0].same}
    other = with_focus(built, statement="I bake bread and want to understand sourdough.", topics=())

    [issue] = tried(built, other, now).issues

    assert issue.gone
    assert all(one.reason != before[one.work_id] for one in issue.gone)
    assert all(one.reason and one.title for one in issue.changes)


def test_another_subject_brings_what_a_replay_brings(built: Config, now: datetime) -> None:
    """In a small archive, where little is left out, nearly the same works."""
    other = with_focus(built, statement="I bake bread and want to understand sourdough.", topics=())

    [issue] = tried(built, other, now).issues
    [replayed] = replay(built, other, weeks=8, now=now, wait=1)

    would_be = {pick.work_id for pick in replayed.would_be.picks if pick.section != Section.STRETCH}
    mine = {one.work_id for one in (*issue.came, *issue.same)}
    assert len(mine & would_be) >= 0.5 * max(len(mine), len(would_be))
    assert issue.gone


def test_who_is_followed_is_found_however_little_it_scores(built: Config, now: datetime) -> None:
    """The works of followed authors are always considered, and the reason says so."""
    with archive.open_archive(built.archive) as db:
        [(item_id, author)] = db.execute(
            "select item_id, authors[1] from core.items join core.verdicts using (item_id) "
            "where len(authors) > 0 and not kept order by core.verdicts.rank desc limit 1"
        ).fetchall()

    [issue] = tried(built, with_focus(built, follow=(author,)), now).issues

    assert item_id in {one.item_id for one in issue.came}
    assert "whom you follow" in next(one.reason for one in issue.came if one.item_id == item_id)


def test_it_says_how_the_focus_is_understood(built: Config, now: datetime) -> None:
    """Each phrase with its weight, and how many works of the last weeks pass."""
    found = tried(built, with_focus(built, topics=("a topic of my own",)), now)

    assert "a topic of my own" in {row.phrase for row in found.report.rows}
    assert found.report.seen > 0
    assert found.approximations


def test_an_issue_of_another_focus_carries_nothing_over(built: Config, now: datetime) -> None:
    """What its works scored beyond the present focus is then the difference of two focuses."""
    other = with_focus(built, statement="I bake bread and want to understand sourdough.")
    with archive.open_archive(built.archive) as db:  # as if another model had read the works too
        db.execute("update core.verdicts set score = score + 0.5")

    assert any(one.any() for one in hold(built, now, wait=1).beyond)
    assert not any(one.any() for one in hold(other, now, wait=1).beyond)


def test_works_that_prove_to_be_one_later_are_no_change(built: Config, now: datetime) -> None:
    """The issue keeps the name of the work that it was built with; the archive calls it otherwise by now."""
    work_id = min(kept(built, "2026-W47"))
    with archive.open_archive(built.archive) as db:
        work_rows.merge(db, {work_id: "another"})

    [issue] = tried(built, built, now).issues

    assert (issue.came, issue.gone) == ([], [])


def test_without_an_issue_there_is_only_the_understanding(config: Config, now: datetime) -> None:
    """Nothing to compare with, and no error."""
    pipeline.run(config, now, end_period=False)
    with archive.open_archive(config.archive) as db:
        for table in ("issues", "verdicts"):
            db.execute(f"delete from core.{table}")

    found = tried(config, config, now)

    assert found.issues == ()
    assert found.report.rows


def test_an_archive_of_another_model_is_refused(built: Config, now: datetime) -> None:
    """With the way out."""
    with archive.open_archive(built.archive) as db:
        db.execute("update core.models set embeds = false")

    with pytest.raises(DigestError, match="digest rank"):
        hold(built, now, wait=1)


def test_a_preview_changes_nothing(built: Config, now: datetime) -> None:
    """The archive stays byte for byte."""
    before = built.archive.read_bytes()

    tried(built, with_focus(built, lean=0.15), now)

    assert built.archive.read_bytes() == before

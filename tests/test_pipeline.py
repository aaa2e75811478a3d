"""The whole story over the demo's feeds: from sources.toml to files."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.config import Config, Embedding
from digest.store import archive
from digest.workflows import building
from tests.homes import Holder


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


@pytest.mark.reranker
def test_one_run_writes_a_digest(config: Config, now: datetime) -> None:
    """The issue is named after the week it covers, both files are there, and every work has a verdict."""
    config = config.model_copy(update={"embedding": Embedding()})

    outcome = pipeline.run(config, now, end_period=True)

    assert outcome.issue is not None
    assert outcome.issue.period == "2026-W47"
    assert {d.path.name for d in outcome.delivered if d.path} == {"2026-W47.md", "2026-W47.html"}
    assert all(d.path.is_file() for d in outcome.delivered if d.path)
    assert rows(config, "select count(*), sum(kept::int) from verdicts") == [(outcome.issue.seen, outcome.issue.kept)]
    assert rows(config, "select count(*) from verdicts where reason is null or reason = ''") == [(0,)]
    assert rows(config, "select seen, kept from issues") == [(outcome.issue.seen, outcome.issue.kept)]


def test_parts_of_a_score_add_up(built: Config) -> None:
    """Every item is scored, and the named parts of each score add up to it."""
    off = "select max(abs(score - list_sum(map_values(parts)))) from scores"
    assert float(str(rows(built, off)[0][0])) < 1e-3
    assert rows(built, "select count(*) from items anti join scores using (item_id)") == [(0,)]


def test_no_work_is_in_two_issues(built: Config, now: datetime) -> None:
    """The next period starts where this one ended; what was judged is not judged again."""
    second = pipeline.run(built, now + timedelta(days=7), end_period=True)

    assert second.issue is not None
    assert second.issue.seen == 0
    assert rows(built, "select count(*) from verdicts group by work_id having count(*) > 1") == []


def test_a_run_that_is_not_due_says_when_it_is(config: Config, now: datetime) -> None:
    """Without --issue a new archive's first issue comes at the next scheduled moment."""
    outcome = pipeline.run(config, now)

    assert outcome.issue is None
    assert outcome.next_issue is not None
    assert now < outcome.next_issue <= now + timedelta(days=7)
    later = pipeline.run(config, outcome.next_issue)
    assert later.issue is not None


def test_a_rehearsal_leaves_no_trace(config: Config, now: datetime, tmp_path: Path) -> None:
    """--dry-run shows the issue and writes nothing beside or into the archive, nor makes one."""
    config.archive.unlink()

    outcome = pipeline.dry_run(config, now)

    assert outcome.issue is not None
    assert outcome.issue.kept > 0
    assert {path.name for path in tmp_path.iterdir()} <= {"sources.toml", "cache"}


def test_while_the_archive_is_held_a_run_only_fetches(config: Config, now: datetime, held: Holder) -> None:
    """No issue is built, nothing fails, and the holder is named."""
    with archive.open_archive(config.archive):
        pass
    with held(config.archive) as pid:
        outcome = pipeline.run(config, now, end_period=True, wait=0.2)

    assert outcome.issue is None
    assert str(pid) in outcome.round.waiting


def test_a_past_issue_is_drawn_again_byte_for_byte(config: Config, now: datetime) -> None:
    """`build` uses what was stored then, whatever the focus is now."""
    outcome = pipeline.run(config, now, end_period=True)
    before = {d.path: d.path.read_bytes() for d in outcome.delivered if d.path}
    for path in before:
        path.unlink()
    other = config.model_copy(update={"focus": config.focus.model_copy(update={"statement": "something else"})})

    building.redraw(other, "2026-W47", wait=1)

    assert {path: path.read_bytes() for path in before} == before

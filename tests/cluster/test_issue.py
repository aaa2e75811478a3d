"""Issues built by workers from a dataset are those of one machine: every file, and every row of the archive."""

import shutil
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest

from digest.cluster import issue
from digest.cluster.dataset import Dataset
from digest.cluster.deliver import take_in_issues
from digest.cluster.embed import embed_dataset
from digest.cluster.engine import Engine
from digest.cluster.export import export_dataset
from digest.cluster.issuing import IssueRun, close_plan, is_open, issue_dataset
from digest.cluster.local_engine import LocalEngine
from digest.config import Config, load_config
from digest.deliver import files
from digest.store import verdicts
from digest.workflows import calendars, ranking_together
from digest.workflows.opening import opened
from tests import make
from tests.cluster.institution import PER_WEEK, Institution, alone, settings
from tests.cluster.serial_engine import SerialEngine
from tests.make import NOW

#: What building an issue writes.
TABLES = ("issues", "verdicts", "deliveries", "plans", "plan_entries", "drifts_told", "projects")


@pytest.fixture(autouse=True)
def _many(monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine ranks as for many learners, whose every item it would not score."""
    monkeypatch.setattr(ranking_together, "EVERYTHING", 0)


def begun(folder: Path, learners: int, *, per_week: int = PER_WEEK) -> Institution:
    made = Institution(folder, learners, per_week=per_week)
    made.begin()
    made.week(-1)
    made.week(0)
    return made


def copied(one: Institution, folder: Path) -> Institution:
    shutil.copytree(one.folder, folder)
    return Institution(folder, len(one.learners), per_week=one.per_week)


def together(
    config: Config, dataset: Dataset, engine: Engine, now: datetime, *, at_most: int = issue.AT_MOST
) -> IssueRun:
    """What the steps of a cluster do at that moment, up to the archive."""
    export_dataset(config, dataset, wait=1)
    embed_dataset(dataset, engine, folder=config.folder)
    with opened(config) as db:
        began = verdicts.began_at(db)
    done = issue_dataset(dataset, engine, now, folder=config.folder, began=began, at_most=at_most)
    assert not done.failed, [step.failures for step in done.steps]
    take_in_issues(config, dataset, done.tasks, wait=1)
    close_plan(dataset, done.plan)
    return done


def rows(one: Institution) -> dict[str, list[str]]:
    """What is in the archive, with the folder's name out of it."""
    with opened(one.config.for_everybody, read_only=True) as db:
        found = {name: db.execute(f"from core.{name}").fetchall() for name in TABLES}
        found["works"] = db.execute("select item_id, work_id from core.items").fetchall()
    return {name: sorted(repr(row).replace(str(one.folder), "HOME") for row in held) for name, held in found.items()}


def drawn(one: Institution, now: datetime) -> dict[str, bytes]:
    """The files of everybody's issues that end then, as one machine writes them."""
    found: dict[str, bytes] = {}
    for learner in one.learners:
        with opened(learner, read_only=True) as db:
            newest = verdicts.newest(db)
            issue = verdicts.issue(db, newest[0]) if newest else None
            if issue is None or issue.ends_at != now:
                continue
            if learner.digest.calendar:
                found[f"{learner.learner_id}/{calendars.FILE}"] = calendars.file_of(db, learner, now).text
        for name in learner.digest.formats:
            path = files.path_of(Path(), issue.period, name)
            found[f"{learner.learner_id}/{path.name}"] = files.RENDERERS[name](issue).encode()
    return found


def published(dataset: Dataset, run: IssueRun) -> dict[str, bytes]:
    return {
        name.removeprefix(f"{task.folder}/"): dataset.read(name)
        for task in run.tasks
        for name in dataset.files(task.folder)
        if not name.endswith(issue.PROBLEMS)
    }


def test_are_those_of_one_machine(tmp_path: Path) -> None:
    """Whatever learners want and whichever bucket they are in, now and in the week after, when they marked and saw some."""
    one = begun(tmp_path / "one", 5, per_week=50)
    other, dataset = copied(one, tmp_path / "other"), Dataset(str(tmp_path / "set"))

    for week in (0, 1):
        now = NOW + week * make.WEEK
        if week:
            for each in (one, other):
                each.mark(now - 5 * make.DAY)
                each.week(week)
        alone(one.config, now)
        run = together(other.config, dataset, SerialEngine(backwards=bool(week)), now, at_most=2)

        assert published(dataset, run) == drawn(one, now)
        assert len(drawn(one, now)) > 5
        for name, held in rows(one).items():
            assert rows(other)[name] == held, name


@pytest.mark.slow
def test_are_reranked_as_by_one_machine(tmp_path: Path) -> None:
    """The second model reads the best of a bucket's learners again, each text once."""
    one = begun(tmp_path / "one", 6, per_week=80)
    one.mark(NOW - 5 * make.DAY)
    picked = drawn_by(one, tmp_path / "plain")
    (one.folder / "sources.toml").write_text(settings(6, reranker="bundled"), encoding="utf-8")
    other, dataset = tmp_path / "other", Dataset(str(tmp_path / "set"))
    shutil.copytree(one.folder, other)
    alone(one.config, NOW)

    run = together(load_config(other / "sources.toml"), dataset, SerialEngine(), NOW)

    assert published(dataset, run) == drawn(one, NOW) != picked


def drawn_by(one: Institution, folder: Path) -> dict[str, bytes]:
    """The files of issues by one machine without a second model."""
    plain = copied(one, folder)
    alone(plain.config, NOW)
    return drawn(plain, NOW)


@pytest.mark.slow
def test_are_those_of_one_machine_for_more_learners_and_weeks(tmp_path: Path) -> None:
    """Thirty learners, four weeks: what was shown before, plans, drifts and projects go on from week to week."""
    one = begun(tmp_path / "one", 30)
    other, dataset = copied(one, tmp_path / "other"), Dataset(str(tmp_path / "set"))

    with closing(LocalEngine(2)) as engine:
        for week in range(4):
            now = NOW + week * make.WEEK
            if week:
                for each in (one, other):
                    each.mark(now - 5 * make.DAY)
                    each.week(week)
            alone(one.config, now)
            run = together(other.config, dataset, engine, now, at_most=11)

            assert published(dataset, run) == drawn(one, now)
            for name, held in rows(one).items():
                assert rows(other)[name] == held, name
    assert rows(one)["drifts_told"]


@pytest.mark.slow
def test_workers_and_kills_change_nothing(tmp_path: Path) -> None:
    """One worker, two, and a run that is continued after half of its tasks leave the same bytes."""
    one = begun(tmp_path / "one", 12)
    config, found = one.config, []
    for number, workers in enumerate((1, 2)):
        dataset = Dataset(str(tmp_path / f"set-{number}"))
        export_dataset(config, dataset, wait=1)
        with closing(LocalEngine(workers)) as engine:
            embed_dataset(dataset, engine, folder=config.folder)
            run = issue_dataset(dataset, engine, NOW, folder=config.folder, all_now=True, at_most=3)
        if number:
            for task in run.tasks[::2]:  # as a kill leaves it: some files are there, no receipts
                dataset.remove([task.output, *dataset.files(task.folder)[:2]])
            assert is_open(dataset)
            later = NOW + make.DAY
            with closing(LocalEngine(2)) as engine:
                run = issue_dataset(dataset, engine, later, folder=config.folder, all_now=True, at_most=3)
            assert run.plan.moment == NOW
            assert [(step.step, step.done, step.skipped) for step in run.steps][-1] == ("issue", 2, 2)
        names = [*dataset.files("receipts"), *dataset.files("issues")]
        found.append({name: dataset.read(name) for name in names})

    assert found[0] == found[1]
    assert len(found[0]) > 12


def test_what_is_taken_in_twice_changes_nothing(tmp_path: Path) -> None:
    """A mail that was sent meanwhile is not to be sent again."""
    one, dataset = begun(tmp_path / "one", 3), Dataset(str(tmp_path / "set"))
    run = together(one.config, dataset, SerialEngine(), NOW)
    with opened(one.config) as db:
        db.execute("update core.deliveries set state = 'sent'")
    before = rows(one)

    assert take_in_issues(one.config, dataset, run.tasks, wait=1) == []

    assert rows(one) == before


@pytest.mark.slow
def test_nobody_has_an_issue_before_it_is_due(tmp_path: Path) -> None:
    """The day after, only those who read every day have one; a run of which nobody is due leaves receipts of nobody."""
    one, dataset = begun(tmp_path / "one", 6), Dataset(str(tmp_path / "set"))
    together(one.config, dataset, SerialEngine(), NOW)

    together(one.config, dataset, SerialEngine(), NOW + make.DAY)
    run = together(one.config, dataset, SerialEngine(), NOW + make.DAY * 1.01)

    with opened(one.config) as db:
        assert verdicts.last_ends(db)["learner-05"] == NOW + make.DAY
        assert verdicts.last_ends(db)["learner-04"] == NOW
    assert run.steps[-1].rows == 0


def test_everybody_means_everybody_after_a_run_that_left_some_out(tmp_path: Path) -> None:
    """A run of those who are due is still open when everybody's period is to end."""
    one, dataset = begun(tmp_path / "one", 3), Dataset(str(tmp_path / "set"))
    together(one.config, dataset, SerialEngine(), NOW)
    export_dataset(one.config, dataset, wait=1)

    due = issue_dataset(dataset, SerialEngine(), NOW + make.DAY / 24, folder=one.folder)
    everybody = issue_dataset(dataset, SerialEngine(), NOW + make.DAY / 24, folder=one.folder, all_now=True)

    assert due.steps[-1].rows == 0
    assert everybody.steps[-1].rows == 3

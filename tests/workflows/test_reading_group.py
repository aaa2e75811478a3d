"""A reading group of two in a real archive: one paper a period, turns, and kills at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from digest.config import Config, load_config, parse_text
from digest.config.groups import group_view
from digest.errors import ConfigError, DigestError
from digest.judge.embedding import load_model
from digest.records import Issue, Item
from digest.render.group_page import group_markdown
from digest.store import archive, items, verdicts
from digest.store import marks as mark_rows
from digest.store import sources as source_rows
from digest.workflows import embedding, ranking, reading_group
from digest.workflows.ingesting import settle_works
from tests import make
from tests.make import NOW, WEEK

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

SOURCES = """
[[learner]]
name = "Ada"
timezone = "UTC"
[learner.focus]
statement = "I want to understand dense retrieval and how retrievers are trained."
[[learner]]
name = "Ben"
timezone = "UTC"
[learner.focus]
statement = "I want to understand how large language models are served at low latency."
mute = ["sponsored"]

[group]
name = "Thursday Readers"

[embedding]
reranker = "none"
[[sources]]
name = "Blog"
url = "https://blog.example.org/feed"
"""
RETRIEVAL = "We train dense retrievers with hard negatives and evaluate retrieval."
SERVING = "We serve large language models at low latency and cost."
BOTH = "We serve dense retrieval with large language models at low latency, and train the retrievers."
CAKE = "A cake of apples, flour and sugar, baked in a hot oven."
ROOT = Path(__file__).parents[2]


def paper(number: int, summary: str, **changes: str) -> Item:
    return make.item(number, arxiv_id=f"2603.{number:05}", summary=summary, **changes)


PAPERS = (paper(1, RETRIEVAL), paper(2, SERVING), paper(3, BOTH), paper(4, CAKE))


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "sources.toml").write_text(SOURCES, encoding="utf-8")
    return load_config(tmp_path / "sources.toml")


def fill(config: Config, *made: Item) -> None:
    """Store, embed and rank for both; the archive began a week before."""
    with archive.open_archive(config.archive, learner="ada") as db:
        keys, assignment = settle_works(db, made)
        new = [make.new_item(one, work_id=assignment.works[one.item_id], keys=keys[one.item_id].all) for one in made]
        items.add(db, new, read=make.readings(made))
        visit = source_rows.FetchRow(
            source="Blog", started_at=NOW - WEEK, status=200, outcome="new", new_items=len(made), bytes=1,
            milliseconds=1, conditional=False, error="",
        )  # fmt: skip
        source_rows.record_fetches(db, [visit])
    model = load_model("bundled", folder=config.folder)
    embedding.embed(config, model, NOW, wait=1)
    for one in config.learners:
        ranking.rank(one, model, NOW, wait=1)


def meet(config: Config, now: datetime = NOW) -> Issue | None:
    done = reading_group.issue_and_deliver(config, load_model("bundled", folder=config.folder), now, wait=5)
    assert done is not None
    return done.issue


def mark(config: Config, item: Item, said: str, learner: str) -> None:
    with archive.open_archive(config.archive, learner=learner) as db:
        mark_rows.add(db, make.mark(item, mark=said))


def titles(config: Config) -> list[str]:
    return [section.paper.title for _, section in reading_group.report(config, wait=1).past if section]


def files(config: Config) -> list[str]:
    folder = config.folder / "digests" / "thursday-readers"
    return sorted(one.name for one in folder.iterdir()) if folder.exists() else []


class TestThePaper:
    def test_it_serves_both_and_says_how(self, config: Config) -> None:
        """Each in the words of their own focus, with its place by their own scores."""
        fill(config, *PAPERS)
        issue = meet(config)

        assert issue is not None
        assert issue.group is not None
        assert issue.group.paper.item_id == PAPERS[2].item_id
        ada, ben = issue.group.paper.serves
        assert (ada.member, ben.member) == ("Ada", "Ben")
        assert "retrieval" in ada.reason or "retrievers" in ada.reason
        assert "serve" in ben.reason or "serving" in ben.reason
        assert {ada.among, ben.among} == {4}
        assert files(config) == ["2026-W12.html", "2026-W12.md"]

    def test_a_period_has_one(self, config: Config) -> None:
        """However often the program runs; the next one comes the week after, and is another paper."""
        fill(config, *PAPERS)
        runs = [meet(config, NOW), meet(config, NOW), meet(config, NOW + make.DAY), meet(config, NOW + WEEK)]

        assert [run is not None for run in runs] == [True, False, False, True]
        assert len(set(titles(config))) == 2

    def test_papers_run_out(self, config: Config) -> None:
        """None comes twice; without one there is no issue, and the turn is nobody's."""
        fill(config, *PAPERS[:2])
        runs = [meet(config, NOW + number * WEEK) for number in range(4)]

        assert [run is not None for run in runs] == [True, True, False, False]
        assert reading_group.report(config, wait=1).turns == {"Ada": 1, "Ben": 1}

    @pytest.mark.parametrize("said", ["read", "dislike"])
    def test_what_one_has_read_or_disliked_is_left_out(self, config: Config, said: str) -> None:
        """Even if nobody else has."""
        fill(config, *PAPERS)
        mark(config, PAPERS[2], said, "ben")
        issue = meet(config)

        assert issue is not None
        assert issue.group is not None
        assert issue.group.paper.item_id != PAPERS[2].item_id

    def test_articles_and_muted_titles_are_no_papers_to_read(self, config: Config) -> None:
        """What has neither an arXiv id nor a DOI is read alone."""
        fill(config, make.item(7, summary=BOTH), paper(8, BOTH, title="Sponsored retrieval"), PAPERS[0])
        issue = meet(config)

        assert issue is not None
        assert issue.group is not None
        assert issue.group.paper.item_id == PAPERS[0].item_id

    def test_an_empty_archive_has_none(self, config: Config) -> None:
        """And the group can still be looked at."""
        assert meet(config) is None
        found = reading_group.report(config, wait=1)
        text = group_markdown(
            found.name, found.members, found.past, found.turns, found.next_presenter, found.next_issue, config.zone
        )

        assert "No paper was chosen yet." in text


class TestTurns:
    def test_they_go_round(self, config: Config) -> None:
        """And the issue says who is next."""
        fill(config, *PAPERS)
        sections = [issue.group for number in range(3) if (issue := meet(config, NOW + number * WEEK))]

        assert [one.presenter for one in sections if one] == ["Ada", "Ben", "Ada"]
        assert [one.next_presenter for one in sections if one] == ["Ben", "Ada", "Ben"]

    def test_a_skip_changes_the_files_and_not_the_paper(self, config: Config) -> None:
        """Who skipped presents the next one."""
        fill(config, *PAPERS)
        meet(config)
        assert reading_group.skip(config, "ada", wait=1) == "Ben"
        text = (config.folder / "digests" / "thursday-readers" / "2026-W12.md").read_text(encoding="utf-8")
        following = meet(config, NOW + WEEK)

        assert "Ben presents. Next: Ada." in text
        assert following is not None
        assert following.group is not None
        assert following.group.presenter == "Ada"
        with pytest.raises(DigestError, match="Ben does not present"):
            reading_group.skip(config, "Ben", wait=1)

    def test_an_offer_is_taken(self, config: Config) -> None:
        """By name or id; others than members are named."""
        fill(config, *PAPERS)
        with pytest.raises(DigestError, match="the group has no paper yet"):
            reading_group.let_present(config, "Ben", wait=1)
        meet(config)

        assert reading_group.let_present(config, "BEN", wait=1) == "Ben"
        assert reading_group.report(config, wait=1).turns == {"Ada": 0, "Ben": 1}
        with pytest.raises(DigestError, match="'Adda' is no member of Thursday Readers; did you mean 'Ada'"):
            reading_group.skip(config, "Adda", wait=1)


class TestSettings:
    def test_the_first_member_sets_the_clock(self, config: Config) -> None:
        """Where [group.digest] says nothing; its folder is beside theirs."""
        group = group_view(config)

        assert group is not None
        assert (group.digest.on, group.learner_id, group.email) == ("mon", "@thursday-readers", None)
        assert group.digest.directory == "digests/thursday-readers"

    def test_what_the_group_says_counts(self, tmp_path: Path) -> None:
        """Its mail goes over the server of [email]."""
        mail = '[email]\nfrom = "d@example.org"\nhost = "127.0.0.1"\nsecurity = "none"\n'
        own = '[group.digest]\non = "thu"\n[group.email]\nto = ["all@example.org"]\n'
        text = SOURCES.replace("[embedding]", f"{own}\n{mail}[embedding]")
        group = group_view(parse_text(text, folder=tmp_path))

        assert group is not None
        assert group.email is not None
        assert (group.digest.on, group.email.host, group.email.to) == ("thu", "127.0.0.1", ("all@example.org",))

    @pytest.mark.parametrize(
        ("before", "after", "told"),
        [
            ("[group]", '[group]\nmembers = ["Ada", "Bean"]', "group.members: there is no learner 'Bean'; there are"),
            ("[group]", '[group]\nmembers = ["Ada", "ada"]', "group.members: 'ada' is named twice"),
            ('"Thursday Readers"', '"Ada"', "group.name: 'Ada' is a learner's id too"),
            ('"Thursday Readers"', '"…"', "group.name: needs a letter or a digit"),
        ],
    )
    def test_what_cannot_be_is_said(self, tmp_path: Path, before: str, after: str, told: str) -> None:
        """In one line that names the key."""
        with pytest.raises(ConfigError, match="group") as failure:
            parse_text(SOURCES.replace(before, after), folder=tmp_path)

        assert told in str(failure.value)

    def test_one_learner_is_no_group(self) -> None:
        """There is nobody to read with."""
        with pytest.raises(ConfigError, match="group: a reading group needs several learners"):
            make.config('[group]\nname = "Readers"')


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.slow)])
def test_a_kill_at_any_point_loses_and_doubles_nothing(config: Config, kills: int) -> None:
    """Week after week a run is killed and then made again: each has one paper, one turn and its files.

    Ada's project meanwhile is reviewed once and wrapped up once.
    """
    ends = (NOW + (kills - 2) * WEEK).date() + make.DAY
    project = f'[learner.focus.project]\nname = "Notes"\nquestion = "How are retrievers trained?"\nuntil = {ends}\n'
    text = SOURCES.replace('[[learner]]\nname = "Ben"', f'{project}[[learner]]\nname = "Ben"')
    # Nobody answers there, so that arXiv is tried in every week.
    text += '[[sources]]\nname = "arXiv"\nkind = "arxiv"\ncategories = ["cs.IR"]\nbase_url = "http://127.0.0.1:9"\n'
    (config.folder / "sources.toml").write_text(text, encoding="utf-8")
    config = load_config(config.folder / "sources.toml")
    fill(config, *(paper(number, BOTH) for number in range(1, kills + 10)))
    moments, took = random.Random(7), 4.0
    for number in range(kills):
        command = [sys.executable, "-m", "tests.workflows.meeting", str(config.folder / "sources.toml"), str(number)]
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        time.sleep(moments.uniform(0.3 * took, took))
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
        took = time.monotonic() - began
    past = reading_group.report(config, wait=1).past

    assert len(past) == kills
    assert len({turn.period for turn, _ in past}) == len({turn.work_id for turn, _ in past}) == kills
    assert [turn.presenter for turn, _ in past] == [("ada", "ben")[number % 2] for number in range(kills)]
    assert files(config) == sorted(f"{turn.period}.{end}" for turn, _ in past for end in ("md", "html"))
    with archive.open_archive(config.archive, learner="ada", read_only=True) as db:
        issues = [verdicts.issue(db, period) for period, _ in verdicts.periods(db)]
    sections = [issue.project for issue in issues if issue is not None and issue.project is not None]
    assert sum(section.review is not None for section in sections) == 1
    assert sum(section.wrap_up is not None for section in sections) == 1
    written = [one.name for one in (config.folder / "digests" / "ada" / "projects").iterdir()]
    assert written == ["notes.md"]

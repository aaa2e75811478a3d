"""A project in a real archive: reviewed once, asked of arXiv once, shown in issues, wrapped up once."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.config import Config
from digest.errors import DigestError
from digest.fetch import client
from digest.fetch.limits import FetchLimits
from digest.records import Issue, Item, ProjectTrail
from digest.store import archive, items
from digest.store import marks as mark_rows
from digest.store import projects as project_rows
from digest.workflows import building, issuing, projects
from digest.workflows.ingesting import settle_works
from digest.workflows.issuing import LearnerResult
from digest.workflows.mail_feedback import MailMarks
from tests import make
from tests.fetch.server import Asked, Said, World, serving
from tests.make import NOW, WEEK
from tests.sources.test_arxiv import paper, results
from tests.workflows.steps import embed_and_rank

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

FOCUS = """
[focus]
statement = "I build retrieval systems."
[focus.project]
name = "Notes: a search/engine"
question = "How do I evaluate retrieval without labels?"
until = 2026-04-10
"""
LABELS = (
    "We propose to evaluate retrieval without labels: the retrieval system is evaluated without any relevance labels, "
    "on seven collections."
)
SURVEY = "In this survey we review how retrieval is evaluated without relevance labels, in a hundred papers."
CAKE = "A cake of apples, flour and sugar, baked for an hour in a hot oven."


class Arxiv:
    """An arXiv that has two papers for any query; or fails."""

    def __init__(self) -> None:
        self.queries: list[str] = []
        self.status = 200

    def __call__(self, asked: Asked) -> Said:
        self.queries.append(parse_qs(urlsplit(asked.path).query)["search_query"][0])
        if self.status != 200:
            return Said(status=self.status)
        return Said(body=results(paper("2301.00001"), paper("2301.00002"), total=2).body)


@pytest.fixture(name="arxiv")
def _arxiv() -> Arxiv:
    return Arxiv()


@pytest.fixture(name="world")
def _world(arxiv: Arxiv) -> Iterator[World]:
    with serving(arxiv) as world:
        yield world


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(client, "fetch_all", partial(client.fetch_all, limits=FetchLimits(arxiv_gap=0.01)))
    return project(world.url(""), tmp_path)


def project(base_url: str, folder: Path, focus: str = FOCUS) -> Config:
    declared = f'[[sources]]\nname = "arXiv"\nkind = "arxiv"\ncategories = ["cs.IR"]\nbase_url = "{base_url}"\n'
    toml = '[learner]\ntimezone = "UTC"\n[fetch]\npause = "0s"\n[embedding]\nreranker = "none"\n[digest]\nat_least = 1\nformats = ["markdown"]\n'
    return make.config(toml, focus=focus, sources=declared, folder=folder)


def fill(config: Config, *made: Item, seen_at: dt.datetime = NOW - make.DAY) -> None:
    with archive.open_archive(config.archive) as db:
        keys, assignment = settle_works(db, made)
        new = [
            make.new_item(one, work_id=assignment.works[one.item_id], keys=keys[one.item_id].all, first_seen_at=seen_at)
            for one in made
        ]
        items.add(db, new, read=make.readings(made))


def week(config: Config, number: int = 0) -> LearnerResult:
    """A run that ends a period, without its fetches."""
    now = NOW + number * WEEK
    projects.look_up(config, now, wait=1)
    ranked = embed_and_rank(config, now)
    return issuing.issue_and_deliver(config, ranked, now, mail=MailMarks(), end_period=True, wait=1)


def issue_of(done: LearnerResult) -> Issue:
    assert done.issue is not None
    return done.issue


def rows(config: Config, sql: str) -> list[tuple[object, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def text_of(config: Config) -> str:
    [file] = (config.digest_folder / "projects").iterdir()
    return file.read_text(encoding="utf-8")


def trail_of(config: Config, now: dt.datetime = NOW) -> ProjectTrail:
    found = projects.trail_of(config, now, wait=1)
    assert found is not None
    return found


NEAR = (
    make.item(1, title="Evaluating retrieval without labels", summary=LABELS),
    make.item(2, title="A survey of retrieval evaluation without labels", summary=SURVEY),
    make.item(3, title="Apple cake", summary=CAKE),
)


class TestTheReview:
    def test_it_stands_in_the_first_issue_and_in_a_file(self, config: Config) -> None:
        """Wide before deep, each with its own words; what is not near is not there; the second issue has none."""
        fill(config, *NEAR)
        first, second = issue_of(week(config)), issue_of(week(config, 1))

        assert first.project is not None
        assert first.project.review is not None
        works = first.project.review.works
        assert [work.title for work in works[:2]] == [NEAR[1].title, NEAR[0].title]
        assert works[1].words
        assert works[1].words in LABELS
        assert "Apple cake" not in text_of(config)
        assert text_of(config).index(NEAR[1].title) < text_of(config).index(NEAR[0].title)
        assert second.project is not None
        assert second.project.review is None

    def test_arxiv_is_asked_once(self, config: Config, arxiv: Arxiv) -> None:
        """However often the program runs; its papers are stored, and are no news."""
        for number in range(3):
            week(config, number)

        assert len(arxiv.queries) == 1
        assert "all:retrieval AND all:labels" in arxiv.queries[0]
        found = rows(config, "select source, backfill from items where arxiv_id like '2301.%'")
        assert found == [(projects.FOUND, True)] * 2
        assert rows(config, "select count(*) from verdicts") == [(0,)]

    def test_a_paper_that_is_there_is_not_stored_again(self, config: Config) -> None:
        """It keeps the source that brought it."""
        fill(config, make.item(9, arxiv_id="2301.00001", url="https://arxiv.org/abs/2301.00001"))
        week(config)

        assert rows(config, "select source from items where arxiv_id = '2301.00001'") == [("Blog",)]

    def test_without_an_answer_it_is_made_from_the_archive(self, config: Config, arxiv: Arxiv) -> None:
        """The run goes on; the next one asks again and the file is then made again."""
        fill(config, *NEAR)
        arxiv.status = 503
        told = projects.look_up(config, NOW, wait=1)
        offline = issue_of(week(config))
        assert told.startswith("project 'Notes: a search/engine': no papers from arXiv yet")
        assert offline.project is not None
        assert offline.project.review is not None
        assert not offline.project.review.asked_arxiv
        assert "arXiv has not been asked yet" in text_of(config)

        arxiv.status = 200
        later = issue_of(week(config, 1))
        assert later.project is not None
        assert later.project.review is None
        assert "from your archive and arXiv" in text_of(config)

    def test_a_query_that_arxiv_refuses_is_not_repeated(self, config: Config, arxiv: Arxiv) -> None:
        """It would be refused every week."""
        arxiv.status = 400
        week(config), week(config, 1)

        assert len(arxiv.queries) == 1

    def test_arxiv_is_left_alone_as_long_as_it_asked(self, config: Config, arxiv: Arxiv) -> None:
        """Whoever asked it before."""
        with archive.open_archive(config.archive) as db:
            db.execute("insert into core.paper_requests values (?)", [(NOW + make.DAY).replace(tzinfo=None)])

        assert "asked not to be asked again before" in projects.look_up(config, NOW, wait=1)
        assert arxiv.queries == []
        assert projects.look_up(config, NOW + 2 * make.DAY, wait=1) == ""
        assert len(arxiv.queries) == 1

    def test_a_file_that_was_edited_stays(self, config: Config) -> None:
        """What the learner wrote into it is theirs; the new text lies beside it."""
        fill(config, *NEAR)
        week(config)
        [file] = (config.digest_folder / "projects").iterdir()
        assert file.name == "notes-a-search-engine.md"
        file.write_text("mine", encoding="utf-8")
        projects.review_again(config, NOW + WEEK, ask=False, wait=1)

        assert file.read_text(encoding="utf-8") == "mine"
        assert "## Literature review" in file.with_name("notes-a-search-engine-2.md").read_text(encoding="utf-8")

    def test_what_was_disliked_is_not_in_it(self, config: Config) -> None:
        """The learner has judged it."""
        fill(config, *NEAR)
        with archive.open_archive(config.archive) as db:
            mark_rows.add(db, make.mark(NEAR[0], mark="dislike"))

        assert NEAR[0].title not in text_of_review(config)

    def test_an_empty_archive_has_an_empty_review(self, config: Config, arxiv: Arxiv) -> None:
        """And says so."""
        arxiv.status = 503
        projects.look_up(config, NOW, wait=1)
        _, made, _ = projects.review_again(config, NOW, ask=False, wait=1)

        assert made.works == ()
        assert "Nothing in your archive is near the question yet" in text_of(config)


def text_of_review(config: Config) -> str:
    week(config)
    return text_of(config)


class TestWhileItRuns:
    def test_an_issue_says_what_is_missing(self, config: Config, arxiv: Arxiv) -> None:
        """A part of the question is open until something kept, liked or reviewed is near it."""
        arxiv.status = 503
        fill(config, NEAR[2])
        before = issue_of(week(config))
        fill(config, *NEAR[:2], seen_at=NOW + make.DAY)
        after = issue_of(week(config, 1))

        assert before.project is not None
        assert after.project is not None
        assert before.project.missing == ("evaluate retrieval without labels",)
        assert after.project.missing == ()
        assert (before.project.days_left, after.project.days_left) == (18, 11)

    def test_the_trail_has_what_was_found_and_read(self, config: Config) -> None:
        """With milestones in the order in which they were reached."""
        fill(config, *NEAR)
        issue = issue_of(week(config))
        assert [pick.on_question for pick in issue.picks if pick.item_id == NEAR[0].item_id] == [True]
        with archive.open_archive(config.archive) as db:
            mark_rows.add(db, make.mark(NEAR[0], mark="read", marked_at=NOW + make.DAY))
        projects.add_milestone(config, " evaluated  BM25 baseline ", NOW + 2 * make.DAY, wait=1)
        trail = trail_of(config, NOW + 3 * make.DAY)

        assert NEAR[0].item_id in {one.item_id for one in trail.found}
        assert [(one.item_id, one.read_at) for one in trail.read] == [(NEAR[0].item_id, NOW + make.DAY)]
        assert [one.milestone for one in trail.milestones] == ["evaluated BM25 baseline"]

    def test_another_question_begins_anew(self, config: Config, world: World, tmp_path: Path) -> None:
        """With a review and a file of its own; the first one's stays."""
        fill(config, *NEAR)
        week(config)
        other = project(world.url(""), tmp_path, FOCUS.replace("labels?", "clicks?"))
        issue = issue_of(week(other, 1))

        assert issue.project is not None
        assert issue.project.review is not None
        assert len(list((config.digest_folder / "projects").iterdir())) == 2
        assert rows(config, "select count(distinct path) from projects") == [(2,)]

    def test_nothing_is_said_without_a_project(self, world: World, config: Config, tmp_path: Path) -> None:
        """Nothing is asked and nothing recorded, and the trail is None."""
        none = project(world.url(""), tmp_path, make.FOCUS)

        assert issue_of(week(none)).project is None
        assert projects.trail_of(none, NOW, wait=1) is None
        assert rows(none, "select * from projects") == []
        with pytest.raises(DigestError, match=r"declares no project; say \[focus.project\]"):
            projects.add_milestone(none, "x", NOW, wait=1)


class TestItsEnd:
    def test_one_issue_wraps_it_up(self, config: Config) -> None:
        """And none speaks of it after that; the file tells it too."""
        fill(config, *NEAR)
        week(config)
        projects.add_milestone(config, "indexed the notes", NOW, wait=1)
        last, next_one = issue_of(week(config, 3)), issue_of(week(config, 4))

        assert last.project is not None
        assert last.project.wrap_up is not None
        assert [one.milestone for one in last.project.wrap_up.milestones] == ["indexed the notes"]
        assert last.project.wrap_up.never_found == ()
        assert "## What became of it" in text_of(config)
        assert next_one.project is None
        assert next_one.question == ""

    def test_one_that_is_over_when_it_is_declared_never_begins(self, config: Config, arxiv: Arxiv) -> None:
        """There is nothing to tell."""
        issue = issue_of(week(config, 10))

        assert issue.project is None
        assert arxiv.queries == []

    def test_a_later_last_day_lets_it_go_on(self, config: Config, world: World, tmp_path: Path) -> None:
        """And it is wrapped up again at that end."""
        fill(config, *NEAR)
        week(config), week(config, 3)
        longer = project(world.url(""), tmp_path, FOCUS.replace("2026-04-10", "2026-05-10"))
        runs, ends = issue_of(week(longer, 4)), issue_of(week(longer, 8))

        assert runs.project is not None
        assert runs.project.wrap_up is None
        assert runs.project.days_left == 20
        assert ends.project is not None
        assert ends.project.wrap_up is not None

    def test_a_failure_to_store_the_issue_shows_it_again(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        """What an issue shows is remembered with the issue, or not at all."""
        fill(config, *NEAR)
        ranked = embed_and_rank(config, NOW)
        projects.review(config, ranked, NOW, wait=1)

        def fail(*_: object, **__: object) -> None:
            raise DigestError("the disk is full")

        with monkeypatch.context() as patch:
            patch.setattr(project_rows, "remember_shown", fail)
            with pytest.raises(DigestError):
                building.build(config, ranked, NOW, wait=1)
        issue = building.build(config, ranked, NOW, wait=1)

        assert rows(config, "select count(*) from issues") == [(1,)]
        assert issue.project is not None
        assert issue.project.review is not None

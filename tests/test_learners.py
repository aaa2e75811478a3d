"""Two learners with opposite foci in one archive: one fetch and one embedding, and nobody sees what is another's."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digest import pipeline
from digest.config import Config, load_config
from digest.daemon.tick import Daemon
from digest.judge.static_embedder import StaticEmbedder
from digest.records import Issue
from digest.render import mail_marks
from digest.store import checkbox_files, keys, query
from digest.store import marks as mark_rows
from digest.store.search import Wanted
from digest.workflows import browsing, building, delivering, feedback, mail_feedback, schedule, searching, status
from digest.workflows.opening import opened
from digest.workflows.ranking import Ranked
from digest.workflows.shared_reading import SharedReading
from tests.homes import NOW
from tests.make import sample_config

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

ADA = "I build search over documentation and want to understand how dense and sparse retrievers are trained."
BOB = "I run feature stores and streaming pipelines in production, with monitoring, contracts and deployment."
WEEK = timedelta(days=7)


def declared(alone: str, *, ada: str = "", bob: str = "") -> str:
    """The demo's sources.toml for Ada and Bob, with more keys for either."""
    entries = [
        f'[[learner]]\nname = "{name}"\n{zone}\n[learner.focus]\nstatement = "{focus}"\nlean = "{lean}"\n{more}\n'
        for name, zone, focus, lean, more in (
            ("Ada", 'timezone = "Europe/Berlin"', ADA, "letter", ada),
            ("Bob", 'timezone = "America/New_York"', BOB, "envelope", bob),
        )
    ]
    without = re.sub(r"(?ms)^\[(learner|focus)(\.\w+)?\].*?(?=^\[(?!focus\.))", "", alone)
    return "\n".join(entries) + without


def written(config: Config, text: str) -> Config:
    (config.folder / "sources.toml").write_text(text, encoding="utf-8")
    return load_config(config.folder / "sources.toml")


@pytest.fixture(name="two")
def _two(config: Config, samples: str) -> Config:
    return written(config, declared(sample_config(samples)))


@pytest.fixture(name="encoded")
def _encoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that the first model is given."""
    texts: list[str] = []
    encode = StaticEmbedder.encode

    def counted(self: StaticEmbedder, some: list[str]) -> object:
        texts.extend(some)
        return encode(self, some)

    monkeypatch.setattr(StaticEmbedder, "encode", counted)
    return texts


def rows(config: Config, sql: str, learner: str | None = None) -> list[tuple[object, ...]]:
    return list(query.ask(config.archive, sql, learner=learner, wait=1).rows)


class TestOneRun:
    def test_everybody_gets_an_issue_of_their_own(self, two: Config) -> None:
        """Over the same works, by their own focus, in their own folder and zone."""
        done = pipeline.run(two, NOW, end_period=True)

        ada, bob = done.learners
        assert ada.issue is not None
        assert bob.issue is not None
        assert (ada.issue.learner, bob.issue.learner) == ("Ada", "Bob")
        assert (ada.issue.zone, bob.issue.zone) == ("Europe/Berlin", "America/New_York")
        assert ada.issue.seen == bob.issue.seen > 100
        titles = [{pick.title for pick in one.issue.picks} for one in (ada, bob) if one.issue]
        assert not titles[0] & titles[1]
        for one in done.learners:
            assert {d.path.parent for d in one.delivered if d.path} == {two.folder / "digests" / one.config.learner_id}

    def test_sources_are_asked_and_texts_embedded_once(self, two: Config, encoded: list[str]) -> None:
        """However many learners there are: the count is that of the texts."""
        pipeline.run(two, NOW)

        [(texts,)] = rows(two, "select count(distinct text_hash) from core.items")
        stored = {text for (text,) in rows(two, "select title from items where length(title) > 30")}
        opening = [text for text in encoded if any(text.startswith(str(title)) for title in stored)]
        assert len(set(opening)) == len(opening) <= int(str(texts))
        assert rows(two, "select distinct count(*) from fetches group by source") == [(1,)]

    def test_a_failure_of_one_stops_no_other(self, two: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        """Ada's folder cannot be written, and a bug strikes while her issue is built; Bob has his."""
        build = building.build

        def strike(
            config: Config, ranked: Ranked, now: datetime, *, wait: float, reading: SharedReading | None = None
        ) -> Issue:
            if config.learner_id == "ada":
                raise ZeroDivisionError
            return build(config, ranked, now, wait=wait, reading=reading)

        monkeypatch.setattr(building, "build", strike)
        ada, bob = pipeline.run(two, NOW, end_period=True).learners

        assert "a bug: ZeroDivisionError" in ada.problem
        assert bob.issue is not None
        assert bob.problem == ""

    def test_only_who_is_named(self, two: Config) -> None:
        """`digest run --issue --learner Bob` ends his period alone."""
        pipeline.run(two, NOW, learners=[two.for_learner("Bob")], end_period=True)

        assert rows(two, "select learner from issues") == [("bob",)]


@pytest.fixture(name="built")
def _built_for_two(two: Config) -> Config:
    pipeline.run(two, NOW, end_period=True)
    return two


class TestWhoSeesWhat:
    def test_views_and_searches(self, built: Config) -> None:
        """Named, a learner sees their own; unnamed, all is there, with a column that says whose."""
        [[(one, _)], [(other, _)]] = (
            rows(built, "select item_id, title from picks limit 1", who) for who in ("ada", "bob")
        )
        feedback.mark(built.for_learner("ada"), [str(one)], ["like"], NOW, wait=1)
        feedback.mark(built.for_learner("bob"), [str(other)], ["save"], NOW, wait=1)

        for who, mark in (("ada", "like"), ("bob", "save")):
            assert rows(built, "select learner, mark from marks", who) == [(who, mark)]
            assert rows(built, "select distinct learner from verdicts", who) == [(who,)]
            assert rows(built, "select distinct learner from picks", who) == [(who,)]
        assert len(rows(built, "select * from marks")) == 2
        for view in (built.for_learner("ada"), built.for_everybody):
            found = searching.find(view, "retrieval", Wanted(mark="like"), mode="words", wait=1)
            assert len(found.rows) <= 1

    def test_issues_and_status(self, built: Config) -> None:
        """A page or command of one learner shows their issues and pause alone."""
        bob = built.for_learner("bob")
        schedule.pause(bob, NOW + 4 * WEEK, wait=1)

        facts = status.status(built, NOW, wait=1)

        assert [one["name"] for one in facts["learners"]] == ["Ada", "Bob"]
        assert [bool(one["paused_until"]) for one in facts["learners"]] == [False, True]
        ada = browsing.list_issues(built.for_learner("ada"), wait=1)
        assert {pick.item_id for issue in ada.issues for pick in issue.picks} == {
            str(item) for (item,) in rows(built, "select item_id from picks", "ada")
        }

    def test_ticks_are_whose_file_they_are_in(self, built: Config) -> None:
        """A box in Bob's Markdown is Bob's mark."""
        [path] = (built.folder / "digests" / "bob").glob("*.md")
        path.write_text(path.read_text("utf-8").replace("- [ ] like", "- [x] like", 1), encoding="utf-8")
        if "- [x]" not in path.read_text("utf-8"):
            path.write_text(path.read_text("utf-8").replace("[ ]", "[x]", 1), encoding="utf-8")

        for one in built.learners:
            feedback.read_checkboxes(one, NOW, wait=1)

        assert {row[0] for row in rows(built, "select learner from marks")} == {"bob"}
        with opened(built.for_learner("ada"), read_only=True) as db:
            assert checkbox_files.remembered(db) == frozenset()

    def test_marks_that_wait_are_whose_they_are(self, built: Config) -> None:
        """Whoever's process stores them."""
        [(item, _)] = rows(built, "select item_id, title from items limit 1")
        feedback.mark_later(built.for_learner("bob"), [str(item)], ["like"], NOW, origin="page")

        feedback.store_waiting(built.for_learner("ada"), wait=1)

        assert rows(built, "select learner from marks") == [("bob",)]

    def test_links_by_mail_are_whose_mail_they_are_in(self, built: Config) -> None:
        """The same mark of the same item is signed otherwise for each; who was alone still signs as before."""
        with opened(built):
            key = keys.read_or_make(built.archive, keys.MARKING)
        signed = {keys.of_learner(key, one) for one in ("ada", "bob", "default")}

        assert len(signed) == 3
        assert key in signed

    def test_a_reply_marks_for_the_learner_whose_mail_it_answers(self, config: Config, samples: str) -> None:
        """One mailbox for all; an answer to a mail from before there were two is Ada's, who was alone then."""
        mail = (
            '[learner.email]\nto = ["{0}@example.org"]\nfrom = "d@example.org"\nhost = "localhost"\nsecurity = "none"\n'
        )
        alone = sample_config(samples)
        pipeline.run(config, NOW, end_period=True)
        shared = '[marks]\nmaildir = "replies"\n'
        two = written(config, shared + declared(alone, ada=mail.format("ada"), bob=mail.format("bob")))
        with opened(two):
            key = keys.read_or_make(two.archive, keys.MARKING)
        items = [str(row[0]) for row in rows(two, "select item_id from items order by 1 limit 3")]
        for folder in ("cur", "new", "tmp"):
            (two.folder / "replies" / folder).mkdir(parents=True)
        for number, (item, learner) in enumerate(zip(items, ("ada", "bob", "default"), strict=True)):
            subject = mail_marks.subject((item, "like"), key=keys.of_learner(key, learner))
            text = f"Message-ID: <{number}@example.org>\r\nSubject: Re: {subject}\r\n\r\n"
            (two.folder / "replies" / "new" / str(number)).write_text(text)

        found = mail_feedback.collect_all(two.learners, NOW, wait=1)

        assert {one: len(mail.marks) for one, mail in found.items()} == {"ada": 2, "bob": 1}
        assert rows(two, "select learner, item_id from marks order by item_id") == [
            ("ada", items[0]),
            ("bob", items[1]),
            ("ada", items[2]),
        ]
        assert all(not mail.marks for mail in mail_feedback.collect_all(two.learners, NOW, wait=1).values())

    def test_a_learners_command_asks_whose(self, built: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        """One line that names them; DIGEST_LEARNER says it for good."""
        from typer.testing import CliRunner

        from digest.cli import app

        path = str(built.folder / "sources.toml")
        refused = CliRunner().invoke(app, ["why", "x", "--config", path])
        monkeypatch.setenv("DIGEST_LEARNER", "Bob")
        asked = CliRunner().invoke(
            app, ["query", "select distinct learner from issues", "--json", "--config", path], catch_exceptions=False
        )

        assert str(refused.exception) == "whose? say --learner NAME, or set DIGEST_LEARNER; there are Ada, Bob"
        assert json.loads(asked.stdout) == [{"learner": "bob"}]


class TestFromOneToTwo:
    def test_what_was_one_learners_is_theirs(self, config: Config, samples: str) -> None:
        """Issues, marks and boxes are Ada's when the file names two, and hers again when it names her alone."""
        alone = sample_config(samples)
        first = pipeline.run(config, NOW, end_period=True)
        assert first.issue is not None
        feedback.mark(config, [first.issue.picks[0].item_id], ["like"], NOW, wait=1)
        counts = "select learner, (select count(*) from marks) from issues"
        assert rows(config, counts) == [("default", 1)]

        both = written(config, declared(alone))
        pipeline.run(both, NOW + timedelta(minutes=1))
        assert rows(both, counts, "ada") == [("ada", 1)]
        assert rows(both, "select * from marks", "bob") == []
        # Bob has never had an issue: what came since the first fetch is still news to him.
        later = pipeline.run(both, NOW + timedelta(minutes=2), end_period=True).learners
        assert [one.issue.seen for one in later if one.issue] == [0, first.issue.seen]

        again = written(config, alone)
        pipeline.run(again, NOW + timedelta(minutes=3))
        assert rows(again, "select count(*) from issues", "default") == [(2,)]
        assert rows(again, "select learner, mark from marks", "default") == [("default", "like")]
        assert rows(again, "select count(*) from issues where learner = 'bob'") == [(1,)]

    def test_a_delivery_is_never_repeated_under_another_id(self, config: Config, samples: str) -> None:
        """What was sent stays sent."""
        pipeline.run(config, NOW, end_period=True)
        both = written(
            config,
            declared(
                sample_config(samples),
                ada='[learner.digest]\ndirectory = "digests"',
                bob='[learner.digest]\ndirectory = "bobs"',
            ),
        )

        pipeline.run(both, NOW + timedelta(minutes=1))

        assert delivering.deliver_pending(both.for_learner("ada"), NOW + timedelta(minutes=2), wait=1) == []


class TestDaemon:
    def test_each_issue_comes_by_its_own_clock(self, config: Config, samples: str) -> None:
        """Monday at seven in Berlin is one in the morning in New York: Bob's comes six hours later."""
        two = written(config, declared(sample_config(samples)))
        job = Daemon(lambda: two, wait=1)
        job.tick(NOW)  # a Friday

        monday = NOW.replace(day=23, hour=6, minute=0)
        built = []
        for hours in (-1, 0, 1, 5, 6, 7):
            job.tick(monday + timedelta(hours=hours))
            built.append([row[0] for row in rows(two, "select learner from issues order by 1")])

        assert built == [[], ["ada"], ["ada"], ["ada"], ["ada", "bob"], ["ada", "bob"]]
        assert [path.name for path in sorted((two.folder / "digests").glob("*/*.md"))] == ["2026-W47.md"] * 2

    def test_one_learners_failure_is_one_line_and_no_others(
        self, config: Config, samples: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Ada's folder is a file; Bob's issue is built and written."""
        two = written(config, declared(sample_config(samples)))
        (two.folder / "digests").mkdir()
        (two.folder / "digests" / "ada").write_text("no folder")
        job = Daemon(lambda: two, wait=1)
        with caplog.at_level("INFO"):
            job.tick(NOW)
            job.tick(NOW + WEEK)

        assert rows(two, "select learner from issues order by 1") == [("ada",), ("bob",)]
        assert Path(two.folder / "digests" / "bob").glob("*.md")
        assert mail_feedback.collect_all(two.learners, NOW, wait=1).keys() == {"ada", "bob"}
        sent = rows(two, "select learner, state from deliveries group by all order by all")
        assert ("bob", "sent") in sent
        assert ("ada", "sent") not in sent


def test_marks_move_one_learners_scores_only(two: Config) -> None:
    """What Ada dislikes, Bob may still like."""
    pipeline.run(two, NOW)
    [(item, _)] = rows(two, "select item_id, relevance from scores order by relevance desc limit 1", "bob")
    before = rows(two, "select item_id, relevance from scores order by 1", "bob")
    feedback.mark(two.for_learner("ada"), [str(item)], ["dislike"], NOW, wait=1)

    pipeline.run(two, NOW)

    assert rows(two, "select item_id, relevance from scores order by 1", "bob") == before
    with opened(two.for_learner("bob"), read_only=True) as db:
        assert mark_rows.standing(db) == {}

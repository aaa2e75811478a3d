"""Building an issue from an archive with a past."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digest.arrays import Floats
from digest.config import Config
from digest.judge.focus import read_focus
from digest.records import Issue, Item
from digest.store import archive, items, vectors, verdicts
from digest.store import scores as score_rows
from digest.workflows import building, site
from digest.workflows.ranking import Ranked
from tests import make
from tests.make import NOW, WEEK

AXES = ("retrieval", "serving", "tides", "labels", "")
FOCUS = """
[focus]
statement = "retrieval"
[focus.project]
name = "retrieval"
question = "retrieval without labels"
"""
ABSTRACT = (
    "We study how retrieval learns from clicks in seven large collections and what remains of it in an eighth. " * 2
)


class Toy:
    """A model with one axis a word it knows, and a little of everything."""

    name = "toy-5"
    dimensions = len(AXES)

    def encode(self, texts: Sequence[str]) -> Floats:
        counts = [[text.lower().count(word) if word else 0.2 for word in AXES] for text in texts]
        rows = np.array(counts, dtype=np.float32).reshape(-1, len(AXES))
        return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path) -> Config:
    return make.config(focus=FOCUS, folder=tmp_path)


def ranked(config: Config) -> Ranked:
    return Ranked(items=0, model=Toy(), focus=read_focus(config.focus, Toy()))


def store(config: Config, made: Sequence[Item], *, seen_at: dt.datetime) -> None:
    """Store, embed and score items; each is relevant, and of the letter."""
    with archive.open_archive(config.archive) as db:
        new = [make.new_item(one, first_seen_at=seen_at) for one in made]
        items.add(db, new, read=make.readings(made))
        vectors.use_model(db, Toy.name, Toy.dimensions, now=NOW)
        texts = vectors.missing(db, Toy.name, Toy.dimensions)
        rows = Toy().encode([f"{title} {body}" for _, title, body in texts])
        vectors.save(db, Toy.name, [text_hash for text_hash, _, _ in texts], rows)
        stored = [row[0] for row in db.execute("select item_id from core.items order by 1").fetchall()]
        ones = np.ones(len(stored), dtype=np.float32)
        columns = {"relevance": 5 * ones, "lean": 0.2 * ones, "score": 5 * ones}
        score_rows.replace(db, stored, columns, {"statement": 5 * ones})


def work(number: int, title: str, summary: str, **changes: str) -> Item:
    return make.item(number, **({"title": title, "summary": summary, "source": f"Source {number}"} | changes))


OLD = work(1, "Retrieval, the first part", "retrieval retrieval labels")
NEW = (
    work(11, "Retrieval, the second part", "retrieval retrieval labels labels"),
    work(12, "Serving at sea", "serving serving"),
    work(13, "What tides teach", "tides tides"),
)


def two_issues(config: Config) -> tuple[Issue, Issue]:
    store(config, [OLD], seen_at=NOW - 2 * WEEK + dt.timedelta(days=1))
    first = building.build(config, ranked(config), NOW - WEEK, wait=1)
    store(config, NEW, seen_at=NOW - dt.timedelta(days=2))
    return first, building.build(config, ranked(config), NOW, wait=1)


class TestBuild:
    def test_picks_go_back_to_what_was_shown(self, config: Config) -> None:
        """The second part names the first, which the issue before showed; the others name nothing."""
        _, issue = two_issues(config)
        connected = {pick.title: pick.connections for pick in issue.picks}
        (found,) = connected["Retrieval, the second part"]

        assert (found.title, found.period) == ("Retrieval, the first part", "2026-W11")
        assert connected["Serving at sea"] == connected["What tides teach"] == ()

    def test_what_speaks_to_the_question_is_known(self, config: Config) -> None:
        """By its vector, not by the words of its reason."""
        _, issue = two_issues(config)

        assert [pick.title for pick in issue.picks if pick.on_question] == ["Retrieval, the second part"]
        assert issue.first == next(pick.item_id for pick in issue.picks if pick.on_question)

    def test_sources_and_keep_rates_are_held_against_before(self, config: Config) -> None:
        """Both issues are in the rates, this one last."""
        first, issue = two_issues(config)

        assert [(rate.period, rate.seen) for rate in first.weekly.keep_rates] == [("2026-W11", 1)]
        assert [(rate.period, rate.seen) for rate in issue.weekly.keep_rates] == [("2026-W11", 1), ("2026-W12", 3)]
        assert {row.source for row in issue.weekly.yields} == {one.source for one in NEW}

    def test_twins_are_merged_for_good(self, config: Config) -> None:
        """Two sources' versions of one text are one work in the issue and in the archive."""
        twin = work(22, "How retrieval learns: our story", f"{ABSTRACT} Read on.")
        store(config, [work(21, "How retrieval learns", ABSTRACT), twin], seen_at=NOW - dt.timedelta(days=2))

        issue = building.build(config, ranked(config), NOW, wait=1)

        (pick,) = issue.picks
        assert {pick.source, *(place.source for place in pick.also_at)} == {"Source 21", "Source 22"}
        with archive.open_archive(config.archive, read_only=True) as db:
            assert db.execute("select count(*), max(item_count) from works").fetchall() == [(1, 2)]

    def test_an_empty_archive_gives_an_empty_issue(self, config: Config) -> None:
        """Without items, vectors or a past."""
        store(config, [], seen_at=NOW)
        issue = building.build(config, ranked(config), NOW, wait=1)

        assert (issue.seen, issue.kept, issue.foundation, issue.first) == (0, 0, None, "")

    def test_building_is_repeatable(self, config: Config, tmp_path: Path) -> None:
        """Two archives with the same past give the same issue."""
        other = make.config(focus=FOCUS, folder=tmp_path / "other")
        (tmp_path / "other").mkdir()

        assert two_issues(config) == two_issues(other)

    def test_issues_of_older_versions_stay_readable(self, config: Config) -> None:
        """What was stored before there were connections and themes is drawn without them."""
        _, issue = two_issues(config)
        with archive.open_archive(config.archive) as db:
            db.execute(
                'update core.issues set document = json_merge_patch(document, \'{"weekly": null, "first": null}\')'
            )
            stored = verdicts.issue(db, issue.period)

        assert stored is not None
        assert replace(stored, weekly=issue.weekly, first=issue.first) == issue


class TestSite:
    def test_every_issue_has_its_page(self, config: Config, tmp_path: Path) -> None:
        """With the index, the feed and the data beside them."""
        two_issues(config)

        written = site.write_site(config, tmp_path / "site", wait=1)

        assert {path.name for path in written} == {
            "index.html",
            "2026-W11.html",
            "2026-W12.html",
            "feed.atom",
            "digest.json",
        }

    def test_only_what_changed_is_written(self, config: Config, tmp_path: Path) -> None:
        """So that a copying program has nothing to do; other files are left alone."""
        two_issues(config)
        site.write_site(config, tmp_path / "site", wait=1)
        (tmp_path / "site" / "index.html").write_text("edited")
        (tmp_path / "site" / "robots.txt").write_text("mine")

        written = site.write_site(config, tmp_path / "site", wait=1)

        assert [path.name for path in written] == ["index.html"]
        assert (tmp_path / "site" / "robots.txt").read_text() == "mine"

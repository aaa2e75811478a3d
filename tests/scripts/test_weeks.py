"""Simulated weeks: what they hold, what becomes of them in an archive, and how they are measured."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from learners import Learner
from voices import Said, subject_of
from week_archive import built, shelve
from week_runs import average_precision, measured, ndcg
from week_tables import precision, recall, report, same_count
from weeks import FEWEST, MOST, Paper, Reader, Shelf, Week, make_weeks

YEARS = {f"p{n}": 2018 + n % 3 for n in range(600)}


def reader(name: str, papers: range) -> Reader:
    learner = Learner(name=name, focus=f"Papers on {name}.", kind="bench", label="letter", papers=np.array([], np.intp))
    return Reader(learner=learner, papers=tuple(f"p{n}" for n in papers))


READERS = [reader("ann/bread", range(40)), reader("bob/soup", range(40, 90))]


@pytest.fixture
def shelf() -> Shelf:
    of_year: dict[int, list[str]] = {}
    for paper, year in YEARS.items():
        of_year.setdefault(year, []).append(paper)
    lists = {paper: {who.learner.name} for who in READERS for paper in who.papers}
    posts = [f"https://blog.example.org/{n}" for n in range(90)]
    linked = [("https://bread.example.org/", "ann/bread"), ("https://tea.example.org/", "eve/tea")]
    return Shelf(
        year=YEARS,
        date=dict.fromkeys(YEARS, ""),
        of_year=of_year,
        lists=lists,
        blog_posts=posts,
        linked_posts=linked,
    )


def test_a_week_holds_a_few_papers_of_one_year_and_nothing_else_of_the_learners_list(shelf: Shelf) -> None:
    for week in make_weeks(READERS, shelf, 8):
        assert FEWEST <= len(week.own) <= MOST
        assert len({YEARS[paper] for paper in week.own}) == 1
        everything = [*week.own, *week.own_of_other, *week.others, *week.before, *week.likes]
        assert len(set(everything)) == len(everything)
        own_list = {p for p, lists in shelf.lists.items() if week.parent in lists}
        assert not own_list & {*week.others, *week.before}
        assert ("https://bread.example.org/" in week.posts) <= (week.parent != "ann/bread")


def test_weeks_are_the_same_every_time_and_take_lists_in_turn(shelf: Shelf) -> None:
    weeks = make_weeks(READERS, shelf, 6)
    assert weeks == make_weeks(READERS, shelf, 6)
    assert sorted(week.parent for week in weeks) == ["ann/bread"] * 3 + ["bob/soup"] * 3
    assert len({week.own for week in weeks}) > 2


BREAD, TEA = (
    [
        Paper(id=f"{word}{n}", title=f"{title} {n}", text=f"We study {text}. Loaf {n}.", authors=("Ada Byron",))
        for n in range(count)
    ]
    for word, title, text, count in (
        ("bread", "Graph neural networks for molecules", "message passing on molecular graphs with equivariance", 4),
        (
            "tea",
            "Speech enhancement in noisy rooms",
            "beamforming microphones and acoustic echo in speech recognition",
            30,
        ),
    )
)
POSTS = [Paper(id="https://blog.example.org/1", title="A post", text="We moved house.", source="Blog")]


@pytest.mark.parametrize("age", [0, pytest.param(4, marks=pytest.mark.slow)])
def test_the_issue_of_a_week_is_built_by_the_program_and_read_back_as_papers(
    tmp_path: Path, age: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("week_archive.load_reranker", lambda *_, **__: None)
    monkeypatch.setattr("digest.workflows.ranking.load_reranker", lambda *_, **__: None)
    said = Said("Graph neural networks for molecules")
    week = Week(
        number=1,
        learner="ann/bread",
        parent="ann/bread",
        subject=subject_of("ann/bread", "Papers on bread."),
        other=subject_of("bob/soup", "Papers on soup."),
        own=tuple(paper.id for paper in BREAD[:3]),
        own_of_other=(),
        others=tuple(paper.id for paper in TEA),
        posts=tuple(post.id for post in POSTS),
        likes=(BREAD[3].id,),
        before=(),
        year=2020,
    )
    texts = {paper.id: paper for paper in [*BREAD, *TEA, *POSTS]}
    shelved = shelve(tmp_path / "week", week, texts, age=age, two_sources=False, plain=said)
    assert shelved.sources == ("Blog", "arXiv")
    for likes in ([], [BREAD[3]]):
        issue = built(shelved, said, tmp_path / "copy", lean="balanced", likes=likes)
        assert set(issue.order) == {*week.own, *week.others, *week.posts}
        assert set(issue.order[:3]) == set(week.own) <= issue.above
        assert issue.kept
        assert set(issue.kept) <= set(issue.order)
    assert not (tmp_path / "copy").exists()


def test_measures_count_what_is_right_among_the_best() -> None:
    order = ["a", "x", "b", *"cdefghijklm"]
    found = measured(order, {"a", "b", "m"}, 2)
    assert (found.at_count, found.at_most) == (1, 2)
    assert found.ap == pytest.approx((1 + 2 / 3 + 3 / 14) / 3)
    assert average_precision([False, True], 1) == 0.5
    assert ndcg(["a", "b"], {"a", "b"}) == pytest.approx(1)
    assert ndcg(["x", "a"], {"a"}) == pytest.approx(1 / np.log2(3))
    assert ndcg([], {"a"}) == 0


def row(**more: object) -> dict[str, object]:
    rival = dataclasses.asdict(measured(["a", "x"], {"a", "b"}, 2))
    usual = {"voice": "plain", "held_out": False, "side": "letter", "age": 0, "marks": 0, "sources": "real", "kept": 2}
    figures = {"hits": 1, "own": 2, "ndcg": 0.5, "own_above": 0.5, "others_above": 0.1, "seconds": 1.0}
    return usual | figures | {"rivals": {"judge": rival, "MiniLM": rival}} | more


def test_an_empty_issue_counts_for_recall_but_keeps_nothing_wrong() -> None:
    rows = [row(), row(kept=0, hits=0, rivals=row()["rivals"])]
    assert precision(rows[:1]) == 0.5
    assert recall(rows) == 0.25
    assert np.isnan(precision(rows[1:]))
    assert same_count("judge")(rows[:1]) == 0.5


def test_the_report_names_the_worst_voice() -> None:
    weak = dict.fromkeys(("judge", "MiniLM"), dataclasses.asdict(measured(["x", "y", "a"], {"a", "b"}, 2)))
    text = report([row(), row(voice="terse", rivals=weak, own_above=0.2)])
    assert "| terse | 1 |" in text
    assert "(terse)" in text
    assert "precision against MiniLM's, plain | 1.25 | 1.00" in text

"""What to read in a week: within the time there is, wide before deep, nothing twice, and saves at growing intervals."""

import datetime as dt
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from digest.compose.reading_plan import INTERVALS, Proposals, Readable, due_saves, is_due, left_of, make_plan
from digest.records import PlanEntry, Why
from tests.make import NOW, WEEK


def paper(name: str, **changes: object) -> Readable:
    return Readable(**({"item_id": name, "work_id": name, "paper": True, "picked": True} | changes))  # type: ignore[arg-type]


def saved(name: str, weeks_ago: float = 2, **changes: object) -> Readable:
    return paper(name, picked=False, saved_at=NOW - weeks_ago * WEEK, **changes)


def planned(*works: Readable, minutes: int = 180, proposed: Proposals | None = None, deep: bool = False) -> list[str]:
    entries = make_plan(works, proposed or {}, minutes=minutes, starts_at=NOW, deep=deep)
    return [f"{one.work_id}{one.number}" for one in entries]


READABLES = st.builds(
    Readable,
    item_id=st.just(""),
    work_id=st.sampled_from([f"w{number}" for number in range(12)]),
    minutes=st.integers(0, 200),
    paper=st.booleans(),
    score=st.floats(-5, 5),
    first=st.booleans(),
    picked=st.booleans(),
    new=st.booleans(),
    saved_at=st.none() | st.integers(0, 100).map(lambda weeks: NOW - weeks * WEEK),
    promising=st.booleans(),
    passes=st.frozensets(st.integers(1, 3)),
    closed=st.booleans(),
)
PROPOSALS = st.dictionaries(
    st.tuples(st.sampled_from([f"w{number}" for number in range(12)]), st.integers(1, 3)),
    st.lists(st.integers(0, 30).map(lambda weeks: NOW - weeks * WEEK), max_size=6, unique=True),
)


class TestRules:
    @given(st.lists(READABLES, max_size=20), PROPOSALS, st.integers(0, 600), st.booleans())
    def test_hold_whatever_there_is(self, works: list[Readable], proposed: Proposals, minutes: int, deep: bool) -> None:
        """Never more than the time there is, no pass twice, nothing that was read, and first passes before later ones."""
        entries = make_plan(works, proposed, minutes=minutes, starts_at=NOW, deep=deep)

        assert sum(one.minutes for one in entries) <= minutes
        assert len({(one.work_id, one.number) for one in entries}) == len(entries)
        assert [one.number for one in entries] == sorted(one.number for one in entries)
        assert sum(one.why == Why.NEW for one in entries) <= 1
        assert sum(one.number == 2 for one in entries) <= 1
        by_work = {one.work_id: one for one in reversed(works)}
        for one in entries:
            work = by_work[one.work_id]
            assert not work.closed
            assert all(made < one.number for made in work.passes)
            if one.number == 2:
                assert 1 in work.passes or (one.work_id, 1) in {(e.work_id, e.number) for e in entries}

    @given(st.lists(READABLES, max_size=20), PROPOSALS, st.integers(0, 600))
    def test_make_one_plan_of_the_same_works(self, works: list[Readable], proposed: Proposals, minutes: int) -> None:
        """In whatever order they come."""
        unique = list({one.work_id: one for one in works}.values())

        there = make_plan(unique, proposed, minutes=minutes, starts_at=NOW)

        assert make_plan(unique[::-1], proposed, minutes=minutes, starts_at=NOW) == there


class TestPlan:
    def test_goes_wide_first_and_deep_after(self) -> None:
        """First passes over several papers, the best first, before the second pass over the best."""
        works = [paper("a", score=1), paper("b", score=3, promising=True), paper("c", score=2)]

        assert planned(*works) == ["b1", "c1", "a1", "b2"]

    def test_has_one_thing_from_outside(self) -> None:
        """After the picks, and one even where there are two."""
        works = [paper("a"), paper("s", new=True, score=1), paper("t", new=True)]

        assert planned(*works) == ["a1", "s1"]

    def test_passes_over_what_is_too_long(self) -> None:
        """A talk of two hours does not keep a short post out."""
        works = [paper("talk", paper=False, minutes=120, score=2), paper("post", paper=False, minutes=8)]

        assert planned(*works, minutes=30) == ["post1"]

    def test_leaves_time_for_what_was_saved(self) -> None:
        """However many picks there are."""
        works = [*(paper(f"p{number}") for number in range(9)), saved("s")]

        assert "s1" in planned(*works, minutes=30)

    def test_begins_with_what_to_read_if_there_is_time_for_one_thing(self) -> None:
        """As the issue says above its picks."""
        assert planned(paper("a", score=9), paper("b", first=True)) == ["b1", "a1"]

    def test_goes_deeper_into_what_was_begun(self) -> None:
        """A paper that was liked after its first pass has its second before a new one has."""
        begun = paper("old", picked=False, passes=frozenset({1}), promising=True, score=-1)

        assert planned(begun, paper("new", promising=True)) == ["new1", "old2"]

    def test_has_a_third_pass_in_deep_mode_only(self) -> None:
        """And only after the second."""
        begun = paper("a", passes=frozenset({1, 2}), promising=True)

        assert planned(begun, minutes=300, deep=True) == ["a3"]
        assert planned(begun, minutes=300) == []

    def test_short_weeks_stay_wide(self) -> None:
        """An hour for one paper is not taken from a week of an hour and a half."""
        works = [*(paper(f"p{number}", promising=True) for number in range(9))]

        assert planned(*works, minutes=90) == [f"p{number}1" for number in range(9)]


class TestSaves:
    def test_come_back_at_growing_intervals_and_rest(self) -> None:
        """Saved and never read: proposed at once, then after one, two, four and eight weeks, and not again."""
        proposed: list[dt.datetime] = []
        for week in range(200):
            if is_due(proposed, NOW + week * WEEK):
                proposed.append(NOW + week * WEEK)

        assert [(later - NOW) // WEEK for later in proposed] == [0, 1, 3, 7, 15]
        assert len(proposed) == len(INTERVALS) + 1

    @given(st.lists(st.integers(0, 3000), unique=True, max_size=60))
    def test_never_come_back_sooner(self, days: list[int]) -> None:
        """Whenever plans are made, and however many."""
        proposed: list[dt.datetime] = []
        for day in sorted(days):
            now = NOW + dt.timedelta(days=day)
            if is_due(proposed, now):
                proposed.append(now)

        gaps = [later - before for before, later in pairwise(proposed)]
        assert len(proposed) <= len(INTERVALS) + 1
        assert all(gap >= wanted - dt.timedelta(hours=25) for gap, wanted in zip(gaps, INTERVALS, strict=False))

    def test_an_issue_that_comes_an_hour_early_is_a_week_later(self) -> None:
        """Clocks go back in autumn."""
        assert is_due([NOW], NOW + WEEK - dt.timedelta(hours=1))
        assert not is_due([NOW], NOW + WEEK - dt.timedelta(days=2))

    def test_that_were_never_proposed_have_their_turn_first(self) -> None:
        """The newest of them first; then what waits longest."""
        works = [saved("old", 9), saved("new", 1), saved("again", 20), saved("again and again", 30)]
        proposed = {("again", 1): [NOW - 3 * WEEK], ("again and again", 1): [NOW - 9 * WEEK, NOW - 5 * WEEK]}

        turn = [one.work_id for one in due_saves(works, proposed, NOW)]

        assert turn == ["new", "old", "again and again", "again"]

    def test_that_did_not_fit_were_not_proposed(self) -> None:
        """They have their turn the next week."""
        works = [saved(f"s{number}") for number in range(5)]

        first = make_plan(works, {}, minutes=20, starts_at=NOW)
        proposed = {(one.work_id, 1): [NOW] for one in first}
        second = make_plan(works, proposed, minutes=100, starts_at=NOW + dt.timedelta(days=3))

        assert {one.work_id for one in first} | {one.work_id for one in second} == {one.work_id for one in works}
        assert not {one.work_id for one in first} & {one.work_id for one in second}


class TestLeft:
    ENTRIES = tuple(
        PlanEntry(item_id=name, work_id=name, number=number, minutes=minutes, why=Why.PICK)
        for name, number, minutes in (("a", 1, 10), ("b", 1, 10), ("a", 2, 60))
    )

    def test_what_is_read_disappears(self) -> None:
        """And is shown as done; a later pass stays."""
        works = {"a": paper("a", passes=frozenset({1})), "b": paper("b")}

        left, done = left_of(self.ENTRIES, works, minutes=100)

        assert [(one.work_id, one.number) for one in left] == [("b", 1), ("a", 2)]
        assert [(one.work_id, one.number) for one in done] == [("a", 1)]

    def test_what_was_read_besides_counts(self) -> None:
        """What does not fit any more goes, and what still fits stays."""
        left, _ = left_of(self.ENTRIES, {"a": paper("a"), "b": paper("b")}, minutes=25)

        assert [(one.work_id, one.number) for one in left] == [("a", 1), ("b", 1)]

    def test_what_is_disliked_goes(self) -> None:
        """With all its passes."""
        left, done = left_of(self.ENTRIES, {"a": paper("a", closed=True), "b": paper("b")}, minutes=100)

        assert [one.work_id for one in left] == ["b"]
        assert not done

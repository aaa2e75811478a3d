"""The reading group's choices: the paper that serves all, whose turn it is, and when the next one is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from digest.compose import periods
from digest.compose.reading_group import best_paper, due_at, fairness, in_turn, latest_due, present, skip, turns_taken
from digest.records import GroupTurn
from tests import make
from tests.make import NOW, WEEK

PEOPLE = ("ada", "ben", "cyd", "dov")
STANDING = st.dictionaries(st.sampled_from(PEOPLE), st.floats(-5, 5), min_size=4, max_size=4)


def turn(number: int, presenter: str, members: tuple[str, ...] = PEOPLE) -> GroupTurn:
    return GroupTurn(
        period=f"2026-W{number:02}",
        ends_at=NOW + number * WEEK,
        item_id=f"i{number}",
        work_id=f"w{number}",
        presenter=presenter,
        members=members,
    )


def after(rounds: list[tuple[str, ...]]) -> list[GroupTurn]:
    """A group that met with these members each time, presenting in turn."""
    past: list[GroupTurn] = []
    for number, members in enumerate(rounds, start=1):
        past.append(turn(number, in_turn(past, members)[0], members))
    return past


class TestTheBestPaper:
    @given(st.dictionaries(st.text("abc", min_size=1, max_size=3), STANDING, min_size=1, max_size=8))
    def test_no_other_serves_the_least_served_better(self, standings: dict[str, dict[str, float]]) -> None:
        """And of those that serve them as well, none serves all better on the whole."""
        chosen = fairness(standings[best_paper(standings)])

        assert all(fairness(other) <= chosen for other in standings.values())

    def test_what_one_loves_and_another_hates_gives_way(self) -> None:
        """A paper that both like somewhat is the group's."""
        assert best_paper({"a": {"ada": 9.0, "ben": -1.0}, "b": {"ada": 1.0, "ben": 1.0}}) == "b"

    def test_the_mean_decides_between_equals(self) -> None:
        """Where the least served member is served alike."""
        assert best_paper({"a": {"ada": 1.0, "ben": 1.0}, "b": {"ada": 1.0, "ben": 3.0}}) == "b"

    def test_nothing_to_choose_from(self) -> None:
        """There may be no paper at all."""
        assert best_paper({}) == ""


class TestTurns:
    @given(st.integers(0, 30), st.integers(1, 4))
    def test_they_differ_by_one_at_most(self, times: int, size: int) -> None:
        """While nobody joins, leaves or skips."""
        members = PEOPLE[:size]
        counts = turns_taken(after([members] * times), members)

        assert sum(counts.values()) == times
        assert max(counts.values()) - min(counts.values()) <= 1

    @given(
        st.lists(st.sets(st.sampled_from(PEOPLE), min_size=1), max_size=20),
        st.sets(st.sampled_from(PEOPLE), min_size=1),
    )
    def test_nobody_presents_twice_in_a_row_for_having_been_away(
        self, rounds: list[set[str]], members: set[str]
    ) -> None:
        """However members come and go, who is there is never more than a turn behind those who stayed."""
        past = after([tuple(sorted(some)) for some in rounds])
        stayed = set(past[-1].members) & members if past else members
        counts = turns_taken(past, sorted(members))

        assert min(counts.values()) >= min((counts[one] for one in stayed), default=0)

    def test_who_joins_need_not_catch_up(self) -> None:
        """A newcomer after ten rounds of two presents once, and then everybody goes on in turn."""
        past = after([("ada", "ben")] * 10 + [("ada", "ben", "cyd")] * 6)

        assert [one.presenter for one in past[10:]].count("cyd") == 2

    def test_leaving_for_a_while_gains_nothing(self) -> None:
        """Who comes back has the turns they had, or as many as the others by then."""
        past = after([("ada", "ben")] * 4 + [("ada",)] * 4)

        assert turns_taken(past, ("ada", "ben")) == {"ada": 6, "ben": 6}

    def test_who_waits_longest_is_first_of_equals(self) -> None:
        """And who never presented comes before everybody, in the order of the file."""
        assert in_turn([turn(1, "ben")], ("ben", "cyd", "ada")) == ["cyd", "ada", "ben"]
        assert in_turn(after([("ada", "ben", "cyd")] * 3), ("ada", "ben", "cyd"))[0] == "ada"


class TestSkipping:
    def test_the_next_one_presents(self) -> None:
        """And who skipped is first the time after, as no turn was had."""
        first = turn(1, "ada")
        skipped = skip(first, (), PEOPLE, "ada")

        assert (skipped.presenter, skipped.skipped) == ("ben", ("ada",))
        assert in_turn([skipped], PEOPLE)[0] == "ada"

    def test_two_may_skip(self) -> None:
        """The third presents."""
        again = skip(skip(turn(1, "ada"), (), PEOPLE, "ada"), (), PEOPLE, "ben")

        assert (again.presenter, again.skipped) == ("cyd", ("ada", "ben"))

    def test_who_offers_presents(self) -> None:
        """Even who skipped before; it counts as their turn."""
        offered = present(replace(turn(1, "ben"), skipped=("ada",)), "ada")

        assert (offered.presenter, offered.skipped) == ("ada", ())
        assert turns_taken([offered], PEOPLE)["ada"] == 1


class TestWhenItIsDue:
    settings = make.digest(on="thu", at="07:00")

    def test_on_its_day(self) -> None:
        """The first time is the first such day after the archive began."""
        assert due_at([], NOW, self.settings, UTC) == datetime(2026, 3, 26, 7, tzinfo=UTC)

    def test_a_period_has_one_paper(self) -> None:
        """One that was chosen before its day takes the place of the one of that day."""
        early = replace(turn(1, "ada"), ends_at=NOW, period=periods.name(NOW + timedelta(days=3), self.settings, UTC))

        assert due_at([early], NOW, self.settings, UTC) == datetime(2026, 4, 2, 7, tzinfo=UTC)

    @given(st.integers(0, 80))
    def test_days_that_nobody_was_there_for_are_left_out(self, days: int) -> None:
        """A machine that slept chooses once, for the last such day."""
        due, now = datetime(2026, 3, 26, 7, tzinfo=UTC), datetime(2026, 3, 26, 8, tzinfo=UTC) + timedelta(days=days)
        last = latest_due(due, now, self.settings, UTC)

        assert due <= last <= now
        assert now - last < WEEK
        assert last.weekday() == 3

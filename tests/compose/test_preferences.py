"""Lean, sources and likeness: what each may cost a work, what it may not, and what is said of it."""

from typing import Any

import pytest

from digest.compose.candidates import Candidate, Rule
from digest.compose.trade_offs import BEYOND_SHARE, MOST_FOR_LEAN, MOST_TRADED
from tests import make
from tests.compose.choices import FLOOR, alike, decide, decided, kept, many, reason

ENVELOPE = 0.8
EITHER = 0.5


def from_one(
    some: list[Candidate],
    candidates: list[Candidate],
    **digest: Any,  # noqa: ANN401 - any field of a Digest
) -> tuple[int, int]:
    """How many of some works are kept, and how many of all."""
    found = kept(decide(candidates, **digest))
    return sum(c.item.item_id in found for c in some), len(found)


class TestLean:
    @pytest.mark.parametrize("lean", ["letter", "balanced", "envelope", 0.01, 0.99])
    @pytest.mark.parametrize("side", [0.2, ENVELOPE, EITHER])
    def test_one_side_fills_the_issue_where_the_other_has_nothing(self, lean: object, side: float) -> None:
        """No place is kept free for what is below the floor."""
        candidates = [*many(20, lean=side), *many(20, first=21, lean=1 - side, relevance=1.0)]

        assert len(kept(decide(candidates, focus=make.focus(lean=lean), at_most=12))) == 12

    def test_nothing_is_kept_because_a_side_is_empty(self) -> None:
        """Works of the other side that are far worse take no places, above the floor or not."""
        letter = many(12, relevance=6.0)
        envelope = many(12, first=21, lean=ENVELOPE, relevance=6.0 - MOST_TRADED - 0.1)

        verdicts = decide([*letter, *envelope], focus=make.focus(lean="envelope"), at_most=12)

        assert len(kept(verdicts, "letter")) == 12

    @pytest.mark.parametrize(("lean", "letter", "envelope"), [(0.15, 10, 2), (0.5, 6, 6), (0.85, 2, 10)])
    def test_between_equals_the_sides_have_their_shares(self, lean: float, letter: int, envelope: int) -> None:
        """That is what a preference decides."""
        candidates = [*many(20), *many(20, first=21, lean=ENVELOPE)]

        verdicts = decide(candidates, focus=make.focus(lean=lean), at_most=12)

        assert abs(len(kept(verdicts, "letter")) - letter) <= 1
        assert abs(len(kept(verdicts, "envelope")) - envelope) <= 1

    @pytest.mark.parametrize(("lean", "silent"), [(0, "envelope"), (1, "letter")])
    def test_a_lean_of_nothing_or_all_silences_a_side(self, lean: float, silent: str) -> None:
        """And only that does; works of both sides stand on the other."""
        candidates = [*many(5), *many(5, first=6, lean=ENVELOPE), *many(2, first=11, lean=EITHER)]

        verdicts = decide(candidates, focus=make.focus(lean=lean), stretch=3)

        assert kept(verdicts, silent) == []
        assert len(kept(verdicts)) == 7
        out = next(c for c in candidates if c.side == silent)
        assert reason(verdicts, out) == f"the {silent} is silenced by your lean"

    def test_what_was_traded_is_told_on_both_sides(self) -> None:
        """Who gave its place to whom, by how much, and why."""
        letter = many(3, relevance=5.0)
        envelope = many(1, first=9, lean=ENVELOPE, relevance=4.9)

        decision = decided([*letter, *envelope], at_most=3)

        loser, winner = letter[2], envelope[0]
        against = decision.exclusions[loser.work.work_id]
        assert against.rule == Rule.LEAN
        assert against.reason == (
            "gave its place to “Post 9”, which scored 0.10 lower, because the letter had more than its share already"
        )
        assert decision.traded == {
            winner.work.work_id: "kept before “Post 3” though it scored 0.10 lower: the envelope had little"
        }
        assert float(against.change.removesuffix(" more score")) == pytest.approx(MOST_FOR_LEAN - 0.1, abs=0.006)

    def test_the_same_place_is_not_given_away_twice(self) -> None:
        """Two works that gave way name two others."""
        letter = many(4, relevance=5.0)
        envelope = many(2, first=9, lean=ENVELOPE, relevance=4.95)

        decision = decided([*letter, *envelope], at_most=4)

        out = [against.reason for against in decision.exclusions.values()]
        assert len(out) == 2
        assert {"“Post 9”" in said for said in out} == {True, False}
        assert {"“Post 10”" in said for said in out} == {True, False}
        assert len(decision.traded) == 2


class TestSources:
    def test_a_blog_has_a_third_among_equals(self) -> None:
        """However much it publishes."""
        loud, others = many(20, source="Loud"), many(20, first=21)

        assert from_one(loud, [*loud, *others], at_most=12) == (4, 12)

    @pytest.mark.parametrize(("share", "expected"), [("50%", 6), (0.25, 3), ("all", 12), (1.0, 12), ("1%", 1)])
    def test_the_share_is_the_learners_choice(self, share: object, expected: int) -> None:
        """At least one work, and all of them where the learner says so."""
        loud, others = many(20, source="Loud"), many(20, first=21, relevance=4.5)

        assert from_one(loud, [*loud, *others], at_most=12, per_source=share) == (expected, 12)

    def test_far_better_works_are_kept_beyond_the_share(self) -> None:
        """By more than the price, and above the floor after it."""
        loud, others = many(20, source="Loud", relevance=5.0), many(20, first=21, relevance=5.0 - BEYOND_SHARE - 0.1)

        assert from_one(loud, [*loud, *others], at_most=12) == (12, 12)

    def test_beyond_the_share_the_floor_is_higher(self) -> None:
        """A place is left free rather than given to what would not clear the floor after the price."""
        loud, others = many(20, source="Loud", relevance=FLOOR + 0.5), many(8, first=21, relevance=FLOOR + 0.1)

        verdicts = decide([*loud, *others], at_most=12)

        assert sum(c.item.item_id in kept(verdicts) for c in loud) == 4
        assert reason(verdicts, loud[4]) == (
            "Loud has its share with 4 of the kept works; another needs a relevance of 3.00"
        )

    def test_the_share_is_one_of_what_is_kept(self) -> None:
        """A third of six is two, though there were places for twelve."""
        loud = many(20, source="Loud", relevance=FLOOR + 0.5)
        others = many(4, first=21, relevance=FLOOR + 0.3)

        assert from_one(loud, [*loud, *others], at_most=12) == (2, 6)

    @pytest.mark.parametrize("kind", ["arxiv", "hackernews", "reddit"])
    def test_an_aggregator_may_fill_everything(self, kind: str) -> None:
        """It is a thousand authors."""
        papers, others = many(20, source="All of it", kind=kind), many(20, first=21, relevance=4.8)

        assert from_one(papers, [*papers, *others], at_most=12) == (12, 12)

    def test_a_feed_of_papers_is_an_aggregator_too(self) -> None:
        """By its authors, whatever its name and kind."""
        papers = [
            make.candidate(n, relevance=5.0, source="papers", authors=(f"Author {n}", f"Other {n}"))
            for n in range(1, 31)
        ]

        assert from_one(papers, [*papers, *many(20, first=41, relevance=4.8)], at_most=12) == (12, 12)

    def test_the_only_one_may_fill_it(self) -> None:
        """Who reads one source wants it; what others have below the floor changes nothing."""
        only, poor = many(20, source="Only"), many(5, first=21, relevance=1.0)

        assert from_one(only, [*only, *poor], at_most=12) == (12, 12)

    def test_two_blogs_have_half_each(self) -> None:
        """Less than an equal part cannot be asked of all there are."""
        one, other = many(20, source="One"), many(20, first=21, source="Other", relevance=4.8)

        assert from_one(one, [*one, *other], at_most=12) == (6, 12)

    def test_followed_authors_come_first_within_the_share_of_their_blog(self) -> None:
        """Its author's name is in every post of a blog: that must not fill the digest either."""
        mine = many(20, source="Mine", authors=("Omar Khattab",), relevance=1.0)
        others = many(20, first=21)

        focus = make.focus(follow=["Omar Khattab"])

        assert from_one(mine, [*mine, *others], focus=focus, at_most=12) == (4, 12)

    def test_at_least_reaches_beyond_a_share(self) -> None:
        """Because the learner asked for so many."""
        loud, other = many(20, source="Loud", relevance=2.5), many(2, first=21, relevance=2.4)

        verdicts = decide([*loud, *other], at_least=5, at_most=12)

        assert len(kept(verdicts)) == 5
        assert any(v.reason.endswith("beyond its source’s share, kept to reach at_least") for v in verdicts)

    def test_what_was_traded_is_told(self) -> None:
        """With how many the source has already."""
        loud, others = many(3, source="Loud"), many(2, first=21, relevance=4.5)

        decision = decided([*loud, *others], at_most=3)

        against = decision.exclusions[loud[1].work.work_id]
        assert against.rule == Rule.SOURCE
        assert against.reason.endswith("lower, because one work is from Loud kept already")
        assert all(note.endswith(": Loud had its share already") for note in decision.traded.values())


class TestLikeness:
    crowd = many(5, relevance=5.0)

    def test_another_subject_comes_first_among_equals(self) -> None:
        """Of five works as good on one thing some give way, and say to what."""
        others = many(3, first=11, relevance=4.9)

        decision = decided([*self.crowd, *others], at_most=5, similarity=alike(0.6, self.crowd))

        found = kept(decision.verdicts)
        assert sum(c.item.item_id in found for c in self.crowd) == 2
        against = decision.exclusions[self.crowd[2].work.work_id]
        assert against.rule == Rule.LIKENESS
        assert "because it is close to “Post " in against.reason
        assert "which is kept" in against.reason

    def test_nothing_far_better_gives_way(self) -> None:
        """The second best of the week is no worse for being like the best."""
        others = many(3, first=11, relevance=5.0 - MOST_TRADED - 0.1)

        decision = decided([*self.crowd, *others], at_most=5, similarity=alike(0.79, self.crowd))

        assert kept(decision.verdicts) == [c.item.item_id for c in self.crowd]
        assert decision.traded == {}

    def test_all_on_one_thing_are_kept_where_nothing_else_is_good(self) -> None:
        """A place is not left free for the sake of variety."""
        assert len(kept(decided(self.crowd, at_most=5, similarity=alike(0.7, self.crowd)).verdicts)) == 5

    def test_a_letter_and_an_envelope_do_not_crowd_each_other(self) -> None:
        """How it works and how it is run are two things to read; a work of both sides is like either."""
        envelope, either = (
            many(1, first=11, lean=ENVELOPE, relevance=4.8),
            many(1, first=12, lean=EITHER, relevance=4.8),
        )
        rivals = many(3, first=21, lean=EITHER, relevance=4.75)

        for others, expected in ((envelope, True), (either, False)):
            works = [*many(1), *others, *rivals]
            found = kept(decided(works, at_most=2, similarity=alike(0.6, works[:2])).verdicts)
            assert (others[0].item.item_id in found) is expected

    def test_what_says_the_same_is_kept_once(self) -> None:
        """And the others say which work they repeat."""
        pair = many(2)

        decision = decided(pair, similarity=alike(0.9, pair))

        assert len(kept(decision.verdicts)) == 1
        assert decision.exclusions[pair[1].work.work_id].rule == Rule.REPEAT
        assert reason(decision.verdicts, pair[1]) == "says much the same as “Post 1”"

    def test_in_deep_mode_another_angle_is_welcome(self) -> None:
        """And repetition is not."""
        others, deep = many(3, first=11, relevance=4.9), make.focus(mode="deep")

        angles = decided([*self.crowd, *others], focus=deep, at_most=5, similarity=alike(0.6, self.crowd))
        same = decided([*self.crowd, *others], focus=deep, at_most=5, similarity=alike(0.9, self.crowd))

        assert kept(angles.verdicts) == [c.item.item_id for c in self.crowd]
        assert len(kept(same.verdicts)) == 4


class TestLimit:
    def test_what_it_would_have_taken_is_said(self) -> None:
        """A work that was outdone hears by whom, and by how much."""
        decision = decided(many(6), at_most=5, focus=make.focus(lean=0.0))
        [against] = decision.exclusions.values()

        assert against.rule == Rule.LIMIT
        assert against.change == "0.01 more score, to outdo “Post 5”"
        assert decision.traded == {}

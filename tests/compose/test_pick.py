"""Which works are kept, the bounds of a digest and the learner's orders one by one, and in which section."""

from dataclasses import replace

import pytest

from digest.compose import pick
from digest.compose.candidates import Candidate
from digest.compose.pick import assign_sections
from digest.records import Evidence
from tests import make
from tests.compose.choices import FLOOR, decide, kept, many, reason


def by_authors(number: int, *authors: str, relevance: float = 5.0) -> Candidate:
    return make.candidate(number, relevance=relevance, authors=authors, source=f"Source {number}")


class TestVerdicts:
    def test_every_work_gets_one(self) -> None:
        """Best first, ranked by score from 1, with the score and the item that stood for it."""
        candidates = many(30)

        verdicts = decide(candidates[::-1], keep=0.1)

        assert [v.work_id for v in verdicts] == [c.work.work_id for c in candidates]
        assert [v.rank for v in verdicts] == list(range(1, 31))
        assert [v.score for v in verdicts] == [c.judged.score for c in candidates]
        assert all(v.reason for v in verdicts)

    def test_a_section_is_where_a_kept_work_stands(self) -> None:
        """What is left out stands nowhere."""
        letter, envelope, poor = *many(1), *many(1, first=2, lean=0.8), *many(1, first=3, relevance=0.0)

        sections = {v.item_id: v.section for v in decide([letter, envelope, poor])}

        assert sections == {
            letter.item.item_id: "letter",
            envelope.item.item_id: "envelope",
            poor.item.item_id: None,
        }

    def test_the_best_of_a_period_stand_for_all(self) -> None:
        """The places are those of the works that the period had; what is given is only the best of them."""
        digest = make.digest(keep=0.05, at_most=100, stretch=0)

        few = pick.decide(many(10), make.focus(), digest, floor=FLOOR, considered=200)

        assert sum(verdict.kept for verdict in few.verdicts) == 10
        assert sum(v.kept for v in pick.decide(many(10), make.focus(), digest, floor=FLOOR).verdicts) == 3

    def test_only_what_is_kept_is_explained(self) -> None:
        """To find a reason takes longer than to pick."""
        digest = make.digest(keep=0.1, at_most=3, stretch=0)

        def explain(candidate: Candidate) -> str:
            return f"because of {candidate.item.title}"

        verdicts = pick.decide(many(30), make.focus(), digest, floor=FLOOR, explain=explain).verdicts

        assert [v.reason.startswith("because of") for v in verdicts] == [v.kept for v in verdicts]

    def test_no_works(self) -> None:
        """A week may bring nothing."""
        assert decide([]) == ()

    def test_the_reason_of_the_judge_is_given(self) -> None:
        """For what is kept."""
        [one] = many(1)

        assert reason(decide([one]), one) == "near your statement"


class TestCeiling:
    def test_no_more_are_kept(self) -> None:
        """The best ones are."""
        candidates = many(40)

        verdicts = decide(candidates, keep=0.1)

        assert kept(verdicts) == [c.item.item_id for c in candidates[:4]]
        assert reason(verdicts, candidates[4]).startswith("the limit of 4 works was reached")


class TestFloor:
    def test_nothing_below_it_is_kept(self) -> None:
        """A poor week is a short digest, never padding."""
        below = many(20, relevance=1.99)

        verdicts = decide(below)

        assert kept(verdicts) == []
        assert reason(verdicts, below[0]) == "below the floor: relevance 1.99, needed 2.00"

    def test_what_reaches_it_may_be_kept(self) -> None:
        """It is on relevance, not on score."""
        fresh = replace(many(1)[0], judged=make.judged(make.item(1), relevance=1.0, score=9.0))
        old = make.candidate(2, relevance=FLOOR, source="Other")
        old = replace(old, judged=replace(old.judged, score=-9.0))

        assert kept(decide([fresh, old])) == [old.item.item_id]

    def test_what_is_avoided_is_said(self) -> None:
        """The phrase is named, as the learner wrote it, where its loss is what sank the work."""
        [one] = many(1, relevance=1.0)
        evidence = Evidence(avoided="coin prices")
        sunk = replace(one, judged=replace(one.judged, evidence=evidence, parts={"avoid": -3.0}))
        poor = replace(one, judged=replace(one.judged, evidence=evidence, parts={"avoid": -0.1}))
        unharmed = replace(one, judged=replace(one.judged, evidence=evidence, parts={}))

        assert reason(decide([sunk]), sunk) == 'too near to what you avoid: "coin prices"'
        assert reason(decide([poor]), poor).startswith("below the floor")
        assert reason(decide([unharmed]), unharmed).startswith("below the floor")

    def test_at_least_reaches_below_it(self) -> None:
        """With the best of the rest, saying so."""
        candidates = [*many(1), *many(5, first=2, relevance=1.0)]

        verdicts = decide(candidates, at_least=3)

        assert kept(verdicts) == [c.item.item_id for c in candidates[:3]]
        assert reason(verdicts, candidates[1]) == "near your statement; below the floor, kept to reach at_least"

    @pytest.mark.parametrize("stretch", [0, 1, 3])
    @pytest.mark.parametrize("at_least", [4, 5, 8])
    def test_at_least_is_reached_though_the_fraction_is_small(self, at_least: int, stretch: int) -> None:
        """3% of 20 works would be 3; a place kept for a stretch that does not exist is no excuse."""
        verdicts = decide(many(20, relevance=1.0), keep=0.03, at_least=at_least, stretch=stretch)

        assert len(kept(verdicts)) >= at_least

    def test_at_least_does_not_raise_the_dead(self) -> None:
        """What is muted or silenced stays out."""
        candidates = many(5, relevance=1.0, title="Sponsored: a post")

        assert kept(decide(candidates, focus=make.focus(mute=["sponsored"]), at_least=3)) == []
        assert kept(decide(many(5, lean=0.8), focus=make.focus(lean=0), at_least=3)) == []


class TestMute:
    def test_a_muted_work_is_out(self) -> None:
        """However good, and by whomever."""
        one = by_authors(1, "Omar Khattab")
        one = replace(one, item=replace(one.item, title="Sponsored: retrieval"))

        verdicts = decide([one], focus=make.focus(mute=["sponsored"], follow=["Omar Khattab"]))

        assert kept(verdicts) == []
        assert reason(verdicts, one) == 'muted: its title says "sponsored"'

    def test_its_text_may_say_what_it_will(self) -> None:
        """Only titles are looked at."""
        [one] = many(1, summary="This post is not sponsored.")

        assert len(kept(decide([one], focus=make.focus(mute=["sponsored"])))) == 1


class TestFollow:
    def test_followed_work_is_always_considered_and_said_so(self) -> None:
        """Below the floor, and before better works."""
        followed = by_authors(1, "Khattab, Omar", relevance=0.1)
        others = many(9, first=2)

        verdicts = decide([followed, *others], keep=0.1, focus=make.focus(follow=["Omar Khattab"]))

        assert followed.item.item_id in kept(verdicts)
        assert reason(verdicts, followed) == "by Omar Khattab, whom you follow; near your statement"
        assert len(kept(verdicts)) == 3

    def test_an_author_named_by_any_item_of_the_work(self) -> None:
        """The item that is shown may be one that names nobody."""
        [one] = many(1, relevance=0.1)
        paper = make.item(2, source="arXiv", authors=("Omar Khattab",))
        both = replace(one, work=make.work(one.item, paper))

        assert len(kept(decide([both], focus=make.focus(follow=["Omar Khattab"])))) == 1


class TestMinutes:
    def test_the_reading_time_is_not_exceeded(self) -> None:
        """What is too long is passed over for what still fits."""
        hour = many(1, summary="word " * 12_000)
        short = many(3, first=2, summary="word " * 2_000, relevance=4.0)

        verdicts = decide([*hour, *short], minutes=25)

        assert kept(verdicts) == [c.item.item_id for c in short[:2]]
        assert reason(verdicts, hour[0]) == "would take longer than the 25 minutes there are"

    def test_a_work_of_unknown_length_costs_five(self) -> None:
        """A teaser is no reason to plan for nothing."""
        assert len(kept(decide(many(10), minutes=19))) == 3


def of_leans(*leans: float) -> list[Candidate]:
    return [make.candidate(n, lean=lean) for n, lean in enumerate(leans)]


def sections(*leans: float, envelope: float = 0.5) -> list[str]:
    """The first letters of the sections of works with these leans, best first."""
    chosen = of_leans(*leans)
    found = assign_sections(chosen, envelope)
    return [found[c.work.work_id][0] for c in chosen]


@pytest.mark.parametrize(
    ("lean", "side"), [(0.39, "letter"), (0.4, "both"), (0.5, "both"), (0.6, "both"), (0.61, "envelope")]
)
def test_an_undecided_work_is_of_both_sides(lean: float, side: str) -> None:
    """The classifier is hardly better than chance on such works."""
    assert make.candidate(1, lean=lean).side == side


def test_a_work_of_one_side_stays_there() -> None:
    """However many there are."""
    assert sections(0.1, 0.9, 0.2, 0.3) == ["l", "e", "l", "l"]


def test_both_sides_serve_the_side_that_has_least() -> None:
    """Counting all that must stand on a side, whatever it scores."""
    assert sections(0.5, 0.9, 0.9, 0.9) == ["l", "e", "e", "e"]
    assert sections(0.55, 0.45, 0.1, 0.1) == ["e", "e", "l", "l"]


def test_the_declared_share_counts() -> None:
    """Beside one of each, the next goes to the side that is leaned to."""
    assert sections(0.1, 0.9, 0.5, envelope=0.85) == ["l", "e", "e"]
    assert sections(0.1, 0.9, 0.5, envelope=0.15) == ["l", "e", "l"]


def test_between_equals_the_likelier_side() -> None:
    """If only just."""
    assert sections(0.55) == ["e"]
    assert sections(0.45) == ["l"]


@pytest.mark.parametrize(("envelope", "section"), [(0.0, "l"), (1.0, "e")])
def test_never_on_a_silenced_side(envelope: float, section: str) -> None:
    """Even where that is its likelier side."""
    assert sections(0.58, 0.42, 0.5, envelope=envelope) == [section] * 3

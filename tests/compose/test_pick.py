"""Which works are kept: every rule by itself, and what holds whatever comes together."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.pick import Candidate, ceiling, follows, muted, pick, shares
from digest.compose.reading import minutes
from digest.config import Digest, Focus
from digest.records import Evidence, Verdict
from tests import make

FLOOR = 2.0
#: Every work from a source of its own, so that the rule about sources is silent.
ALONE = {"at_most": 100, "keep": 1.0, "stretch": 0}


def many(
    count: int,
    *,
    first: int = 1,
    lean: float = 0.2,
    relevance: float = 5.0,
    **changes: Any,  # noqa: ANN401 - any field of an Item
) -> list[Candidate]:
    """Works of one side above the floor, best first, from a source each."""
    return [
        make.candidate(
            number,
            relevance=relevance - (number - first) / 1000,
            lean=lean,
            **({"source": f"Source {number}"} | changes),
        )
        for number in range(first, first + count)
    ]


def decide(
    candidates: Sequence[Candidate], *, focus: Focus | None = None, floor: float = FLOOR, **digest: object
) -> tuple[Verdict, ...]:
    return pick(candidates, focus or make.focus(), make.digest(**(ALONE | digest)), floor=floor)


def kept(verdicts: Sequence[Verdict], section: str | None = None) -> list[str]:
    return [v.item_id for v in verdicts if v.kept and (section is None or v.section == section)]


def reason(verdicts: Sequence[Verdict], candidate: Candidate) -> str:
    return next(verdict.reason for verdict in verdicts if verdict.work_id == candidate.work.work_id)


def by_authors(number: int, *authors: str, relevance: float = 5.0) -> Candidate:
    return make.candidate(number, relevance=relevance, authors=authors, source=f"Source {number}")


class TestVerdicts:
    def test_every_work_gets_one(self) -> None:
        """Best first, ranked by score from 1, with the score and the item that stood for it."""
        candidates = many(30)

        verdicts = decide(reversed_(candidates), keep=0.1)

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

    def test_no_works(self) -> None:
        """A week may bring nothing."""
        assert decide([]) == ()

    def test_the_reason_of_the_judge_is_given(self) -> None:
        """For what is kept."""
        [one] = many(1)

        assert reason(decide([one]), one) == "near your statement"


class TestCeiling:
    @pytest.mark.parametrize(
        ("works", "keep", "expected"),
        [(0, 0.03, 3), (100, 0.03, 3), (133, 0.03, 3), (134, 0.03, 4), (1000, 0.03, 30), (10, 1.0, 10)],
    )
    def test_the_fraction_but_never_fewer_than_three(self, works: int, keep: float, expected: int) -> None:
        """Of all the works of the period, whatever becomes of them."""
        assert ceiling(works, make.digest(keep=keep, at_most=1000)) == expected

    @given(percent=st.integers(1, 100), works=st.integers(0, 10_000))
    def test_percentages_are_exact(self, percent: int, works: int) -> None:
        """29% of 100 is 29, though 0.29 * 100 is a little less."""
        found = ceiling(works, make.digest(keep=f"{percent}%", at_most=10_000))

        assert found == max(3, percent * works // 100)

    def test_at_most_is_a_ceiling_too(self) -> None:
        """Also below three."""
        assert ceiling(1000, make.digest(at_most=12)) == 12
        assert ceiling(1000, make.digest(at_most=1)) == 1

    def test_at_least_outranks_the_fraction(self) -> None:
        """Because the learner asked for it."""
        assert ceiling(10, make.digest(at_least=5)) == 5

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
    @pytest.mark.parametrize(
        ("title", "phrase", "expected"),
        [
            ("Sponsored: buy this", "sponsored", True),
            ("An unsponsored post", "sponsored", False),
            ("Why C++ is fast", "c++", True),
            ("A sponsored post", "sponsored post", True),
            ("Sponsored, post by post", "sponsored post", False),
            ("Die ÜBERSICHT", "übersicht", True),
            ("Anything", " ", False),
            ("a.b", "a?b", False),
        ],
    )
    def test_whole_words_of_the_title_whatever_their_case(self, title: str, phrase: str, expected: bool) -> None:
        """A phrase is taken as it is written, not as a pattern."""
        assert bool(muted(make.item(title=title), [phrase])) is expected

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
    @pytest.mark.parametrize(
        "author",
        ["Omar Khattab", "omar khattab", "Khattab, Omar", "O. Khattab", "Khattab, O.", "Omar  B. Khattab", "O Khattab"],
    )
    def test_spellings_of_one_name(self, author: str) -> None:
        """As feeds and journals write it; the declared name is given back."""
        assert follows(make.item(authors=("Somebody Else", author)), ["Ada Byron", "Omar Khattab"]) == "Omar Khattab"

    @pytest.mark.parametrize(
        "author", ["Omar Khatab", "Olga Khattab", "Khattab Omar", "P. Khattab", "Khattab", "Omar", ""]
    )
    def test_other_people(self, author: str) -> None:
        """A family name alone is not enough."""
        assert follows(make.item(authors=(author,)), ["Omar Khattab"]) == ""

    @pytest.mark.parametrize(
        ("declared", "author"),
        [
            ("O. Khattab", "Omar Khattab"),
            ("Khattab, Omar", "Omar Khattab"),
            ("Bernhard Schölkopf", "Bernhard Scho\u0308lkopf"),
            ("Bernhard Scholkopf", "B. Schölkopf"),
            ("Plato", "PLATO"),
        ],
    )
    def test_the_declared_name_may_be_written_any_of_these_ways_too(self, declared: str, author: str) -> None:
        """With initials, turned round, with or without accents, in either way of encoding them."""
        assert follows(make.item(authors=(author,)), [declared]) == declared

    @pytest.mark.parametrize("name", ["", " ", ",", "."])
    def test_a_name_that_is_none_is_nobodys(self, name: str) -> None:
        """Authors without a name are no match for it either."""
        assert follows(make.item(authors=("", ",", "Ada Byron")), [name]) == ""

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


class TestShares:
    @pytest.mark.parametrize(
        ("slots", "lean", "letter", "envelope"),
        [
            (12, 0.15, 10, 2),
            (12, 0.85, 2, 10),
            (12, 0.5, 6, 6),
            (11, 0.5, 5, 5),
            (3, 0.15, 2, 1),
            (2, 0.01, 1, 1),
            (1, 0.15, 1, 0),
            (1, 0.5, 0, 0),
            (12, 0.0, 12, 0),
            (12, 1.0, 0, 12),
        ],
    )
    def test_slots_divide_by_the_lean(self, slots: int, lean: float, letter: int, envelope: int) -> None:
        """The side not leaned to keeps at least one of two; what is left over is for whoever is better."""
        assert shares(slots, lean) == {"letter": letter, "envelope": envelope}

    @pytest.mark.parametrize(("lean", "letter", "envelope"), [(0.15, 10, 2), (0.5, 6, 6), (0.85, 2, 10)])
    def test_each_side_has_its_share_though_all_of_the_other_scores_higher(
        self, lean: float, letter: int, envelope: int
    ) -> None:
        """Nobody levels up on one side alone."""
        for letter_relevance, envelope_relevance in ((9.0, 3.0), (3.0, 9.0)):
            candidates = [
                *many(20, relevance=letter_relevance),
                *many(20, first=21, lean=0.8, relevance=envelope_relevance),
            ]

            verdicts = decide(candidates, focus=make.focus(lean=lean), at_most=12)

            assert (len(kept(verdicts, "letter")), len(kept(verdicts, "envelope"))) == (letter, envelope)

    def test_the_side_leaned_to_takes_what_the_other_leaves(self) -> None:
        """A share is no quota."""
        candidates = [*many(20), *many(5, first=21, lean=0.8, relevance=1.0)]

        verdicts = decide(candidates, focus=make.focus(lean="letter"), at_most=12)

        assert (len(kept(verdicts, "letter")), len(kept(verdicts, "envelope"))) == (12, 0)

    def test_the_other_side_never_takes_more_than_its_share(self) -> None:
        """A short digest then, and the reason why."""
        candidates = [*many(2), *many(20, first=3, lean=0.8)]

        verdicts = decide(candidates, focus=make.focus(lean="letter"), at_most=12)

        assert (len(kept(verdicts, "letter")), len(kept(verdicts, "envelope"))) == (2, 2)
        assert reason(verdicts, candidates[-1]) == "the envelope had its share of 2 already"

    @pytest.mark.parametrize(("lean", "silent"), [(0, "envelope"), (1, "letter")])
    def test_a_lean_of_nothing_or_all_silences_a_side(self, lean: float, silent: str) -> None:
        """And only that does."""
        candidates = [*many(5), *many(5, first=6, lean=0.8)]

        verdicts = decide(candidates, focus=make.focus(lean=lean), stretch=3)

        assert kept(verdicts, silent) == []
        assert len(kept(verdicts)) == 5
        out = next(c for c in candidates if c.side == silent)
        assert reason(verdicts, out) == f"the {silent} is silenced by your lean"

    def test_one_place_is_for_the_side_leaned_to(self) -> None:
        """Of one there is no share to give."""
        candidates = [*many(1, relevance=3.0), *many(1, first=2, lean=0.8, relevance=9.0)]

        assert kept(decide(candidates, focus=make.focus(lean="letter"), at_most=1)) == [candidates[0].item.item_id]
        assert kept(decide(candidates, focus=make.focus(lean="balanced"), at_most=1)) == [candidates[1].item.item_id]


class TestSources:
    def test_at_most_a_third_from_one(self) -> None:
        """However good it is."""
        loud = many(20, source="Loud")
        others = many(8, first=21, relevance=3.0)

        verdicts = decide([*loud, *others], focus=make.focus(lean=0), at_most=12)

        assert len(kept(verdicts)) == 12
        assert sum(1 for c in loud if c.item.item_id in kept(verdicts)) == 4
        assert reason(verdicts, loud[4]) == "Loud had its third of the digest already"

    def test_the_only_one_may_fill_it(self) -> None:
        """Who reads one source wants it."""
        assert len(kept(decide(many(20, source="Only"), focus=make.focus(lean=0), at_most=12))) == 12

    def test_a_tiny_digest_has_one_of_each(self) -> None:
        """A third of less than six is one."""
        candidates = [*many(5, source="A"), *many(5, first=6, source="B", relevance=4.0)]

        verdicts = decide(candidates, focus=make.focus(lean=0), at_most=3)

        assert kept(verdicts) == [candidates[0].item.item_id, candidates[5].item.item_id]


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


class TestStretch:
    """Works from outside the focus, labelled as such."""

    @staticmethod
    def field(**changes: Any) -> list[Candidate]:  # noqa: ANN401 - any field of an Item
        """Twenty works: a few in focus, the rest outside."""
        return [*many(3), *many(17, first=4, relevance=1.5, **changes)]

    def test_it_comes_from_the_middle_of_the_field(self) -> None:
        """Not what just missed the floor, and not the rubbish."""
        candidates = self.field()

        verdicts = decide(candidates, at_most=12, stretch=2)

        chosen = [v for v in verdicts if v.section == "stretch"]
        assert len(chosen) == 2
        assert all(3 <= v.rank <= 10 for v in chosen)
        assert all(v.reason == "a stretch: outside your focus, letter" for v in chosen)

    def test_it_is_outside_the_focus(self) -> None:
        """What reached the floor and found no place is not called a stretch."""
        candidates = many(40)

        verdicts = decide(candidates, keep=0.25, stretch=2)

        assert kept(verdicts, "stretch") == []
        assert len(kept(verdicts)) == 8

    def test_none_when_none_is_wanted(self) -> None:
        """Exploration is the learner's choice."""
        assert kept(decide(self.field(), at_most=12, stretch=0), "stretch") == []

    def test_a_tiny_digest_keeps_its_three_places_for_the_focus(self) -> None:
        """A stretch comes on top of something."""
        verdicts = decide(self.field(), keep=0.03, stretch=1)

        assert (len(kept(verdicts)), kept(verdicts, "stretch")) == (3, [])

    def test_a_place_is_held_for_it(self) -> None:
        """Else a good week would never have one."""
        candidates = [*many(30), *many(70, first=31, relevance=1.5)]

        verdicts = decide(candidates, at_most=12, stretch=1)

        assert (len(kept(verdicts, "letter")), len(kept(verdicts, "stretch"))) == (11, 1)

    def test_several_keep_to_the_rules_together(self) -> None:
        """A third from one source, and the minutes there are, count for each after the one before."""
        loud = [*many(3), *many(30, first=4, relevance=1.5, source="Loud")]
        long = self.field(summary="word " * 2_000)

        from_one = decide(loud, at_most=9, stretch=6)
        in_time = decide(long, at_most=12, stretch=6, minutes=36)

        assert len(kept(from_one, "stretch")) == 3
        assert len(kept(in_time, "stretch")) == 2

    @pytest.mark.parametrize("changes", [{"title": ""}, {"url": ""}, {"title": "Sponsored things"}])
    def test_what_is_unfit_to_show_is_none(self, changes: dict[str, object]) -> None:
        """Nor what is muted."""
        verdicts = decide(self.field(**changes), at_most=12, stretch=3, focus=make.focus(mute=["sponsored"]))

        assert kept(verdicts, "stretch") == []

    def test_what_is_avoided_is_none(self) -> None:
        """Outside the focus is not against it."""
        candidates = [replace(c, judged=replace(c.judged, evidence=Evidence(avoided="coins"))) for c in self.field()]

        assert kept(decide(candidates, at_most=12, stretch=3), "stretch") == []


candidates_of_any_kind = st.lists(
    st.builds(
        lambda relevance, bonus, lean, source, words, authors, title: (
            relevance,
            relevance + bonus,
            lean,
            source,
            words,
            authors,
            title,
        ),
        st.floats(-5, 8),
        st.floats(-1, 1),
        st.floats(0, 1),
        st.sampled_from("ABCDE"),
        st.integers(0, 4000),
        st.sampled_from([(), ("Omar Khattab",), ("Ada Byron", "O. Khattab")]),
        st.sampled_from(["", "A post", "Sponsored: a post"]),
    ),
    max_size=60,
)
settings_of_any_kind = st.builds(
    lambda keep, at_most, at_least, time, stretch: make.digest(
        keep=keep, at_most=at_most, at_least=min(at_least, at_most), minutes=time, stretch=stretch
    ),
    st.floats(0.01, 1),
    st.integers(1, 20),
    st.integers(0, 6),
    st.none() | st.integers(1, 200),
    st.integers(0, 4),
)


def built(made: Sequence[tuple[float, float, float, str, int, tuple[str, ...], str]]) -> list[Candidate]:
    return [
        replace(one, judged=replace(one.judged, score=score))
        for number, (relevance, score, lean, source, words, authors, title) in enumerate(made)
        for one in [
            make.candidate(
                number,
                relevance=relevance,
                lean=lean,
                source=source,
                summary="word " * words,
                authors=authors,
                title=title,
            )
        ]
    ]


@given(
    made=candidates_of_any_kind,
    digest=settings_of_any_kind,
    lean=st.sampled_from([0.0, 0.15, 0.5, 0.85, 1.0]),
    order=st.randoms(use_true_random=False),
)
def test_what_always_holds(
    made: list[tuple[float, float, float, str, int, tuple[str, ...], str]],
    digest: Digest,
    lean: float,
    order: Random,
) -> None:
    """Bounds, sections and reasons, and the same digest in whatever order the works came."""
    focus = make.focus(lean=lean, mute=["sponsored"], follow=["Omar Khattab"])
    candidates = built(made)
    verdicts = pick(candidates, focus, digest, floor=FLOOR)
    by_id = {c.work.work_id: c for c in candidates}
    chosen = [(v, by_id[v.work_id]) for v in verdicts if v.kept]

    assert sorted(v.work_id for v in verdicts) == sorted(by_id)
    assert [v.score for v in verdicts] == sorted((v.score for v in verdicts), reverse=True)
    assert all(v.reason and (v.section is not None) == v.kept for v in verdicts)
    assert len(chosen) <= ceiling(len(candidates), digest) <= digest.at_most
    assert sum(1 for v, _ in chosen if v.section == "stretch") <= digest.stretch
    assert all(v.section in ("stretch", c.side) for v, c in chosen)
    assert all("Sponsored" not in c.item.title for _, c in chosen)
    assert all(c.side != {0.0: "envelope", 1.0: "letter"}.get(lean) for _, c in chosen)
    if digest.minutes is not None:
        assert sum(minutes(c.item) or 5 for _, c in chosen) <= digest.minutes
    if len({c.item.source for c in candidates}) > 1:
        most = max(1, ceiling(len(candidates), digest) // 3)
        assert all(count <= most for count in Counter(c.item.source for _, c in chosen).values())
    for verdict, candidate in chosen:
        good = candidate.judged.relevance >= FLOOR or bool(candidate.followed(focus))
        assert good or verdict.section == "stretch" or "at_least" in verdict.reason
        assert verdict.section != "stretch" or candidate.judged.relevance < FLOOR

    shuffled = list(candidates)
    order.shuffle(shuffled)
    assert pick(shuffled, focus, digest, floor=FLOOR) == verdicts


def reversed_(candidates: Sequence[Candidate]) -> list[Candidate]:
    return list(reversed(candidates))

"""What makes a good stretch: next to the focus, new, and good, or none."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from digest.compose.candidates import Candidate
from digest.compose.pick import decide
from digest.compose.stretch import stretch_worth
from digest.records import Evidence, Section
from tests import make
from tests.compose.choices import FLOOR, LONG

#: In the middle of the belt below the floor.
NEAR = FLOOR - 0.5


def outside(number: int, title: str, *, relevance: float = NEAR, **changes: Any) -> Candidate:  # noqa: ANN401 - any field of an Item
    changes = {"summary": LONG, "source": f"Source {number}", "title": title} | changes
    return make.candidate(number, relevance=relevance, **changes)


INSIDE = [make.candidate(n, relevance=5.0, source=f"Source {n}") for n in range(1, 4)]


def stretched(
    *works: Candidate,
    lately: Mapping[str, float] | None = None,
    local_density: Mapping[str, float] | None = None,
    near: Mapping[str, float] | None = None,
    focus: Mapping[str, object] | None = None,
    **digest: object,
) -> list[str]:
    """Titles of the stretches, given by title what each lies near to."""
    by_id = {c.item.item_id: c.item.title for c in (*INSIDE, *works)}

    def told(table: Mapping[str, float] | None) -> Callable[[str], float]:
        return lambda item_id: (table or {}).get(by_id[item_id], 0.0)

    decision = decide(
        [*INSIDE, *works],
        make.focus(**(focus or {})),
        make.digest(**({"keep": 1.0} | digest)),
        floor=FLOOR,
        shown_lately=told(lately),
        local_density=told(local_density),
        similarity=lambda one, other: max(told(near)(one), told(near)(other)),
    )
    return [by_id[v.item_id] for v in decision.verdicts if v.section == Section.STRETCH]


class TestChoice:
    def test_it_comes_from_next_to_the_focus(self) -> None:
        """Not from far below the floor, where rubbish is as often as not, and not from above it."""
        far = outside(10, "Far", relevance=FLOOR - 1.6)

        assert stretched(far, outside(11, "Next"), outside(12, "Inside", relevance=FLOOR)) == ["Next"]
        assert stretched(far) == []

    def test_the_nearer_the_better(self) -> None:
        """Of two that are as new."""
        assert stretched(outside(10, "Near", relevance=FLOOR - 0.1), outside(11, "Less")) == ["Near"]

    def test_ground_not_shown_lately(self) -> None:
        """Of two as near the one that is new is chosen."""
        works = outside(10, "Old ground"), outside(11, "New ground")

        assert stretched(*works, lately={"Old ground": 0.4}) == ["New ground"]
        assert stretched(*works, lately={"New ground": 0.4}) == ["Old ground"]

    @pytest.mark.parametrize("where", ["lately", "near"])
    def test_what_is_about_the_same_thing_is_no_step_aside(self, where: str) -> None:
        """As something kept, or something shown lately."""
        tables: dict[str, Any] = {where: {"Same": 0.55}}

        assert stretched(outside(10, "Same", relevance=FLOOR - 0.1), **tables) == []

    def test_a_tie_to_what_is_kept_counts(self) -> None:
        """And so does company: an oddity is no region."""
        works = outside(10, "Alone"), outside(11, "Tied")

        assert stretched(*works, near={"Tied": 0.35}) == ["Tied"]
        assert stretched(*works, local_density={"Tied": 0.35}) == ["Tied"]

    def test_none_where_none_is_good(self) -> None:
        """Far down the belt, on ground half known, from a source that was marked down."""
        weak = outside(10, "Weak", relevance=FLOOR - 1.3)
        distrusted = replace(weak, judged=replace(weak.judged, parts={"source": -0.3}))

        assert stretched(distrusted) == []
        assert stretched(weak, lately={"Weak": 0.4}) == []

    @pytest.mark.parametrize(
        "changes", [{"summary": "Read on."}, {"title": ""}, {"url": ""}, {"title": "Sponsored things"}]
    )
    def test_what_nobody_can_judge_or_wants_is_none(self, changes: dict[str, Any]) -> None:
        """A teaser, what cannot be shown, what is muted."""
        assert stretched(outside(10, **({"title": "Some"} | changes)), focus={"mute": ["sponsored"]}) == []

    def test_what_is_avoided_is_none(self) -> None:
        """Outside the focus is not against it."""
        one = outside(10, "Coins")

        assert stretched(replace(one, judged=replace(one.judged, evidence=Evidence(avoided="coins")))) == []

    def test_what_is_silenced_is_none(self) -> None:
        """A side that the learner does not want is no exploration."""
        one = outside(10, "Serving")
        envelope = replace(one, judged=replace(one.judged, lean=0.8))

        assert stretched(envelope) == ["Serving"]
        assert stretched(envelope, focus={"lean": 0.0}) == []


class TestPlaces:
    field = tuple(outside(n, f"Fair {n}") for n in range(10, 40))

    def test_it_says_what_it_is(self) -> None:
        """The label, and its side."""
        both = replace(outside(10, "Both"), judged=make.judged(make.item(10), relevance=NEAR, lean=0.5))
        for work, side in ((outside(10, "One"), "letter"), (both, "both sides")):
            found = decide([*INSIDE, work], make.focus(), make.digest(keep=1.0), floor=FLOOR)
            [reason] = [v.reason for v in found.verdicts if v.section == Section.STRETCH]
            assert reason == f"a stretch: next to your focus, {side}"

    @pytest.mark.parametrize(("wanted", "found"), [(0, 0), (1, 1), (3, 3), (20, 9)])
    def test_as_many_as_are_wanted_and_fit(self, wanted: int, found: int) -> None:
        """Beside the three works in focus there are nine places."""
        assert len(stretched(*self.field, stretch=wanted, at_most=12)) == found

    def test_a_tiny_digest_keeps_its_three_places_for_the_focus(self) -> None:
        """A stretch comes on top of something."""
        assert stretched(*self.field, keep=0.03) == []

    def test_a_place_is_held_for_it(self) -> None:
        """Else a good week would never have one."""
        good = [make.candidate(n, relevance=4.0, source=f"Good {n}") for n in range(50, 80)]

        assert len(stretched(*self.field, *good, at_most=12)) == 1

    def test_the_minutes_and_the_share_of_a_source_hold_for_it_too(self) -> None:
        """For each after the one before; beside three blogs and a loud one, that is a third of nine."""
        long = [outside(n, f"Long {n}", summary="word " * 2_000) for n in range(10, 20)]
        loud = [outside(n, f"Loud {n}", source=INSIDE[0].item.source) for n in range(10, 20)]

        assert len(stretched(*long, stretch=6, minutes=36)) == 2
        assert len(stretched(*loud, stretch=6, at_most=9)) == 0


def test_what_speaks_for_quality_counts() -> None:
    """A trusted source, others that point to it, and what comes with it."""
    plain = outside(1, "Plain")
    echoed = replace(plain, work=make.work(plain.item, make.item(2, source="Frontpage")))
    trusted = replace(plain, judged=replace(plain.judged, parts={"source": 0.4}))
    coded = replace(plain, judged=replace(plain.judged, evidence=Evidence(extras=("code",))))
    worth = stretch_worth(plain, floor=FLOOR, near=0.0, known=0.0)

    for better in (echoed, trusted, coded):
        assert stretch_worth(better, floor=FLOOR, near=0.0, known=0.0) > worth
    assert stretch_worth(plain, floor=FLOOR, near=0.0, known=0.45) < worth
    assert stretch_worth(plain, floor=FLOOR, near=0.3, known=0.0) > worth

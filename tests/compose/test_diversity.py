"""No five works on one thing, unless that is what the learner wants."""

from collections.abc import Callable

from digest.compose.pick import Candidate, decide
from tests import make

FLOOR = 2.0


def theme(name: str, numbers: range, relevance: float) -> list[Candidate]:
    """Works on one thing, from a source each, of slowly falling relevance."""
    return [
        make.candidate(n, relevance=relevance - n / 100, title=f"{name} {n}", source=f"Source {n}") for n in numbers
    ]


def alike(cosine: float, among: list[Candidate]) -> Callable[[str, str], float]:
    ids = {candidate.item.item_id for candidate in among}
    return lambda one, other: cosine if {one, other} <= ids else 0.0


def kept_titles(
    candidates: list[Candidate], similarity: Callable[[str, str], float], *, mode: str = "wide"
) -> set[str]:
    focus, digest = make.focus(mode=mode, lean=0.2), make.digest(keep=1.0, at_most=5, stretch=0)
    decision = decide(candidates, focus, digest, floor=FLOOR, similarity=similarity)
    by_id = {candidate.work.work_id: candidate.item.title for candidate in candidates}
    return {by_id[verdict.work_id].split()[0] + str(verdict.rank) for verdict in decision.verdicts if verdict.kept}


class TestWide:
    crowd = theme("Crowd", range(1, 6), 5.0)
    rest = theme("Other", range(6, 10), 4.9)

    def test_alike_works_give_way_to_others(self) -> None:
        """Of five good works on one thing some make room for what is nearly as good."""
        kept = kept_titles(self.crowd + self.rest, alike(0.6, self.crowd))

        assert sum(title.startswith("Crowd") for title in kept) <= 3
        assert "Crowd1" in kept

    def test_without_likeness_the_best_are_kept(self) -> None:
        """Nothing is pushed aside for works that are not alike."""
        kept = kept_titles(self.crowd + self.rest, lambda one, other: 0.0)

        assert sum(title.startswith("Crowd") for title in kept) >= 4

    def test_never_five_on_one_thing(self) -> None:
        """Not even where there is nothing else to keep."""
        assert len(kept_titles(self.crowd, alike(0.6, self.crowd))) == 3

    def test_what_says_the_same_is_kept_once(self) -> None:
        """And the others say which work they repeat."""
        pair = theme("Twin", range(1, 3), 5.0)
        decision = decide(pair, make.focus(), make.digest(), floor=FLOOR, similarity=alike(0.9, pair))
        kept, left_out = sorted(decision.verdicts, key=lambda verdict: not verdict.kept)

        assert kept.kept
        assert decision.against[left_out.work_id].rule == "likeness"
        assert left_out.reason == "too like “Twin 1”"


class TestDeep:
    def test_another_angle_on_one_thing_is_welcome(self) -> None:
        """All of a theme is kept where the learner wants to go deep."""
        crowd = theme("Crowd", range(1, 6), 5.0)

        assert len(kept_titles(crowd, alike(0.6, crowd), mode="deep")) == 5

    def test_repetition_is_not(self) -> None:
        """The same thing twice is no second angle."""
        crowd = theme("Crowd", range(1, 6), 5.0)

        assert len(kept_titles(crowd, alike(0.9, crowd), mode="deep")) == 1


class TestReasons:
    def test_what_would_have_changed_the_verdict(self) -> None:
        """A work below the floor hears how far; one that was outdone, by whom; one too many of a source, too."""
        works = [
            *theme("Kept", range(1, 6), 5.0),
            *theme("Outdone", range(6, 7), 4.0),
            *theme("Weak", range(7, 8), 1.77),
        ]
        decision = decide(works, make.focus(lean=0.0), make.digest(at_most=5, keep=1.0, stretch=0), floor=FLOOR)
        changes = {against.rule: against.change for against in decision.against.values()}

        assert changes["floor"] == "0.30 more relevance"
        assert changes["limit"] == "1.01 more score, to outdo “Kept 5”"

    def test_likeness_is_named_where_it_cost_the_place(self) -> None:
        """A work that would be in but for its likeness hears to what."""
        crowd = theme("Crowd", range(1, 3), 5.0)
        others = theme("Other", range(3, 5), 4.99)
        decision = decide(
            [*crowd, *others, *theme("Far", range(5, 8), 3.0)],
            make.focus(lean=0.0),
            make.digest(at_most=3, keep=1.0, stretch=0),
            floor=FLOOR,
            similarity=alike(0.65, crowd),
        )

        assert decision.against[crowd[1].work.work_id].change == "less likeness to “Crowd 1”"

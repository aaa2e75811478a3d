"""What makes a good stretch."""

from collections.abc import Mapping

from digest.compose.pick import Candidate, decide
from digest.compose.stretch import stretch_worth
from tests import make

FLOOR = 2.0
LONG = "Something that is told at length. " * 30


def stretched(candidates: list[Candidate], lately: Mapping[str, float]) -> str:
    """Title of the stretch, given how near each title lies to what was shown lately."""
    by_id = {candidate.item.item_id: candidate.item.title for candidate in candidates}
    decision = decide(
        candidates,
        make.focus(),
        make.digest(keep=1.0),
        floor=FLOOR,
        shown_lately=lambda item_id: lately.get(by_id[item_id], 0.0),
    )
    return next((by_id[v.item_id] for v in decision.verdicts if v.section == "stretch"), "")


def outside(number: int, title: str, *, relevance: float = 0.0, summary: str = LONG) -> Candidate:
    return make.candidate(number, relevance=relevance, title=title, source=f"Source {number}", summary=summary)


INSIDE = tuple(make.candidate(n, relevance=5.0, source=f"Source {n}") for n in range(1, 4))
RUBBISH = tuple(outside(n, f"Rubbish {n}", relevance=-3.0) for n in (20, 21))


class TestChoice:
    def test_a_region_not_shown_lately(self) -> None:
        """Of two works outside the focus the one that is new ground is chosen."""
        works = [*INSIDE, outside(10, "Old ground"), outside(11, "New ground"), *RUBBISH]

        assert stretched(works, {"Old ground": 0.8, "New ground": 0.1}) == "New ground"
        assert stretched(works, {"Old ground": 0.1, "New ground": 0.8}) == "Old ground"

    def test_never_something_in_focus(self) -> None:
        """Where all is in focus there is no stretch."""
        assert stretched(list(INSIDE), {}) == ""

    def test_not_from_the_bottom(self) -> None:
        """The half that lies farthest away is rubbish as often as not, new ground or not."""
        works = [*INSIDE, *(outside(n, f"Fair {n}") for n in range(10, 16)), *RUBBISH]

        assert stretched(works, {f"Fair {n}": 0.9 for n in range(10, 16)}).startswith("Fair")

    def test_an_oddity_is_no_region(self) -> None:
        """Of two that are as new, the one in company is chosen."""
        works = [*INSIDE, outside(10, "Oddity"), outside(11, "Lively"), *RUBBISH]
        lively = works[4].item.item_id
        decision = decide(
            works, make.focus(), make.digest(keep=1.0), floor=FLOOR, company=lambda item_id: 0.5 * (item_id == lively)
        )

        assert [v.item_id for v in decision.verdicts if v.section == "stretch"] == [lively]

    def test_a_real_text(self) -> None:
        """A teaser tells nobody whether it is good."""
        works = [*INSIDE, outside(10, "Teaser", summary="Read on."), outside(11, "Text"), *RUBBISH]

        assert stretched(works, {}) == "Text"


def test_what_speaks_for_quality_counts() -> None:
    """A trusted source, and others that point to it."""
    plain = make.candidate(1, summary=LONG)
    echoed = make.work(plain.item, make.item(2, source="Frontpage"))
    trusted = make.judged(plain.item, parts={"source": 0.4})
    worth = stretch_worth(plain.work, plain.item, plain.judged, floor=FLOOR, known=0.0)

    assert stretch_worth(echoed, plain.item, plain.judged, floor=FLOOR, known=0.0) > worth
    assert stretch_worth(plain.work, plain.item, trusted, floor=FLOOR, known=0.0) > worth
    assert stretch_worth(plain.work, plain.item, plain.judged, floor=FLOOR, known=0.5) < worth

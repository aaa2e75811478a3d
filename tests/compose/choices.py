"""Works to choose between, and what became of them."""

from collections.abc import Callable, Sequence
from typing import Any

from digest.compose import pick
from digest.compose.candidates import Candidate, Decision
from digest.config import Focus
from digest.records import Verdict
from tests import make

FLOOR = 2.0
#: Wide bounds, so that a test is about the one it names.
WIDE = {"at_most": 100, "keep": 1.0, "stretch": 0}
#: Enough words to tell whether a work is good.
LONG = "Something that is told at length. " * 30


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


def decided(
    candidates: Sequence[Candidate],
    *,
    focus: Focus | None = None,
    similarity: Callable[[str, str], float] = lambda one, other: 0.0,
    **digest: Any,  # noqa: ANN401 - any field of a Digest
) -> Decision:
    settings = make.digest(**(WIDE | digest))
    return pick.decide(candidates, focus or make.focus(), settings, floor=FLOOR, similarity=similarity)


def decide(
    candidates: Sequence[Candidate],
    *,
    focus: Focus | None = None,
    **digest: Any,  # noqa: ANN401 - any field of a Digest
) -> tuple[Verdict, ...]:
    return decided(candidates, focus=focus, **digest).verdicts


def kept(verdicts: Sequence[Verdict], section: str | None = None) -> list[str]:
    """The ids of the items that were kept, best first."""
    return [v.item_id for v in verdicts if v.kept and (section is None or v.section == section)]


def reason(verdicts: Sequence[Verdict], candidate: Candidate) -> str:
    return next(verdict.reason for verdict in verdicts if verdict.work_id == candidate.work.work_id)


def alike(cosine: float, among: Sequence[Candidate]) -> Callable[[str, str], float]:
    """A similarity under which these works are alike, and no others."""
    ids = {candidate.item.item_id for candidate in among}
    return lambda one, other: cosine if {one, other} <= ids else 0.0

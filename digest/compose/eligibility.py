"""What rules a work out by itself, whatever else is kept. Pure."""

import math

from digest.compose.candidates import Against, Candidate, Rule
from digest.compose.rules import muted, sunk_by
from digest.config import Focus

#: The side that a lean of nothing or all silences; works of both sides are heard.
_SILENT = {0.0: "envelope", 1.0: "letter"}


def unwanted(candidate: Candidate, focus: Focus) -> Against | None:
    """What the learner ordered against a work: a muted title, or a silenced side."""
    if phrase := muted(candidate.item, focus.mute):
        return Against(rule=Rule.MUTED, reason=f'muted: its title says "{phrase}"')
    if candidate.side == _SILENT.get(focus.lean):
        reason = f"the {candidate.side} is silenced by your lean"
        return Against(rule=Rule.SILENCED, reason=reason, change="another lean")
    return None


def too_weak(candidate: Candidate, floor: float) -> Against | None:
    """That a work is below the floor, and whether what the learner avoids is why."""
    relevance = candidate.judged.relevance
    if relevance >= floor:
        return None
    if phrase := sunk_by(candidate.judged, floor):
        reason = f'too near to what you avoid: "{phrase}"'
        return Against(rule=Rule.AVOIDED, reason=reason, change="a text farther from that")
    return Against(
        rule=Rule.FLOOR,
        reason=f"below the floor: relevance {_down(relevance):.2f}, needed {floor:.2f}",
        change=f"{max(floor - relevance, 0.01):.2f} more relevance",
    )


def _down(value: float) -> float:
    """Rounded down to hundredths, so that what fell short does not look as if it had not."""
    return math.floor(value * 100 + 1e-6) / 100

"""What an issue says where the learner's likes have left their focus: the evidence, and lines to paste. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from digest.records import Drift, LeanDrift, TopicDrift
from digest.render.links import ReasonLink
from digest.render.untrusted import shown, web_address
from digest.render.wording import list_words, percent

TITLE = "Your focus and what you like"
_WEEKS = {8: "eight"}
_NAMES = {0.15: "letter", 0.5: "balanced", 0.85: "envelope"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftLine:
    """One thing that is told."""

    words: str
    #: works that show it
    examples: tuple[ReasonLink, ...]
    #: what it comes to
    advice: str
    #: lines of [focus] as they can be pasted
    toml: str


def lay_out_drift(drift: Drift | None) -> tuple[DriftLine, ...]:
    if drift is None:
        return ()
    span = f"the last {_WEEKS.get(drift.weeks, drift.weeks)} weeks"
    return (
        *([_topics(drift.topics, span)] if drift.topics else []),
        *([_lean(drift.lean, span)] if drift.lean else []),
    )


def _topics(found: TopicDrift, span: str) -> DriftLine:
    terms = [shown(term, 60) for term in found.terms]
    shares = f"share {list_words(terms)}" if len(terms) > 1 else f"share “{terms[0]}”" if terms else ""
    return DriftLine(
        words=f"Of {found.counted} works that you liked, saved or read in {span}, {found.far} are far from every phrase "
        f"of your focus; they {shares}.",
        examples=tuple(ReasonLink(text=shown(title, 120), url=web_address(url)) for title, url in found.examples),
        advice="If that is where you are going, this line in [focus] follows you; nothing was changed.",
        toml=f"topics = {_array([*found.declared, *terms])}",
    )


def _lean(found: LeanDrift, span: str) -> DriftLine:
    name = _NAMES.get(found.declared)
    declared = f"“{name}”" if name else f"{percent(round(found.declared, 2))} envelope"
    side, share = ("envelope", found.liked) if found.liked > found.declared else ("letter", 1 - found.liked)
    part = "all" if round(share, 2) == 1 else percent(round(share, 2))
    picks = "" if found.shown is None else f"; of the picks, {percent(round(_of(side, found.shown), 2))}"
    return DriftLine(
        words=f"You declared {declared}. Of {found.counted} works that you liked, saved or read in {span}, "
        f"{part} are {side}{picks}.",
        examples=(),
        advice="If that is your lean now, this line in [focus] says so; nothing was changed.",
        toml=f"lean = {min(max(round(found.liked / 0.05) * 0.05, 0.05), 0.95):.2f}",
    )


def _of(side: str, envelope: float) -> float:
    return envelope if side == "envelope" else 1 - envelope


def _array(texts: Sequence[str]) -> str:
    """A TOML array; JSON's strings are TOML's, but for the one control character that is no text."""
    return json.dumps([text.replace("\x7f", "") for text in texts], ensure_ascii=False)

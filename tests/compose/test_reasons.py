"""Reasons as they are read one after another."""

from dataclasses import replace
from typing import Any

from digest.compose.candidates import Candidate
from digest.compose.reasons import resources_of, without_repeats
from digest.judge.evidence import reason
from digest.records import Evidence, Pick, Resource
from tests import make
from tests.render.make import pick

GRAPHS = Evidence(phrase="graphs", similarity=0.6, clause="walks on them")


def candidate(number: int, evidence: Evidence, **changes: Any) -> Candidate:  # noqa: ANN401 - any field of its Item
    one = make.candidate(number, **changes)
    judged = replace(one.judged, evidence=evidence)
    return replace(one, judged=judged, reason=reason(judged))


def reasons(*candidates: Candidate, before: str = "", after: str = "") -> list[str]:
    picks: list[Pick] = [
        pick(n, work_id=c.work.work_id, reason=f"{before}{c.reason}{after}") for n, c in enumerate(candidates, start=1)
    ]
    return [one.reason for one in without_repeats(picks, {c.work.work_id: c for c in candidates})]


def test_the_same_phrase_is_named_once() -> None:
    """The others say by what number, and what differs."""
    other = Evidence(phrase="trees", similarity=0.6, clause="prunes them early")
    found = reasons(
        candidate(1, GRAPHS),
        candidate(2, other),
        candidate(3, replace(GRAPHS, clause="colours them")),
        candidate(4, replace(GRAPHS, clause="")),
    )
    assert found == [
        "matches “graphs”: walks on them",
        "matches “trees”: prunes them early",
        "as with number 1: colours them",
        "as with number 1",
    ]
    assert len(set(found)) == len(found)


def test_near_is_not_the_same_as_matched() -> None:
    """How near a work is to a phrase stays said."""
    assert reasons(candidate(1, GRAPHS), candidate(2, replace(GRAPHS, similarity=0.1)))[1].startswith(
        "far from “graphs”"
    )


def test_what_picking_says_around_it_stays() -> None:
    """Whom one follows, and why a work is here all the same."""
    found = reasons(
        candidate(1, GRAPHS), candidate(2, GRAPHS), before="by Ada, whom you follow; ", after="; below the floor"
    )
    assert found == [
        "by Ada, whom you follow; matches “graphs”: walks on them; below the floor",
        "by Ada, whom you follow; as with number 1: walks on them; below the floor",
    ]


def test_a_reason_of_the_picking_alone_stays() -> None:
    """A stretch has one of its own."""
    one = candidate(1, GRAPHS)
    picks = (pick(1, work_id=one.work.work_id, reason="a stretch: next to your focus"),)
    assert without_repeats(picks, {one.work.work_id: one}) == picks


def test_what_has_a_link_is_not_said_besides() -> None:
    """Code without an address is."""
    linked = replace(GRAPHS, extras=("code", "data"), resources=(Resource(kind="code", url="https://example.org/c"),))
    talk = replace(GRAPHS, phrase="trees", extras=("talk",))
    assert reasons(candidate(1, linked), candidate(2, talk, seconds=60)) == [
        "matches “graphs”: walks on them; with data",
        "matches “trees”: walks on them",
    ]


def test_resources_are_what_has_an_address() -> None:
    """The PDF and the author of arXiv, and the marked item without its tracking."""
    evidence = Evidence(liked="A paper", liked_url="https://example.org/1?utm_source=feed")
    one = candidate(1, evidence, arxiv_id="2601.00001", authors=("Ada Byron",))
    focus = make.focus(follow=("Ada Byron",))

    assert resources_of(one, focus) == (
        Resource(kind="pdf", url="https://arxiv.org/pdf/2601.00001"),
        Resource(kind="liked", url="https://example.org/1", text="“A paper”"),
        Resource(kind="author", url="https://arxiv.org/search/?searchtype=author&query=Ada+Byron", text="Ada Byron"),
    )
    assert resources_of(candidate(1, Evidence(liked="A paper"), authors=("Ada Byron",)), focus) == ()

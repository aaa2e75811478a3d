"""What holds whatever comes together: bounds, prices and orders over works of any kind."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from digest.compose.candidates import Candidate, Rule
from digest.compose.eligibility import ceiling, followed
from digest.compose.pick import decide
from digest.compose.reading_time import minutes
from digest.compose.trade_offs import BEYOND_SHARE, MOST_TRADED
from digest.config import Digest
from digest.records import Section, Verdict
from tests import make
from tests.compose.choices import FLOOR, LONG

#: relevance, what the score adds to it, lean, source, words, authors, title
Made = tuple[float, float, float, str, int, tuple[str, ...], str]

anything = st.lists(
    st.tuples(
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
    lambda keep, at_most, at_least, time, stretch, share: make.digest(
        keep=keep, at_most=at_most, at_least=min(at_least, at_most), minutes=time, stretch=stretch, per_source=share
    ),
    st.floats(0.01, 1),
    st.integers(1, 20),
    st.integers(0, 6),
    st.none() | st.integers(1, 200),
    st.integers(0, 4),
    st.sampled_from(["a third", "all", 0.5, "10%"]),
)
leans = st.sampled_from([0.0, 0.15, 0.5, 0.85, 1.0])


def built(made: Sequence[Made]) -> list[Candidate]:
    return [
        replace(one, judged=replace(one.judged, score=relevance + bonus))
        for number, (relevance, bonus, lean, source, words, authors, title) in enumerate(made)
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


def likeness(seed: int) -> Callable[[str, str], float]:
    """Any cosines, the same for the same two works."""

    def cosine(one: str, other: str) -> float:
        return Random(f"{seed} {min(one, other)} {max(one, other)}").uniform(-0.2, 0.95)

    return cosine


def kept_of(verdicts: Sequence[Verdict], by_id: Mapping[str, Candidate]) -> list[tuple[Verdict, Candidate]]:
    return [(v, by_id[v.work_id]) for v in verdicts if v.kept]


@given(made=anything, digest=settings_of_any_kind, lean=leans, order=st.randoms(use_true_random=False))
def test_bounds_and_orders(made: list[Made], digest: Digest, lean: float, order: Random) -> None:
    """Bounds, sections and reasons, and the same digest in whatever order the works came."""
    focus = make.focus(lean=lean, mute=["sponsored"], follow=["Omar Khattab"])
    candidates = built(made)
    verdicts = decide(candidates, focus, digest, floor=FLOOR).verdicts
    by_id = {c.work.work_id: c for c in candidates}
    chosen = kept_of(verdicts, by_id)

    assert sorted(v.work_id for v in verdicts) == sorted(by_id)
    assert [v.score for v in verdicts] == sorted((v.score for v in verdicts), reverse=True)
    assert all(v.reason and (v.section is not None) == v.kept for v in verdicts)
    assert len(chosen) <= ceiling(len(candidates), digest) <= digest.at_most
    assert sum(v.section == Section.STRETCH for v, _ in chosen) <= digest.stretch
    assert all(v.section == Section.STRETCH or c.side in (v.section, "both") for v, c in chosen)
    assert all("Sponsored" not in c.item.title for _, c in chosen)
    silent = {0.0: "envelope", 1.0: "letter"}.get(lean)
    assert all(c.side != silent and v.section != silent for v, c in chosen)
    if digest.minutes is not None:
        assert sum(minutes(c.item) or 5 for _, c in chosen) <= digest.minutes
    for verdict, candidate in chosen:
        good = candidate.judged.relevance >= FLOOR or bool(followed(candidate, focus))
        assert good or verdict.section == Section.STRETCH or "at_least" in verdict.reason
        assert verdict.section != Section.STRETCH or candidate.judged.relevance < FLOOR

    shuffled = list(candidates)
    order.shuffle(shuffled)
    assert decide(shuffled, focus, digest, floor=FLOOR).verdicts == verdicts


@given(
    made=anything,
    lean=leans,
    at_most=st.integers(1, 15),
    seed=st.integers(0, 99),
    mode=st.sampled_from(["wide", "deep"]),
)
def test_no_preference_takes_a_place_from_what_is_far_better(
    made: list[Made], lean: float, at_most: int, seed: int, mode: str
) -> None:
    """A kept work scores no more than the cap below one that is left out, repeats and silenced sides aside."""
    focus, digest = (
        make.focus(lean=lean, mode=mode),
        make.digest(keep=1.0, at_most=at_most, per_source="all", stretch=0),
    )
    candidates = built(made)
    decision = decide(candidates, focus, digest, floor=FLOOR, similarity=likeness(seed))
    kept = [v.score for v in decision.verdicts if v.kept]
    outdone = (Rule.LIMIT, Rule.LEAN, Rule.LIKENESS)
    left_out = [v for v in decision.verdicts if not v.kept and decision.exclusions[v.work_id].rule in outdone]

    assert all(v.score <= score + MOST_TRADED + 1e-9 for v in left_out for score in kept)
    assert not left_out or len(kept) == min(at_most, ceiling(len(candidates), digest))


@given(made=anything, at_most=st.integers(1, 15), share=st.sampled_from(["a third", 0.5, "10%"]))
def test_a_voice_has_more_than_its_share_only_where_it_is_far_better(
    made: list[Made], at_most: int, share: object
) -> None:
    """What is kept beyond a share clears the floor after the price, and beats the rest by more than that."""
    digest = make.digest(keep=1.0, at_most=at_most, per_source=share, stretch=0)
    candidates = [replace(c, item=replace(c.item, authors=())) for c in built(made)]
    decision = decide(candidates, make.focus(), digest, floor=FLOOR)
    by_id = {c.work.work_id: c for c in candidates}
    chosen = [c for _, c in kept_of(decision.verdicts, by_id)]
    sources = Counter(c.item.source for c in chosen)
    equal = 1 / max(len({c.item.source for c in candidates if c.judged.relevance >= FLOOR}), 1)
    allowed = max(1, int(max(digest.per_source, equal) * len(chosen) + 1e-9))

    for source, count in sources.items():
        own = sorted((c for c in chosen if c.item.source == source), key=lambda c: -c.judged.relevance)
        better = [c for c in own if c.judged.relevance >= FLOOR + BEYOND_SHARE]
        assert count <= allowed + len(better)
    for verdict in decision.verdicts:
        if not verdict.kept and decision.exclusions[verdict.work_id].rule == Rule.SOURCE:
            assert sources[by_id[verdict.work_id].item.source] >= 1
        if not verdict.kept and verdict.work_id in decision.exclusions:
            worst = min((c.judged.score for c in chosen), default=9.0)
            limited = decision.exclusions[verdict.work_id].rule in (Rule.LIMIT, Rule.LEAN)
            assert not limited or verdict.score <= worst + MOST_TRADED + BEYOND_SHARE + 1e-9


@given(scores=st.lists(st.floats(FLOOR, 9), min_size=1, max_size=40), lean=st.floats(0.01, 0.99), side=st.floats(0, 1))
def test_whatever_is_good_fills_the_places(scores: list[float], lean: float, side: float) -> None:
    """From one side and one aggregator alone, if that is what there is."""
    works = [make.candidate(n, relevance=s, lean=side, source="arXiv", kind="arxiv") for n, s in enumerate(scores)]
    found = decide(works, make.focus(lean=lean), make.digest(keep=1.0, at_most=12, stretch=0), floor=FLOOR)

    assert sum(v.kept for v in found.verdicts) == min(12, len(works))


def test_a_stretch_leaves_its_place_where_none_is_good() -> None:
    """A place held for what does not come goes to the next best in focus."""
    works = [make.candidate(n, relevance=5.0, source=f"S{n}") for n in range(40)]
    far = [make.candidate(n, relevance=-3.0, source=f"S{n}", summary=LONG) for n in range(40, 80)]
    found = decide([*works, *far], make.focus(), make.digest(keep=1.0, at_most=12), floor=FLOOR)

    assert [v.section for v in found.verdicts if v.kept] == ["letter"] * 12

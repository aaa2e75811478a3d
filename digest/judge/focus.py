"""What the learner declared, as vectors: the phrases of their focus, and what they want to avoid.

A statement is read clause by clause (`statement`), topics and the project's name and question each for
itself, so that the best match can be named in the learner's own words. Pure, given a model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from digest.config import Focus
from digest.judge.embedding import Embedder, Floats
from digest.judge.reference_texts import REFERENCE_TEXTS
from digest.judge.statement import Clause, ClauseKind, read_statement
from digest.judge.static_embedder import unit

#: A focus of 5,000 words has more sentences than it has thoughts; the first ones say the most.
MAX_PHRASES = 64
#: How much the statement as a whole, with all that was set aside, counts beside its clauses, for a model that gives
#: every word the same weight; one that learned which words matter reads the whole (measured on tuning learners).
WHOLE = 0.4

#: How much each facet weighs in the focus as a whole. What a learner lists as topics is as deliberate
#: as the statement; the project leads in "deep" mode and accompanies in "wide".
FACET_WEIGHTS = {
    "wide": {"statement": 1.0, "topic": 1.0, "project": 0.25, "question": 0.25},
    "deep": {"statement": 1.0, "topic": 0.75, "project": 0.75, "question": 0.75},
}

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\s*[\n;•]+\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A part of the focus as the learner wrote it."""

    text: str
    #: "statement", "topic", "project" or "question"
    facet: str
    #: how much it counts, 0 .. 1
    weight: float = 1.0
    #: whether it counts at all; what is set aside is kept to be shown, with a vector of zeros
    used: bool = True
    #: why it counts less or not: "background", "person", or ""
    aside: str = ""
    #: what is embedded, where it differs from what is shown
    embed: str = field(default="", repr=False)

    @property
    def read(self) -> str:
        return self.embed or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusModel:
    """The declared focus in one model's space."""

    model: str
    mode: str
    phrases: tuple[Phrase, ...]
    #: [phrases, dimensions], rows L2-normalised; zero for what is set aside
    vectors: Floats
    #: each facet's pull on the focus as a whole; they sum to `centre`, whose length is 1
    facets: dict[str, Floats]
    #: the statement with all that was set aside [dimensions], and how much it counts beside the clauses, 0 .. 1
    whole: Floats
    whole_share: float
    #: the focus as one direction [dimensions]; zero where the model understands no word of it
    centre: Floats
    #: what the learner listed to avoid, then what the statement declines
    avoid: tuple[str, ...]
    #: [avoided phrases, dimensions]
    avoid_vectors: Floats
    #: vectors of the reference texts [texts, dimensions], the zero of relevance
    reference: Floats

    @property
    def understood(self) -> bool:
        """Whether the model knows any word of the focus."""
        return bool(self.centre.any())


def read_focus(focus: Focus, embedder: Embedder) -> FocusModel:
    """Embed every part of the declared focus."""
    clauses = read_statement(focus.statement)
    phrases = tuple(_phrases(focus, clauses))
    avoid = _avoided(focus, clauses)
    queries = [p.read for p in phrases] + [" ".join(focus.statement.split()), *avoid]
    found, reference = encode_queries(embedder, queries), embedder.encode(REFERENCE_TEXTS)
    own, whole, avoided = np.split(found, [len(phrases), len(phrases) + 1])
    own = np.where(np.array([p.used for p in phrases])[:, None], own, 0).astype(np.float32)
    share = 1.0 if getattr(embedder, "reads_statements", False) else WHOLE
    facets = pulls(phrases, own, whole[0], focus.mode, whole_share=share)
    return FocusModel(
        model=embedder.name,
        mode=focus.mode,
        phrases=phrases,
        vectors=own,
        facets=facets,
        whole=whole[0],
        whole_share=share,
        centre=sum(facets.values(), np.zeros(embedder.dimensions, np.float32)),
        avoid=avoid,
        avoid_vectors=avoided,
        reference=reference,
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text in any script; lines and semicolons end them too."""
    return [s for part in _SENTENCE_END.split(text) if (s := " ".join(part.split()))]


def encode_queries(embedder: Embedder, texts: Sequence[str]) -> Floats:
    """Vectors of a learner's words [texts, dimensions]: by the model's own way to read queries, if it has one."""
    encode = getattr(embedder, "encode_queries", embedder.encode)
    vectors: Floats = encode(list(texts))
    return vectors


def _phrases(focus: Focus, clauses: Sequence[Clause]) -> Iterator[Phrase]:
    seen: set[str] = set()
    for phrase in list(_said(focus, clauses))[:MAX_PHRASES]:
        if phrase.text.casefold() not in seen:
            seen.add(phrase.text.casefold())
            yield phrase


def _said(focus: Focus, clauses: Sequence[Clause]) -> Iterator[Phrase]:
    """Every phrase with its facet, what was said most deliberately first."""
    for topic in focus.topics:
        if topic.strip():
            yield Phrase(text=" ".join(topic.split()), facet="topic")
    if focus.project:
        for text, facet in ((focus.project.name, "project"), (focus.project.question, "question")):
            if text.strip():
                yield Phrase(text=" ".join(text.split()), facet=facet)
    for clause in sorted(clauses, key=lambda c: c.weight == 0):
        if clause.kind is not ClauseKind.DECLINED:
            yield Phrase(
                text=clause.text,
                facet="statement",
                weight=clause.weight,
                used=clause.weight > 0,
                aside="" if clause.kind is ClauseKind.INTEREST else clause.kind.value,
                embed=clause.embed if clause.embed != clause.text else "",
            )


def _avoided(focus: Focus, clauses: Sequence[Clause]) -> tuple[str, ...]:
    declined = [c.text for c in clauses if c.kind is ClauseKind.DECLINED]
    said = [*(" ".join(text.split()) for text in focus.avoid if text.strip()), *declined]
    return tuple({text.casefold(): text for text in reversed(said)}.values())[::-1][:MAX_PHRASES]


def pulls(
    phrases: Sequence[Phrase],
    vectors: Floats,
    whole: Floats,
    mode: str,
    *,
    whole_share: float,
    clarity: Floats | None = None,
) -> dict[str, Floats]:
    """Each facet's mean direction times its weight, scaled so that their sum has length 1.

    *clarity* [phrases], 0 .. 1, lowers the weights of single phrases.
    """
    counts = np.array([p.weight for p in phrases], np.float32)
    counts = counts if clarity is None else counts * clarity
    sums: dict[str, Floats] = {}
    for facet, weight in FACET_WEIGHTS[mode].items():
        rows = [i for i, p in enumerate(phrases) if p.facet == facet]
        pull = counts[rows] @ vectors[rows]
        if facet == "statement":
            pull = np.float32(1 - whole_share) * unit(pull) + np.float32(whole_share) * whole
        if pull.any():
            sums[facet] = np.float32(weight) * unit(pull)
    length = float(np.linalg.norm(sum(sums.values(), np.zeros(vectors.shape[1], np.float32))))
    return {facet: vector / np.float32(length) for facet, vector in sums.items()} if length > 1e-6 else {}

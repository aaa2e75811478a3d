"""What the learner declared, as vectors: the phrases of their focus, and what they want to avoid.

The statement is split into clauses (`statement`); topics and the project's name and question are a phrase
each. So the best match can be named in the learner's own words. Pure, given a model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from digest.arrays import Floats, unit
from digest.config import Focus
from digest.judge.embedding import Embedder
from digest.judge.reference_texts import REFERENCE_TEXTS
from digest.judge.statement import Clause, ClauseKind, read_statement

#: A focus of 5,000 words repeats itself; its first phrases say the most.
MAX_PHRASES = 64
#: Weight of the whole statement, with all that was set aside, against its clauses, for a model that gives every
#: word the same weight. A model that learned term weights reads the whole statement (measured on tuning learners).
WHOLE = 0.4


class Facet(StrEnum):
    """The part of the focus a phrase comes from."""

    STATEMENT = "statement"
    TOPIC = "topic"
    PROJECT = "project"
    QUESTION = "question"


#: Weight of each facet in the query. Topics are as deliberate as the statement; the project leads in "deep" mode.
FACET_WEIGHTS = {
    "wide": {Facet.STATEMENT: 1.0, Facet.TOPIC: 1.0, Facet.PROJECT: 0.25, Facet.QUESTION: 0.25},
    "deep": {Facet.STATEMENT: 1.0, Facet.TOPIC: 0.75, Facet.PROJECT: 0.75, Facet.QUESTION: 0.75},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A part of the focus as the learner wrote it."""

    text: str
    facet: Facet
    #: 0 .. 1
    weight: float = 1.0
    #: whether it counts; a phrase set aside is still shown, and its vector is zero
    used: bool = True
    #: why it counts less or not at all: "background", "person", or ""
    aside: str = ""
    #: what is embedded, where it differs from the text
    expanded: str = field(default="", repr=False)

    @property
    def embedded_text(self) -> str:
        return self.expanded or self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusModel:
    """The declared focus, embedded by one model."""

    model: str
    mode: str
    phrases: tuple[Phrase, ...]
    #: [phrases, dimensions], rows L2-normalised; zero for what is set aside
    vectors: Floats
    #: each facet's weighted centroid [dimensions]; they sum to `query`
    facets: dict[Facet, Floats]
    #: the whole statement, with all that was set aside [dimensions], and its weight against the clauses, 0 .. 1
    whole: Floats
    whole_share: float
    #: the focus as one unit vector [dimensions]; zero where the model knows no word of it
    query: Floats
    #: what the learner listed to avoid, then what the statement declines
    avoid: tuple[str, ...]
    #: [avoided phrases, dimensions]
    avoid_vectors: Floats
    #: vectors of the reference texts [texts, dimensions], the zero of relevance
    reference: Floats

    @property
    def understood(self) -> bool:
        """Whether the model knows any word of the focus."""
        return bool(self.query.any())


def read_focus(focus: Focus, embedder: Embedder) -> FocusModel:
    """Embed every part of the declared focus."""
    clauses = read_statement(focus.statement)
    phrases = tuple(_phrases(focus, clauses))
    avoid = _avoided(focus, clauses)
    queries = [p.embedded_text for p in phrases] + [" ".join(focus.statement.split()), *avoid]
    found, reference = encode_queries(embedder, queries), _reference_of(embedder)
    own, whole, avoided = np.split(found, [len(phrases), len(phrases) + 1])
    own = np.where(np.array([p.used for p in phrases])[:, None], own, 0).astype(np.float32)
    share = 1.0 if getattr(embedder, "reads_statements", False) else WHOLE
    facets = facet_vectors(phrases, own, whole[0], focus.mode, whole_share=share)
    return FocusModel(
        model=embedder.name,
        mode=focus.mode,
        phrases=phrases,
        vectors=own,
        facets=facets,
        whole=whole[0],
        whole_share=share,
        query=sum(facets.values(), np.zeros(embedder.dimensions, np.float32)),
        avoid=avoid,
        avoid_vectors=avoided,
        reference=reference,
    )


_references: dict[str, Floats] = {}


def _reference_of(embedder: Embedder) -> Floats:
    """The vectors of the reference texts [texts, dimensions], embedded once by each model of a process."""
    if embedder.name not in _references:
        _references[embedder.name] = embedder.encode(REFERENCE_TEXTS)
    return _references[embedder.name]


def encode_queries(embedder: Embedder, texts: Sequence[str]) -> Floats:
    """Vectors of a learner's words [texts, dimensions], by the model's query encoder if it has one."""
    encode = getattr(embedder, "encode_queries", embedder.encode)
    vectors: Floats = encode(list(texts))
    return vectors


def _phrases(focus: Focus, clauses: Sequence[Clause]) -> Iterator[Phrase]:
    """Every phrase once, the most deliberate first."""
    seen: set[str] = set()
    for phrase in list(_all_phrases(focus, clauses))[:MAX_PHRASES]:
        if phrase.text.casefold() not in seen:
            seen.add(phrase.text.casefold())
            yield phrase


def _all_phrases(focus: Focus, clauses: Sequence[Clause]) -> Iterator[Phrase]:
    project = focus.project
    declared = [(topic, Facet.TOPIC) for topic in focus.topics]
    declared += [(project.name, Facet.PROJECT), (project.question, Facet.QUESTION)] if project else []
    for text, facet in declared:
        if text.strip():
            yield Phrase(text=" ".join(text.split()), facet=facet)
    for clause in sorted(clauses, key=lambda c: c.weight == 0):
        if clause.kind is not ClauseKind.DECLINED:
            yield Phrase(
                text=clause.text,
                facet=Facet.STATEMENT,
                weight=clause.weight,
                used=clause.weight > 0,
                aside="" if clause.kind is ClauseKind.INTEREST else clause.kind.value,
                expanded=clause.embed if clause.embed != clause.text else "",
            )


def _avoided(focus: Focus, clauses: Sequence[Clause]) -> tuple[str, ...]:
    """What the learner listed to avoid, then what the statement declines, each once."""
    declined = [c.text for c in clauses if c.kind is ClauseKind.DECLINED]
    texts = [*(" ".join(text.split()) for text in focus.avoid if text.strip()), *declined]
    return tuple({text.casefold(): text for text in reversed(texts)}.values())[::-1][:MAX_PHRASES]


def facet_vectors(
    phrases: Sequence[Phrase],
    vectors: Floats,
    whole: Floats,
    mode: str,
    *,
    whole_share: float,
    clarity: Floats | None = None,
) -> dict[Facet, Floats]:
    """Each facet's centroid times its weight [dimensions], scaled so that their sum has length 1.

    *vectors* are the phrases' [phrases, dimensions]; *clarity* [phrases], 0 .. 1, lowers their weights.
    """
    weights = np.array([p.weight for p in phrases], np.float32)
    weights = weights if clarity is None else weights * clarity
    found: dict[Facet, Floats] = {}
    for facet, facet_weight in FACET_WEIGHTS[mode].items():
        rows = [i for i, p in enumerate(phrases) if p.facet == facet]
        centroid = weights[rows] @ vectors[rows]
        if facet is Facet.STATEMENT:
            centroid = np.float32(1 - whole_share) * unit(centroid) + np.float32(whole_share) * whole
        if centroid.any():
            found[facet] = np.float32(facet_weight) * unit(centroid)
    length = float(np.linalg.norm(sum(found.values(), np.zeros(vectors.shape[1], np.float32))))
    return {facet: vector / np.float32(length) for facet, vector in found.items()} if length > 1e-6 else {}

"""What the learner declared, as vectors: the phrases of their focus, and what they want to avoid.

A statement is read whole and sentence by sentence, topics and the project's name and question each
for itself, so that the best match can be named in the learner's own words. Pure, given a model.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from digest.config import Focus
from digest.judge.model import Embedder, Floats
from digest.judge.reference import REFERENCE_TEXTS
from digest.judge.static import normalised

#: A focus of 5,000 words has more sentences than it has thoughts; the first ones say the most.
MAX_PHRASES = 64
#: A statement's sentences count one by one only from this many words; "Hello." matches everything.
MIN_SENTENCE_WORDS = 3

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


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusModel:
    """The declared focus in one model's space."""

    model: str
    mode: str
    phrases: tuple[Phrase, ...]
    #: [phrases, dimensions], rows L2-normalised
    vectors: Floats
    #: each facet's pull on the focus as a whole; they sum to `centre`, whose length is 1
    facets: dict[str, Floats]
    #: the focus as one direction [dimensions]; zero where the model understands no word of it
    centre: Floats
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
    phrases = tuple(_phrases(focus))
    avoid = tuple(text for text in focus.avoid if text.strip())
    texts = [p.text for p in phrases] + list(avoid) + list(REFERENCE_TEXTS)
    vectors = embedder.encode(texts)
    own, avoided, reference = np.split(vectors, [len(phrases), len(phrases) + len(avoid)])
    facets = _facets(phrases, own, FACET_WEIGHTS[focus.mode])
    return FocusModel(
        model=embedder.name,
        mode=focus.mode,
        phrases=phrases,
        vectors=own,
        facets=facets,
        centre=sum(facets.values(), np.zeros(embedder.dimensions, np.float32)),
        avoid=avoid,
        avoid_vectors=avoided,
        reference=reference,
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text in any script; lines and semicolons end them too."""
    return [s for part in _SENTENCE_END.split(text) if (s := " ".join(part.split()))]


def _phrases(focus: Focus) -> Iterator[Phrase]:
    seen: set[str] = set()
    for text, facet in list(_said(focus))[:MAX_PHRASES]:
        if text.casefold() not in seen:
            seen.add(text.casefold())
            yield Phrase(text=text, facet=facet)


def _said(focus: Focus) -> Iterator[tuple[str, str]]:
    """Every phrase with its facet, what was said most deliberately first."""
    yield " ".join(focus.statement.split()), "statement"
    for topic in focus.topics:
        if topic.strip():
            yield " ".join(topic.split()), "topic"
    if focus.project:
        for text, facet in ((focus.project.name, "project"), (focus.project.question, "question")):
            if text.strip():
                yield " ".join(text.split()), facet
    parts = sentences(focus.statement)
    for part in parts if len(parts) > 1 else ():
        if len(part.split()) >= MIN_SENTENCE_WORDS or not part.isascii():
            yield part, "statement"


def _facets(phrases: Sequence[Phrase], vectors: Floats, weights: dict[str, float]) -> dict[str, Floats]:
    """Each facet's mean direction times its weight, scaled so that their sum has length 1."""
    sums: dict[str, Floats] = {}
    for facet, weight in weights.items():
        rows = vectors[[i for i, p in enumerate(phrases) if p.facet == facet]]
        if len(rows) and rows.any():
            sums[facet] = np.float32(weight) * normalised(rows.mean(axis=0, keepdims=True))[0]
    length = float(np.linalg.norm(sum(sums.values(), np.zeros(vectors.shape[1], np.float32))))
    return {facet: vector / np.float32(length) for facet, vector in sums.items()} if length > 1e-6 else {}

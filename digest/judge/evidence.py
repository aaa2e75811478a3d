"""Why an item was judged as it was, in words a reader can check against the item itself. Pure.

Gathered for the items that somebody will look at, a few hundred at a time. Sentences and words are
compared by the bundled static model whatever model ranks, because there are thousands of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from digest.judge.extras import extras
from digest.judge.focus import FocusModel, Phrase, sentences
from digest.judge.model import Embedder, Floats
from digest.judge.stopwords import STOPWORDS
from digest.judge.threshold import FLOOR
from digest.records import Evidence, Item, Judged

#: A sentence is quoted from the head of an item, where it says what it is about.
_READ = 4_000
_MAX_SENTENCES = 30
_MIN_SENTENCE_WORDS = 4
_MAX_SENTENCE = 300  # characters; longer "sentences" are tables and lists

_TERMS = 5
#: Cosine of a word and a phrase from which the word is said to carry the match.
_TERM_COSINE = 0.35
#: Cosine from which a liked item is near enough to be named.
_LIKED_COSINE = 0.45
#: Standard deviations of relevance from which marks are said to have raised an item.
_TAUGHT = 1.0
#: Cosine from which an item is said to match a phrase; unrelated abstracts stay below it.
_MATCH_COSINE = 0.25
#: Standard deviations above the reference from which an item counts as near an avoided phrase.
AVOID_FROM = 1.0

_WORD = re.compile(r"[^\W\d_][\w\-]*[^\W_]|[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Liked:
    """The items the learner liked or saved, in the ranking model's space."""

    titles: tuple[str, ...]
    #: [items, dimensions]
    vectors: Floats


def gather_evidence(
    items: Sequence[Item], vectors: Floats, *, focus: FocusModel, reader: Embedder, liked: Liked | None = None
) -> list[Evidence]:
    """The evidence for each of *items*, whose *vectors* are of the focus's model.

    *reader* embeds sentences and words: the bundled model, which is fast enough for thousands.
    """
    nearest = _nearest_phrases(focus, vectors)
    phrase_vectors = dict(zip(focus.phrases, reader.encode([p.read for p in focus.phrases]), strict=True))
    lines = [_own_sentences(item) for item in items]
    encoded = _encode_grouped(lines, reader)
    words = [_own_words(item) for item in items]
    word_vectors = _encode_words(words, reader)
    found = []
    for i, item in enumerate(items):
        phrase, cosine = nearest[i]
        target = phrase_vectors.get(phrase) if phrase else None
        found.append(
            Evidence(
                phrase=phrase.text if phrase else "",
                similarity=cosine,
                facet=phrase.facet if phrase else "",
                sentence=_best_sentence(lines[i], encoded[i], target),
                terms=_carrying_terms(words[i], word_vectors, target),
                liked=_nearest_liked(item, vectors[i], liked),
                extras=extras(item),
                avoided=_avoided(focus, vectors[i]),
            )
        )
    return found


def reason(judged: Judged) -> str:
    """One line: what of the focus an item matches, on which side it lies, and what comes with it."""
    evidence = judged.evidence
    said = [*_nearness(judged), lean_words(judged.lean)]
    if evidence.extras:
        said.append(f"with {' and '.join(evidence.extras)}")
    if evidence.avoided:
        said.append(f'near "{_clip(evidence.avoided, 40)}", which you avoid')
    return ", ".join(said)


def _nearness(judged: Judged) -> Iterator[str]:
    """What it is near to: a phrase of the focus, something liked, what was liked as a whole, or nothing."""
    evidence = judged.evidence
    matched = bool(evidence.phrase) and evidence.similarity >= _MATCH_COSINE
    taught = judged.parts.get("marks", 0.0) >= _TAUGHT
    if matched:
        yield f'matches "{_clip(evidence.phrase, 60)}" ({evidence.similarity:.2f})'
    if evidence.liked:
        yield f'close to "{_clip(evidence.liked, 50)}", which you liked'
    elif taught and not matched:
        yield "near what you liked as a whole"
    elif evidence.phrase and not matched:
        verb = "is nearest to" if judged.relevance >= FLOOR else "is far from"
        yield f'{verb} "{_clip(evidence.phrase, 60)}" ({evidence.similarity:.2f})'


def lean_words(lean: float) -> str:
    """The likelier side and its probability, as "letter 91%"."""
    side, share = ("envelope", lean) if lean >= 0.5 else ("letter", 1 - lean)
    return f"{side} {min(round(100 * share), 99)}%"


def _nearest_phrases(focus: FocusModel, vectors: Floats) -> list[tuple[Phrase | None, float]]:
    """For each item the phrase it is nearest to beyond what anything is, and their cosine.

    Short general phrases are near to everything; measured against the reference they are not.
    """
    rows = [i for i, p in enumerate(focus.phrases) if p.used and focus.vectors[i].any()]
    if not rows:
        return [(None, 0.0)] * len(vectors)
    own = focus.vectors[rows]
    usual = focus.reference @ own.T
    cosines = vectors @ own.T
    excess = (cosines - usual.mean(axis=0)) / np.maximum(usual.std(axis=0), 1e-3)
    best = excess.argmax(axis=1)
    return [
        (focus.phrases[rows[b]], round(float(cosines[i, b]), 4)) if vectors[i].any() else (None, 0.0)
        for i, b in enumerate(best)
    ]


def _own_sentences(item: Item) -> list[str]:
    body = [s for s in sentences(item.body[:_READ]) if len(s) <= _MAX_SENTENCE]
    told = [s for s in body if len(s.split()) >= _MIN_SENTENCE_WORDS or not s.isascii()]
    return told[:_MAX_SENTENCES] or ([item.title] if item.title.strip() else [])


def _encode_grouped(groups: Sequence[Sequence[str]], reader: Embedder) -> list[Floats]:
    flat = reader.encode([line for group in groups for line in group])
    return np.split(flat, np.cumsum([len(group) for group in groups])[:-1]) if groups else []


def _best_sentence(lines: Sequence[str], vectors: Floats, target: Floats | None) -> str:
    if target is None or not lines:
        return ""
    return lines[int((vectors @ target).argmax())]


def _own_words(item: Item) -> list[str]:
    """The distinct content words of an item's title and head, in order."""
    found = _WORD.findall(f"{item.title} {item.body[:_READ]}".casefold())
    return list(dict.fromkeys(w for w in found if len(w) > 2 and w not in STOPWORDS))


def _encode_words(groups: Sequence[Sequence[str]], reader: Embedder) -> dict[str, Floats]:
    distinct = sorted({word for group in groups for word in group})
    return dict(zip(distinct, reader.encode(distinct), strict=True))


def _carrying_terms(words: Sequence[str], vectors: dict[str, Floats], target: Floats | None) -> tuple[str, ...]:
    """Words nearest to the phrase, strongest first; of two forms of one word the stronger."""
    if target is None:
        return ()
    ranked = sorted(((float(vectors[w] @ target), w) for w in words), key=lambda pair: (-pair[0], pair[1]))
    kept: list[str] = []
    for cosine, word in ranked:
        if cosine < _TERM_COSINE or len(kept) == _TERMS:
            break
        if not any(word[:5] == other[:5] for other in kept):
            kept.append(word)
    return tuple(kept)


def _nearest_liked(item: Item, vector: Floats, liked: Liked | None) -> str:
    if liked is None or not liked.titles:
        return ""
    cosines = liked.vectors @ vector
    near = (liked.titles[i] for i in np.argsort(-cosines, kind="stable") if cosines[i] >= _LIKED_COSINE)
    return next((title for title in near if title != item.title), "")  # an item is not evidence for itself


def _avoided(focus: FocusModel, vector: Floats) -> str:
    if not len(focus.avoid_vectors) or not vector.any():
        return ""
    usual = focus.reference @ focus.avoid_vectors.T
    excess = (focus.avoid_vectors @ vector - usual.mean(axis=0)) / np.maximum(usual.std(axis=0), 1e-3)
    worst = int(excess.argmax())
    return focus.avoid[worst] if excess[worst] > AVOID_FROM else ""


def _clip(text: str, length: int) -> str:
    """At most *length* characters, cut between words."""
    if len(text) <= length:
        return text
    return f"{text[: length - 1].rpartition(' ')[0] or text[: length - 1]}…"

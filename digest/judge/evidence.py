"""Evidence for a judgement, in words that a reader can check against the item itself. Pure.

It is gathered for items that somebody will look at, a few hundred at a time. Thousands of sentences and words
are compared, so the bundled static model embeds them whatever model ranks.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from digest.arrays import DECIMALS, Floats
from digest.judge.claims import contribution
from digest.judge.clauses import LONGEST, best_clause, clauses, clipped, phrase_parts
from digest.judge.embedding import Embedder
from digest.judge.floor import FLOOR, baseline
from digest.judge.focus import FocusModel, Phrase
from digest.judge.item_texts import read_item
from digest.judge.relevance import avoided
from digest.judge.sentences import is_boilerplate
from digest.records import Evidence, Item, Judged

_TERMS = 5
#: Cosine of a word and a phrase from which the word counts as a reason for the match.
_TERM_COSINE = 0.35

#: Cosine from which a liked item is near enough to be named.
_LIKED_COSINE = 0.45
#: Standard deviations of relevance from which the marks are named as the reason.
_RAISED_BY_MARKS = 1.0
#: Cosine from which an item matches a phrase; unrelated abstracts stay below it.
_MATCH_COSINE = 0.25
#: The nearest sentences, which are compared by what they contribute.
_NEAREST = 8
#: Weight of a sentence's contribution, within these bounds, beside its cosine to the phrase.
_CONTRIBUTION, _CONTRIBUTION_BOUNDS = 0.08, (-2.0, 4.0)
#: Contribution from which a sentence is about the work itself, and how many of those may hold the answer.
_ABOUT_ITSELF, _ANSWERING = 1.5, 3
#: Characters of a phrase, and of a title, in a reason.
_NAMED, _NAMED_TITLE = 70, 50
#: Characters of the opening and its answer together.
_LINE = 136

_ARTIFACT_WORDS = {"talk": "a talk"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Liked:
    """The items the learner liked or saved, embedded by the ranking model."""

    titles: tuple[str, ...]
    #: [items, dimensions]
    vectors: Floats
    #: their addresses; may be left out
    urls: tuple[str, ...] = ()


def gather_evidence(
    items: Sequence[Item], vectors: Floats, *, focus: FocusModel, embedder: Embedder, liked: Liked | None = None
) -> list[Evidence]:
    """The evidence for each of *items*; *vectors* [items, dimensions] are of the focus's model.

    *embedder* embeds sentences and words: the bundled model, which is fast enough for thousands.
    """
    nearest = _nearest_phrases(focus, vectors)
    phrase_vectors = dict(zip(focus.phrases, embedder.encode([p.embedded_text for p in focus.phrases]), strict=True))
    targets = [phrase_vectors.get(phrase) if phrase else None for phrase, _ in nearest]
    texts = [read_item(item) for item in items]
    lines = [text.sentences for text in texts]
    ranked = [_best_first(*each) for each in zip(lines, _encode_grouped(lines, embedder), targets, strict=True)]
    named = _named([phrase for phrase, _ in nearest], ranked, embedder)
    answers = _answers(items, [phrase for phrase, _ in nearest], named, ranked, targets, embedder)
    nearness = _nearness_of_words([text.words for text in texts], targets, embedder)
    phrases_avoided = avoided(focus, vectors)[1]
    found = []
    for i, item in enumerate(items):
        phrase, cosine = nearest[i]
        close = _nearest_liked(item, vectors[i], liked)
        found.append(
            Evidence(
                phrase=phrase.text if phrase else "",
                similarity=cosine,
                named=named[i],
                clause=answers[i],
                facet=phrase.facet if phrase else "",
                sentence=ranked[i][0] if ranked[i] else "",
                terms=_carrying_terms(nearness[i]),
                liked=close[0],
                liked_url=close[1],
                extras=texts[i].extras,
                resources=texts[i].resources,
                avoided=phrases_avoided[i],
            )
        )
    return found


def opening(judged: Judged) -> str:
    """How a reason begins, which it may share with others: the learner's phrase, and how near the item is to it."""
    evidence = judged.evidence
    matched = bool(evidence.phrase) and evidence.similarity >= _MATCH_COSINE
    phrase = f"“{evidence.named or clipped(evidence.phrase, _NAMED)}”"
    if matched:
        return f"{'speaks to' if evidence.facet == 'question' else 'matches'} {phrase}"
    if evidence.liked:
        return ""
    if judged.parts.get("marks", 0.0) >= _RAISED_BY_MARKS:
        return "near what you liked as a whole"
    if evidence.phrase:
        return f"{'nearest to' if judged.relevance >= FLOOR else 'far from'} {phrase}"
    return ""


def reason(judged: Judged, *, earlier: str = "", shown: Collection[str] = ()) -> str:
    """One line: the part of the focus that an item matches, its answer to that, and what comes with it.

    *earlier* replaces an opening that stands in an earlier reason; *shown* are extras that need no words.
    """
    evidence = judged.evidence
    begins = earlier or opening(judged)
    parts = []
    if begins:
        answered = evidence.clause and not begins.startswith("far from")
        parts.append(f"{begins}: {evidence.clause}" if answered else begins)
    if evidence.liked:
        parts.append(f"close to {liked_words(evidence)}, which you liked")
    if others := [_ARTIFACT_WORDS.get(extra, extra) for extra in evidence.extras if extra not in shown]:
        parts.append(f"with {' and '.join(others)}")
    if evidence.avoided:
        parts.append(f"near “{clipped(evidence.avoided, 40)}”, which you avoid")
    return "; ".join(parts)


def liked_words(evidence: Evidence) -> str:
    """The liked item as a reason names it."""
    return f"“{clipped(evidence.liked, _NAMED_TITLE)}”"


def _nearest_phrases(focus: FocusModel, vectors: Floats) -> list[tuple[Phrase | None, float]]:
    """For each item the phrase with the greatest z-score over the reference texts, and their cosine.

    Short general phrases are near everything; over the reference texts they do not stand out.
    """
    rows = [i for i, p in enumerate(focus.phrases) if p.used and focus.vectors[i].any()]
    if not rows:
        return [(None, 0.0)] * len(vectors)
    own = focus.vectors[rows]
    cosines = vectors @ own.T
    best = baseline(focus.reference, own).z_scores(cosines).argmax(axis=1)
    return [
        (focus.phrases[rows[b]], round(float(cosines[i, b]), 4)) if vectors[i].any() else (None, 0.0)
        for i, b in enumerate(best)
    ]


def _encode_grouped(groups: Sequence[Sequence[str]], embedder: Embedder) -> list[Floats]:
    flat = embedder.encode([line for group in groups for line in group])
    return np.split(flat, np.cumsum([len(group) for group in groups])[:-1]) if groups else []


def _best_first(lines: Sequence[str], vectors: Floats, target: Floats | None) -> list[str]:
    """The nearest sentences, by cosine to the phrase and by what they say about the work itself."""
    if target is None or not lines:
        return []
    cosines = vectors @ target
    near = [i for i in np.argsort(-cosines, kind="stable")[: 2 * _NEAREST] if not is_boilerplate(lines[i])][:_NEAREST]
    contributed = np.clip([contribution(lines[i]) for i in near], *_CONTRIBUTION_BOUNDS)
    return [lines[near[n]] for n in np.argsort(-(cosines[near] + _CONTRIBUTION * contributed), kind="stable")]


def _named(phrases: Sequence[Phrase | None], ranked: Sequence[Sequence[str]], embedder: Embedder) -> list[str]:
    """What to name each phrase by: itself, or where it is long its part that is nearest to the best sentence."""
    parts = [phrase_parts(p.text) if p and len(p.text) > _NAMED else [p.text if p else ""] for p in phrases]
    quoted = _encode_grouped([[lines[0] if lines else ""] for lines in ranked], embedder)
    vectors = _encode_grouped(parts, embedder)
    nearest = [int((own @ line[0]).argmax()) for own, line in zip(vectors, quoted, strict=True)]
    return [clipped(part[n], _NAMED) for part, n in zip(parts, nearest, strict=True)]


def _answers(
    items: Sequence[Item],
    phrases: Sequence[Phrase | None],
    named: Sequence[str],
    ranked: Sequence[Sequence[str]],
    targets: Sequence[Floats | None],
    embedder: Embedder,
) -> list[str]:
    """For each item the clause that best answers its phrase, or ""."""
    parts = [_candidate_clauses(item, lines, part) for item, lines, part in zip(items, ranked, named, strict=True)]
    vectors = _encode_grouped(parts, embedder)
    return [
        best_clause(own, rows, target, f"{phrase.text} {item.title}") if phrase and target is not None else ""
        for own, rows, target, phrase, item in zip(parts, vectors, targets, phrases, items, strict=True)
    ]


def _candidate_clauses(item: Item, ranked: Sequence[str], named: str) -> list[str]:
    """Clauses of the best sentences about the work itself, or of the best sentence where none is."""
    # A sentence that repeats the title adds nothing to it.
    lines = [line for line in ranked if line != item.title]
    own = [line for line in lines if contribution(line) >= _ABOUT_ITSELF][:_ANSWERING]
    longest = min(LONGEST, _LINE - len("speaks to “”: ") - len(named))
    return [part for line in own or lines[:1] for part in clauses(line, longest)]


def _nearness_of_words(
    groups: Sequence[Sequence[str]], targets: Sequence[Floats | None], embedder: Embedder
) -> list[list[tuple[float, str]]]:
    """The words of each item with their cosines to its phrase, in float64 and rounded, whatever else is compared."""
    distinct = sorted(
        {word for group, target in zip(groups, targets, strict=True) if target is not None for word in group}
    )
    place = {word: row for row, word in enumerate(distinct)}
    vectors = embedder.encode(distinct).astype(np.float64)
    found = []
    for group, target in zip(groups, targets, strict=True):
        rows = [place[word] for word in group] if target is not None else []
        cosines = (vectors[rows] @ target.astype(np.float64)).round(DECIMALS) if target is not None else ()
        found.append([(float(cosine), word) for cosine, word in zip(cosines, group, strict=target is not None)])
    return found


def _carrying_terms(words: Sequence[tuple[float, str]]) -> tuple[str, ...]:
    """Words nearest to the phrase, strongest first; of a word's forms the strongest."""
    ranked = sorted((pair for pair in words if pair[0] >= _TERM_COSINE), key=lambda pair: (-pair[0], pair[1]))
    kept: list[str] = []
    for _, word in ranked:
        if len(kept) == _TERMS:
            break
        if not any(word[:5] == other[:5] for other in kept):
            kept.append(word)
    return tuple(kept)


def _nearest_liked(item: Item, vector: Floats, liked: Liked | None) -> tuple[str, str]:
    """Title and address of the nearest liked item that is near enough; empty where there is none."""
    if liked is None or not liked.titles:
        return "", ""
    cosines = liked.vectors @ vector
    near = (int(i) for i in np.argsort(-cosines, kind="stable") if cosines[i] >= _LIKED_COSINE)
    nearest = next((i for i in near if liked.titles[i] != item.title), None)  # not the item itself
    if nearest is None:
        return "", ""
    return liked.titles[nearest], liked.urls[nearest] if liked.urls else ""

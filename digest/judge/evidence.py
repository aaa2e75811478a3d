"""Why an item was judged as it was, in words a reader can check against the item itself. Pure.

Gathered for the items that somebody will look at, a few hundred at a time. Sentences and words are
compared by the bundled static model whatever model ranks, because there are thousands of them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from digest.judge.artifacts import artifacts_of, resources
from digest.judge.claims import contribution
from digest.judge.clauses import LONGEST, clauses, clipped, fittest, thoughts
from digest.judge.embedding import Embedder, Floats
from digest.judge.focus import FocusModel, Phrase
from digest.judge.lean import side
from digest.judge.relevance import avoided
from digest.judge.sentences import is_furniture, prose_sentences
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
#: Sentences by cosine that are read for what they contribute.
_NEAREST = 8
#: What a sentence's contribution, within these bounds, counts beside its cosine to the phrase.
_CONTRIBUTION, _CONTRIBUTION_BOUNDS = 0.08, (-2.0, 4.0)
#: From this contribution a sentence tells of the work itself, and how many of those may hold the answer.
_OWN, _ANSWERING = 1.5, 3
#: Characters of a phrase, and of a title, that stand in a reason.
_NAMED, _NAMED_TITLE = 70, 50
#: Characters of the opening and what answers it together.
_LINE = 136

_EXTRAS = {"talk": "a talk"}

_WORD = re.compile(r"[^\W\d_][\w\-]*[^\W_]|[^\W\d_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Liked:
    """The items the learner liked or saved, in the ranking model's space."""

    titles: tuple[str, ...]
    #: [items, dimensions]
    vectors: Floats
    #: their addresses, or nothing where nobody asks for them
    urls: tuple[str, ...] = ()


def gather_evidence(
    items: Sequence[Item], vectors: Floats, *, focus: FocusModel, reader: Embedder, liked: Liked | None = None
) -> list[Evidence]:
    """The evidence for each of *items*, whose *vectors* are of the focus's model.

    *reader* embeds sentences and words: the bundled model, which is fast enough for thousands.
    """
    nearest = _nearest_phrases(focus, vectors)
    phrase_vectors = dict(zip(focus.phrases, reader.encode([p.read for p in focus.phrases]), strict=True))
    targets = [phrase_vectors.get(phrase) if phrase else None for phrase, _ in nearest]
    lines = [_own_sentences(item) for item in items]
    ranked = [_best_first(*told) for told in zip(lines, _encode_grouped(lines, reader), targets, strict=True)]
    short = _in_short(items, [phrase for phrase, _ in nearest], ranked, targets, reader)
    words = [_own_words(item) for item in items]
    word_vectors = _encode_words(words, reader)
    phrases_avoided = avoided(focus, vectors)[1]
    found = []
    for i, item in enumerate(items):
        phrase, cosine = nearest[i]
        close = _nearest_liked(item, vectors[i], liked)
        found.append(
            Evidence(
                phrase=phrase.text if phrase else "",
                similarity=cosine,
                named=short[i][0],
                clause=short[i][1],
                facet=phrase.facet if phrase else "",
                sentence=ranked[i][0] if ranked[i] else "",
                terms=_carrying_terms(words[i], word_vectors, targets[i]),
                liked=close[0],
                liked_url=close[1],
                extras=artifacts_of(item),
                resources=resources(item),
                avoided=phrases_avoided[i],
            )
        )
    return found


def opening(judged: Judged) -> str:
    """What a reason begins with and may share with others: the learner's phrase, and how near it is."""
    evidence = judged.evidence
    matched = bool(evidence.phrase) and evidence.similarity >= _MATCH_COSINE
    phrase = f"“{evidence.named or clipped(evidence.phrase, _NAMED)}”"
    if matched:
        return f"{'speaks to' if evidence.facet == 'question' else 'matches'} {phrase}"
    if evidence.liked:
        return ""
    if judged.parts.get("marks", 0.0) >= _TAUGHT:
        return "near what you liked as a whole"
    if evidence.phrase:
        return f"{'nearest to' if judged.relevance >= FLOOR else 'far from'} {phrase}"
    return ""


def reason(judged: Judged, *, earlier: str = "", shown: Collection[str] = ()) -> str:
    """One line: what of the focus an item matches, what in it answers that, and what comes with it.

    *earlier* stands for an opening that was said before; *shown* are extras that are seen without words.
    """
    evidence = judged.evidence
    begins = earlier or opening(judged)
    said = []
    if begins:
        answered = evidence.clause and not begins.startswith("far from")
        said.append(f"{begins}: {evidence.clause}" if answered else begins)
    if evidence.liked:
        said.append(f"close to {liked_words(evidence)}, which you liked")
    if others := [_EXTRAS.get(extra, extra) for extra in evidence.extras if extra not in shown]:
        said.append(f"with {' and '.join(others)}")
    if evidence.avoided:
        said.append(f"near “{clipped(evidence.avoided, 40)}”, which you avoid")
    return "; ".join(said)


def liked_words(evidence: Evidence) -> str:
    """The marked item as a reason names it."""
    return f"“{clipped(evidence.liked, _NAMED_TITLE)}”"


def lean_words(lean: float) -> str:
    """The likelier side and its probability, as "letter 91%"; "both sides" where it is a coin's toss."""
    if (likelier := side(lean)) == "both":
        return "both sides"
    return f"{likelier} {min(round(100 * max(lean, 1 - lean)), 99)}%"


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
    body = [s for s in prose_sentences(item.body[:_READ]) if len(s) <= _MAX_SENTENCE]
    told = [s for s in body if (len(s.split()) >= _MIN_SENTENCE_WORDS or not s.isascii())]
    return told[:_MAX_SENTENCES] or ([item.title] if item.title.strip() else [])


def _encode_grouped(groups: Sequence[Sequence[str]], reader: Embedder) -> list[Floats]:
    flat = reader.encode([line for group in groups for line in group])
    return np.split(flat, np.cumsum([len(group) for group in groups])[:-1]) if groups else []


def _best_first(lines: Sequence[str], vectors: Floats, target: Floats | None) -> list[str]:
    """The nearest sentences by how well they match the phrase and how much they say of the work itself."""
    if target is None or not lines:
        return []
    cosines = vectors @ target
    near = [i for i in np.argsort(-cosines, kind="stable")[: 2 * _NEAREST] if not is_furniture(lines[i])][:_NEAREST]
    told = np.clip([contribution(lines[i]) for i in near], *_CONTRIBUTION_BOUNDS)
    return [lines[near[n]] for n in np.argsort(-(cosines[near] + _CONTRIBUTION * told), kind="stable")]


def _in_short(
    items: Sequence[Item],
    phrases: Sequence[Phrase | None],
    ranked: Sequence[Sequence[str]],
    targets: Sequence[Floats | None],
    reader: Embedder,
) -> list[tuple[str, str]]:
    """For each item the part of its phrase to name, and the part of its sentences that answers it."""
    named = _named(phrases, ranked, reader)
    told = [_answers(item, lines, part) for item, lines, part in zip(items, ranked, named, strict=True)]
    found = []
    for i, vectors in enumerate(_encode_grouped(told, reader)):
        phrase, target = phrases[i], targets[i]
        answer = (
            fittest(told[i], vectors, target, f"{phrase.text} {items[i].title}")
            if phrase and target is not None
            else ""
        )
        found.append((named[i], answer))
    return found


def _named(phrases: Sequence[Phrase | None], ranked: Sequence[Sequence[str]], reader: Embedder) -> list[str]:
    """What to name each phrase by: itself, or where it is long the thought in it that is nearest to the sentence."""
    parts = [thoughts(p.text) if p and len(p.text) > _NAMED else [p.text if p else ""] for p in phrases]
    quoted = _encode_grouped([[lines[0] if lines else ""] for lines in ranked], reader)
    vectors = _encode_grouped(parts, reader)
    nearest = [int((own @ line[0]).argmax()) for own, line in zip(vectors, quoted, strict=True)]
    return [clipped(part[n], _NAMED) for part, n in zip(parts, nearest, strict=True)]


def _answers(item: Item, ranked: Sequence[str], named: str) -> list[str]:
    """Parts of the best sentences that tell of the work itself, or of the best one where none does."""
    # A sentence that is the title says nothing that does not stand above it.
    told = [line for line in ranked if line != item.title]
    own = [line for line in told if contribution(line) >= _OWN][:_ANSWERING]
    longest = min(LONGEST, _LINE - len("speaks to “”: ") - len(named))
    return [part for line in own or told[:1] for part in clauses(line, longest)]


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


def _nearest_liked(item: Item, vector: Floats, liked: Liked | None) -> tuple[str, str]:
    """Title and address of the nearest liked item that is near enough; empty where there is none."""
    if liked is None or not liked.titles:
        return "", ""
    cosines = liked.vectors @ vector
    near = (int(i) for i in np.argsort(-cosines, kind="stable") if cosines[i] >= _LIKED_COSINE)
    nearest = next((i for i in near if liked.titles[i] != item.title), None)  # an item is not evidence for itself
    if nearest is None:
        return "", ""
    return liked.titles[nearest], liked.urls[nearest] if liked.urls else ""

"""The aspects of a project's question: the parts that a work may answer one by one, in the learner's words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.judge.phrases import conjuncts, content, is_generic
from digest.judge.stopwords import words

#: Words of degree and of doing, by which nothing is found.
_IDLE = words(
    "low high good bad better best new old fresh cheap cheaply fast slow keep get make use do compare automatically feasible"
)
#: More parts than this are no question that one project answers.
MOST = 6
#: Words that search for a question, and how many of them make a query.
_WORDS = 5

_ASKS = r"(?:how|why|when|where|what|which|who|whether|can|could|should|do|does|is|are|will|would)"
#: Where a sentence turns to another question, and where sentences end.
_TURN = re.compile(rf"[?;.!]+(?:\s+|$)|,?\s+(?:and|but|or)\s+(?={_ASKS}\s)", re.IGNORECASE)
_SUBJECT = r"(?:i|we|you|one|they|it|people|teams|others|there)"
#: How a question opens before it says what it is about.
_OPENING = re.compile(
    rf"^(?:and\s+|but\s+|or\s+)?(?:(?:what|which)\s+(?:is|are|would\s+be)\s+(?:the\s+|a\s+)?(?:best|right|good|easiest|cheapest)\s+ways?\s+(?:to|of|for)\s+"
    rf"|(?:is|would)\s+it\s+(?:be\s+)?(?:feasible|possible|worth\s+it|realistic|enough)\s+to\s+"
    rf"|(?:how|why|when|where|what|whether)\s+(?:do|does|did|can|could|should|would|might|to|are|is|will)\s+(?:{_SUBJECT}\s+)?"
    rf"|what\s+about\s+|(?:how|why|whether|if)\s+(?:{_SUBJECT}\s+(?:can|could|should|would|might|will)\s+)?"
    rf"|(?:can|could|should|do|does|will|would)\s+{_SUBJECT}\s+(?:be\s+)?|(?:is|are)\s+|(?:which|what)\s+)",
    re.IGNORECASE,
)
#: A word that refers to an earlier part.
_REFERS = re.compile(r"\b(?:they|them|it|its|their|this|these|those|that|combined|both|same)\b", re.IGNORECASE)
_SEARCHABLE = re.compile(r"[a-z0-9][a-z0-9+#-]*")


@dataclass(frozen=True, slots=True)
class Aspect:
    """One part of a question."""

    text: str
    #: what is embedded: with the part that it refers to
    embedded: str


def aspects(question: str) -> list[Aspect]:
    """The parts of a question, each once, in its order; one that cannot be divided is one part."""
    found: dict[str, Aspect] = {}
    before = ""
    for raw, text in _parts(" ".join(question.split())):
        refers = before and (len(content(text)) < 2 or _REFERS.search(raw))
        found.setdefault(text.casefold(), Aspect(text=text, embedded=f"{text} {before}" if refers else text))
        before = before or text
    return list(found.values())[:MOST]


def search_words(text: str) -> list[str]:
    """The few words that a question is best searched by, its own subjects before words that go with any."""
    found = list(
        dict.fromkeys(
            word for word in content(text) if _SEARCHABLE.fullmatch(word) and len(word) > 1 and word not in _IDLE
        )
    )
    telling = [word for word in found if not is_generic(word)]
    return telling[:_WORDS] if len(telling) > 1 else found[:_WORDS]


def _parts(question: str) -> Iterator[tuple[str, str]]:
    """Each part as it stands in the question, and without the words that only ask."""
    for sentence in _TURN.split(question):
        raw = sentence.strip(" ,;:.?!")
        text = _OPENING.sub("", raw, count=1).strip(" ,;:.?!")
        if not content(text):
            continue
        if len(content(text)) < 2:
            yield raw, raw
            continue
        pieces = [text[start:end].strip(" ,;:") for start, end in conjuncts(text, (0, len(text)))]
        # "detect drift and retrain models" are two; the halves of "cost and latency" say little alone.
        divisible = all(len(content(piece)) > 1 for piece in pieces)
        yield from ((raw, piece) for piece in (pieces if divisible else [text]))

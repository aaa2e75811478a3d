"""Clauses: parts of a sentence that are short enough for a one-line reason. Pure."""

import re

import numpy as np

from digest.arrays import Floats
from digest.judge.claims import contribution, without_connective
from digest.judge.stopwords import STOPWORDS, words

#: Characters and words of a clause; a shorter one is a name and says nothing about it.
LONGEST = 76
_FEWEST_WORDS = 4
#: Breaks at which a clause from one place may end.
_ENDS = 4
#: What adds to a clause's cosine to the phrase: each word up to eight, and its contribution; and what too few
#: words that the phrase does not have cost it.
_WORD, _MOST_WORDS = 0.015, 8
_CONTRIBUTES = 0.03
_NEW_WORDS = 2
_NOTHING_NEW = 0.3
#: What it loses for beginning with a preposition, for a pronoun without its noun, and for being cut short.
_LOOSE, _UNCLEAR, _CUT = 0.08, 0.15, 0.06
_LOOSE_START = re.compile(
    r"(?:by|to|for|with|using|on|in|of|from|as|given|under|through|including|such|via|at|while|across|is|are|was|were|has|have|after|before)\b",
    re.IGNORECASE,
)
_UNCLEAR_WORD = re.compile(r", we\b|\b(?:these|those|them|they|it|this|their|such a)\b", re.IGNORECASE)

#: Where a clause may begin, and where it may also end.
_PAUSE = r"[;:]\s+|,\s+|\s+[–—]+\s+|—|\s+--\s+|\s*[()]\s*|(?<=[.!?])\s+|\s+(?=(?:that|which|whereas|by|while)\s)"
_BEGIN = re.compile(_PAUSE)
_BREAK = re.compile(rf"{_PAUSE}|\s+(?=(?:because|where|when|so that|in order to|without|via|using)\s)")
_PHRASE_BREAK = re.compile(
    r"[.;:!?]\s+|\s+[–—]+\s+|,?\s+(?:and|but|so|because|while)\s+(?=(?:i|we|want|would|hope|need|like|am|plan|try|my|our)\b)|"
    r"\s+(?:so that|in order to|because)\s+|\b(?:want|hope|like|need|plan|try|trying|hoping) to \w+\s+",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"\\(?:text|math)?(?:bf|it|tt|rm|sc|sf|emph)\{([^{}]*)\}|(?<![\w*])\*{1,2}([^*]+)\*{1,2}|\\(?=[%&_#])"
)
_NUMBER = re.compile(r"^\s*\(?(?:\d|i{1,3}|iv|v|[a-d])\)\s*", re.IGNORECASE)
_OPENING = re.compile(
    r"^(?:(?:and|or|but|that|which|while|whereas|because|where|when|then|so|as well as|thus|hence|also|further|furthermore|moreover|"
    r"finally|specifically|however|here|therefore|in particular|in addition|additionally|in this (?:paper|work|post|article)|to this end),?\s+"
    r"|(?:we|i|this (?:paper|work|post|article|study))\s+(?:\w+ly\s+|also\s+|then\s+|first\s+|further\s+)?(?=\w)"
    r"|(?:have\s+)?(?:propose|present|introduce|develop)(?:s|ed)?\s+(?=\w))+",
    re.IGNORECASE,
)
#: Words that a clause may not end with.
_LOOSE_END = re.compile(
    r"(?:\s+(?:and|or|but|that|which|while|whereas|because|where|when|by|to|of|in|on|for|with|from|as|at|a|an|the|its|their|our|is|are|be|"
    r"can|we|i|than|such|both|via|using|into|over|e\.g|i\.e|also|not|this|these|so|if|has|have|was|were|up|one|more|between|across|after|before|how|what|most|any|all|some|each|show|find|found|observe|observed|reveal|suggest|indicate|demonstrate|argue|prove|note|able|ability|\w+ly))+$",
    re.IGNORECASE,
)
_WORD_RE = re.compile(r"[^\W\d_][\w-]+")
#: Words that lose their capital where a sentence is cut.
_SMALL = words("a an the our its this these in on for to by with how what why using given")


def clauses(sentence: str, longest: int = LONGEST) -> list[str]:
    """Parts of *sentence* of at most *longest* characters, word for word, split at its pauses.

    The last one is its beginning, cut short with "…" if need be.
    """
    plain = _MARKUP.sub(lambda match: match[1] or match[2] or "", sentence)
    starts = [0, *(match.end() for match in _BEGIN.finditer(plain))]
    ends = [*(match.start() for match in _BREAK.finditer(plain)), len(plain)]
    found: dict[str, None] = {}
    for start in starts:
        for end in [end for end in ends if end > start][:_ENDS]:
            part = _trimmed(plain[start:end], ended=end == len(plain))
            if len(part) <= longest and _is_clause(part):
                found[part] = None
    if whole := _trimmed(without_connective(plain), ended=True):
        found[clipped(whole, longest)] = None
    return list(found)


def phrase_parts(phrase: str) -> list[str]:
    """Parts of a long phrase of a focus, word for word: what it is about, what it is wanted for."""
    return [part for piece in _PHRASE_BREAK.split(phrase) if len((part := piece.strip(" ,;:.")).split()) > 1] or [
        phrase
    ]


def _is_clause(part: str) -> bool:
    return len(part.split()) >= _FEWEST_WORDS and all(_closed(part, *pair) for pair in ("()", "[]", "{}", "“”"))


def _closed(part: str, opening: str, closing: str) -> bool:
    """Whether every bracket that opens is closed after it: "A) and (B" is no clause."""
    depth = 0
    for character in part:
        depth += (character == opening) - (character == closing)
        if depth < 0:
            return False
    return depth == 0


def clipped(text: str, longest: int = LONGEST) -> str:
    """At most *longest* characters of *text*, cut between words."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 1].rpartition(' ')[0] or text[: longest - 1]}…"


def best_clause(parts: list[str], vectors: Floats, target: Floats, known: str) -> str:
    """The clause that answers *target* best and says something that *known*, the phrase and the title, does not.

    *vectors* [parts, dimensions] belong to *parts*, *target* [dimensions] to the phrase; "" without parts.
    """
    if not parts:
        return ""
    known_words = set(_content(known))
    scores = [float(vector @ target) + _bonus(part, known_words) for part, vector in zip(parts, vectors, strict=True)]
    return parts[int(np.argmax(scores))]


def _bonus(part: str, known: set[str]) -> float:
    """What a clause's form and content add to its cosine, or take away."""
    own = _content(part)
    new = sum(word not in known for word in own)
    gain = _WORD * min(len(own), _MOST_WORDS) + _CONTRIBUTES * min(max(contribution(part), -2.0), 2.0)
    loss = _LOOSE * bool(_LOOSE_START.match(part)) + _UNCLEAR * bool(_UNCLEAR_WORD.search(part))
    return gain - _NOTHING_NEW * (new < _NEW_WORDS) - loss - _CUT * part.endswith("…")


def _content(text: str) -> list[str]:
    return [word[:6] for word in _WORD_RE.findall(text.casefold()) if word not in STOPWORDS]


def _trimmed(part: str, *, ended: bool) -> str:
    """The clause without the words that tie it to the rest; a small first word loses its capital."""
    part = _NUMBER.sub("", _OPENING.sub("", _NUMBER.sub("", part.strip()))).strip(" ,;:.!?–—-")
    part = part if ended else _LOOSE_END.sub("", part).strip(" ,;:–—-")
    head, blank, rest = part.partition(" ")
    return f"{head.lower()}{blank}{rest}" if head.lower() in _SMALL else part

"""Excerpts: the few sentences of a work that say what it contributes. Pure.

Extractive summarisation as in Edmundson (1969): sentences are scored by cue phrases, numbers and position, and the
best are quoted in their own order. In a language without cues the head of the text is quoted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.judge.claims import contribution, points_back, without_connective
from digest.judge.sentences import is_boilerplate, prose_sentences, without_labels
from digest.records import Item

#: Characters of an excerpt: two or three sentences.
LENGTH = 350
#: A single sentence may be longer, and renderers cut it; none shows more than this.
_LONGEST = 1_200
#: A shorter summary is a teaser, if there is a text as well.
_TEASER = 140
#: Characters of a text that are read: its head says what it is about.
_READ = 5_000
_MOST = 3
#: Characters below which the next sentence, or the one before, is quoted as well, and the contribution it needs.
_FULL, _LITTLE, _USEFUL = 160, 80, -0.5
_SENTENCES = 24
_FEWEST_WORDS, _FEWEST_SMALL, _FEWEST_LETTERS = 3, 2, 6
#: A line without a full stop is a heading unless it has this many words.
_UNENDED_WORDS = 10
_TITLE_WORDS = 4
#: Sentences among which the head of a text may begin.
_HEAD = 6
#: Score from which a sentence says what the work contributes; posts use the cue phrases for much else as well.
_CONTRIBUTES_IN_PAPER, _CONTRIBUTES_IN_POST = 1.5, 2.5
#: Stands for sentences that are left out.
_GAP = " … "
_WIDE_STOPS = ("。", "！", "？")
_CUT_SHORT = ("…", "...", "[…]", "[...]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sentence:
    place: int
    text: str
    score: float


def excerpt(item: Item) -> str:
    """What *item* says that it contributes, in about `LENGTH` characters; "" where it says nothing in sentences."""
    paper = bool(item.arxiv_id)
    for text in _texts(item):
        if sentences := _sentences(text, item.title):
            return _quoted(_chosen(sentences, paper=paper))[:_LONGEST]
    return ""


def _texts(item: Item) -> list[str]:
    """The texts to quote from, the first that has sentences: the summary, unless it is a teaser of the text."""
    summary, text = item.summary[:_READ], item.text[:_READ]
    teaser = len(summary) < _TEASER or summary.rstrip().endswith(_CUT_SHORT)
    return [text, summary] if text and teaser else [summary, text]


def _sentences(text: str, title: str) -> list[str]:
    """The sentences of a text without headings, boilerplate and the title."""
    lines = (without_labels(line) for line in prose_sentences(_without_title(text.lstrip(), title.strip())))
    return [line for line in lines if _is_sentence(line, title)][:_SENTENCES]


def _without_title(text: str, title: str) -> str:
    """The text without the title at its beginning, unless the title is part of the first sentence."""
    rest = text[len(title) :].lstrip(" .:|–—-")
    repeated = len(title.split()) >= _TITLE_WORDS and text.startswith(title) and not text[len(title) :][:1].isalnum()
    return rest if repeated and not rest[:1].islower() else text


def _is_sentence(line: str, title: str) -> bool:
    if is_boilerplate(line) or line.casefold().strip(" .") == title.casefold().strip(" ."):
        return False
    ended = _ended(line)
    if not line.isascii() and sum(map(str.isalpha, line)) >= _FEWEST_LETTERS and not line.count(" ") > len(line) / 12:
        return ended or len(line) > 4 * _FEWEST_LETTERS
    lower = sum(word[:1].islower() for word in line.split())  # names and headings have few small words
    return lower >= _FEWEST_SMALL and len(line.split()) >= (_FEWEST_WORDS if ended else _UNENDED_WORDS)


def _ended(line: str) -> bool:
    return line.rstrip("\"'”’)]*").endswith((".", "!", "?", "…", "。", "！", "？", ":"))


def _chosen(sentences: Sequence[str], *, paper: bool) -> list[_Sentence]:
    """The best sentences that fit, best first; the head of the text where none says what the work contributes."""
    scored = [_Sentence(place=n, text=text, score=_score(n, text, paper=paper)) for n, text in enumerate(sentences)]
    least = _CONTRIBUTES_IN_PAPER if paper else _CONTRIBUTES_IN_POST
    if max(one.score for one in scored) < least:
        return _head(scored)
    chosen: list[_Sentence] = []
    for one in sorted(scored, key=lambda s: (-s.score, s.place)):
        if len(chosen) >= _MOST or (chosen and one.score < least):
            break
        grown = list({s.place: s for s in (*chosen, *_with_antecedent(one, scored))}.values())
        if not chosen or (len(grown) <= _MOST and len(_quoted(grown)) <= LENGTH):
            chosen = grown
    return _filled(chosen, scored)


def _filled(chosen: list[_Sentence], scored: Sequence[_Sentence]) -> list[_Sentence]:
    """The chosen sentences, with a neighbour where they are short: the next explains, the one before gives the reason."""
    for step in (1, -1):
        for one in tuple(chosen):
            place = one.place + step
            enough = _FULL if step > 0 else _LITTLE
            if len(_quoted(chosen)) >= enough or len(chosen) == _MOST or not 0 <= place < len(scored):
                continue
            near = scored[place]
            if near in chosen or contribution(near.text) < _USEFUL:
                continue
            if len(_quoted([*chosen, near])) <= LENGTH:
                chosen = [*chosen, near]
    return chosen


def _head(scored: Sequence[_Sentence]) -> list[_Sentence]:
    """The first sentences that fit, beginning with one that needs no context and is no mere motivation."""
    alone = [n for n, one in enumerate(scored[:_HEAD]) if not points_back(one.text)]
    first = next((n for n in alone if contribution(scored[n].text) >= 0), alone[0] if alone else 0)
    chosen = [scored[first]]
    for one in scored[first + 1 : first + _MOST]:
        if len(_quoted([*chosen, one])) > LENGTH:
            break
        chosen.append(one)
    return chosen


def _score(place: int, text: str, *, paper: bool) -> float:
    """How quotable a sentence is: an abstract turns to its own work in the middle, a post opens with it."""
    early = (0.4 if place else 0.0) if paper else max(1.5 - 0.3 * place, -0.1 * place)
    length = -1.0 * (len(text) > 260) - 1.0 * (len(text) > LENGTH) - 1.0 * (len(text) < 40)
    whole = 0.0 if _ended(text) else -1.0
    back = -0.8 if points_back(without_connective(text)) else 0.0
    return contribution(text) + early + length + whole + back


def _with_antecedent(one: _Sentence, scored: Sequence[_Sentence]) -> list[_Sentence]:
    """A sentence, after the one before it if it begins with "This" or "It" and both are short enough."""
    before = scored[one.place - 1] if one.place and points_back(without_connective(one.text)) else None
    together = [before, one] if before else [one]
    return together if len(_quoted(together)) <= LENGTH else [one]


def _quoted(sentences: Sequence[_Sentence]) -> str:
    """The sentences in their own order, with a mark where something was left out."""
    text = ""
    last = -1
    for one in sorted(sentences, key=lambda s: s.place):
        follows = text and one.place == last + 1
        blank = "" if text.endswith(_WIDE_STOPS) else " "
        text += (blank if follows else _GAP if text else "") + (one.text if follows else without_connective(one.text))
        last = one.place
    return text

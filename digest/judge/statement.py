"""Parsing a focus statement: which words name a subject, which describe the learner, which decline. Pure.

A statement is split into sentences, a sentence into scopes by the cues that open them ("I want to understand",
"coming from", "no"), and a scope into coordinated phrases. Every clause keeps the learner's own words and their
span. English only; a statement in another language is split into sentences and no further.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from digest.judge.cues import CUE, SCOPES, Scope
from digest.judge.phrases import conjuncts, dependent, is_everyday, is_generic, is_role, is_thin, trimmed
from digest.judge.spans import Span, is_bullet, is_english, sentence_spans, without_space

#: Characters of a statement that are read; more repeats itself.
READ = 12_000
#: Clauses of one statement, at most.
MOST = 64
#: Weight of a clause by its scope. Learners mostly read about what they work on, but less surely than about what
#: they ask for; what they did before counts a little.
WORK = 0.6
BARE = 0.6
ABOUT_ONESELF = 0.25
BACKGROUND = 0.1
#: Weight of a phrase of a single word, or of words that go with any subject: it matches too much.
THIN = 0.7
GENERIC = 0.4


_POLITE = re.compile(r"\b(?:please|thanks|thank you|at all|for me|etc)\b", re.IGNORECASE)


class ClauseKind(StrEnum):
    """What a clause of a statement is about."""

    INTEREST = "interest"
    BACKGROUND = "background"
    PERSON = "person"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of a statement in the learner's words."""

    text: str
    kind: ClauseKind
    #: 0 .. 1
    weight: float
    #: its span in the statement
    start: int
    end: int
    #: what is embedded: the text, with the subject it belongs to
    embed: str


@dataclass(frozen=True, slots=True)
class _Scope:
    """The part of a sentence that one cue governs; it begins at `cue`, its words after the cue at `start`."""

    scope: Scope
    cue: int
    start: int
    end: int


_KINDS = {
    Scope.WANTED: (ClauseKind.INTEREST, 1.0),
    Scope.WORK: (ClauseKind.INTEREST, WORK),
    Scope.BACKGROUND: (ClauseKind.BACKGROUND, BACKGROUND),
    Scope.LEFT: (ClauseKind.BACKGROUND, BACKGROUND),
    Scope.PERSON: (ClauseKind.PERSON, 0.0),
    Scope.ABOUT_ONESELF: (ClauseKind.INTEREST, ABOUT_ONESELF),
    Scope.BARE: (ClauseKind.INTEREST, BARE),
    Scope.DECLINED: (ClauseKind.DECLINED, 1.0),
}


def read_statement(text: str) -> tuple[Clause, ...]:
    """The clauses of a statement in its order; at least one interest, unless it has no words."""
    read = text[:READ]
    if not is_english(read):
        return tuple(_clause(read, span, ClauseKind.INTEREST, 1.0) for span in sentence_spans(read))[:MOST]
    found: list[Clause] = []
    under = Scope.BARE
    for span in sentence_spans(read):
        under = under if is_bullet(read, span) else Scope.BARE
        scopes = list(_merged(_scopes(read, span, first=under)))
        under = scopes[-1].scope if read[span[1] - 1] == ":" and scopes else under
        found += _in_context(list(_clauses(read, scopes)), [c for c in found if c.kind is ClauseKind.INTEREST])
        if len(found) >= MOST:
            break
    wanted = _distinct(found[:MOST])
    if any(c.kind is ClauseKind.INTEREST for c in wanted):
        return tuple(_rescaled(wanted))
    if any(c.kind is ClauseKind.BACKGROUND for c in wanted):
        return tuple(
            replace(c, kind=ClauseKind.INTEREST, weight=1.0) if c.kind is ClauseKind.BACKGROUND else c for c in wanted
        )
    start, end = len(read) - len(read.lstrip()), len(read.rstrip())
    whole = [_clause(read, (start, end), ClauseKind.INTEREST, 1.0)] if start < end else []
    return (*whole, *(c for c in wanted if c.kind is ClauseKind.DECLINED))


def _clauses(text: str, scopes: Sequence[_Scope]) -> Iterator[Clause]:
    for scope in scopes:
        kind, weight = _KINDS[scope.scope]
        if kind is ClauseKind.PERSON:
            span = without_space(text, (scope.cue, scope.end))
            if span[0] < span[1]:
                yield _clause(text, span, kind, weight)
            continue
        for span, head in _phrases(text, scope, whole=kind is ClauseKind.INTEREST):
            words = text[slice(*span)]
            if kind is not ClauseKind.DECLINED and (is_everyday(words) or is_role(words)):
                yield _clause(text, span, ClauseKind.PERSON, 0.0)
                continue
            embed = f"{head} {words}" if head else words
            specificity = 1.0 if head or kind is ClauseKind.DECLINED else _specificity(words)
            yield _clause(text, span, kind, weight * specificity, embed=embed)


def _specificity(words: str) -> float:
    return GENERIC if is_generic(words) else THIN if is_thin(words) else 1.0


def _phrases(text: str, scope: _Scope, *, whole: bool) -> Iterator[tuple[Span, str]]:
    """The spans of a scope's coordinated phrases, each with the head it shares, or ""."""
    head = ""
    for start, end in conjuncts(text, (scope.start, scope.end)):
        span = trimmed(text, (start, end))
        if span is None:
            continue
        if scope.scope is Scope.DECLINED:  # of "vendor blog posts" the last words matter as well
            polite = _POLITE.search(text, span[1], end)
            span = span[0], max(span[1], without_space(text, (start, polite.start() if polite else end))[1])
        words = text[slice(*span)]
        yield span, head if head and whole and dependent(words) and not is_generic(words) else ""
        head = _head(words) if not dependent(words) else head


def _head(words: str) -> str:
    """`model merging in` of "model merging in LLMs", which a short next phrase may share; "" without one."""
    found = re.match(r"(.{3,60}\s(?:in|for|of|with|on|from))\s", words)
    return found[1] if found else ""


def _scopes(text: str, sentence: Span, *, first: Scope) -> Iterator[_Scope]:
    """The scopes of a sentence in order, without gaps."""
    start, end = sentence
    cues = [(m.start(), m.end(), SCOPES[str(m.lastgroup)]) for m in CUE.finditer(text, start, end)]
    cues = _with_turns(text, cues, end)
    if not cues or cues[0][0] > start:
        cues.insert(0, (start, start, first))
    bounds = [cue for cue, _, _ in cues[1:]] + [end]
    for at, ((cue, begins, scope), stop) in enumerate(zip(cues, bounds, strict=True)):
        if scope is Scope.DISMISSED:
            continue
        colon = text.find(":", begins, stop - 1) if scope is Scope.PERSON else -1
        if colon >= 0:  # "for my team: object detection"
            yield _Scope(scope, cue, begins, colon)
            scope, cue, begins = Scope.BARE, colon + 1, colon + 1
        dismissed = at + 1 < len(cues) and cues[at + 1][2] is Scope.DISMISSED
        yield _Scope(Scope.DECLINED if dismissed else scope, cue, min(begins, stop), stop)


def _merged(scopes: Iterator[_Scope]) -> Iterator[_Scope]:
    """The scopes, with neighbouring ones about the learner joined."""
    last: _Scope | None = None
    for scope in scopes:
        if last and last.scope is scope.scope is Scope.PERSON:
            last = replace(last, end=scope.end)
            continue
        if last:
            yield last
        last = scope
    if last:
        yield last


def _with_turns(text: str, cues: Sequence[tuple[int, int, Scope]], end: int) -> list[tuple[int, int, Scope]]:
    """The cues, and one more where "from A to B" turns from background to interest."""
    found: list[tuple[int, int, Scope]] = []
    for at, (start, begins, scope) in enumerate(cues):
        found.append((start, begins, scope))
        stop = cues[at + 1][0] if at + 1 < len(cues) else end
        turn = re.compile(r"\b(?:in)?to\b|\btowards?\b", re.IGNORECASE).search(text, begins, stop)
        if scope is Scope.LEFT and turn:
            found.append((turn.start(), turn.end(), Scope.WANTED))
    return found


def _in_context(clauses: Sequence[Clause], before: Sequence[Clause]) -> list[Clause]:
    """The clauses; those whose words go with any subject are embedded with the subject they follow."""
    own = [c for c in clauses if c.kind is ClauseKind.INTEREST and not is_generic(c.text)]
    placed = []
    for clause in clauses:
        if clause.kind is ClauseKind.INTEREST and is_generic(clause.text):
            subjects = [c for c in own if c.start < clause.start] or own or list(before)
            named = [c.text for c in subjects if not is_generic(c.text)][-3:]
            clause = replace(clause, embed=f"{clause.text} of {' and '.join(named)}") if named else clause
        placed.append(clause)
    return placed


def _rescaled(clauses: Sequence[Clause]) -> Iterator[Clause]:
    """The clauses with the heaviest interest at 1: without an explicit wish, what the learner works on counts in full."""
    heaviest = max(c.weight for c in clauses if c.kind is ClauseKind.INTEREST)
    for clause in clauses:
        yield (
            replace(clause, weight=round(clause.weight / heaviest, 3)) if clause.kind is ClauseKind.INTEREST else clause
        )


def _distinct(clauses: Sequence[Clause]) -> list[Clause]:
    """Each clause once, with the greater weight where it occurs twice."""
    kept: dict[tuple[str, bool], Clause] = {}
    for clause in clauses:
        key = (clause.text.casefold(), clause.kind is ClauseKind.DECLINED)
        if key not in kept or clause.weight > kept[key].weight:
            kept[key] = clause
    return sorted(kept.values(), key=lambda c: c.start)


def _clause(text: str, span: Span, kind: ClauseKind, weight: float, *, embed: str = "") -> Clause:
    words = " ".join(text[slice(*span)].split())
    embedded = " ".join((embed or words).split())
    return Clause(text=words, kind=kind, weight=round(weight, 3), start=span[0], end=span[1], embed=embedded)

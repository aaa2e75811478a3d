"""How the declared focus is understood, and how far the archive answers it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from digest.arrays import Floats
from digest.config import Config
from digest.errors import DigestError
from digest.judge.embedding import Embedder, load_model
from digest.judge.floor import FLOOR
from digest.judge.focus import FocusModel, Phrase, read_focus
from digest.judge.phrases import is_generic
from digest.judge.relevance import RelevanceModel
from digest.judge.term_suggestions import distinctive_terms
from digest.store import archive, history, items, vectors, verdicts
from digest.store.archive import Connection
from digest.workflows import ranking

WEEKS = 4
NEAREST = 3
#: Works that lend their words to what could be added, and others that they are told apart from.
_NEAR, _OTHERS = 40, 800
#: From so many works on it says something that few of them pass, and what share is few.
_TELLING = 50
_FEW = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRow:
    """One phrase of the focus, and what lies near it."""

    phrase: str
    #: "statement", "topic", "project", "question" or "avoid"
    facet: str
    #: how much it counts now, 0 .. 1: by its words, and by how clearly the archive speaks of it
    weight: float
    used: bool
    #: titles, the nearest first
    nearest: tuple[str, ...] = ()
    #: why it counts little or not: "person", "background", or ""
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusReport:
    """A focus as the judge reads it."""

    rows: tuple[PhraseRow, ...]
    #: whether the model knows any word of it
    known: bool
    #: works that the model has embedded at all, those of the last weeks, and those of them that pass the floor
    embedded: int = 0
    seen: int = 0
    passing: int = 0
    #: terms of the archive that the focus does not say
    add: tuple[str, ...] = ()

    @property
    def thin(self) -> str:
        """What is wanting, in one clause, or ""."""
        used = [row for row in self.rows if row.used and row.facet != "avoid"]
        said = []
        if not self.known:
            said.append("the model knows no word of it")
        elif len(used) == 1 and is_generic(used[0].phrase):
            said.append(f'understood only "{used[0].phrase}"')
        if self.seen >= _TELLING and self.passing < max(1, _FEW * self.seen):
            said.append(passing_words(self))
        return "; ".join(said)


def report(config: Config, now: datetime, *, wait: float) -> FocusReport:
    """Read the focus, and hold it against the archive where there is one."""
    model = load_model(config.embedding.model, folder=config.folder)
    focus = read_focus(config.focus, model)
    if not config.archive.exists():
        return FocusReport(rows=_rows(focus, None, ()), known=focus.understood)
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        if vectors.current_model(db) != model.name:
            return FocusReport(rows=_rows(focus, None, ()), known=focus.understood)
        relevance_model = ranking.learn_relevance_model(db, focus, model, ranking.read_marks(db, now))
        return _against(db, relevance_model, model, now)


def remark(understood: FocusReport) -> str:
    """One line where the focus is thin, or ""."""
    if not understood.thin:
        return ""
    return f"focus.statement: {understood.thin}; `digest focus` shows what to add"


def first_remark(config: Config, now: datetime, *, wait: float) -> str:
    """The remark while no issue was written yet; later ones say themselves what they found."""
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        if verdicts.periods(db):
            return ""
    return remark(report(config, now, wait=wait))


def check_remark(config: Config, now: datetime, *, wait: float) -> str:
    """The remark for a check, which asks nothing of an archive that is in use or damaged."""
    try:
        return remark(report(config, now, wait=wait))
    except DigestError:
        return ""


def passing_words(understood: FocusReport) -> str:
    """ "31 of 4,210 works of the last 4 weeks pass"."""
    one = understood.passing == 1
    return (
        f"{understood.passing:,} of {understood.seen:,} works of the last {WEEKS} weeks {'passes' if one else 'pass'}"
    )


def to_add(db: Connection, relevance_model: RelevanceModel, model: Embedder) -> tuple[str, ...]:
    """Terms of the works nearest to the focus that it does not say."""
    near = _Near(relevance_model.focus.vectors)
    for part in vectors.slices(db, model.name, model.dimensions):
        near.see(part, relevance_model.relevance(part.vectors))
    return _proposed(db, relevance_model.focus, near.best)


class _Near:
    """The items nearest to each phrase and to the focus as a whole so far."""

    def __init__(self, phrases: Floats) -> None:
        self._phrases = phrases
        self.by_phrase: list[list[tuple[float, str]]] = [[] for _ in phrases]
        self.whole: list[tuple[float, str]] = []
        self.relevance: dict[str, float] = {}
        self.count = 0

    @property
    def best(self) -> list[str]:
        return [item_id for _, item_id in self.whole]

    def see(self, part: vectors.Slice, relevance: Floats) -> None:
        self.count += len(part.item_ids)
        self.whole = _merged(self.whole, part.item_ids, relevance, _NEAR)
        cosines = part.vectors @ self._phrases.T
        for at, found in enumerate(self.by_phrase):
            self.by_phrase[at] = _merged(found, part.item_ids, cosines[:, at], 2 * NEAREST)


def _merged(
    found: Sequence[tuple[float, str]], item_ids: Sequence[str], values: Floats, count: int
) -> list[tuple[float, str]]:
    order = np.argsort(-values, kind="stable")[:count]
    return sorted([*found, *((float(values[i]), item_ids[i]) for i in order)], reverse=True)[:count]


def _against(db: Connection, relevance_model: RelevanceModel, model: Embedder, now: datetime) -> FocusReport:
    focus = relevance_model.focus
    works = history.works_since(db, since=now - timedelta(weeks=WEEKS), until=now)
    near = _Near(np.vstack([focus.vectors, focus.avoid_vectors]))
    passing: set[str] = set()
    for part in vectors.slices(db, model.name, model.dimensions):
        relevance = relevance_model.relevance(part.vectors)
        near.see(part, relevance)
        passing |= {works[part.item_ids[i]] for i in np.flatnonzero(relevance >= FLOOR) if part.item_ids[i] in works}
    return FocusReport(
        rows=_rows(focus, relevance_model.clarity, _titles(db, near)),
        known=focus.understood,
        embedded=near.count,
        seen=len(set(works.values())),
        passing=len(passing),
        add=_proposed(db, focus, near.best),
    )


def _titles(db: Connection, near: _Near) -> list[tuple[str, ...]]:
    """For each phrase the titles nearest to it, each once."""
    wanted = [item_id for found in near.by_phrase for _, item_id in found]
    texts = items.texts(db, wanted)
    told = [[texts[i][0] for value, i in found if value > 0 and texts[i][0].strip()] for found in near.by_phrase]
    return [tuple(dict.fromkeys(titles))[:NEAREST] for titles in told]


def _rows(focus: FocusModel, clarity: Floats | None, nearest: Sequence[tuple[str, ...]]) -> tuple[PhraseRow, ...]:
    """The phrases, the weightiest first, then what is set aside, then what is declined."""

    def row(at: int, phrase: Phrase) -> PhraseRow:
        weight = phrase.weight * (float(clarity[at]) if clarity is not None else 1.0)
        return PhraseRow(
            phrase=phrase.text,
            facet=phrase.facet,
            weight=round(weight if phrase.used else 0.0, 2),
            used=phrase.used,
            nearest=nearest[at] if nearest and phrase.used else (),
            aside=phrase.aside,
        )

    rows = [row(at, phrase) for at, phrase in enumerate(focus.phrases)]
    declined = [
        PhraseRow(phrase=text, facet="avoid", weight=1.0, used=True, nearest=nearest[at] if nearest else ())
        for at, text in enumerate(focus.avoid, start=len(rows))
    ]
    return (*sorted(rows, key=lambda one: (not one.used, -one.weight)), *declined)


def _proposed(db: Connection, focus: FocusModel, near: Sequence[str]) -> tuple[str, ...]:
    others = items.sample_ids(db, count=_OTHERS, without=list(near))
    said = [phrase.text for phrase in focus.phrases] + list(focus.avoid)
    texts = [[f"{title}\n{body}" for title, body in items.texts(db, ids).values()] for ids in (list(near), others)]
    return tuple(distinctive_terms(texts[0], texts[1], declared=said)) if focus.understood else ()

"""How the declared focus is read, and what the archive holds on it."""

from collections.abc import Mapping, Sequence
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
from digest.store import history, items, vectors, verdicts
from digest.store.archive import Connection
from digest.workflows import ranking
from digest.workflows.opening import opened
from digest.workflows.shared_reading import SharedReading

WEEKS = 4
NEAREST = 3
#: Items whose terms are suggested.
_NEAR = 40
#: The focus is too narrow when less than this share of at least so many works passes the floor.
_ENOUGH_WORKS = 50
_FEW = 0.003


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRow:
    """One phrase of the focus, and the items nearest to it."""

    phrase: str
    #: "statement", "topic", "project", "question" or "avoid"
    facet: str
    #: 0 .. 1, from its words and from its clarity in the archive
    weight: float
    used: bool
    #: titles, the nearest first
    nearest: tuple[str, ...] = ()
    #: why it has little or no weight: "person", "background", or ""
    aside: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusReport:
    """The focus as the judge reads it, and how many works pass."""

    rows: tuple[PhraseRow, ...]
    #: whether the model knows any word of it
    known: bool
    #: items that the model has embedded, works of the last weeks, and those of them that pass the floor
    embedded: int = 0
    seen: int = 0
    passing: int = 0
    #: terms of the archive that are not in the focus
    add: tuple[str, ...] = ()

    @property
    def weakness(self) -> str:
        """What makes the focus too narrow or unreadable, in one clause, or ""."""
        used = [row for row in self.rows if row.used and row.facet != "avoid"]
        reasons = []
        if not self.known:
            reasons.append("the model knows no word of it")
        elif len(used) == 1 and is_generic(used[0].phrase):
            reasons.append(f'understood only "{used[0].phrase}"')
        if self.seen >= _ENOUGH_WORKS and self.passing < max(1, _FEW * self.seen):
            reasons.append(passing_words(self))
        return "; ".join(reasons)


def report_focus(config: Config, now: datetime, *, wait: float) -> FocusReport:
    """Read the focus, and compare it with the archive if there is one."""
    model = load_model(config.embedding.model, folder=config.folder)
    focus = read_focus(config.focus, model)
    if not config.archive.exists():
        return FocusReport(rows=_rows(focus, None, ()), known=focus.understood)
    with opened(config, wait=wait, read_only=True) as db:
        if vectors.current_model(db) != model.name:
            return FocusReport(rows=_rows(focus, None, ()), known=focus.understood)
        relevance_model = ranking.learn_relevance_model(db, focus, model, ranking.read_marks(db, now))
        return _compare(db, relevance_model, model, now)


def warning(report: FocusReport) -> str:
    """One line if the focus is weak, or ""."""
    return f"focus.statement: {report.weakness}; `digest focus` shows what to add" if report.weakness else ""


def warning_before_first_issue(config: Config, now: datetime, *, wait: float) -> str:
    """The warning while there is no issue yet; issues say themselves what they found."""
    with opened(config, wait=wait, read_only=True) as db:
        if verdicts.periods(db):
            return ""
    return warning(report_focus(config, now, wait=wait))


def warning_if_readable(config: Config, now: datetime, *, wait: float) -> str:
    """The warning, or "" if the archive is in use or damaged."""
    try:
        return warning(report_focus(config, now, wait=wait))
    except DigestError:
        return ""


def passing_words(report: FocusReport) -> str:
    """ "31 of 4,210 works of the last 4 weeks pass"."""
    verb = "passes" if report.passing == 1 else "pass"
    return f"{report.passing:,} of {report.seen:,} works of the last {WEEKS} weeks {verb}"


def suggest_terms(
    db: Connection, focus: FocusModel, near: Sequence[str], reading: SharedReading | None = None
) -> tuple[str, ...]:
    """Terms of the items *near* the focus that are not in it."""
    if not focus.understood or not near:
        return ()
    others = (reading or SharedReading()).sample(db, without=near)
    known = [phrase.text for phrase in focus.phrases] + list(focus.avoid)
    own = [f"{title}\n{body}" for title, body in items.texts(db, list(near)).values()]
    return tuple(distinctive_terms(own, others, declared=known))


class NearestItems:
    """The items nearest to each phrase and to the whole focus so far, and the works that pass the floor."""

    def __init__(self, relevance_model: RelevanceModel, works: Mapping[str, str]) -> None:
        """*works* are those that are counted, by item id."""
        focus = relevance_model.focus
        self._model = relevance_model
        self._works = works
        self._phrases = phrases = np.vstack([focus.vectors, focus.avoid_vectors])
        self.passing: set[str] = set()
        self.by_phrase: list[list[tuple[float, str]]] = [[] for _ in phrases]
        self.whole: list[tuple[float, str]] = []
        self.count = 0

    @property
    def best(self) -> list[str]:
        return [item_id for _, item_id in self.whole]

    def add(self, part: vectors.Slice) -> None:
        relevance = self._model.relevance(part.vectors)
        ids = (part.item_ids[row] for row in np.flatnonzero(relevance >= FLOOR))
        self.passing |= {self._works[item_id] for item_id in ids if item_id in self._works}
        self.count += len(part.item_ids)
        self.whole = _merged(self.whole, part.item_ids, relevance, _NEAR)
        cosines = part.vectors @ self._phrases.T
        for at, found in enumerate(self.by_phrase):
            self.by_phrase[at] = _merged(found, part.item_ids, cosines[:, at], 2 * NEAREST)

    def report(self, titles: Mapping[str, str], *, add: tuple[str, ...] = ()) -> FocusReport:
        """The report, given the titles of the items that are nearest to the phrases."""
        focus = self._model.focus
        return FocusReport(
            rows=_rows(focus, self._model.clarity, self._nearest_titles(titles)),
            known=focus.understood,
            embedded=self.count,
            seen=len(set(self._works.values())),
            passing=len(self.passing),
            add=add,
        )

    def _nearest_titles(self, titles: Mapping[str, str]) -> list[tuple[str, ...]]:
        """The distinct titles nearest to each phrase."""
        named = [[titles[i] for value, i in found if value > 0 and titles[i].strip()] for found in self.by_phrase]
        return [tuple(dict.fromkeys(some))[:NEAREST] for some in named]


def _merged(
    found: Sequence[tuple[float, str]], item_ids: Sequence[str], values: Floats, count: int
) -> list[tuple[float, str]]:
    order = np.argsort(-values, kind="stable")[:count]
    return sorted([*found, *((float(values[i]), item_ids[i]) for i in order)], reverse=True)[:count]


def _compare(db: Connection, relevance_model: RelevanceModel, model: Embedder, now: datetime) -> FocusReport:
    works = history.works_since(db, since=now - timedelta(weeks=WEEKS), until=now)
    near = NearestItems(relevance_model, works)
    for part in vectors.slices(db, model.name, model.dimensions):
        near.add(part)
    found = items.titles(db, [item_id for some in near.by_phrase for _, item_id in some])
    titles = {item_id: title for item_id, (title, _) in found.items()}
    return near.report(titles, add=suggest_terms(db, relevance_model.focus, near.best))


def _rows(focus: FocusModel, clarity: Floats | None, nearest: Sequence[tuple[str, ...]]) -> tuple[PhraseRow, ...]:
    """The phrases that count, by weight, then those that are set aside, then those to avoid."""

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
    avoided = [
        PhraseRow(phrase=text, facet="avoid", weight=1.0, used=True, nearest=nearest[at] if nearest else ())
        for at, text in enumerate(focus.avoid, start=len(rows))
    ]
    return (*sorted(rows, key=lambda one: (not one.used, -one.weight)), *avoided)

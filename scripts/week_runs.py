"""What is measured on a simulated week: its issue, the judge's own order, and other rankings of the same works."""

import pickle
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rivals import CachedModel, Sanity
from voices import VOICES, Said, tell
from week_archive import Built, Shelved, built, shelve
from weeks import Paper, Week

from digest.judge.tfidf import TfIdf

#: At most so many works are in an issue, by default; what the rankings are measured at beside the issue's own count.
AT_MOST = 12
#: Characters of a text that MiniLM is given; it reads 256 tokens.
READ = 2_000

Order = list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run on every week."""

    voices: tuple[str, ...]
    ages: tuple[int, ...]
    marks: tuple[int, ...]
    two_sources: tuple[bool, ...]
    lean: str | float
    minilm: Path | None
    cache: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How one ranking did: hits at the issue's count and among the best twelve, and over the whole order."""

    at_count: int
    at_most: int
    ndcg: float
    ap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One issue and its rivals."""

    week: int
    learner: str
    side: str
    year: int
    voice: str
    held_out: bool
    age: int
    marks: int
    sources: str
    statement: str
    #: the learner's papers in the week
    own: int
    kept: int
    hits: int
    ndcg: float
    #: shares of the learner's own papers and of all others that reach the floor
    own_above: float
    others_above: float
    seconds: float
    rivals: dict[str, Found]


def run_week(plan: Plan, week: Week, shelf: Path) -> list[dict[str, object]]:
    """Every voice, age and number of marks of one week, as rows in plain words; *shelf* holds its texts."""
    texts: dict[str, Paper] = pickle.loads(shelf.read_bytes())
    rankings = Rankings(plan, week, texts)
    rows: list[dict[str, object]] = []
    for age in plan.ages:
        for two in plan.two_sources:
            folder = shelf.with_suffix(f".{age}.{two}")
            shelved = shelve(folder, week, texts, age=age, two_sources=two, plain=tell("plain", week.subject))
            rows += [asdict(row) for row in _voices(plan, week, texts, shelved, rankings, age, two)]
            shutil.rmtree(folder)
    return rows


def _voices(
    plan: Plan, week: Week, texts: dict[str, Paper], shelved: Shelved, rankings: "Rankings", age: int, two: bool
) -> Iterator[Row]:
    for name in plan.voices:
        voice, said = VOICES[name], says(name, week)
        own = set(week.own) | (set(week.own_of_other) if voice.two else set())
        for marks in plan.marks:
            likes = [texts[paper] for paper in week.likes[:marks] if paper in texts]
            issue = built(
                shelved, said, shelved.folder.with_name("copy-" + shelved.folder.name), lean=plan.lean, likes=likes
            )
            orders = {"judge": issue.order} | rankings.of(said, len(likes))
            yield Row(
                week=week.number,
                learner=week.learner,
                side=week.side,
                year=week.year,
                voice=name,
                held_out=voice.held_out,
                age=age,
                marks=len(likes) if marks else 0,
                sources="two" if two else "real",
                statement=said.statement,
                own=len(own),
                kept=len(issue.kept),
                hits=sum(paper in own for paper in issue.kept),
                ndcg=ndcg(issue.kept, own),
                rivals={rival: measured(order, own, len(issue.kept)) for rival, order in orders.items()},
                seconds=issue.seconds,
                **_above(issue, own),
            )


def says(voice: str, week: Week) -> Said:
    return tell(voice, week.subject, other=week.other, seed=week.number)


def in_words(said: Said) -> str:
    """A focus as one text, for those that read only one."""
    return "\n".join([said.statement, *said.topics])


def readable(paper: Paper) -> str:
    return f"{paper.title}\n{paper.text[:READ]}"


class Rankings:
    """Other rankings of one week's works."""

    def __init__(self, plan: Plan, week: Week, texts: dict[str, Paper]) -> None:
        self.ids = [p for p in (*week.own, *week.own_of_other, *week.others, *week.posts) if p in texts]
        likes = [paper for paper in week.likes if paper in texts]
        self.likes = np.arange(len(self.ids), len(self.ids) + len(likes))
        every = [readable(texts[paper]) for paper in [*self.ids, *likes]]
        self.words = TfIdf(every[: len(self.ids)])
        self.sanity = Sanity(every) if any(plan.marks) else None
        self.model = CachedModel(plan.minilm, plan.cache) if plan.minilm and plan.cache else None
        self.vectors = self.model.encode(every) if self.model else np.empty((len(every), 0), np.float32)

    def of(self, said: Said, marks: int) -> dict[str, Order]:
        """The week's works, best first, by each; those that learn from marks only where there are some."""
        query, count = in_words(said), len(self.ids)
        found = {"TF-IDF": self._order(self.words.cosines(self.words.query(query)))}
        if self.model:
            focus = self.model.encode([query])[0]
            found["MiniLM"] = self._order(self.vectors[:count] @ focus)
            if marks:
                mean = self.vectors[self.likes[:marks]].mean(axis=0)
                found["MiniLM and likes"] = self._order(self.vectors[:count] @ (focus + mean))
        if self.sanity and marks:
            found["SVM on likes"] = self._order(self.sanity.rank(self.likes[:marks], np.arange(count)))
        return found

    def _order(self, scores: np.ndarray) -> Order:
        return [self.ids[row] for row in np.argsort(-scores, kind="stable")]


def measured(order: Sequence[str], own: set[str], count: int) -> Found:
    hit = [paper in own for paper in order]
    return Found(
        at_count=sum(hit[:count]),
        at_most=sum(hit[:AT_MOST]),
        ndcg=ndcg(order, own),
        ap=average_precision(hit, len(own)),
    )


def ndcg(order: Sequence[str], own: set[str]) -> float:
    """nDCG of the best twelve, every listed paper being worth the same."""
    gains = 1 / np.log2(np.arange(AT_MOST) + 2)
    got = sum(gains[place] for place, paper in enumerate(order[:AT_MOST]) if paper in own)
    return float(got / gains[: len(own)].sum())


def average_precision(hit: Sequence[bool], own: int) -> float:
    places = np.flatnonzero(hit) + 1
    return float((np.arange(1, len(places) + 1) / places).sum() / own)


def _above(issue: Built, own: set[str]) -> dict[str, float]:
    others = len(issue.order) - len(own)
    mine = len(issue.above & own)
    return {"own_above": mine / len(own), "others_above": (len(issue.above) - mine) / max(others, 1)}

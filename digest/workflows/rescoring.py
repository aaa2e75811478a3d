"""The works of past issues under other settings: scored again by the judge, and the best of each issue nominated. Pure.

One relevance model serves all issues, as if what the learner has marked by now had been marked before. What a work
scored in its issue beyond what this model gives it under the present settings is carried over (`Judge.beyond`):
that is what the reranker found in its text, and what the rest of the archive taught. It counts as far as the two
focuses point the same way, so that the present focus gives the issues as they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from digest.arrays import Floats
from digest.compose.eligibility import ceiling
from digest.compose.issue import focus_id
from digest.compose.stretch import NEXT_TO
from digest.config import Config, Digest
from digest.judge.embedding import Embedder
from digest.judge.floor import FLOOR
from digest.judge.focus import read_focus
from digest.judge.lean import LeanModel, load_lean
from digest.judge.mark_weights import MarkedItems, learn
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import RelevanceModel, declared_only
from digest.judge.scoring import Scores, with_reranking
from digest.store.scores import Score
from digest.workflows import ranking
from digest.workflows.past_issues import PastIssue, PastIssues
from digest.workflows.ranking import MarkValues

#: Works of an issue that the picking sees: so many for each place, the best by score, but no fewer than so many;
#: and the best below the floor for a stretch.
_EACH_PLACE, _AT_LEAST, _STRETCHES = 6, 60, 30
#: Two judges are compared on every fifth work, unless there are too few.
_EVERY, _FEWEST = 5, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Some settings with what they are applied by."""

    config: Config
    relevance: RelevanceModel
    lean: LeanModel
    model: Embedder

    def scores(self, past: PastIssues, one: PastIssue) -> Scores:
        """The scores of an issue's works at its end, a row an item."""
        ends_at = one.issue.ends_at
        ranker = ranking.ranker_of(self.relevance, past.marks.values(ends_at), self.config)
        return ranker.score(ranking.columns_of(one.part, self.lean, ends_at))

    def beyond(self, past: PastIssues, one: PastIssue) -> Floats:
        """What each item's work scored in its issue beyond what these settings give it [items].

        Nothing where another focus picked the issue: then the difference is between the two.
        """
        if not self._picked(one):
            return np.zeros(len(one.work_ids), dtype=np.float32)
        best: dict[str, float] = {}
        for work_id, score in zip(one.work_ids, self.scores(past, one).score, strict=True):
            best[work_id] = max(best.get(work_id, -np.inf), float(score))
        return np.array([one.scores[work_id] - best[work_id] for work_id in one.work_ids], dtype=np.float32)

    def _picked(self, one: PastIssue) -> bool:
        """Whether the issue was picked under this focus, as far as it says."""
        focus, issue = self.config.focus, one.issue
        if issue.focus_id:
            return issue.focus_id == focus_id(focus)
        question = focus.project.question if focus.project else ""
        return (issue.statement, issue.question) == (focus.statement, question)

    def likeness(self, other: "Judge", past: PastIssues) -> float:
        """How far two judges agree about the works of these weeks: the correlation of their relevances, at least 0."""
        rows = np.concatenate([part.vectors[::_EVERY] for part in past.parts])
        pair = np.stack([self.relevance.relevance(rows), other.relevance.relevance(rows)])
        if len(rows) < _FEWEST or not pair.std(axis=1).all():
            return 0.0
        return max(float(np.asarray(np.corrcoef(pair))[0, 1]), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescored:
    """The works of one issue under other settings."""

    past: PastIssue
    scores: Scores
    #: ids of the works that the picking is to see
    nominated: Sequence[str]

    def row_of(self) -> dict[str, int]:
        return {item_id: row for row, item_id in enumerate(self.past.part.item_ids)}

    def stored(self, rows: Sequence[int]) -> dict[str, Score]:
        """The scores of some rows by item id, in the form in which a ranking stores them."""
        scores = self.scores
        return {
            self.past.part.item_ids[row]: Score(
                relevance=float(scores.relevance[row]),
                lean=float(scores.lean[row]),
                score=float(scores.score[row]),
                parts={name: float(column[row]) for name, column in scores.parts.items()},
            )
            for row in rows
        }


def judge_of(config: Config, past: PastIssues, model: Embedder, now: datetime) -> Judge:
    """The judge that these settings make, with what was marked by now."""
    return Judge(
        config=config,
        relevance=_relevance_model(config, past, model, past.marks.values(now)),
        lean=load_lean(model),
        model=model,
    )


def rescored(past: PastIssues, one: PastIssue, judge: Judge, carried: Floats) -> Rescored:
    """An issue's works as *judge* scores them; *carried* [items] is added to their relevance."""
    scores = with_reranking(judge.scores(past, one), carried)
    return Rescored(past=one, scores=scores, nominated=_nominated(one, scores, judge.config.digest))


def _relevance_model(config: Config, past: PastIssues, model: Embedder, marks: MarkValues) -> RelevanceModel:
    """The focus, sharpened by the works of these weeks and moved by the marks."""
    known = past.marks
    marked = [item_id for item_id in marks.values if item_id in known.vectors]
    rows = np.array([known.vectors[item_id] for item_id in marked], np.float32).reshape(-1, model.dimensions)
    values = np.array([marks.values[item_id] for item_id in marked], np.float32)
    focus = read_focus(config.focus, model)
    relevance_model = with_pseudo_feedback(
        declared_only(focus), (part.vectors for part in past.parts), disliked=rows[values < 0], size=past.embedded
    )
    if not len(values):
        return relevance_model
    marked_items = MarkedItems(vectors=rows, values=values)
    return learn(relevance_model, marked_items, background=known.background, direction=known.direction)


def _nominated(one: PastIssue, scores: Scores, digest: Digest) -> list[str]:
    """The works that may be kept: the best, those that may be a stretch, and what was kept."""
    order = np.argsort(-scores.score, kind="stable")
    relevance = scores.relevance[order]
    belt = order[(relevance < FLOOR) & (relevance >= FLOOR - NEXT_TO)]
    best = max(_AT_LEAST, _EACH_PLACE * ceiling(len(one.scores), digest))
    rows = [*order[:best], *belt[:_STRETCHES]]
    kept = (pick.work_id for pick in one.picks if pick.work_id in one.scores)
    return list(dict.fromkeys([*(one.work_ids[row] for row in rows), *kept]))

"""What one of several learners marked, and what the judge learns from it, where the vectors were read for all of them."""

from typing import NamedTuple

from digest.arrays import Floats
from digest.judge.mark_weights import MarkedItems, learn
from digest.judge.relevance import RelevanceModel
from digest.workflows.ranking import BACKGROUND, MarkValues


class Sample(NamedTuple):
    """Items of the archive with their vectors [items, dimensions], some of which may be marked."""

    item_ids: list[str]
    vectors: Floats


def learn_from(
    marked: MarkedItems, relevance_model: RelevanceModel, marks: MarkValues, sample: Sample
) -> RelevanceModel:
    """The model after learning from the marks, against the items of the sample that have none."""
    if not len(marked.values):
        return relevance_model
    unmarked = [row for row, item_id in enumerate(sample.item_ids) if item_id not in marks.values]
    return learn(relevance_model, marked, background=sample.vectors[unmarked[:BACKGROUND]])

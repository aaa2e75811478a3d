"""Several learners ranked from one reading of the archive: the scores that each would have alone."""

import pytest

from digest.config import Config, Embedding, Focus
from digest.judge.embedding import load_model
from digest.judge.onnx_embedder import OnnxEmbedder
from digest.store import query, vectors
from digest.workflows import embedding, feedback, ranking, ranking_together
from digest.workflows.opening import opened
from tests.homes import NOW

FOCI = {
    "ada": "I want to understand how dense and sparse retrievers are trained.",
    "bob": "I run feature stores and streaming pipelines in production.",
    "zoe": "I care about nothing that these sources write about, such as medieval music.",
}


@pytest.fixture(name="learners")
def _learners(fetched: Config) -> tuple[Config, ...]:
    """Three learners of the demo's archive; Ada marked two items. The second model reads too."""
    views = tuple(
        fetched.model_copy(update={"learner_id": one, "focus": Focus(statement=statement), "embedding": Embedding()})
        for one, statement in FOCI.items()
    )
    together = views[0]._beside(views).learners
    items = query.ask(fetched.archive, "select item_id from items order by 1 limit 2", wait=1).rows
    for (item,), mark in zip(items, ("like", "dislike"), strict=True):
        feedback.mark(together[0], [item], [mark], NOW, wait=1)
    return together


def scores(config: Config) -> dict[str, tuple[float, ...]]:
    rows = query.ask(
        config.archive, "select item_id, relevance, lean, score from scores", learner=config.learner_id, wait=1
    ).rows
    return {str(row[0]): tuple(row[1:]) for row in rows}


def test_the_scores_are_those_of_ranking_alone(learners: tuple[Config, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last digits that float32 holds, marks and second model included; and so are the nearest items."""
    model = load_model("bundled", folder=learners[0].folder)
    embedding.embed(learners[0], model, NOW)
    nearest = {one.learner_id: ranking.rank(one, model, NOW).nearest for one in learners}
    alone = {one.learner_id: scores(one) for one in learners}

    monkeypatch.setattr(ranking_together, "EVERYTHING", 0)
    ranked = ranking_together.rank_all(learners, model, NOW)

    for one in learners:
        together = scores(one)
        assert together.keys() <= alone[one.learner_id].keys()
        assert len(together) > 100
        for item, values in together.items():
            assert values == pytest.approx(alone[one.learner_id][item], abs=1e-5)
        assert ranked[one.learner_id].items == len(alone[one.learner_id])
        assert ranked[one.learner_id].nearest[:20] == nearest[one.learner_id][:20]


def test_old_items_are_scored_where_they_are_near_or_were_marked(
    learners: tuple[Config, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is neither new nor near need not have a score; what is near has one, and so has what was marked."""
    later = NOW.replace(year=2028)
    model = load_model("bundled", folder=learners[0].folder)
    embedding.embed(learners[0], model, later)
    whole = {one.learner_id: ranking.rank(one, model, later) for one in learners}
    monkeypatch.setattr(ranking_together, "EVERYTHING", 0)
    monkeypatch.setattr(ranking_together, "BEST", 40)

    ranking_together.rank_all(learners, model, later)

    marked = {str(row[0]) for row in query.ask(learners[0].archive, "select item_id from marks", wait=1).rows}
    assert marked == set()  # nobody's, for the learner of an archive of one
    for one in learners:
        found = scores(one)
        assert 40 <= len(found) < whole[one.learner_id].items
        assert len(set(whole[one.learner_id].nearest[:20]) & found.keys()) >= 19
    held = query.ask(learners[0].archive, "select item_id from marks", learner="ada", wait=1).rows
    assert {str(row[0]) for row in held} <= scores(learners[0]).keys()


def test_a_text_is_embedded_once_for_all(learners: tuple[Config, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """By the second model too, however many learners' best it is among."""
    texts: list[str] = []
    encode = OnnxEmbedder.encode

    def counted(self: OnnxEmbedder, some: list[str]) -> object:
        texts.extend(some)
        return encode(self, some)

    monkeypatch.setattr(OnnxEmbedder, "encode", counted)
    monkeypatch.setattr(ranking_together, "EVERYTHING", 0)
    model = load_model("bundled", folder=learners[0].folder)
    embedding.embed(learners[0], model, NOW)

    ranking_together.rank_all(learners, model, NOW)
    first = len(texts)
    ranking_together.rank_all(learners, model, NOW)

    long = [text for text in texts if len(text) > 300]
    assert len(long) == len(set(long))
    assert len(texts) - first < 50  # the foci alone
    with opened(learners[0], read_only=True) as db:
        assert vectors.reranker(db)


def test_an_empty_archive_has_nobody_to_disappoint(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """No item, no score, no failure."""
    monkeypatch.setattr(ranking_together, "EVERYTHING", -1)
    views = tuple(config.model_copy(update={"learner_id": one}) for one in FOCI)
    together = views[0]._beside(views).learners
    model = load_model("bundled", folder=config.folder)
    embedding.embed(together[0], model, NOW)

    ranked = ranking_together.rank_all(together, model, NOW)

    assert {one.items for one in ranked.values()} == {0}


def test_a_small_archive_is_scored_as_a_whole(learners: tuple[Config, ...]) -> None:
    """Every item has a score for every learner, as for one alone; and it is read for all of them together."""
    model = load_model("bundled", folder=learners[0].folder)
    embedding.embed(learners[0], model, NOW)
    whole = {one.learner_id: ranking.rank(one, model, NOW) for one in learners}
    alone = {one.learner_id: scores(one) for one in learners}

    ranked = ranking_together.rank_all(learners, model, NOW)

    for one in learners:
        together = scores(one)
        assert together.keys() == alone[one.learner_id].keys()
        for item, values in together.items():
            assert values == pytest.approx(alone[one.learner_id][item], abs=1e-5)
        assert ranked[one.learner_id].everything
        assert ranked[one.learner_id].nearest == whole[one.learner_id].nearest

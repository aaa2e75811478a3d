"""A drift in the archive: found in what was marked, told once for each learner, and nothing made up."""

from datetime import timedelta

import numpy as np
import pytest

from digest.config import Config
from digest.judge.embedding import load_model
from digest.judge.focus import read_focus
from digest.records import Drift, Mark
from digest.store import items, marks, scores, vectors
from digest.store.archive import Connection, transaction
from digest.workflows import drifting
from digest.workflows.ranking import Ranked
from tests import make
from tests.judge.test_drift import APART, NEAR


@pytest.fixture
def learner() -> Config:
    focus = '[focus]\nstatement = "I want to understand how retrievers are trained."\ntopics = ["learned sparse retrieval"]\n'
    return make.config(focus=focus)


@pytest.fixture
def ranked(learner: Config) -> Ranked:
    model = load_model("bundled", folder=learner.folder)
    return Ranked(items=0, model=model, focus=read_focus(learner.focus, model))


def liked(db: Connection, ranked: Ranked, texts: list[str], *, lean: float | None = None) -> None:
    """Store works with these titles, judged and liked within the last weeks, among as many others."""
    made = [
        make.item(n, title=text, summary=text) for n, text in enumerate([*texts, *(f"On gears {n}" for n in texts)])
    ]
    with transaction(db):
        items.add(db, [make.new_item(one) for one in made], read=make.readings(made))
    vectors.use_model(db, ranked.model.name, ranked.model.dimensions, now=make.NOW)
    missing = vectors.missing(db, ranked.model.name, ranked.model.dimensions)
    encoded = ranked.model.encode([f"{title} {body}" for _, title, body in missing])
    vectors.save(db, ranked.model.name, [text_hash for text_hash, _, _ in missing], encoded)
    ids = [one.item_id for one in made]
    sides = [n % 2 if lean is None else lean for n in range(len(ids))]
    ones = np.ones(len(ids), np.float32)
    columns = {"relevance": ones, "lean": np.array(sides, np.float32), "score": ones}
    scores.replace(db, ids, columns, {})
    for number, one in enumerate(made[: len(texts)]):
        at = make.NOW - timedelta(days=number)
        marks.add(db, Mark(item_id=one.item_id, mark="like", marked_at=at, origin="command"))


def test_another_subject_is_told_with_its_words_and_works(db: Connection, learner: Config, ranked: Ranked) -> None:
    """Its terms come from the works, and the topics that are declared stay."""
    liked(db, ranked, NEAR + APART)

    found = drifting.find(db, learner, ranked, make.NOW)

    assert found is not None
    assert found.topics is not None
    assert (found.topics.counted, found.topics.far) == (len(NEAR + APART), len(APART))
    assert "protein" in " ".join(found.topics.terms)
    assert all("rotein" in title for title, _ in found.topics.examples)
    assert found.topics.declared == ("learned sparse retrieval",)
    assert found.lean is None


def test_it_is_told_once_and_to_its_own_learner(db: Connection, learner: Config, ranked: Ranked) -> None:
    """What an issue told is remembered with it."""
    liked(db, ranked, NEAR + APART)
    drifting.remember(db, drifting.find(db, learner, ranked, make.NOW), make.NOW)

    assert drifting.find(db, learner, ranked, make.NOW + timedelta(days=7)) is None
    assert db.execute("select learner, kind from core.drifts_told").fetchall() == [("default", "topics")]


def test_the_lean_is_told_the_same_way(db: Connection, learner: Config, ranked: Ranked) -> None:
    """All that was liked is envelope, and balanced is declared."""
    liked(db, ranked, NEAR * 2, lean=0.9)

    found = drifting.find(db, learner, ranked, make.NOW)

    assert isinstance(found, Drift)
    assert found.topics is None
    assert found.lean is not None
    assert (found.lean.liked, found.lean.declared, found.lean.shown) == (1.0, 0.5, None)


def test_nothing_is_told_of_nothing(db: Connection, learner: Config, ranked: Ranked) -> None:
    """An empty archive, few marks, and old ones."""
    assert drifting.find(db, learner, ranked, make.NOW) is None

    liked(db, ranked, APART)
    assert drifting.find(db, learner, ranked, make.NOW) is None
    assert drifting.find(db, learner, ranked, make.NOW + timedelta(weeks=20)) is None

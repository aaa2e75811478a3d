"""Another embedding model: all texts are embedded again, and a kill loses one batch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from digest.arrays import Floats
from digest.config import Config
from digest.store.archive import open_archive
from digest.workflows import embedding
from digest.workflows.embedding import EmbeddingResult
from tests import make
from tests.make import NOW
from tests.store.archives import encode, fill


class Toy:
    """Counts what it is asked for, and is killed at a text of one's choice."""

    dimensions = 4

    def __init__(self, name: str, *, killed_after: int = 10**9) -> None:
        self.name = name
        self.asked = 0
        self.killed_after = killed_after

    def encode(self, texts: Sequence[str]) -> Floats:
        if self.asked + len(texts) > self.killed_after:
            raise KeyboardInterrupt
        self.asked += len(texts)
        return np.stack([encode(text) for text in texts])


@pytest.fixture(name="config")
def _config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(embedding, "_MOST_TEXTS", 3)
    config = make.config(folder=tmp_path)
    with open_archive(config.archive) as db:
        fill(db, [make.item(number, summary=f"retrieval {number}") for number in range(10)])
    return config


def vectors(config: Config) -> list[tuple[str, int]]:
    with open_archive(config.archive) as db:
        sql = "select model, count(*) from embeddings_all group by model order by model"
        return [(model, count) for model, count in db.execute(sql).fetchall()]


def test_a_kill_costs_one_batch(config: Config) -> None:
    """What was embedded before it stays, and the next run goes on from there, with progress."""
    killed, again = Toy("new", killed_after=7), Toy("new")
    seen: list[tuple[int, int]] = []

    with pytest.raises(KeyboardInterrupt):
        embedding.embed(config, killed, NOW, wait=0)
    left = vectors(config)
    embedded = embedding.embed(config, again, NOW, wait=0, progress=lambda done, total: seen.append((done, total)))

    assert left == [("new", 6), ("toy-1", 10)]
    assert (embedded.embedded, again.asked) == (4, 4)
    assert seen == [(3, 4), (4, 4)]


def test_the_old_vectors_stay(config: Config) -> None:
    """In embeddings_all, for those who compare; going back costs nothing."""
    embedding.embed(config, Toy("new"), NOW, wait=0)
    back = Toy("toy-1")
    embedding.embed(config, back, NOW, wait=0)

    assert vectors(config) == [("new", 10), ("toy-1", 10)]
    assert back.asked == 0


@pytest.mark.parametrize(
    ("size", "seconds", "then"),
    [(100, 5.0, 100), (100, 0.0, 1000), (100, 2.5, 200), (100, 50.0, 10), (4000, 0.1, 5000), (1, 60.0, 1)],
)
def test_a_batch_is_seconds_of_work_for_any_model(size: int, seconds: float, then: int) -> None:
    """A dozen texts for a slow transformer, thousands for the bundled one: what a kill may cost."""
    assert embedding.next_size(size, seconds) == then


def test_it_stops_after_a_batch_when_told(config: Config) -> None:
    """What was embedded stays, and the next call goes on from there."""
    model, asked = Toy("new"), []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 2

    first = embedding.embed(config, model, NOW, wait=0, stop=stop)
    rest = embedding.embed(config, model, NOW, wait=0)

    assert (first, rest.embedded, model.asked) == (EmbeddingResult(embedded=6, left=4), 4, 10)

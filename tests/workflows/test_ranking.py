"""What marks, weights, preferences and a second model do to the ranking of a real archive."""

import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import digest
from digest.config import Config
from digest.judge.embedding import load_model
from digest.records import Mark
from digest.store import archive
from digest.store import marks as mark_rows
from digest.workflows import building, embedding, ranking
from digest.workflows.explaining import explain
from digest.workflows.feedback import mark
from tests.workflows.steps import embed_and_rank

BUNDLED = Path(digest.__file__).parent / "bundled" / "model"


def rows(config: Config, sql: str) -> list[tuple[Any, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def scores(config: Config) -> dict[str, dict[str, float]]:
    return {str(item): dict(parts) for item, parts in rows(config, "select item_id, parts from scores")}


def test_a_second_opinion_is_heard_on_what_is_fresh(fetched: Config, now: datetime) -> None:
    """Its part stands in the scores, the parts still add up, and its vectors are kept beside the first model's."""
    settings = fetched.embedding.model_copy(update={"second_opinion": str(BUNDLED)})

    embed_and_rank(fetched.model_copy(update={"embedding": settings}), now)

    assert all("reranker" in parts for parts in scores(fetched).values())
    off = rows(fetched, "select max(abs(score - list_sum(map_values(parts)))) from scores")
    assert float(str(off[0][0])) < 1e-3
    assert len(rows(fetched, "select distinct model from embeddings_all")) == 2


@pytest.fixture(name="second")
def _second(tmp_path: Path) -> Path:
    """A model that sees less: the bundled one's first sixty numbers."""
    folder = tmp_path / "second"
    shutil.copytree(BUNDLED, folder)
    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: np.ascontiguousarray(rows[:, :60]) for name, rows in weights.items()}, folder / "model.safetensors"
    )
    return folder


def test_a_second_opinion_learns_from_marks_on_what_it_was_not_asked_about(
    fetched: Config, now: datetime, second: Path
) -> None:
    """An old item that is liked is read by the second model too, and changes what it says."""
    settings = fetched.embedding.model_copy(update={"second_opinion": str(second)})
    both = fetched.model_copy(update={"embedding": settings})
    embed_and_rank(both, now)
    before = scores(fetched)
    old = str(rows(fetched, "select item_id from items where backfill order by item_id limit 1")[0][0])
    mark(fetched, [old], ["like"], now, wait=1)

    embed_and_rank(both, now)

    assert rows(fetched, f"select count(*) from embeddings_all where item_id = '{old}'") == [(2,)]
    after = scores(fetched)
    assert any(abs(after[one]["reranker"] - before[one]["reranker"]) > 0.05 for one in before)


def test_a_source_counts_as_its_weight_says(fetched: Config, now: datetime) -> None:
    """A weight above 1 raises a source's items, one below lowers them, and the others stay."""
    embed_and_rank(fetched, now)
    before = scores(fetched)
    heavy, light, *others = fetched.sources
    declared = (replace(heavy, weight=3.0), replace(light, weight=0.3), *others)

    embed_and_rank(fetched.model_copy(update={"sources": declared}), now)

    after = scores(fetched)
    for source, sign in ((heavy, 1), (light, -1), (others[0], 0)):
        ids = [str(row[0]) for row in rows(fetched, f"select item_id from items where source = '{source.name}'")]
        moved = [after[i].get("source", 0.0) - before[i].get("source", 0.0) for i in ids]
        assert all((change > 0) - (change < 0) == sign for change in moved)


def test_a_like_raises_what_is_like_it(fetched: Config, now: datetime) -> None:
    """The liked item and its source gain; taking the mark back restores every score."""
    embed_and_rank(fetched, now)
    before = rows(fetched, "select item_id, score from scores order by item_id")
    chosen = str(rows(fetched, "select item_id from scores order by relevance limit 1 offset 60")[0][0])
    with archive.open_archive(fetched.archive) as db:
        mark_rows.add(db, Mark(item_id=chosen, mark="like", marked_at=now, origin="command"))

    embed_and_rank(fetched, now)
    liked = dict(rows(fetched, "select item_id, score from scores"))
    with archive.open_archive(fetched.archive) as db:
        taken_back = Mark(item_id=chosen, mark="none", marked_at=now + timedelta(seconds=1), origin="command")
        mark_rows.add(db, taken_back)
    embed_and_rank(fetched, now)

    assert float(str(liked[chosen])) > float(str(dict(before)[chosen]))
    assert rows(fetched, "select item_id, score from scores order by item_id") == before


def test_what_comes_with_code_is_raised_when_that_is_preferred(fetched: Config, now: datetime) -> None:
    """focus.prefer adds a part of its own to those items and to no others."""
    focus = fetched.focus.model_copy(update={"prefer": ("code",)})

    embed_and_rank(fetched.model_copy(update={"focus": focus}), now)

    with_code = {str(row[0]) for row in rows(fetched, "select item_id from items where list_contains(extras, 'code')")}
    raised = {item for item, parts in scores(fetched).items() if parts.get("prefer", 0.0) > 0}
    assert with_code
    assert raised == with_code


def test_a_like_is_named_where_it_is_a_reason(fetched: Config, now: datetime) -> None:
    """A pick that is close to a liked item says so, in the digest and in `digest why`."""
    embed_and_rank(fetched, now)
    liked = str(rows(fetched, "select item_id from scores order by relevance desc limit 1")[0][0])
    mark(fetched, [liked], ["like"], now, wait=1)

    issue = building.build(fetched, embed_and_rank(fetched, now), now, wait=1)

    named = [pick.item_id for pick in issue.picks if "which you liked" in pick.reason]
    assert named
    assert liked not in named  # nothing is close to itself
    assert explain(fetched, named[0], wait=1)["like"]


def test_ranking_makes_no_vectors(fetched: Config, now: datetime) -> None:
    """That is the step before: an item that is not embedded yet is not ranked."""
    model = load_model(fetched.embedding.model, folder=fetched.folder)
    done = embedding.embed(fetched, model, now, stop=lambda: True)  # one batch

    ranked = ranking.rank(fetched, model, now)

    assert done.left > 0
    assert rows(fetched, "select count(*) from embeddings") == [(ranked.items,)]
    assert ranked.items < embed_and_rank(fetched, now).items

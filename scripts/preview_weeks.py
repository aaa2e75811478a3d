"""An archive of real weeks of arXiv and blogs with issues and marks, and edits of its focus.

The papers of a day in the data are first seen on that day. What came before the first issue is history, from
which pseudo-relevance feedback learns as it does in a learner's own archive.
"""

import datetime as dt
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from digest.compose.deduplication import keys_of
from digest.config import Config, load_config, parse_text
from digest.judge.artifacts import artifacts_of
from digest.judge.embedding import embedding_text, load_model
from digest.records import Issue, Item, Mark
from digest.store import archive, items
from digest.store import marks as mark_rows
from digest.workflows import building, embedding, ranking

NOW = dt.datetime(2026, 3, 23, 7, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
#: Weeks with an issue, and of history before them.
ISSUES, HISTORY = 16, 26
#: Blog posts a week, without real dates.
POSTS = 40

#: Learners, and what each tries: a word more, another topic, another side, another field.
LEARNERS: dict[str, dict[str, Any]] = {
    "search": {
        "statement": "I build search and want to understand how dense retrieval models are trained and evaluated.",
        "topics": ["hard negative mining"],
    },
    "serving": {
        "statement": "I run language models in production. I care about serving latency, KV cache and quantization.",
        "avoid": ["speech recognition"],
        "lean": "envelope",
    },
}
EDITS: dict[str, dict[str, dict[str, Any]]] = {
    "search": {
        "a topic more": {"topics": ["hard negative mining", "learned sparse retrieval", "rerankers"]},
        "something to avoid": {"avoid": ["retrieval-augmented generation", "agents"]},
        "another statement": {
            "statement": "I work on recommender systems and want better sequential recommendation and click models.",
            "topics": [],
        },
    },
    "serving": {
        "a topic more": {"topics": ["speculative decoding", "mixture of experts inference"]},
        "another lean": {"lean": "letter"},
        "another statement": {
            "statement": "I train diffusion models for images and video, and want faster sampling and better control."
        },
    },
}


def made(folder: Path, data: Path, learner: str, *, issues: int = ISSUES, history: int = HISTORY) -> Config:
    """The archive of a learner in *folder*, made if need be, each issue as `digest run --issue` would."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sources.toml"
    path.write_text(written(LEARNERS[learner]))
    config = load_config(path)
    if config.archive.exists():
        return config
    papers = by_week(data, weeks=issues + history)
    for number, found in enumerate(papers):
        began = time.perf_counter()
        ends_at = NOW - WEEK * (len(papers) - 1 - number)
        _store(config, found, ends_at=ends_at, backfill=number < history)
        if number >= history:
            model = load_model(config.embedding.model, folder=config.folder)
            embedding.embed(config, model, ends_at)
            issue = building.build(config, ranking.rank(config, model, ends_at), ends_at, wait=10)
            _mark(config, issue, number)
            print(f"{learner}: {issue.period} in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return config


def edited(config: Config, learner: str, edit: Mapping[str, Any]) -> Config:
    """The settings after an edit of the focus."""
    return parse_text(written({**LEARNERS[learner], **edit}), folder=config.folder)


def written(focus: Mapping[str, Any]) -> str:
    """A sources.toml."""
    import tomlkit

    source = {"name": "arXiv", "kind": "arxiv", "categories": ["cs.LG"]}
    return tomlkit.dumps({"learner": {"timezone": "UTC"}, "focus": dict(focus), "sources": [source]})


def by_week(data: Path, *, weeks: int) -> list[list[Item]]:
    """The items of so many weeks up to NOW, oldest first."""
    import duckdb

    since = (NOW - WEEK * weeks).date()
    with duckdb.connect() as db:
        papers = db.execute(
            f"select arxiv_id, title, abstract, authors, categories, try_cast(date as date) as day from "
            f"'{data}/papers.parquet' where arxiv_id is not null and day >= ? and day < ? order by id",
            [since, NOW.date()],
        ).fetchall()
        posts = db.execute(f"select url, title, text, source from '{data}/blogs.parquet' where url <> '' order by url")
        blogs = posts.fetchall()
    random = np.random.default_rng(5)
    found: list[list[Item]] = [[] for _ in range(weeks)]
    for arxiv_id, title, abstract, authors, categories, day in papers:
        moment = dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(hours=float(random.uniform(0, 24)))
        week = int((moment - (NOW - WEEK * weeks)) / WEEK)
        if 0 <= week < weeks:
            found[week].append(
                Item(
                    source="arXiv",
                    kind="arxiv",
                    entry_id=arxiv_id,
                    url=f"https://arxiv.org/abs/{arxiv_id}",
                    title=title or "",
                    authors=tuple(name.strip() for name in (authors or "").split(",")[:20]),
                    summary=abstract or "",
                    published_at=moment,
                    arxiv_id=arxiv_id,
                    tags=tuple((categories or "").split()),
                )
            )
    for place, (url, title, text, source) in enumerate(blogs[: POSTS * ISSUES]):
        week = weeks - 1 - place % ISSUES
        moment = NOW - WEEK * (weeks - week) + WEEK * float(random.uniform(0.02, 0.98))
        found[week].append(
            Item(source=source or "a blog", kind="feed", entry_id=url, url=url, title=title or "", text=(text or "")[:60_000],
                 published_at=moment)
        )  # fmt: skip
    return found


def _store(config: Config, found: list[Item], *, ends_at: dt.datetime, backfill: bool) -> None:
    distinct = list({item.item_id: item for item in found}.values())
    read = {
        item.item_id: items.Reading(text=embedding_text(item.title, item.body), extras=artifacts_of(item))
        for item in distinct
    }
    new = [
        items.NewItem(
            item=item,
            work_id=item.item_id,
            first_seen_at=min(item.published_at or ends_at, ends_at),
            backfill=backfill,
            keys=keys_of(item).all,
        )
        for item in distinct
    ]
    with archive.open_archive(config.archive) as db, archive.transaction(db):
        items.add(db, new, read=read)


def _mark(config: Config, issue: Issue, number: int) -> None:
    """Like a pick of every other issue, and dislike one of every fourth."""
    moment = issue.ends_at + dt.timedelta(hours=30)
    given = [("like", 1)] * (number % 2 == 0) + [("dislike", 4)] * (number % 4 == 1)
    with archive.open_archive(config.archive) as db:
        for kind, place in given:
            if place < len(issue.picks):
                item_id = issue.picks[place].item_id
                mark_rows.add(db, Mark(item_id=item_id, mark=kind, marked_at=moment, origin="command"))

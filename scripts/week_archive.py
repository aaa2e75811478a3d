"""A simulated week in an archive, and its issue: everything through the program's own code.

A new archive holds the week alone; an older one also the weeks before it, the last of which had issues for the
learner's plain statement. Every voice then gets a copy of the archive, in which the week is ranked and built.
"""

import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from voices import Said
from weeks import Paper, Week, number

from digest.compose.deduplication import keys_of
from digest.config import Config, parse_config
from digest.judge.artifacts import artifacts_of
from digest.judge.embedding import embedding_text, load_model, load_reranker, title_weight
from digest.judge.floor import FLOOR
from digest.records import Issue, Item, Mark
from digest.store import archive, items, vectors
from digest.store import marks as mark_rows
from digest.store import scores as score_rows
from digest.store.archive import Connection
from digest.workflows import building, embedding, ranking

NOW = datetime(2026, 3, 23, 7, tzinfo=UTC)
SEVEN_DAYS = timedelta(days=7)
#: Earlier weeks that had an issue, at most.
ISSUES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """An issue beside the judge's own scores: item ids, best first, and the scores of the whole week."""

    #: kept works without the stretch, by score
    kept: list[str]
    stretch: list[str]
    #: every considered item, best first
    order: list[str]
    #: items that reach the floor
    above: set[str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A week's archive, before anybody's focus has been applied."""

    folder: Path
    #: item id -> id of the paper
    papers: Mapping[str, str]
    sources: tuple[str, ...]


def shelve(
    folder: Path, week: Week, texts: Mapping[str, Paper], *, age: int, two_sources: bool, plain: Said
) -> Shelved:
    """Fill an archive with a week and the weeks before it, embedded and ranked for the plain statement."""
    folder.mkdir(parents=True)
    earlier = week.earlier(age)
    ids = (*week.own, *week.own_of_other, *week.others, *week.posts)
    known = [texts[paper] for paper in ids if paper in texts]
    sources = tuple(sorted({_source(paper, two_sources) for paper in known}))
    config = configuration(folder, plain, sources)
    for place, papers in enumerate(earlier):
        ends_at = NOW - SEVEN_DAYS * (age - place)
        _fill(config, [texts[p] for p in papers if p in texts], ends_at, two_sources)
        if age - place <= ISSUES:
            building.build(config, _rank(config, ends_at), ends_at, wait=10)
    made = _fill(config, known, NOW, two_sources)
    _rank(config, NOW)
    _embed_for_reranker(config)
    return Shelved(folder=folder, papers=made, sources=sources)


def built(shelved: Shelved, said: Said, folder: Path, *, lean: str | float, likes: Sequence[Paper] = ()) -> Built:
    """The issue for one way to say the focus, in a copy of the archive that is thrown away."""
    shutil.copytree(shelved.folder, folder)
    config = configuration(folder, said, shelved.sources, lean=lean)
    if likes:
        _like(config, likes)
    began = time.perf_counter()
    issue = building.build(config, _rank(config, NOW), NOW, wait=10)
    seconds = time.perf_counter() - began
    found = _read(config, shelved, issue, seconds)
    shutil.rmtree(folder)
    return found


def _rank(config: Config, now: datetime) -> ranking.Ranked:
    """Embed what is new, then rank everything."""
    model = load_model(config.embedding.model, folder=config.folder)
    embedding.embed(config, model, now)
    return ranking.rank(config, model, now)


def _embed_for_reranker(config: Config) -> None:
    """Embed the whole week for the reranker once, so that not every voice's copy has to."""
    model = load_reranker(config.embedding.reranker, folder=config.folder)
    if model is None:
        return
    with archive.open_archive(config.archive) as db:
        texts = vectors.missing(db, model.name, model.dimensions)
        made = model.encode([embedding_text(t, b, title_weight=title_weight(model)) for _, t, b in texts])
        vectors.save(db, model.name, [text_hash for text_hash, _, _ in texts], made)


def _read(config: Config, shelved: Shelved, issue: Issue, seconds: float) -> Built:
    with archive.open_archive(config.archive, read_only=True) as db:
        scores = score_rows.of_items(db, list(shelved.papers))
        # Works that proved to be one stand in the issue under one of their items.
        works = dict(db.execute("select item_id, work_id from core.items").fetchall())
    of_work: dict[str, str] = {}
    for item_id in shelved.papers:
        of_work.setdefault(works[item_id], item_id)
    picks = sorted(issue.picks, key=lambda pick: -pick.score)
    paper = {pick.item_id: shelved.papers[of_work.get(works.get(pick.item_id, ""), pick.item_id)] for pick in picks}
    order = sorted(scores, key=lambda item_id: (-scores[item_id].score, item_id))
    return Built(
        kept=[paper[pick.item_id] for pick in picks if pick.section != "stretch"],
        stretch=[paper[pick.item_id] for pick in picks if pick.section == "stretch"],
        order=list(dict.fromkeys(shelved.papers[item_id] for item_id in order)),
        above={shelved.papers[item_id] for item_id, score in scores.items() if score.relevance >= FLOOR},
        seconds=seconds,
    )


def configuration(folder: Path, said: Said, sources: Sequence[str], *, lean: str | float = "balanced") -> Config:
    focus: dict[str, Any] = {"statement": said.statement, "lean": lean}
    focus |= {"topics": list(said.topics)} if said.topics else {}
    focus |= {"avoid": list(said.avoid)} if said.avoid else {}
    declared = [
        {"name": name, "kind": "arxiv", "categories": ["cs.LG"]} if name == "arXiv" else
        {"name": name, "url": f"https://{number(name)}.example.org/feed"}
        for name in sources
    ]  # fmt: skip
    table = {"focus": focus, "learner": {"timezone": "UTC"}, "sources": declared}
    return parse_config(table, folder=folder)


def _fill(config: Config, papers: Sequence[Paper], ends_at: datetime, two_sources: bool) -> dict[str, str]:
    """Store a week's papers and posts as its rounds of fetching would have; returns their ids by item."""
    made = {}
    for paper in papers:
        rng = np.random.default_rng(number(paper.id))
        item = _item(paper, ends_at - SEVEN_DAYS * float(rng.uniform(0.02, 0.98)), two_sources)
        made[item.item_id] = (item, paper.id)
    with archive.open_archive(config.archive) as db, archive.transaction(db):
        known = items.known_ids(db, list(made))
        fresh = [item for item_id, (item, _) in made.items() if item_id not in known]
        _store(db, fresh, backfill=False, ends_at=ends_at)
    return {item_id: paper for item_id, (_, paper) in made.items() if item_id not in known}


def _like(config: Config, papers: Sequence[Paper]) -> None:
    """Store older papers and the learner's likes of them."""
    before = NOW - SEVEN_DAYS * 2
    liked = [_item(paper, before - timedelta(days=n), False, source="earlier") for n, paper in enumerate(papers)]
    with archive.open_archive(config.archive) as db, archive.transaction(db):
        _store(db, liked, backfill=True, ends_at=before)
        for item in liked:
            mark_rows.add(db, Mark(item_id=item.item_id, mark="like", marked_at=before, origin="command"))


def _store(db: Connection, new: Sequence[Item], *, backfill: bool, ends_at: datetime) -> None:
    read = {
        item.item_id: items.Reading(text=embedding_text(item.title, item.body), extras=artifacts_of(item))
        for item in new
    }
    rows = [
        items.NewItem(
            item=item,
            work_id=item.item_id,
            first_seen_at=min(item.published_at or ends_at, ends_at),
            backfill=backfill,
            keys=keys_of(item).all,
        )
        for item in new
    ]
    items.add(db, rows, read=read)


def _item(paper: Paper, published_at: datetime, two_sources: bool, *, source: str = "") -> Item:
    address = (
        f"https://arxiv.org/abs/{paper.arxiv_id}"
        if paper.arxiv_id
        else f"https://papers.example.org/{number(paper.id)}"
    )
    return Item(
        source=source or _source(paper, two_sources),
        kind="feed" if paper.source else "arxiv",
        entry_id=paper.id,
        url=paper.id if paper.source else address,
        title=paper.title,
        authors=paper.authors,
        summary=paper.text[:20_000] if not paper.source else paper.text[:600],
        text=paper.text[:60_000] if paper.source else "",
        published_at=published_at,
        arxiv_id=paper.arxiv_id,
    )


def _source(paper: Paper, two_sources: bool) -> str:
    if two_sources:
        return "posts" if paper.source else "papers"
    return paper.source or "arXiv"

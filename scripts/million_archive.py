"""A large archive with issues, verdicts and marks, to measure on what a learner of many years would have.

Items are made of the words of some themes, so that a focus matches some of them and not others, and of rare
words, so that an index is as large as that of real texts. The model that ships embeds them, and the code that
picks any issue picks every week's; only the steps between are short: a week is scored as it is stored, from
memory, because to rank a growing archive a hundred times would take hours. A million items take a quarter of
an hour and 3 GB of disk.
"""

import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from million_texts import SOURCES, Texts

from digest.compose.candidates import Candidate
from digest.compose.deduplication import keys_of
from digest.compose.issue import compose
from digest.compose.pick import decide
from digest.compose.similarity import SimilaritySpace
from digest.config import Config, load_config
from digest.judge.artifacts import artifacts_of
from digest.judge.embedding import embedding_text, load_model
from digest.judge.evidence import gather_evidence, reason
from digest.judge.floor import FLOOR
from digest.judge.focus import read_focus
from digest.judge.lean import load_lean
from digest.judge.pseudo_relevance_feedback import with_pseudo_feedback
from digest.judge.relevance import RelevanceModel, declared_only
from digest.judge.scoring import Batch, Scores, score_batch
from digest.records import Evidence, Issue, Item, Judged, Mark, SourceState, Work
from digest.store import archive, items, marks, vectors, verdicts
from digest.store import sources as source_rows
from digest.store.archive import Connection
from digest.workflows import ranking
from digest.workflows.candidates import centred_rows

NOW = dt.datetime(2026, 3, 23, 7, tzinfo=dt.UTC)
WEEK = dt.timedelta(days=7)
#: Items a week that was read; the others are older, and came as backfill.
A_WEEK = 2_500
BATCH = 10_000
#: Years over which what came before the first issue is spread.
BEFORE = dt.timedelta(days=8 * 365)
#: Works of a week whose evidence is gathered.
EXPLAINED = 40
CONFIG = """\
# What is measured on: made by scripts/million_archive.py.
[learner]
timezone = "UTC"

[focus]
# two sentences, as most learners write
statement = "I build search and want to understand how dense retrieval models are trained and evaluated. We also serve language models and care about latency."
topics = ["hard negative mining", "kv cache compression"]
avoid = ["drug discovery"]
"""


def make(folder: Path, *, items_in_all: int = 1_000_000, issues: int = 100, a_week: int = A_WEEK) -> Config:
    """Make an archive in *folder*, unless there is one; its sources.toml lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sources.toml"
    if not path.exists():
        path.write_text(CONFIG + "".join(_source(*source) for source in SOURCES))
    config = load_config(path)
    if config.archive.exists():
        return config
    began = time.perf_counter()
    maker = _Maker(config)
    weeks = issues + 1  # the last one waits for its issue
    older = max(items_in_all - weeks * a_week, 0)
    for start in range(0, older, BATCH):
        maker.store(
            min(BATCH, older - start), since=_before(start, older, weeks), until=_before(start + BATCH, older, weeks)
        )
        told(began, start, items_in_all)
    for week in range(weeks):
        ends_at = NOW - WEEK * (weeks - 1 - week)
        found = maker.store(a_week, since=ends_at - WEEK, until=ends_at, backfill=False)
        if week < issues:
            maker.build(*found, ends_at=ends_at)
        told(began, older + week * a_week, items_in_all)
    maker.finish()
    ranking.rank(config, maker.model, NOW)
    told(began, items_in_all, items_in_all)
    return config


class _Maker:
    """The archive while it is made."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.model = load_model(config.embedding.model, folder=config.folder)
        self.focus = read_focus(config.focus, self.model)
        self.lean = load_lean(self.model)
        self.texts = Texts(seed=11)
        self.sample: list[np.ndarray] = []
        self.picked: list[str] = []
        with archive.open_archive(config.archive) as db:
            vectors.use_model(db, self.model.name, self.model.dimensions, now=NOW)

    def store(
        self, count: int, *, since: dt.datetime, until: dt.datetime, backfill: bool = True
    ) -> tuple[list[Item], np.ndarray]:
        """Store so many items with their vectors [items, dimensions]."""
        made = sorted(self.texts.items(count, since=since, until=until), key=lambda item: item.published_at or until)
        embedded = [embedding_text(item.title, item.body) for item in made]
        rows = self.model.encode(embedded)
        works = _works(made)
        new = [
            items.NewItem(
                item=item,
                work_id=works[item.item_id],
                first_seen_at=(item.published_at or until) + dt.timedelta(hours=1) if not backfill else until,
                backfill=backfill,
                keys=keys_of(item).all,
            )
            for item in made
        ]
        read = {
            item.item_id: items.Reading(text=text, extras=artifacts_of(item))
            for item, text in zip(made, embedded, strict=True)
        }
        with archive.open_archive(self.config.archive) as db, archive.gathering(db), archive.transaction(db):
            items.add(db, new, read=read)
            vectors.save(db, self.model.name, [items.hash64(text) for text in embedded], rows)
        if len(self.sample) < 20:
            self.sample.append(rows)
        return made, rows

    def build(self, made: Sequence[Item], rows: np.ndarray, *, ends_at: dt.datetime) -> Issue:
        """Pick the week's issue and store it with a verdict on every work."""
        ranked = ranking.Ranked(items=len(made), model=self.model, focus=self.focus)
        ages = np.array(
            [(ends_at - (item.published_at or ends_at)).total_seconds() / 86_400 for item in made], np.float32
        )
        batch = Batch(vectors=rows, ages=ages, source_priors=np.full(len(made), 0.5, np.float32))
        scores = score_batch(self.relevance_model(), self.lean, batch)
        candidates = self._candidates(made, rows, scores, ranked)
        centred = dict(zip((item.item_id for item in made), centred_rows(ranked, list(rows)), strict=True))
        space = SimilaritySpace(vectors=centred, lately=np.zeros((0, self.model.dimensions), np.float32))
        decision = decide(
            candidates,
            self.config.focus,
            self.config.digest,
            floor=FLOOR,
            similarity=space.similarity,
            shown_lately=space.shown_lately,
            local_density=space.local_density,
        )
        name = f"{(ends_at - dt.timedelta(days=1)).date():%G-W%V}"
        issue = compose(
            candidates, decision, self.config, period=name, starts_at=ends_at - WEEK, now=ends_at, floor=FLOOR
        )
        with archive.open_archive(self.config.archive) as db, archive.transaction(db):
            verdicts.save_issue(db, issue, decision.verdicts, path=str(self.config.digest_folder / f"{name}.md"))
            self._mark(db, issue)
        return issue

    def relevance_model(self) -> RelevanceModel:
        return with_pseudo_feedback(declared_only(self.focus), self.sample)

    def finish(self) -> None:
        """What is remembered of the sources."""
        states = {
            name: SourceState(source=name, declared_url=url, url=url, last_success=NOW, first_success=NOW - BEFORE)
            for name, _, url in SOURCES
        }
        with archive.open_archive(self.config.archive) as db:
            source_rows.save_states(db, states, active={source.name: source for source in self.config.sources})

    def _candidates(
        self, made: Sequence[Item], rows: np.ndarray, scores: Scores, ranked: ranking.Ranked
    ) -> list[Candidate]:
        best = np.argsort(-scores.score)[:EXPLAINED]
        gathered = gather_evidence([made[i] for i in best], rows[best], focus=ranked.focus, embedder=self.model)
        evidence = {made[i].item_id: one for i, one in zip(best, gathered, strict=True)}
        works: dict[str, list[int]] = {}
        ids = _works(made)
        for place, item in enumerate(made):
            works.setdefault(ids[item.item_id], []).append(place)
        found = []
        for work_id, places in works.items():
            place = max(places, key=lambda at: scores.score[at])
            item = made[place]
            judged = Judged(
                item_id=item.item_id,
                relevance=float(scores.relevance[place]),
                lean=float(scores.lean[place]),
                score=float(scores.score[place]),
                parts={name: float(column[place]) for name, column in scores.parts.items()},
                evidence=evidence.get(item.item_id, Evidence()),
            )
            work = Work(work_id=work_id, items=tuple(made[at] for at in places), first_seen_at=item.published_at or NOW)
            found.append(Candidate(work=work, item=item, judged=judged, reason=reason(judged)))
        return found

    def _mark(self, db: Connection, issue: Issue) -> None:
        """Mark two picks of each issue, as a learner does who marks little."""
        for pick, kind in zip(issue.picks, ("like", "save"), strict=False):
            moment = issue.ends_at + dt.timedelta(hours=5)
            marks.add(db, Mark(item_id=pick.item_id, mark=kind, marked_at=moment, origin="command"))


def _works(made: Sequence[Item]) -> dict[str, str]:
    """The work of each item: items of one title are one."""
    first: dict[str, str] = {}
    return {item.item_id: first.setdefault(item.title, item.item_id) for item in made}


def _before(start: int, older: int, weeks: int) -> dt.datetime:
    return NOW - WEEK * weeks - BEFORE * (1 - min(start, older) / max(older, 1))


def _source(name: str, kind: str, url: str) -> str:
    place = 'categories = ["cs.LG"]' if kind == "arxiv" else f'url = "{url}"'
    return f'\n[[sources]]\nname = "{name}"\n{"kind = " + chr(34) + kind + chr(34) + chr(10) if kind else ""}{place}\n'


def told(began: float, done: int, total: int) -> None:
    if done % 50_000 < BATCH:
        print(f"{done:,} of {total:,} items, {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)

"""Pairs to learn from: what somebody says they want to read, in one of the training voices, and a work that they want.

Six in ten subjects are lists and their sections, outside the held-out ones; the others are phrases of papers' titles,
so that far more subjects are heard of than lists have. Shared by `train_reranker` and its query weights.
"""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from learners import held_out, read_learners, read_pool, rows_of
from numpy.typing import NDArray
from voices import VOICES, Subject, Voice, subject_of, tell

from digest.arrays import Floats
from digest.judge.embedding import embedding_text
from digest.judge.static_embedder import StaticEmbedder

FROM_LISTS = 0.6
#: A list teaches with this many works or more; a phrase stands in so many titles.
FEWEST_WORKS, PHRASE_TITLES = 4, (8, 600)
#: Of works and queries, how many show no title.
UNTITLED = 0.12
#: Background papers among which works are looked for that look right and are not.
BACKGROUND, LOOKED_AT, LOOKALIKES = 40_000, 1_500, 150
_ENDS = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "for",
        "in",
        "on",
        "with",
        "and",
        "or",
        "to",
        "from",
        "by",
        "via",
        "using",
        "at",
        "is",
        "are",
        "as",
        "be",
        "into",
        "through",
        "we",
        "can",
        "how",
    ]
)


@dataclass(frozen=True)
class Batch:
    """*n* queries; works are the wanted ones in the queries' order, then one lookalike of each."""

    queries: list[str]
    works: list[str]
    #: of the works in the static model [2n, dimensions]
    vectors: Floats
    #: what may be wanted too and so is nobody's counterexample [n, 2n]
    unsure: NDArray[np.bool_]


@dataclass(frozen=True)
class _Drawn:
    """One query with its wanted work and a lookalike."""

    said: str
    work: tuple[str, str]
    vector: Floats
    lookalike: int
    parent: str = ""
    phrases: tuple[str, ...] = ()


class Pairs:
    """Draws batches; the same seed gives the same ones."""

    def __init__(self, data: Path, static: StaticEmbedder, *, seed: int = 0) -> None:
        self.rng, self.random = np.random.default_rng(seed), Random(seed)
        self.voices: list[Voice] = [voice for voice in VOICES.values() if not voice.held_out]
        rows = rows_of(f"select title, abstract from '{data}/papers.parquet' where length(abstract) > 50 order by id")
        self.titles, self.abstracts = [row[0] or "" for row in rows], [row[1] or "" for row in rows]
        made = static.encode([embedding_text(t, a) for t, a in zip(self.titles, self.abstracts, strict=True)])
        self.vectors = made.astype(np.float16)
        pool = read_pool(data)
        kept_out = [who for who in read_learners(data, pool) if held_out(who.name)]
        self.forbidden = {plain(pool.titles[row]) for who in kept_out for row in who.papers}
        self._read_lists(data, static)
        self._read_phrases()

    def draw(self, size: int) -> Batch:
        drawn = [self._from_list() if self.random.random() < FROM_LISTS else self._from_phrase() for _ in range(size)]
        works = [self._shown(*one.work) for one in drawn]
        works += [self._shown(self.titles[one.lookalike], self.abstracts[one.lookalike]) for one in drawn]
        vectors = [one.vector for one in drawn] + [self.vectors[one.lookalike].astype(np.float32) for one in drawn]
        return Batch([one.said for one in drawn], works, np.stack(vectors), _unsure(drawn, works))

    def sample(self, count: int) -> Floats:
        """Static vectors of papers at random [count, dimensions]."""
        return self.vectors[self.rng.choice(len(self.titles), count, replace=False)].astype(np.float32)

    def _from_list(self) -> _Drawn:
        at = int(self.rng.choice(len(self.names), p=self.name_weights))
        row = int(self.rng.integers(self.starts[at], self.starts[at + 1]))
        name = self.names[at]
        lookalike = int(self.rng.choice(self.lookalikes[at]))
        said = self._said(self.subjects[name])
        return _Drawn(said, self.listed[row], self.listed_vectors[row], lookalike, parent=name.split("#")[0])

    def _from_phrase(self) -> _Drawn:
        first = self.phrases[self.rng.choice(len(self.phrases), p=self.phrase_weights)]
        source = int(self.rng.choice(self.papers_with[first]))
        there = self.phrases_of[source]
        chosen = self.random.sample(there, min(len(there), self.random.choice((1, 1, 2, 2, 3))))
        chosen = [p for p in chosen if not any(p != other and p in other for other in chosen)]
        subject = Subject(name=f"paper {source}", description=", ".join(chosen), keywords=tuple(chosen))
        shared = self.papers_with[self.random.choice(chosen)]
        near = self.rng.choice(shared, min(8, len(shared)), replace=False)
        cosines = self._cosines(near, source)
        cosines[near == source] = 0.45  # the paper itself only where no other is as near
        row = int(near[cosines.argmax()])
        vector = self.vectors[row].astype(np.float32)
        work = (self.titles[row], self.abstracts[row])
        return _Drawn(self._said(subject), work, vector, self._unlike(source, chosen), phrases=tuple(chosen))

    def _said(self, subject: Subject) -> str:
        """What one of the voices says, with its topics, as one text."""
        other = self.subjects[self.names[int(self.rng.integers(len(self.names)))]]
        voice = self.random.choice(self.voices)
        if voice.two and self.random.random() < 0.4:
            subject, other = other, subject
        said = tell(voice, subject, other=other, seed=self.random.randrange(1 << 30))
        return f"{said.statement}. {'; '.join(said.topics)}" if said.topics else said.statement

    def _shown(self, title: str, body: str) -> str:
        if body and self.random.random() < UNTITLED:
            return body
        return f"{title}. {body}" if body else title

    def _unlike(self, source: int, phrases: list[str]) -> int:
        """A paper near to *source* among a few hundred that names none of its phrases."""
        some = self.rng.integers(0, len(self.titles), 400)
        near = some[np.argsort(-self._cosines(some, source))[:12]]
        texts = {int(row): f"{self.titles[row]} {self.abstracts[row]}".lower() for row in near}
        fit = [row for row, text in texts.items() if not any(phrase in text for phrase in phrases)]
        return self.random.choice(fit) if fit else int(some[0])

    def _cosines(self, rows: NDArray[Any], source: int) -> Floats:
        found: Floats = self.vectors[rows].astype(np.float32) @ self.vectors[source].astype(np.float32)
        return found

    def _read_lists(self, data: Path, static: StaticEmbedder) -> None:
        """Lists and their sections as subjects, their works, and for each papers that only look right."""
        self.subjects: dict[str, Subject] = {}
        groups: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
        for name, description, section, title, body in _listed_rows(data):
            if held_out(name) or plain(title) in self.forbidden or len(title + body) < 25:
                continue
            for part in {section or "", ""}:
                subject = subject_of(name, description or name, section=part)
                self.subjects[subject.name] = subject
                groups[subject.name].setdefault(plain(title), (title, body))
        self.names = sorted(name for name, works in groups.items() if len(works) >= FEWEST_WORKS)
        self.listed = [work for name in self.names for work in groups[name].values()]
        self.starts = np.concatenate([[0], np.cumsum([len(groups[name]) for name in self.names])])
        self.listed_vectors = static.encode([embedding_text(*work) for work in self.listed])
        self.name_weights = _evened(self.names, [len(groups[name]) for name in self.names])
        rows = self.rng.choice(len(self.titles), BACKGROUND, replace=False)
        rows = rows[[plain(self.titles[row]) not in self.forbidden for row in rows]]
        background = self.vectors[rows].astype(np.float32)
        wanted = static.encode([self.subjects[name].description for name in self.names])
        self.lookalikes = [
            rows[_only_lookalike(background, wanted[at], self.listed_vectors[self.starts[at] : self.starts[at + 1]])]
            for at in range(len(self.names))
        ]

    def _read_phrases(self) -> None:
        """Phrases of two to four words in titles, and single words that are no common ones."""
        where: dict[str, list[int]] = defaultdict(list)
        for row, title in enumerate(self.titles):
            if plain(title) not in self.forbidden:
                for phrase in _phrases(title):
                    where[phrase].append(row)
        least, most = PHRASE_TITLES
        where = {phrase: rows for phrase, rows in where.items() if least <= len(rows) <= most}
        parts = {
            part
            for phrase, rows in where.items()
            for part in (phrase.partition(" ")[2], phrase.rpartition(" ")[0])
            if part in where and len(rows) > 0.75 * len(where[part])
        }
        self.papers_with = {phrase: np.array(rows) for phrase, rows in where.items() if phrase not in parts}
        self.phrases_of: dict[int, list[str]] = defaultdict(list)
        for phrase, found in self.papers_with.items():
            for row in found.tolist():
                self.phrases_of[row].append(phrase)
        self.phrases = list(self.papers_with)
        weights = np.array([len(self.papers_with[phrase]) ** 0.25 for phrase in self.phrases])
        self.phrase_weights = weights / weights.sum()


def plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", (title or "").lower()).strip()


def _phrases(title: str) -> set[str]:
    words = [word for word in re.split(r"[^a-z0-9\-]+", title.lower()) if word]
    spans = (words[at : at + size] for size in (2, 3, 4) for at in range(len(words) - size + 1))
    return {" ".join(span) for span in spans if span[0] not in _ENDS and span[-1] not in _ENDS}


def _only_lookalike(background: Floats, wanted: Floats, own: Floats) -> NDArray[np.intp]:
    """Rows of *background* that are near to what is said and far from what is listed."""
    among = own @ own.T
    np.fill_diagonal(among, -1)
    limit = float(np.quantile(among.max(axis=1), 0.35)) if len(own) > 2 else 0.6
    near = np.argsort(-(background @ wanted))[:LOOKED_AT]
    fit = near[(background[near] @ own.T).max(axis=1) < limit][:LOOKALIKES]
    return fit if len(fit) else near[-50:]


def _evened(names: list[str], counts: list[int]) -> NDArray[np.float64]:
    """Long lists do not drown short ones, nor lists with many sections those with few."""
    roots = np.sqrt(counts)
    totals: dict[str, float] = defaultdict(float)
    for name, root in zip(names, roots, strict=True):
        totals[name.split("#")[0]] += float(root)
    weights = roots / np.sqrt([totals[name.split("#")[0]] for name in names])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _unsure(drawn: list[_Drawn], works: list[str]) -> NDArray[np.bool_]:
    """Works of the same list, and works that name a phrase that was asked for."""
    lowered = [work.lower() for work in works]
    unsure = np.zeros((len(drawn), len(works)), np.bool_)
    for row, one in enumerate(drawn):
        for column, text in enumerate(lowered):
            same_list = bool(one.parent) and column < len(drawn) and drawn[column].parent == one.parent
            unsure[row, column] = column != row and (same_list or any(phrase in text for phrase in one.phrases))
    return unsure


def _listed_rows(data: Path) -> list[tuple[str, str, str, str, str]]:
    """List, description, section, title and text of every listed work."""
    found = [row for file in ("curated", "curated_modern") for row in rows_of(_CURATED.format(data=data, file=file))]
    found += [row for file in ("bench", "modern") for row in rows_of(_FOCUS.format(data=data, file=file))]
    return [(name, said, section, title, body or "") for name, said, section, title, body in found]


_CURATED = """
    select c.list, c.list_description, c.section, c.title,
        coalesce(p.abstract, case when c.blurb <> c.title then c.blurb end)
    from '{data}/{file}.parquet' c left join (
        select arxiv_id, any_value(abstract) as abstract from '{data}/papers.parquet'
        where arxiv_id is not null group by arxiv_id
    ) p on p.arxiv_id = c.arxiv_id
    where c.title is not null order by all
"""
_FOCUS = """
    select f.list, f.list_description, f.section, p.title, p.abstract
    from '{data}/focus_{file}.parquet' f join '{data}/papers.parquet' p on p.id = f.paper_id
    where f.list not like 'pooled/%' order by all
"""

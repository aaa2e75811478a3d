"""Simulated weeks: some of a learner's listed papers among a thousand others of their time, and posts.

What a week holds depends on the learner's name and the week's number alone. Papers are named by their ids and
posts by their addresses, so that a week is small; `texts_of` reads them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from learners import FEWEST_PAPERS, Learner, held_out, rows_of
from subjects import Subject, subject_of

FEWEST, MOST = 3, 12  # of a learner's papers in a week
OTHERS = 1_000
POSTS, OF_LISTS = 80, 30  # posts of a week, and those of them that lists link to
#: A year's papers from which its weeks draw: weeks of one year share many, so that a slow model reads each once.
YEAR_POOL = 1_200
LIKES = 10  # at most
#: Papers in an earlier week of an archive that is so many weeks old.
EARLIER = {0: 0, 4: OTHERS, 26: 500}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper or a post."""

    id: str
    title: str
    text: str
    authors: tuple[str, ...] = ()
    arxiv_id: str = ""
    #: the blog, or "" for a paper
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One learner's week, in ids."""

    number: int
    learner: str
    parent: str
    subject: Subject
    #: a second interest, of another list
    other: Subject
    own: tuple[str, ...]
    own_of_other: tuple[str, ...]
    others: tuple[str, ...]
    posts: tuple[str, ...]
    #: the learner's papers of other weeks, to be liked
    likes: tuple[str, ...]
    #: papers of earlier weeks, enough for the oldest archive
    before: tuple[str, ...]
    year: int

    @property
    def side(self) -> str:
        return self.subject.label or "neither"

    def earlier(self, age: int) -> list[Sequence[str]]:
        """The papers of each earlier week, the oldest week first."""
        size = EARLIER[age]
        return [self.before[n * size : (n + 1) * size] for n in range(age)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What weeks are made from: papers by year, dated where they are, and the addresses of posts."""

    year: dict[str, int]
    date: dict[str, str]
    of_year: dict[int, list[str]]
    #: every paper's lists
    lists: dict[str, set[str]]
    blog_posts: list[str]
    #: address and list
    linked_posts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A learner as weeks need it."""

    learner: Learner
    papers: tuple[str, ...]

    @property
    def subject(self) -> Subject:
        return subject_of(self.learner.name, self.learner.focus, label=self.learner.label)


def read_shelf(data: Path) -> Shelf:
    rows = rows_of(f"select id, year, coalesce(date, '') from '{data}/papers.parquet' where {_USABLE} order by id")
    lists: dict[str, set[str]] = {}
    for kind in ("bench", "modern"):
        for paper, name in rows_of(
            f"select distinct paper_id, list from '{data}/focus_{kind}.parquet' where paper_id is not null"
        ):
            lists.setdefault(paper, set()).add(name.split("#")[0])
    of_year: dict[int, list[str]] = {}
    for paper, year, _ in sorted(rows, key=lambda row: number(row[0])):
        of_year.setdefault(year, []).append(paper)
    return Shelf(
        year={row[0]: row[1] for row in rows},
        date={row[0]: row[2] for row in rows},
        of_year=of_year,
        lists=lists,
        blog_posts=[row[0] for row in rows_of(f"select url from '{data}/blogs.parquet' where url <> '' order by url")],
        linked_posts=rows_of(_LINKED.format(data=data)),
    )


def read_readers(data: Path, shelf: Shelf, *, kept_out: bool) -> list[Reader]:
    """The learners of both files that are held out from training, or those that tuning may see."""
    found: dict[str, Reader] = {}
    for kind in ("bench", "modern"):
        for name, focus, label, ids in rows_of(_LEARNERS.format(data=data, kind=kind)):
            papers = tuple(paper for paper in ids if paper in shelf.year)
            if len(papers) >= FEWEST_PAPERS and name not in found and held_out(name) == kept_out:
                learner = Learner(
                    name=name, focus=focus, kind=kind, label=label or "", papers=np.array([], dtype=np.intp)
                )
                found[name] = Reader(learner=learner, papers=papers)
    return list(found.values())


def make_weeks(readers: Sequence[Reader], shelf: Shelf, count: int) -> list[Week]:
    """So many weeks, lists in turn and the learners of a list in turn."""
    by_list: dict[str, list[Reader]] = {}
    for reader in sorted(readers, key=lambda r: number(r.learner.name)):
        by_list.setdefault(reader.learner.parent, []).append(reader)
    lists = sorted(by_list, key=number)
    made: list[Week] = []
    for turn in range(4 * count):
        if len(made) == count:
            break
        own = by_list[lists[turn % len(lists)]]
        round_ = turn // len(lists)
        week = _week(own[round_ % len(own)], readers, shelf, turn)
        made += [week] if week else []
    return made


def _week(reader: Reader, readers: Sequence[Reader], shelf: Shelf, turn: int) -> Week | None:
    rng = np.random.default_rng(number(f"{reader.learner.name} {turn}") % 2**32)
    own = _span(reader.papers, shelf, rng)
    if own is None:
        return None
    year = int(np.median([shelf.year[paper] for paper in own]))
    parent = reader.learner.parent
    rest = [r for r in readers if r.learner.parent != parent]
    near = sorted(rest, key=lambda r: (-min(FEWEST, _near(r, shelf, year)), number(f"{turn} {r.learner.name}")))
    other = near[0]
    theirs = sorted(set(other.papers) - set(reader.papers), key=lambda p: (abs(shelf.year[p] - year), number(p)))
    theirs = theirs[: int(rng.integers(FEWEST, 7))]
    lists = {parent, other.learner.parent}
    there = [p for p in _around(shelf, year) if not lists & shelf.lists.get(p, set())]
    pool, before = there[:YEAR_POOL], there[YEAR_POOL : YEAR_POOL + max(a * n for a, n in EARLIER.items())]
    drawn = rng.permutation(len(pool))[: OTHERS - len(own) - len(theirs)]
    liked = [paper for paper in reader.papers if paper not in own]
    return Week(
        number=turn,
        learner=reader.learner.name,
        parent=parent,
        subject=reader.subject,
        other=other.subject,
        own=tuple(own),
        own_of_other=tuple(theirs),
        others=tuple(pool[i] for i in drawn),
        posts=_posts(shelf, parent, rng),
        likes=tuple(liked[i] for i in rng.permutation(len(liked))[:LIKES]),
        before=tuple(before),
        year=year,
    )


def _span(papers: Sequence[str], shelf: Shelf, rng: np.random.Generator) -> list[str] | None:
    """Three to twelve papers close in time: neighbours by date within a year that the learner reads much of."""
    years: dict[int, list[str]] = {}
    for paper in papers:
        years.setdefault(shelf.year[paper], []).append(paper)
    rich = [year for year, there in sorted(years.items()) if len(there) >= FEWEST and year >= 2010]
    if not rich:
        return None
    weights = np.array([len(years[year]) for year in rich], float)
    year = rich[rng.choice(len(rich), p=weights / weights.sum())]
    there = sorted(years[year], key=lambda paper: (shelf.date[paper], number(paper)))
    size = int(rng.integers(FEWEST, min(MOST, len(there)) + 1))
    start = int(rng.integers(0, len(there) - size + 1))
    return there[start : start + size]


def _near(reader: Reader, shelf: Shelf, year: int) -> int:
    return sum(shelf.year[paper] == year for paper in reader.papers)


def _around(shelf: Shelf, year: int) -> list[str]:
    """Papers of a year, then of the years about it, in a fixed order."""
    nearest = sorted(shelf.of_year, key=lambda y: (abs(y - year), -y))
    return [paper for y in nearest if abs(y - year) <= 3 for paper in shelf.of_year[y]]


def _posts(shelf: Shelf, parent: str, rng: np.random.Generator) -> tuple[str, ...]:
    """Posts of blogs, and what other lists link to beside papers."""
    linked = [address for address, name in shelf.linked_posts if name != parent]
    chosen = [linked[i] for i in rng.permutation(len(linked))[:OF_LISTS]]
    blogs = [shelf.blog_posts[i] for i in rng.permutation(len(shelf.blog_posts))[: POSTS - len(chosen)]]
    return tuple(dict.fromkeys(chosen + blogs))


def texts_of(data: Path, ids: Iterable[str]) -> dict[str, Paper]:
    """Papers by id, posts by address."""
    import duckdb

    wanted = list(ids)
    with duckdb.connect() as db:
        db.execute("create table wanted as select distinct unnest(?::varchar[]) as id", [wanted])
        papers = db.execute(_PAPERS.format(data=data)).fetchall()
        posts = db.execute(_POSTS.format(data=data)).fetchall()
    found = {
        row[0]: Paper(id=row[0], title=row[1] or "", text=row[2] or "", authors=_names(row[3]), arxiv_id=row[4] or "")
        for row in papers
    }
    for address, title, text, source in posts:
        blog = source or urlsplit(address).netloc.removeprefix("www.") or "elsewhere"
        found.setdefault(address, Paper(id=address, title=title or "", text=text or "", source=blog))
    return found


def number(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:15], 16)


def _names(authors: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (authors or "").replace(";", ",").split(",") if name.strip())[:20]


_USABLE = "length(abstract) > 50 and year between 2010 and 2026"
_LEARNERS = """
    select list, any_value(list_description), mode(label), list(distinct paper_id order by paper_id)
    from '{data}/focus_{kind}.parquet' where paper_id is not null group by list order by list
"""
_LINKED = """
    select url, any_value(list) from (
        select url, list, blurb, arxiv_id, title from '{data}/curated.parquet'
        union all by name select url, list, blurb, arxiv_id, title from '{data}/curated_modern.parquet')
    where url like 'http%' and coalesce(arxiv_id, '') = '' and length(blurb) > 100 and url not like '%github.com%'
    group by url order by url
"""
_PAPERS = """
    select id, title, abstract, authors, arxiv_id from '{data}/papers.parquet' semi join wanted using (id) order by id
"""
_POSTS = """
    select url, any_value(title), any_value(text), any_value(source) from (
        select url, title, text, source from '{data}/blogs.parquet'
        union all select url, title, blurb, '' from '{data}/curated.parquet'
        union all select url, title, blurb, '' from '{data}/curated_modern.parquet')
    semi join (select id as url from wanted) using (url) group by url order by url
"""

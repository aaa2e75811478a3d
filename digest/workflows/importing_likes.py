"""Likes from what the learner read before: looked up in the archive, told by the file itself, or asked of arXiv.

What is found in the archive or told by the file is marked before the network is asked, so that a failure
there costs only what it would have brought. The archive is closed while arXiv is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from digest import sources
from digest.compose import deduplication
from digest.config import Config
from digest.errors import ArchiveBusy, ParseError
from digest.fetch import client
from digest.judge.artifacts import artifacts_of
from digest.judge.embedding import embedding_text
from digest.records import Fetched, Item, Mark, Source, SourceState
from digest.sources.arxiv import requests_by_id
from digest.sources.identifiers import canonical_url
from digest.sources.items import content_hash
from digest.sources.references import Reference
from digest.sources.text import summary_and_text
from digest.store import archive, items, mark_batches, settings, verdicts
from digest.store import sources as source_rows
from digest.store.archive import Connection
from digest.store.mark_batches import Undone
from digest.workflows.ingesting import settle_works, store_spool
from digest.workflows.retrieving import ask_all

#: The source of what no feed brought. It is in no sources.toml, is never due, and its items are never news.
LIBRARY = "library"
ORIGIN = "import"
#: Papers asked for in one go: fifty requests, which take two and a half minutes under arXiv's rule.
MOST_ASKED = 5_000
#: Marks that say already what an import would say.
_LIKED = frozenset({"like", "save"})

ARCHIVE, FILE, ARXIV, MISSING = "archive", "file", "arxiv", "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedEntry:
    """A reference, and the file that it stands in."""

    file: str
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    """What became of one reference."""

    entry: LearnedEntry
    #: ARCHIVE, FILE or ARXIV; MISSING where it was found nowhere
    where: str = MISSING
    item_id: str = ""
    #: whether an entry before it named the same work, or its item was liked or saved already
    repeated: bool = False
    liked_before: bool = False
    #: why it is missing
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What an import came to."""

    #: one for each entry, in their order
    found: tuple[FoundReference, ...]
    #: items that it marked
    liked: int
    #: why arXiv did not answer; "" where it did, or was not asked
    problem: str = ""


def learn(
    config: Config,
    entries: Sequence[LearnedEntry],
    now: datetime,
    *,
    wait: float,
    asking: Callable[[int], None] = lambda papers: None,
) -> Learned:
    """Like what these entries name; *asking* hears how many papers arXiv is about to be asked for."""
    book = _ReferenceIndex(entries, now)
    with archive.open_archive(config.archive, wait=wait) as db:
        store_spool(config, db)
        book.batch = mark_batches.begin(db, ORIGIN, now)
        book.like(db, _look_up(db, book.missing()), ARCHIVE)
        _take_from_file(db, book, now, but_ids=True)
        problem = _rest(config, db, now)
    wanted = {place: one.arxiv_id for place, one in book.missing().items() if one.arxiv_id}
    ids = list(dict.fromkeys(wanted.values()))[:MOST_ASKED]
    if not ids or problem:
        return book.closed(problem=problem if ids else "")
    asking(len(ids))
    answer = _ask_arxiv(config, ids, now)
    problem = answer.problem
    try:
        with archive.open_archive(config.archive, wait=wait) as db:
            settings.remember_no_papers_before(db, answer.retry_at)
            came = {place: answer.papers[one] for place, one in wanted.items() if one in answer.papers}
            book.like(db, store(db, came, now), ARXIV)
            if not problem:
                _take_from_file(db, book, now)
    except ArchiveBusy as busy:
        problem = str(busy)
    return book.closed(asked=frozenset(ids), problem=problem)


def undo(config: Config, now: datetime, *, origin: str = ORIGIN, wait: float) -> Undone | None:
    """Take back all marks of the last import, or of the last batch of another origin; None where none is left."""
    if not config.archive.exists():
        return None
    with archive.open_archive(config.archive, wait=wait) as db:
        return mark_batches.undo_last(db, origin, now)


class _ReferenceIndex:
    """What became of each entry so far, by its place among them."""

    def __init__(self, entries: Sequence[LearnedEntry], now: datetime) -> None:
        self.batch = ""
        self._now = now
        self._found = [FoundReference(entry=entry) for entry in entries]
        self._liked: set[str] = set()
        self._seen: set[str] = set()

    def missing(self) -> dict[int, Reference]:
        return {place: one.entry.reference for place, one in enumerate(self._found) if one.where == MISSING}

    def like(self, db: Connection, chosen: Mapping[int, str], where: str) -> None:
        """Note the item of each entry, and like those that nobody liked; the first entry of an item counts."""
        held = verdicts.standing_marks(db)
        fresh = list[str]()
        for place, item_id in sorted(chosen.items()):
            repeated, known = item_id in self._seen, not _LIKED.isdisjoint(held.get(item_id, ()))
            self._seen.add(item_id)
            self._found[place] = replace(
                self._found[place], where=where, item_id=item_id, repeated=repeated, liked_before=known and not repeated
            )
            if not repeated and not known:
                fresh.append(item_id)
        said = [Mark(item_id=one, mark="like", marked_at=self._now, origin=ORIGIN, batch=self.batch) for one in fresh]
        mark_batches.add(db, self.batch, said)
        self._liked.update(fresh)

    def closed(self, *, asked: frozenset[str] = frozenset(), problem: str = "") -> Learned:
        found = [replace(one, reason=_reason(one.entry.reference, asked, problem)) if one.where == MISSING else one for one in self._found]  # fmt: skip
        return Learned(found=tuple(found), liked=len(self._liked), problem=problem)


def _take_from_file(db: Connection, book: _ReferenceIndex, now: datetime, *, but_ids: bool = False) -> None:
    """Store what the file tells enough of, and find in it what other entries only name.

    *but_ids* leaves titles alone that have an arXiv id: an abstract teaches more, and arXiv may have it.
    """
    told = {
        place: item_of(one)
        for place, one in book.missing().items()
        if one.telling and not (but_ids and one.arxiv_id and not one.abstract)
    }
    book.like(db, store(db, told, now), FILE)
    book.like(db, _look_up(db, book.missing()), FILE)


def item_of(reference: Reference) -> Item:
    """What a file tells of a work, as an item."""
    address = reference.url or (f"https://doi.org/{reference.doi}" if reference.doi else "")
    if reference.arxiv_id:
        address = f"https://arxiv.org/abs/{reference.arxiv_id}"
    summary, text = summary_and_text(reference.abstract, "")
    return Item(
        source=LIBRARY,
        kind=LIBRARY,
        entry_id=reference.arxiv_id or reference.doi or canonical_url(address) or content_hash(reference.title),
        url=address,
        title=reference.title,
        authors=reference.authors,
        summary=summary,
        text=text,
        published_at=reference.published_at,
        arxiv_id=reference.arxiv_id,
        doi=reference.doi,
    )


def store(db: Connection, told: Mapping[int, Item], now: datetime) -> dict[int, str]:
    """Store items as history, which is searchable and never news; returns the item that stands for each place's work."""
    stored = items.known_ids(db, [item.item_id for item in told.values()]) if told else {}
    fresh = list({item.item_id: item for item in told.values() if item.item_id not in stored}.values())
    if fresh:
        keys, assignment = settle_works(db, fresh)
        read = {
            item.item_id: items.Reading(text=embedding_text(item.title, item.body), extras=artifacts_of(item))
            for item in fresh
        }
        new = [
            items.NewItem(
                item=item,
                work_id=assignment.works[item.item_id],
                first_seen_at=now,
                backfill=True,
                keys=keys[item.item_id].all,
            )
            for item in fresh
        ]
        with archive.transaction(db):
            items.add(db, new, read=read)
            items.merge_works(db, assignment.merged)
    shown = items.works_of(db, [item.item_id for item in told.values()])
    first = {work: item_id for item_id, work in reversed(shown.items())}
    return {place: first[shown[item.item_id]] for place, item in told.items()}


def _look_up(db: Connection, wanted: Mapping[int, Reference]) -> dict[int, str]:
    """The archive's item for each reference: by arXiv id, DOI or address, else by its exact title, case aside.

    What several works share is no name.
    """
    own_items = {place: item_of(one) for place, one in wanted.items()}
    keys = {place: deduplication.keys_of(item) for place, item in own_items.items()}
    known = items.works_by_key(db, {key for own in keys.values() for key in own.all if not key.startswith("text:")})
    came_before = items.works_of(db, [item.item_id for item in own_items.values()])
    chosen = {place: came_before[item.item_id] for place, item in own_items.items() if item.item_id in came_before}
    for place, own in keys.items():
        named = [known[key] for key in (*own.certain, *own.likely) if key in known]
        if place not in chosen and (work := next((found[0] for found in named if len(found) == 1), "")):
            chosen[place] = work
    shown = items.shown_of_works(db, sorted(set(chosen.values())))
    return {place: shown[work] for place, work in chosen.items() if work in shown}


@dataclass(frozen=True, slots=True, kw_only=True)
class _ArxivAnswer:
    """What arXiv said: papers by id, what went wrong, and when it may be asked again."""

    papers: Mapping[str, Item] = field(default_factory=dict)
    problem: str = ""
    retry_at: datetime | None = None


def _ask_arxiv(config: Config, ids: Sequence[str], now: datetime) -> _ArxivAnswer:
    """Ask for papers by their ids, from the declared arXiv source's server if that is another."""
    base_url = next((one.base_url for one in config.sources if one.kind == "arxiv" and one.base_url), "")
    source = Source(name=LIBRARY, kind="arxiv", base_url=base_url)
    state = SourceState(source=LIBRARY)
    came = list[Fetched]()
    ask_all(
        [client.Poll(source=source, state=state, requests=requests_by_id(ids, base_url=base_url))],
        config,
        now,
        came.append,
    )
    papers, problem = dict[str, Item](), f"arXiv: {came[0].error}" if came[0].error else ""
    for response in came[0].responses:  # one that cannot be read costs itself
        try:
            parsed = sources.parse(source, state, (response,), now)
        except ParseError as error:
            problem = problem or f"arXiv: {str(error).removeprefix(f'{LIBRARY}: ')}"
            continue
        papers |= {item.arxiv_id: item for item in parsed.items if item.arxiv_id and item.title}
    return _ArxivAnswer(papers=papers, problem=problem, retry_at=came[0].retry_at)


def _rest(config: Config, db: Connection, now: datetime) -> str:
    """Why arXiv may not be asked now, as it told us or one of the sources; "" where it may."""
    states = source_rows.states(db)
    moments = [states[one.name].retry_at for one in config.sources if one.kind == "arxiv" and one.name in states]
    last = max((one for one in (*moments, settings.no_papers_before(db)) if one), default=now)
    return f"arXiv asked not to be asked again before {last:%Y-%m-%d %H:%M} UTC" if last > now else ""


def _reason(reference: Reference, asked: frozenset[str], problem: str) -> str:
    if reference.arxiv_id:
        if problem:
            return "not in the archive, and arXiv was not heard"
        return "arXiv does not know it" if reference.arxiv_id in asked else "left for the next time"
    if reference.titled and reference.title:
        return "not in the archive, and its title is too short to learn from"
    return "not in the archive, and the file does not tell what it says"

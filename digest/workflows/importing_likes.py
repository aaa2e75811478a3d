"""Likes from the learner's own reading list: each reference is looked up in the archive, in its file, or on arXiv.

What the archive or the file holds is marked before arXiv is asked, so that a network failure loses only
the rest. The archive is closed while arXiv is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digest.compose import deduplication
from digest.config import Config
from digest.errors import ArchiveBusy
from digest.judge.artifacts import artifacts_of
from digest.judge.embedding import embedding_text
from digest.records import Item, Mark, MarkKind
from digest.sources.arxiv import requests_by_id
from digest.sources.identifiers import canonical_url
from digest.sources.items import content_hash
from digest.sources.references import Reference
from digest.sources.text import summary_and_text
from digest.store import archive, items
from digest.store import marks as mark_rows
from digest.store import sources as source_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.store.marks import UndoneBatch
from digest.workflows.asking_arxiv import LIBRARY, arxiv_pause, ask_arxiv
from digest.workflows.ingesting import ingest_spool, settle_works
from digest.workflows.opening import opened

ORIGIN = "import"
#: Papers asked for in one go: fifty requests, which take two and a half minutes under arXiv's rule.
MOST_ASKED = 5_000
#: Marks that an import would only repeat.
_LIKED = frozenset({MarkKind.LIKE, MarkKind.SAVE})

ARCHIVE, FILE, ARXIV, MISSING = "archive", "file", "arxiv", "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportEntry:
    """A reference, and the file it is in."""

    file: str
    reference: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReference:
    """Where one reference was found."""

    entry: ImportEntry
    #: ARCHIVE, FILE, ARXIV or MISSING
    where: str = MISSING
    item_id: str = ""
    #: whether an earlier entry named the same work, or its item was liked or saved before
    repeated: bool = False
    liked_before: bool = False
    #: why it is missing
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """What an import found and marked."""

    #: one for each entry, in the same order
    found: tuple[FoundReference, ...]
    #: how many items it marked
    liked: int
    #: why arXiv did not answer; "" if it did, or was not asked
    problem: str = ""


def import_likes(
    config: Config,
    entries: Sequence[ImportEntry],
    now: datetime,
    *,
    wait: float,
    on_request: Callable[[int], None] = lambda papers: None,
) -> ImportResult:
    """Like what these entries name; *on_request* gets the number of papers before arXiv is asked for them."""
    progress = _ImportProgress(entries, now)
    with opened(config, wait=wait) as db:
        ingest_spool(config, db)
        progress.batch = mark_rows.begin_batch(db, ORIGIN, now)
        progress.like(db, _look_up(db, progress.missing()), ARCHIVE)
        _take_from_file(db, progress, now, leave_to_arxiv=True)
        problem = arxiv_pause(config, db, now)
    wanted = {place: one.arxiv_id for place, one in progress.missing().items() if one.arxiv_id}
    ids = list(dict.fromkeys(wanted.values()))[:MOST_ASKED]
    if not ids or problem:
        return progress.result(problem=problem if ids else "")
    on_request(len(ids))
    answer = ask_arxiv(config, lambda base_url: requests_by_id(ids, base_url=base_url), now)
    problem = answer.problem
    try:
        with opened(config, wait=wait) as db:
            source_rows.remember_no_papers_before(db, answer.retry_at)
            papers = {place: answer.papers[one] for place, one in wanted.items() if one in answer.papers}
            progress.like(db, store(db, papers, now), ARXIV)
            if not problem:
                _take_from_file(db, progress, now)
    except ArchiveBusy as busy:
        problem = str(busy)
    return progress.result(asked=frozenset(ids), problem=problem)


def undo(config: Config, now: datetime, *, origin: str = ORIGIN, wait: float) -> UndoneBatch | None:
    """Take back all marks of the last import, or of another origin's last batch; None if there is none."""
    if not config.archive.exists():
        return None
    with opened(config, wait=wait) as db:
        return mark_rows.undo_last_batch(db, origin, now)


class _ImportProgress:
    """What was found so far, by the entry's place in the list."""

    def __init__(self, entries: Sequence[ImportEntry], now: datetime) -> None:
        self.batch = ""
        self._now = now
        self._found = [FoundReference(entry=entry) for entry in entries]
        self._liked: set[str] = set()
        self._seen: set[str] = set()

    def missing(self) -> dict[int, Reference]:
        return {place: one.entry.reference for place, one in enumerate(self._found) if one.where == MISSING}

    def like(self, db: Connection, chosen: Mapping[int, str], where: str) -> None:
        """Record the item of each entry, and like those that are not liked yet; the first entry of an item counts."""
        held = mark_rows.standing(db)
        fresh = list[str]()
        for place, item_id in sorted(chosen.items()):
            repeated, known = item_id in self._seen, not _LIKED.isdisjoint(held.get(item_id, ()))
            self._seen.add(item_id)
            self._found[place] = replace(
                self._found[place], where=where, item_id=item_id, repeated=repeated, liked_before=known and not repeated
            )
            if not repeated and not known:
                fresh.append(item_id)
        marks = [
            Mark(item_id=one, mark=MarkKind.LIKE, marked_at=self._now, origin=ORIGIN, batch=self.batch) for one in fresh
        ]
        mark_rows.add_batch(db, self.batch, marks)
        self._liked.update(fresh)

    def result(self, *, asked: frozenset[str] = frozenset(), problem: str = "") -> ImportResult:
        found = [replace(one, reason=_reason(one.entry.reference, asked, problem)) if one.where == MISSING else one for one in self._found]  # fmt: skip
        return ImportResult(found=tuple(found), liked=len(self._liked), problem=problem)


def _take_from_file(db: Connection, progress: _ImportProgress, now: datetime, *, leave_to_arxiv: bool = False) -> None:
    """Store the references that the file describes well enough, and find in them what other entries only name.

    *leave_to_arxiv* skips those with an arXiv id but no abstract: arXiv may have one, which teaches more.
    """
    described = {
        place: item_of(one)
        for place, one in progress.missing().items()
        if one.telling and not (leave_to_arxiv and one.arxiv_id and not one.abstract)
    }
    progress.like(db, store(db, described, now), FILE)
    progress.like(db, _look_up(db, progress.missing()), FILE)


def item_of(reference: Reference) -> Item:
    """A reference as an item."""
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


def store(db: Connection, wanted: Mapping[int, Item], now: datetime) -> dict[int, str]:
    """Store items as backfill, searchable but never news; returns the item that represents the work at each place."""
    stored = items.known_ids(db, [item.item_id for item in wanted.values()]) if wanted else {}
    fresh = list({item.item_id: item for item in wanted.values() if item.item_id not in stored}.values())
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
            work_rows.merge(db, assignment.merged)
    shown = work_rows.of_items(db, [item.item_id for item in wanted.values()])
    first = {work: item_id for item_id, work in reversed(shown.items())}
    return {place: first[shown[item.item_id]] for place, item in wanted.items()}


def _look_up(db: Connection, wanted: Mapping[int, Reference]) -> dict[int, str]:
    """The archive's item for each reference: by arXiv id, DOI or address, else by its exact title, ignoring case.

    What several works share identifies none of them.
    """
    own_items = {place: item_of(one) for place, one in wanted.items()}
    keys = {place: deduplication.keys_of(item) for place, item in own_items.items()}
    known = work_rows.by_key(db, {key for own in keys.values() for key in own.all if not key.startswith("text:")})
    stored = work_rows.of_items(db, [item.item_id for item in own_items.values()])
    chosen = {place: stored[item.item_id] for place, item in own_items.items() if item.item_id in stored}
    for place, own in keys.items():
        named = [known[key] for key in (*own.strong, *own.weak) if key in known]
        if place not in chosen and (work := next((found[0] for found in named if len(found) == 1), "")):
            chosen[place] = work
    shown = work_rows.first_items(db, sorted(set(chosen.values())))
    return {place: shown[work] for place, work in chosen.items() if work in shown}


def _reason(reference: Reference, asked: frozenset[str], problem: str) -> str:
    if reference.arxiv_id:
        if problem:
            return "not in the archive, and arXiv did not answer"
        return "arXiv does not have it" if reference.arxiv_id in asked else "left for the next time"
    if reference.titled and reference.title:
        return "not in the archive, and its title is too short to learn from"
    return "not in the archive, and the file does not say what it is about"

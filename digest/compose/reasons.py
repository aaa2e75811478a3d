"""The reasons of an issue, read one after another without repeats, and the addresses that go with them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote_plus

from digest.compose.candidates import Candidate
from digest.compose.eligibility import followed
from digest.config import Focus
from digest.judge.evidence import liked_words, opening, reason
from digest.records import Item, Pick, Resource
from digest.sources.identifiers import without_tracking


def without_repeats(picks: Sequence[Pick], by_work: Mapping[str, Candidate]) -> tuple[Pick, ...]:
    """The picks, in reading order; a reason whose opening an earlier pick has refers to that pick by its number.

    Artifacts with a link need no words.
    """
    first: dict[str, int] = {}
    found = []
    for number, pick in enumerate(picks, start=1):
        candidate = by_work[pick.work_id]
        begins = opening(candidate.judged)
        full = candidate.reason
        if full == reason(candidate.judged) and full in pick.reason:
            before = first.get(begins, 0) if begins else 0
            earlier = f"as with number {before}" if before else ""
            short = reason(candidate.judged, earlier=earlier, shown=_shown(candidate))
            if begins:
                first.setdefault(begins, number)
            pick = replace(pick, reason=pick.reason.replace(full, short or full, 1).strip("; "))
        found.append(pick)
    return tuple(found)


def resources_of(candidate: Candidate, focus: Focus) -> tuple[Resource, ...]:
    """The addresses of code, data, talk and PDF, of the liked item and of the followed author, where there are any."""
    return tuple(_resources(candidate, focus))


def _resources(candidate: Candidate, focus: Focus) -> Iterator[Resource]:
    item, evidence = candidate.item, candidate.judged.evidence
    yield from evidence.resources
    yield from pdf_of(item)
    if evidence.liked and evidence.liked_url:
        yield Resource(kind="liked", url=without_tracking(evidence.liked_url), text=liked_words(evidence))
    # arXiv has a search by author; no other source has an address that is surely theirs.
    if item.arxiv_id and (name := followed(candidate, focus)):
        query = f"https://arxiv.org/search/?searchtype=author&query={quote_plus(name)}"
        yield Resource(kind="author", url=query, text=name)


def pdf_of(item: Item) -> tuple[Resource, ...]:
    """The PDF of a paper on arXiv, unless that is what its own address leads to."""
    pdf = f"https://arxiv.org/pdf/{item.arxiv_id}"
    return (Resource(kind="pdf", url=pdf),) if item.arxiv_id and item.url != pdf else ()


def _shown(candidate: Candidate) -> set[str]:
    """The artifacts that a reader sees beside the reason: by a link, or a playing time."""
    playing = {"talk"} if candidate.item.seconds else set[str]()
    return playing | {resource.kind for resource in candidate.judged.evidence.resources}

"""The reasons of an issue as they are read one after another, and the addresses that go with them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote_plus

from digest.compose.candidates import Candidate
from digest.config import Focus
from digest.judge.evidence import liked_words, opening, reason
from digest.records import Pick, Resource
from digest.sources.identifiers import without_tracking


def worded_once(picks: Sequence[Pick], by_work: Mapping[str, Candidate]) -> tuple[Pick, ...]:
    """The picks, in reading order, with what several reasons begin with said by the first of them.

    The others name that one by its number and say what differs. What has a link is not said besides.
    """
    first: dict[str, int] = {}
    told = []
    for number, pick in enumerate(picks, start=1):
        candidate = by_work[pick.work_id]
        begins = opening(candidate.judged)
        full = candidate.reason
        if full == reason(candidate.judged) and full in pick.reason:
            said = first.get(begins, 0) if begins else 0
            earlier = f"as with number {said}" if said else ""
            short = reason(candidate.judged, earlier=earlier, shown=_shown(candidate))
            if begins:
                first.setdefault(begins, number)
            pick = replace(pick, reason=_joined(pick.reason.replace(full, short or full, 1)))
        told.append(pick)
    return tuple(told)


def resources_of(candidate: Candidate, focus: Focus) -> tuple[Resource, ...]:
    """Code, data, talk and PDF, the marked item and the followed author, as far as they have addresses."""
    return tuple(_resources(candidate, focus))


def _resources(candidate: Candidate, focus: Focus) -> Iterator[Resource]:
    item, evidence = candidate.item, candidate.judged.evidence
    yield from evidence.resources
    pdf = f"https://arxiv.org/pdf/{item.arxiv_id}"
    if item.arxiv_id and item.url != pdf:
        yield Resource(kind="pdf", url=pdf)
    if evidence.liked and evidence.liked_url:
        yield Resource(kind="liked", url=without_tracking(evidence.liked_url), text=liked_words(evidence))
    # arXiv can be asked for an author by name; elsewhere there is no address that would surely be theirs.
    if item.arxiv_id and (name := candidate.followed(focus)):
        query = f"https://arxiv.org/search/?searchtype=author&query={quote_plus(name)}"
        yield Resource(kind="author", url=query, text=name)


def _shown(candidate: Candidate) -> set[str]:
    """The extras that a reader sees beside the reason: a link, or a playing time."""
    playing = {"talk"} if candidate.item.seconds else set[str]()
    return playing | {resource.kind for resource in candidate.judged.evidence.resources}


def _joined(text: str) -> str:
    return text.strip("; ")

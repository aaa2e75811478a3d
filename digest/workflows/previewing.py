"""Other settings of the focus, tried on the last issues within a second.

The judge scores the works that those issues considered, and the picking picks again among the best of them: the
code that makes any issue. What would take longer is approximated (`APPROXIMATIONS`); `digest replay` leaves
nothing out, and takes minutes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from digest.arrays import Floats
from digest.compose.candidates import Candidate, Decision
from digest.compose.eligibility import family_name
from digest.compose.pick import decide
from digest.compose.similarity import SimilaritySpace, centred
from digest.config import Config, Focus
from digest.errors import DigestError
from digest.judge.embedding import load_model
from digest.judge.evidence import Liked, reason
from digest.judge.floor import FLOOR
from digest.judge.relevance import avoided
from digest.records import Evidence, Section
from digest.sources.identifiers import without_tracking
from digest.store import vectors
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import candidates, focus_report
from digest.workflows.focus_report import FocusReport, NearestItems
from digest.workflows.opening import opened
from digest.workflows.past_issues import PastIssue, PastIssues, read_past_issues, read_works
from digest.workflows.ranking import Ranked
from digest.workflows.rescoring import Judge, Rescored, judge_of, rescored

#: Issues that are looked back on.
ISSUES = 8
#: What a preview leaves out, as it is told.
APPROXIMATIONS = (
    "the works of these weeks alone sharpen the focus, not the whole archive",
    "the reranker has not read the works again: what it found before counts as far as the focus stays alike",
    "all marks count as if they had been made before these issues",
    "which work is the stretch turns on little and is left out",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One work that an issue kept, or would have kept under the other settings."""

    #: "came", "gone" or "same"
    change: str
    item_id: str
    work_id: str
    title: str
    url: str
    source: str
    section: Section
    score: float
    #: why it would be kept, or for what is gone why it would not be
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedIssue:
    """An issue as it was, and what another focus would have changed."""

    period: str
    ends_at: datetime
    considered: int
    #: what would be kept, best first, then what would be gone
    changes: tuple[Change, ...]

    @property
    def came(self) -> list[Change]:
        return [one for one in self.changes if one.change == "came"]

    @property
    def gone(self) -> list[Change]:
        return [one for one in self.changes if one.change == "gone"]

    @property
    def same(self) -> list[Change]:
        return [one for one in self.changes if one.change == "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What another focus would have brought, and how it is understood."""

    #: newest first
    issues: tuple[PreviewedIssue, ...]
    report: FocusReport
    approximations: tuple[str, ...] = APPROXIMATIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What was read of the last issues, and what the present settings leave unexplained of them."""

    past: PastIssues
    own: Judge
    #: for each issue, what its works scored beyond what the present settings give them [items]
    beyond: tuple[Floats, ...]


def hold(current: Config, now: datetime, *, wait: float) -> Held:
    """Read the last issues of the archive, to try other settings on them.

    DigestError where the archive cannot be read, or was not ranked with the model yet.
    """
    model = load_model(current.embedding.model, folder=current.folder)
    with opened(current, wait=wait, read_only=True) as db:
        if vectors.current_model(db) != model.name:
            raise DigestError("nothing was ranked with this embedding model yet; `digest rank` does it")
        past = read_past_issues(db, model, now, count=ISSUES)
    own = judge_of(current, past, model, now)
    return Held(past=past, own=own, beyond=tuple(own.beyond(past, one) for one in past.issues))


def preview(held: Held, other: Config, now: datetime, *, wait: float) -> Preview:
    """Try *other*'s focus on the last issues."""
    past, own = held.past, held.own
    judge = judge_of(other, past, own.model, now)
    likeness = np.float32(own.likeness(judge, past))
    found = [
        rescored(past, one, judge, likeness * beyond) for one, beyond in zip(past.issues, held.beyond, strict=True)
    ]
    with opened(own.config, wait=wait, read_only=True) as db:
        found = _with_followed(db, past, found, other.focus)
        read_works(db, past, {work_id for one in found for work_id in one.nominated})
    issues = tuple(_previewed(past, one, judge) for one in reversed(found))
    return Preview(issues=issues, report=_report(past, judge, now))


def _with_followed(db: Connection, past: PastIssues, found: Sequence[Rescored], focus: Focus) -> list[Rescored]:
    """The works that authors whom the learner follows may have written are nominated too, whatever they score."""
    names = [name for author in focus.follow if (name := family_name(author))]
    theirs = work_rows.naming(db, names, since=past.since) if names else set()
    return [
        replace(one, nominated=list(dict.fromkeys([*one.nominated, *sorted(theirs & one.past.scores.keys())])))
        for one in found
    ]


def _report(past: PastIssues, judge: Judge, now: datetime) -> FocusReport:
    since, until = (now - timedelta(weeks=focus_report.WEEKS)).timestamp(), now.timestamp()
    counted = {
        part.item_ids[row]: past.work_of[part.item_ids[row]]
        for part in past.parts
        for row in np.flatnonzero((part.seconds >= since) & (part.seconds <= until))
    }
    near = NearestItems(judge.relevance, counted)
    for part in past.parts:
        near.add(part)
    return near.report(past.titles)


def _previewed(past: PastIssues, found: Rescored, judge: Judge) -> PreviewedIssue:
    """Pick the issue again among the nominated works."""
    one = found.past
    picking = {candidate.work.work_id: candidate for candidate in _candidates(past, found, judge)}
    row_of, likes = found.row_of(), past.marks.liked()
    was = {pick.work_id: pick.reason for pick in one.picks}

    def explain(candidate: Candidate) -> str:
        row = row_of[candidate.item.item_id]
        return was.get(candidate.work.work_id) or _reason(candidate, one.part.vectors[row], judge, likes)

    space = _space(one, judge)
    decision = decide(
        list(picking.values()),
        judge.config.focus,
        judge.config.digest,
        floor=FLOOR,
        similarity=space.similarity,
        shown_lately=space.shown_lately,
        local_density=space.local_density,
        considered=len(one.scores),
        explain=explain,
    )
    changes = (*_kept(one, decision, picking), *_gone(one, decision))
    issue = one.issue
    return PreviewedIssue(period=issue.period, ends_at=issue.ends_at, considered=len(one.scores), changes=changes)


def _candidates(past: PastIssues, found: Rescored, judge: Judge) -> Iterator[Candidate]:
    """The nominated works with their judgement, and of the evidence what the picking asks for."""
    part, row_of = found.past.part, found.row_of()
    works = [past.works[work_id] for work_id in found.nominated if work_id in past.works]
    stored = found.stored([row_of[item.item_id] for work in works for item in work.items if item.item_id in row_of])
    shown = [candidates.best_item(work, stored) for work in works]
    rows = np.array([row_of[item.item_id] for item in shown], dtype=np.intp)
    near = avoided(judge.relevance.focus, part.vectors[rows])[1]
    for work, item, row, phrase in zip(works, shown, rows, near, strict=True):
        evidence = Evidence(extras=tuple(part.extras[row]), avoided=phrase)
        judged = candidates.judgement_of(item, stored[item.item_id], evidence)
        yield Candidate(work=work, item=item, judged=judged)


def _reason(candidate: Candidate, vector: Floats, judge: Judge, likes: Liked) -> str:
    """The reason as an issue gives it."""
    item = candidate.item
    ranked = Ranked(items=1, model=judge.model, focus=judge.relevance.focus)
    evidence = candidates.evidence_of([item], {item.item_id: vector}, ranked, likes)[item.item_id]
    return reason(replace(candidate.judged, evidence=evidence))


def _space(one: PastIssue, judge: Judge) -> SimilaritySpace:
    usual = judge.relevance.focus.reference.mean(axis=0)
    rows = centred(one.part.vectors, usual)
    return SimilaritySpace(vectors=dict(zip(one.part.item_ids, rows, strict=True)), lately=centred(one.lately, usual))


def _kept(one: PastIssue, decision: Decision, picking: Mapping[str, Candidate]) -> Iterator[Change]:
    was = {pick.work_id for pick in one.picks}
    for verdict in decision.verdicts:
        if verdict.kept and verdict.section and verdict.section != Section.STRETCH:
            item = picking[verdict.work_id].item
            yield Change(
                change="same" if verdict.work_id in was else "came",
                item_id=item.item_id,
                work_id=verdict.work_id,
                title=item.title,
                url=without_tracking(item.url),
                source=item.source,
                section=verdict.section,
                score=verdict.score,
                reason=verdict.reason,
            )


def _gone(one: PastIssue, decision: Decision) -> Iterator[Change]:
    now = {verdict.work_id: verdict for verdict in decision.verdicts}
    for pick in one.picks:
        verdict = now.get(pick.work_id)
        if verdict is None or not verdict.kept or verdict.section == Section.STRETCH:
            yield Change(
                change="gone",
                item_id=pick.item_id,
                work_id=pick.work_id,
                title=pick.title,
                url=pick.url,
                source=pick.source,
                section=pick.section,
                score=verdict.score if verdict else pick.score,
                reason=verdict.reason if verdict else pick.reason,
            )

"""What the local page shows of one item: its text, how it is judged, what issues made of it, and where else it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.compose.reasons import pdf_of
from digest.config import Config
from digest.judge import artifacts
from digest.judge.evidence import reason
from digest.records import Item, Judged, Note, Resource, Verdict, Work
from digest.store import listed, lookup, verdicts
from digest.store import marks as mark_rows
from digest.store import notes as note_rows
from digest.store import works as work_rows
from digest.store.archive import Connection
from digest.workflows import explaining
from digest.workflows.opening import opened

#: Characters of a text that are shown before the whole of it is asked for.
_BEGINNING = 1_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What one issue made of the work."""

    period: str
    verdict: Verdict
    #: works that the issue considered
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One item with all that is known of it."""

    item: Item
    work: Work
    #: under the current focus; None where it is not ranked yet
    judged: Judged | None
    #: whether the evidence is known beside the scores; not while another model ranks
    has_evidence: bool
    #: newest first
    decisions: Sequence[Decision]
    #: the better-scored work that it was kept before in the newest issue, and why; "" for none
    traded: str
    marks: tuple[tuple[str, datetime], ...]
    #: its code, data, talk and PDF
    resources: Sequence[Resource]
    #: what the learner wrote about it, as last read back
    notes: Sequence[Note]

    @property
    def others(self) -> list[Item]:
        """The same work at other places."""
        return [one for one in self.work.items if one.item_id != self.item.item_id]

    @property
    def why(self) -> str:
        return reason(self.judged) if self.judged and self.has_evidence else ""

    @property
    def parts(self) -> list[tuple[str, float]]:
        """What the score is made of, the largest contributions first."""
        given = self.judged.parts.items() if self.judged else ()
        return sorted(((name, value) for name, value in given if value), key=lambda one: -abs(one[1]))

    @property
    def beginning(self) -> list[str]:
        """The first paragraphs of the text."""
        paragraphs = paragraphs_of(self.item.body)
        taken, size = list[str](), 0
        for one in paragraphs:
            if taken and size + len(one) > _BEGINNING:
                break
            taken.append(one)
            size += len(one)
        return taken

    @property
    def rest(self) -> list[str]:
        """The paragraphs after those."""
        return paragraphs_of(self.item.body)[len(self.beginning) :]


def paragraphs_of(text: str) -> list[str]:
    """The paragraphs of a plain text: what blank lines divide, or where there are none, single lines."""
    parts = re.split(r"\n\s*\n", text) if re.search(r"\n\s*\n", text) else text.splitlines()
    return [" ".join(part.split()) for part in parts if part.strip()]


def view_item(config: Config, typed: str, *, wait: float) -> ItemView:
    """An item, named as in any command. NotFound where there is none."""
    with opened(config, wait=wait, read_only=True) as db:
        # A whole id, as in every link of ours, is found without looking for what else begins like it.
        works = work_rows.with_items(db, [typed]) if re.fullmatch(r"[0-9a-z]{10}", typed) else []
        return _view(db, config, typed, works[0]) if works else _found(db, config, lookup.resolve(db, typed))


def _found(db: Connection, config: Config, item_id: str) -> ItemView:
    [work] = work_rows.with_items(db, [item_id])
    return _view(db, config, item_id, work)


def _view(db: Connection, config: Config, item_id: str, work: Work) -> ItemView:
    item = next(one for one in work.items if one.item_id == item_id)
    judged, has_evidence = explaining.judgement_of(db, config, item)
    decided = verdicts.decided_of_work(db, work.work_id)
    seen = listed.works_considered(db, [period for period, _ in decided])
    return ItemView(
        item=item,
        work=work,
        judged=judged,
        has_evidence=has_evidence,
        decisions=[Decision(period=period, verdict=one, seen=seen.get(period, 0)) for period, one in decided],
        traded=explaining.traded(db, *decided[0]) if decided else "",
        marks=mark_rows.marked_at(db).get(item_id, ()),
        resources=(*artifacts.resources(item), *pdf_of(item)),
        notes=note_rows.of_items(db, [one.item_id for one in work.items]),
    )

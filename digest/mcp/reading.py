"""The tools that read: search, an item, its evidence, an issue. Each returns an answer, ready to be sent.

All of them call what the commands call, so that an assistant is told what `digest search` and `digest why` tell.
"""

import json
from typing import Any

from digest.compose.excerpt import excerpt
from digest.config import Config
from digest.mcp import answers
from digest.mcp.arguments import ExplainItem, GetIssue, GetItem, SearchItems, start_of
from digest.records import Item, Work
from digest.render.digest_json import render_json
from digest.store import lookup, marks, verdicts
from digest.store import works as work_rows
from digest.store.query import COLUMNS
from digest.store.search import Wanted
from digest.workflows.delivering import find_issue
from digest.workflows.explaining import explain
from digest.workflows.opening import opened
from digest.workflows.searching import find

#: Works looked for however few are shown, so that the pages of one search belong together.
MOST_FOUND = 200
#: Fields of digest.json that only a site needs.
_OF_A_SITE = ("page", "title", "sources", "wanting")


def search_items(config: Config, asked: SearchItems, *, wait: float) -> str:
    """The works found, best first, each with what it says it contributes and the learner's marks."""
    wanted = Wanted(
        since=start_of(asked.since),
        until=start_of(asked.until),
        lean=asked.lean,
        source=asked.source,
        limit=MOST_FOUND,
    )
    found = find(config, asked.words, wanted, mode=asked.mode, wait=wait)
    rows = [_row(dict(zip(COLUMNS, row, strict=True)), asked.mode) for row in found.rows]
    answers.check_offset(asked.offset, len(rows), "works")
    end = asked.offset + asked.limit
    shown = _with_excerpts(config, rows[asked.offset : end], wait=wait)
    own = {"found": len(rows) if len(rows) < MOST_FOUND else f"the best {MOST_FOUND}"}
    note = {"note": found.note} if found.note else {}
    return answers.page_of_rows("works", shown, offset=asked.offset, more=len(rows) > end, own=own | note)


def get_item(config: Config, asked: GetItem, *, wait: float) -> str:
    """What is known of one item, and its text as far as its source gives it."""
    with opened(config, wait=wait, read_only=True) as db:
        item_id = lookup.resolve(db, asked.item)
        work = work_rows.with_items(db, [item_id])[0]
        held = marks.standing(db).get(item_id, ())
    item = next(one for one in work.items if one.item_id == item_id)
    return answers.page_of_text(_facts(work, item, held), "text", item.body, offset=asked.offset)


def explain_item(config: Config, asked: ExplainItem, *, wait: float) -> str:
    """All the evidence for one verdict, as `digest why` shows it."""
    return answers.facts_alone(_without_nothing(explain(config, asked.item, wait=wait)))


def get_issue(config: Config, asked: GetIssue, *, wait: float) -> str:
    """An issue: what was kept and why, then what was nearly kept."""
    with opened(config, wait=wait, read_only=True) as db:
        last = verdicts.newest(db)
        issue = find_issue(db, asked.period or (last[0] if last else ""))
    [document] = json.loads(render_json([issue]))["issues"]
    # Reasons call other picks by their number.
    picks = [{"number": number, "kept": True} | one for number, one in enumerate(document.pop("picks"), 1)]
    missed = [{"kept": False} | one for one in document.pop("near_misses")]
    entries = [_without_nothing(one) for one in picks + missed]
    answers.check_offset(asked.offset, len(entries), "entries")
    facts = _without_nothing({name: value for name, value in document.items() if name not in _OF_A_SITE})
    # What is about the issue as a whole comes once, with its first page.
    facts = facts if asked.offset == 0 else {"period": facts["period"]}
    return answers.page_of_rows("entries", entries[asked.offset :], offset=asked.offset, facts=facts)


def _with_excerpts(config: Config, rows: list[dict[str, Any]], *, wait: float) -> list[dict[str, Any]]:
    with opened(config, wait=wait, read_only=True) as db:
        works = work_rows.with_items(db, [row["item_id"] for row in rows])
        held = marks.standing(db)
    items = {item.item_id: item for work in works for item in work.items}
    found = []
    for row in rows:
        item = items.get(row["item_id"])  # it may have been forgotten since
        more = {"excerpt": excerpt(item), "words": item.words, "marks": held.get(item.item_id, ())} if item else {}
        found.append(_without_nothing(row | more))
    return found


def _facts(work: Work, item: Item, held: tuple[str, ...]) -> dict[str, Any]:
    others = [other for other in work.items if other.item_id != item.item_id]
    return _without_nothing(
        {
            "item_id": item.item_id,
            "title": item.title,
            "authors": item.authors,
            "source": item.source,
            "kind": item.kind,
            "url": item.url,
            "published_at": item.published_at,
            "first_seen_at": work.first_seen_at,
            "arxiv_id": item.arxiv_id,
            "doi": item.doi,
            "tags": item.tags,
            "discussion": item.discussion,
            "seconds": item.seconds or None,
            "marks": held,
            "also_at": [
                {"item_id": one.item_id, "source": one.source, "url": one.url, "words": one.words} for one in others
            ],
            "summary": item.summary if item.text else "",
            "words": item.words,
        }
    )


def _row(found: dict[str, Any], mode: str) -> dict[str, Any]:
    """A work found; where ranks are fused, the number that orders them says nothing of likeness."""
    likeness = found.pop("similarity")
    return found if mode == "both" else found | {"similarity": round(likeness, 3)}


def _without_nothing(facts: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty or unknown: it would only be read in vain."""
    return {name: _each(value) for name, value in facts.items() if value not in ("", None, (), [], {})}


def _each(value: object) -> object:
    if isinstance(value, list):
        return [_each(one) for one in value]
    return _without_nothing(value) if isinstance(value, dict) else value

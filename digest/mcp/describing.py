"""The tool that says what there is: counts and focus, the columns to query, the sources and how they do."""

from collections import Counter
from datetime import datetime
from typing import Any

from digest.config import Config
from digest.mcp import answers
from digest.mcp.arguments import DescribeArchive
from digest.store import history, items, marks, verdicts
from digest.store.documentation import MACROS, VIEWS
from digest.workflows.opening import opened
from digest.workflows.searching import list_named_queries
from digest.workflows.status import source_table

_ISSUES = 12
#: A query reads a view's columns from here; vectors are of no use to an assistant.
_HIDDEN = ("embeddings", "embeddings_all")


def describe_archive(config: Config, asked: DescribeArchive, now: datetime, *, wait: float) -> str:
    """One part of the description, from an offset on."""
    match asked.part:
        case "columns":
            rows = [{"view": view} | columns for view, columns in VIEWS.items()]
            rows += [{"macro": call, "finds": found} for call, found in MACROS.items()]
        case "sources":
            columns, stored = source_table(config, wait=wait)
            rows = [_known(dict(zip(columns, row, strict=True))) for row in stored]
        case _:
            return _overview(config, now, wait=wait)
    answers.check_offset(asked.offset, len(rows), "entries")
    return answers.page_of_rows(asked.part, rows[asked.offset :], offset=asked.offset)


def _overview(config: Config, now: datetime, *, wait: float) -> str:
    with opened(config, wait=wait, read_only=True) as db:
        item_count, work_count = items.counts(db)
        ends = dict(verdicts.periods(db))
        rates = history.keep_rates(db, before=max(ends.values(), default=now), limit=_ISSUES)
        held = Counter(mark for each in marks.standing(db).values() for mark in each)
    own: dict[str, Any] = {
        "now": now,
        "works": work_count,
        "items": item_count,
        "sources": len(config.sources),
        "issues": len(ends),
        "marks": dict(held),
        "focus": _focus(config),
        "views": {view: ", ".join(columns) for view, columns in VIEWS.items() if view not in _HIDDEN},
        "macros": MACROS,
        "queries": dict(list_named_queries(config)),
    }
    last = [
        {"period": one.period, "ends_at": ends.get(one.period), "seen": one.seen, "kept": one.kept}
        for one in reversed(rates)
    ]
    return answers.page_of_rows("last_issues", last, own=_known(own))


def _focus(config: Config) -> dict[str, Any]:
    """The learner's own words: what everything is ranked against."""
    focus = config.focus
    project = {"project": focus.project.name, "question": focus.project.question} if focus.project else {}
    told = {"statement": focus.statement, "topics": focus.topics, "avoid": focus.avoid, "follow": focus.follow}
    return _known(told | {"mute": focus.mute, "envelope_share": focus.lean} | project)


def _known(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value not in ("", None, (), [], {})}

"""digest.json: every issue as data, texts and addresses made as harmless as on a page."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from digest.records import ComingEvent, Connection, Issue, Pick, ProjectSection, Resource, Wanting
from digest.render.layout import EXCERPT, lay_out
from digest.render.site import page_name, site_title
from digest.render.untrusted import shown, web_address

#: Raised when a field changes its meaning or goes; new fields may come at any time.
VERSION = 1
_LINE = 300


def render_json(issues: Sequence[Issue]) -> str:
    """Draw all *issues*, given oldest first, newest first."""
    document = {
        "version": VERSION,
        "title": site_title(issues),
        "issues": [_issue(issue) for issue in reversed(issues)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _issue(issue: Issue) -> dict[str, Any]:
    page = lay_out(issue)
    foundation = issue.foundation
    return {
        "period": shown(issue.period, 60),
        "page": page_name(issue.period),
        "title": page.title,
        "starts_at": _moment(issue.starts_at),
        "ends_at": _moment(issue.ends_at),
        "built_at": _moment(issue.built_at),
        "seen": issue.seen,
        "kept": issue.kept,
        "lean": issue.lean,
        "question": page.question,
        "project": _project(issue.project) if issue.project else None,
        "first": issue.first or None,
        "picks": [_pick(pick) for pick in issue.picks],
        "foundation": {
            "item_id": foundation.item_id,
            "title": shown(foundation.title, _LINE),
            "url": web_address(foundation.url) or None,
            "leaning": list(foundation.leaning),
        }
        if foundation
        else None,
        "near_misses": [
            {
                "item_id": miss.item_id,
                "title": shown(miss.title, _LINE),
                "url": web_address(miss.url) or None,
                "source": shown(miss.source, _LINE),
                "reason": shown(miss.reason, _LINE),
                "missing": shown(miss.change, _LINE) or None,
            }
            for miss in issue.near_misses
        ],
        "events": [_event(event) for event in issue.events],
        "themes": [
            {
                "term": shown(theme.term, 60),
                "growing": theme.growing,
                "weeks": list(theme.weeks),
                "share": theme.share,
                "share_before": theme.share_before,
            }
            for theme in issue.weekly.themes
        ],
        "sources": [
            {"source": shown(row.source, _LINE), "seen": row.seen, "kept": row.kept} for row in issue.weekly.yields
        ],
        "ailing": [shown(line, _LINE) for line in issue.ailing],
        "wanting": _wanting(issue.wanting) if issue.wanting else None,
    }


def _project(project: ProjectSection) -> dict[str, Any]:
    return {
        "name": shown(project.name, _LINE),
        "until": project.until.isoformat() if project.until else None,
        "days_left": project.days_left,
        "missing": [shown(part, _LINE) for part in project.missing],
        "over": project.wrap_up is not None,
    }


def _event(event: ComingEvent) -> dict[str, Any]:
    return {
        "item_id": event.item_id,
        "kind": event.kind.value,
        "title": shown(event.title, _LINE),
        "url": web_address(event.url) or None,
        "source": shown(event.source, _LINE),
        "place": shown(event.place, _LINE) or None,
        "starts_at": _moment(event.starts_at),
        "ends_at": _moment(event.ends_at),
        "all_day": event.all_day,
        "reason": shown(event.reason, _LINE) or None,
    }


def _wanting(wanting: Wanting) -> dict[str, Any]:
    return {
        "nearest": shown(wanting.nearest, _LINE) or None,
        "relevance": round(wanting.relevance, 4),
        "floor": wanting.floor,
        "add": [shown(term, 60) for term in wanting.add],
    }


def _pick(pick: Pick) -> dict[str, Any]:
    return {
        "item_id": pick.item_id,
        "section": shown(pick.section, 60),
        "title": shown(pick.title, _LINE),
        "url": web_address(pick.url) or None,
        "source": shown(pick.source, _LINE),
        "authors": [shown(name, 60) for name in pick.authors],
        "published_at": _moment(pick.published_at) if pick.published_at else None,
        "minutes": pick.minutes or None,
        "pass": pick.suggested_pass or None,
        "reason": shown(pick.reason, _LINE),
        "excerpt": shown(pick.excerpt, EXCERPT),
        "score": round(pick.score, 4),
        "relevance": round(pick.relevance, 4),
        "lean": round(pick.lean, 4),
        "on_question": pick.on_question,
        "also_at": [{"source": shown(place.source, _LINE), "url": web_address(place.url)} for place in pick.also_at],
        "resources": [_resource(resource) for resource in pick.resources if web_address(resource.url)],
        "connections": [_connection(connection) for connection in pick.connections],
    }


def _resource(resource: Resource) -> dict[str, Any]:
    return {
        "kind": shown(resource.kind, 60),
        "url": web_address(resource.url),
        "text": shown(resource.text, _LINE) or None,
    }


def _connection(connection: Connection) -> dict[str, Any]:
    return {
        "item_id": connection.item_id,
        "relation": shown(connection.relation, 60),
        "title": shown(connection.title, _LINE),
        "url": web_address(connection.url) or None,
    }


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

"""Pages from templates: the frame around each, and the address of each static file."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from digest.printable import one_line
from digest.records import MarkKind
from digest.render.environment import environment, source
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, duration_words, percent, period_words
from digest.web.site import site_of

STATIC = Path(__file__).parent / "static"
#: The pages in the navigation: address, name.
PAGES = (
    ("/", "Digest"),
    ("/issues", "Issues"),
    ("/search", "Search"),
    ("/saved", "Saved"),
    ("/focus", "Focus"),
    ("/sources", "Sources"),
    ("/charts", "Charts"),
    ("/queries", "Queries"),
)


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:  # noqa: ANN401 - what templates take
    """A whole page; *template* is one of ours or of `digest.render`."""
    return HTMLResponse(render(request, template, **values), status_code=status)


def render(request: Request, template: str, **values: Any) -> str:  # noqa: ANN401 - what templates take
    """The text of a page or of a piece of one."""
    common = {
        "request": request,
        "nonce": request.state.nonce,
        "path": request.url.path,
        "toast": toast_of(request),
        "problem": site_of(request).problem,
    }
    return templates().get_template(template).render(common | values)


def wants_json(request: Request) -> bool:
    """Whether our own script asks, which takes data in place of a page."""
    return "application/json" in request.headers.get("accept", "")


def told(request: Request, message: str, *, status: int) -> Response:
    """One line that says what is wrong, as data or as a page."""
    line = one_line(message)
    if wants_json(request):
        return JSONResponse({"error": line}, status_code=status)
    return page(request, "message.html", status=status, message=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toast:
    """What was just done without our script, and can be undone."""

    item_id: str
    mark: MarkKind
    #: whether the mark was taken back
    undone: bool


def toast_of(request: Request) -> Toast | None:
    """What the address says was just marked."""
    asked = request.query_params
    if asked.get("as") not in list(MarkKind) or not re.fullmatch(r"[0-9a-z]{10}", asked.get("marked", "")):
        return None
    return Toast(item_id=asked["marked"], mark=MarkKind(asked["as"]), undone="undone" in asked)


def item_path(item_id: str) -> str:
    return f"/items/{quote(item_id, safe='')}"


def issue_path(period: str) -> str:
    return f"/issues/{quote(period, safe='')}"


@cache
def static_files() -> dict[str, bytes]:
    """Every file under /static/: the style sheet that all pages share, our script, and what only the page looks like."""
    own = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.is_file()}
    return own | {"style.css": source("style.css").encode()}


@cache
def static_path(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    return f"/static/{name}?v={hashlib.sha256(static_files()[name]).hexdigest()[:12]}"


@cache
def templates() -> Environment:
    """Our templates, which extend those of `digest.render`."""
    made = environment("digest.web")
    made.globals |= {
        "pages": PAGES,
        "mark_kinds": tuple(MarkKind),
        "static": static_path,
        "item_path": item_path,
        "issue_path": issue_path,
    }
    made.filters |= {
        "shown": shown,
        "web_address": web_address,
        "count_words": count_words,
        "day_words": day_words,
        "duration_words": duration_words,
        "percent": percent,
        "period_words": period_words,
    }
    return made

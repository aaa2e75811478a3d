"""Pages from templates: the frame around each, and the address of each static file."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from digest.printable import one_line
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, duration_words, percent, period_words

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
    return environment().get_template(template).render(request=request, nonce=request.state.nonce, **values)


def wants_json(request: Request) -> bool:
    """Whether our own script asks, which takes data in place of a page."""
    return "application/json" in request.headers.get("accept", "")


def told(request: Request, message: str, *, status: int) -> Response:
    """One line that says what is wrong, as data or as a page."""
    line = one_line(message)
    if wants_json(request):
        return JSONResponse({"error": line}, status_code=status)
    return page(request, "message.html", status=status, message=line)


def item_path(item_id: str) -> str:
    return f"/items/{quote(item_id, safe='')}"


def issue_path(period: str) -> str:
    return f"/issues/{quote(period, safe='')}"


@cache
def static_path(name: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


@cache
def environment() -> Environment:
    made = Environment(
        loader=ChoiceLoader([PackageLoader("digest.web"), PackageLoader("digest.render")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"pages": PAGES, "static": static_path, "item_path": item_path, "issue_path": issue_path}
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

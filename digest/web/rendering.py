"""Pages from templates: the frame around each, and the address of each static file."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from digest.printable import one_line, visible
from digest.records import MarkKind
from digest.render.environment import environment, source
from digest.render.untrusted import shown, web_address
from digest.render.wording import count_words, day_words, duration_words, percent, period_words
from digest.web.site import site_of

if TYPE_CHECKING:
    from digest.workflows.focus_report import FocusReport

STATIC = Path(__file__).parent / "static"
#: The pages in the navigation: address, name.
PAGES = (
    ("/", "Digest"),
    ("/issues", "Issues"),
    ("/plan", "Plan"),
    ("/search", "Search"),
    ("/saved", "Saved"),
    ("/focus", "Focus"),
    ("/sources", "Sources"),
    ("/charts", "Charts"),
    ("/queries", "Queries"),
)

#: Why a phrase of the focus counts for nothing.
ASIDES = {"person": "it is about you", "background": "it is your background"}


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
        "config_problem": site_of(request).problem,
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


def page_number(request: Request, *, last: int = 1_000_000) -> int:
    """The page that the address asks for, from 1."""
    typed = request.query_params.get("page", "")
    return min(max(1, int(typed)), last) if typed.isdecimal() and len(typed) < 7 else 1


def other_page(request: Request, number: int) -> str:
    """The same address with another page, and without what a toast said."""
    url = request.url.remove_query_params(["marked", "as", "undone"]).include_query_params(page=number)
    return f"?{url.query}"


def item_path(item_id: str) -> str:
    return f"/items/{quote(item_id, safe='')}"


def issue_path(period: str) -> str:
    return f"/issues/{quote(period, safe='')}"


def local_day(moment: datetime, zone: tzinfo) -> str:
    return day_words(moment.astimezone(zone).date())


def local_time(moment: datetime, zone: tzinfo) -> str:
    """A moment to the minute in the learner's zone, as "20 Nov 2026, 10:05"."""
    at = moment.astimezone(zone)
    day, month, year = day_words(at.date()).split()
    return f"{day} {month[:3]} {year}, {at:%H:%M}"


def date_value(moment: datetime | None) -> str:
    """The value of a date field."""
    return f"{moment:%Y-%m-%d}" if moment else ""


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
        "other_page": other_page,
        "issue_path": issue_path,
        "passing_words": _passing_words,
        "asides": ASIDES,
    }
    made.filters |= {
        "shown": shown,
        "visible": visible,
        "local_day": local_day,
        "local_time": local_time,
        "date_value": date_value,
        "query_of": "?{}".format,
        "capitalize_first": lambda text: text[:1].upper() + text[1:],
        "web_address": web_address,
        "count_words": count_words,
        "day_words": day_words,
        "duration_words": duration_words,
        "percent": percent,
        "period_words": period_words,
    }
    return made


def _passing_words(report: "FocusReport") -> str:
    from digest.workflows.focus_report import passing_words  # with all that judges, which few pages want

    return passing_words(report)

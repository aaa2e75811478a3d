"""The current issue, all past ones, and every work that an issue considered."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.render.layout import lay_out
from digest.store.considered import Filter
from digest.web.rendering import page
from digest.web.site import site_of
from digest.workflows import browsing


def newest(request: Request) -> Response:
    return _shown(request, "")


def one(request: Request) -> Response:
    return _shown(request, request.path_params["period"])


def listed(request: Request) -> Response:
    site = site_of(request)
    rows = [(issue, lay_out(issue)) for issue in browsing.list_issues(site.config, wait=site.wait)]
    return page(request, "issues.html", rows=rows)


def considered(request: Request) -> Response:
    """The works of an issue; the address holds the filter and the page."""
    site, asked = site_of(request), request.query_params
    wanted = Filter(
        verdict=asked.get("verdict", ""),
        source=asked.get("source", ""),
        lean=asked.get("lean", ""),
        words=asked.get("q", ""),
    )
    number = int(asked["page"]) if asked.get("page", "").isdecimal() and len(asked["page"]) < 7 else 1
    view = browsing.view_considered(
        site.config, request.path_params["period"], wanted, number=max(1, number), wait=site.wait
    )
    return page(request, "considered.html", view=view, wanted=wanted)


def _shown(request: Request, period: str) -> Response:
    site = site_of(request)
    view = browsing.view_issue(site.config, period, wait=site.wait)
    if view is None:
        return page(request, "welcome.html")
    return page(request, "issue_page.html", view=view, page=lay_out(view.issue))


ROUTES = [
    Route("/", newest),
    Route("/issues", listed),
    Route("/issues/{period}", one),
    Route("/issues/{period}/works", considered),
]

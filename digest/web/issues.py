"""The current issue, all past ones, and every work that an issue considered."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.render.layout import lay_out
from digest.render.references import coins_of
from digest.store.considered import Filter
from digest.web.rendering import page, page_number
from digest.web.site import site_of
from digest.workflows import browsing

_VERDICTS = ("kept", "passed over")
_LEANS = ("letter", "envelope")


def newest(request: Request) -> Response:
    return _shown(request, "")


def one(request: Request) -> Response:
    return _shown(request, request.path_params["period"])


def listed(request: Request) -> Response:
    site = site_of(request)
    view = browsing.list_issues(site.config, number=page_number(request), wait=site.wait)
    return page(request, "issues.html", view=view, rows=[(issue, lay_out(issue)) for issue in view.issues])


def considered(request: Request) -> Response:
    """The works of an issue; the address holds the filter and the page. What is no verdict or lean narrows nothing."""
    site, asked = site_of(request), request.query_params
    wanted = Filter(
        verdict=asked.get("verdict", "") if asked.get("verdict") in _VERDICTS else "",
        source=asked.get("source", ""),
        lean=asked.get("lean", "") if asked.get("lean") in _LEANS else "",
        words=asked.get("q", "").replace("\0", ""),
    )
    period, number = request.path_params["period"], page_number(request)
    view = browsing.view_considered(site.config, period, wanted, number=number, wait=site.wait)
    narrowed = wanted != Filter()
    return page(request, "considered.html", view=view, wanted=wanted, narrowed=narrowed, zone=site.config.zone)


def _shown(request: Request, period: str) -> Response:
    site = site_of(request)
    view = browsing.view_issue(site.config, period, wait=site.wait)
    if view is None:
        return page(request, "welcome.html")
    return page(request, "issue_page.html", view=view, page=lay_out(view.issue), coins=coins_of(view.issue))


ROUTES = [
    Route("/", newest),
    Route("/issues", listed),
    Route("/issues/{period}", one),
    Route("/issues/{period}/works", considered),
]

"""Charts over issues and weeks that can be read, hovered and followed."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.web.drawing import drawings
from digest.web.rendering import page
from digest.web.site import site_of
from digest.workflows import charting

#: How many issues back the charts may look: what the address says, and in words for weekly issues.
SPANS = {"13": "13 issues", "26": "26 issues", "52": "52 issues"}


def shown(request: Request) -> Response:
    site = site_of(request)
    typed = request.query_params.get("issues", "26")
    chosen = typed if typed in SPANS else "26"
    found = charting.gather(site.config, limit=int(chosen), wait=site.wait)
    return page(
        request,
        "charts.html",
        drawings=drawings(found, site.config.zone),
        count=len(found.issues),
        chosen=chosen,
        spans=SPANS,
    )


ROUTES = [Route("/charts", shown)]

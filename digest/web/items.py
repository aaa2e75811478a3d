"""One item: its text, the evidence for its verdict, and where else it is."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.store.search import Wanted
from digest.web.rendering import item_path, page
from digest.web.site import site_of
from digest.workflows import browsing, searching

_SIMILAR = 8


def one(request: Request) -> Response:
    """The item under its id; other names of it lead there."""
    site, typed = site_of(request), request.path_params["item"]
    view = browsing.view_item(site.config, typed, wait=site.wait)
    if typed != view.item.item_id:
        return RedirectResponse(item_path(view.item.item_id), status_code=303)
    return page(request, "item.html", view=view)


def similar(request: Request) -> Response:
    """The works nearest in meaning, a piece of the item's page that is asked for apart, as it compares all texts."""
    site, item_id = site_of(request), request.path_params["item"]
    found = searching.find_similar(site.config, [item_id], Wanted(limit=_SIMILAR), wait=site.wait)
    template = "similar_list.html" if "fragment" in request.query_params else "similar.html"
    return page(request, template, found=found, item_id=item_id)


ROUTES = [Route("/items/{item:path}/similar", similar), Route("/items/{item:path}", one)]

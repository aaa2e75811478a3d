"""One item: its text, the evidence for its verdict, and where else it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.render.references import meta_tags, reference_of_work
from digest.store.search import Wanted
from digest.web.rendering import item_path, page
from digest.web.site import site_of
from digest.workflows import browsing_items, searching

_SIMILAR = 8
#: What the named parts of a score mean.
PARTS = {
    "statement": "near your statement",
    "topics": "near your topics",
    "project": "near your project or question",
    "sharpening": "near what the best matches have in common",
    "marks": "near what you liked, away from what you disliked",
    "avoid": "near what you want to avoid",
    "reranker": "read again beside your statement",
    "freshness": "how new it is",
    "source": "how well its source did so far",
    "prefer": "names something you prefer",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A part of the score: its bar grows from where nothing is added, to the right where it adds."""

    name: str
    value: float
    #: percent of the drawing's width
    x: float
    width: float


def one(request: Request) -> Response:
    """The item under its id; other names of it lead there."""
    site, typed = site_of(request), request.path_params["item"]
    view = browsing_items.view_item(site.config, typed, wait=site.wait)
    if typed != view.item.item_id:
        return RedirectResponse(item_path(view.item.item_id), status_code=303)
    bars, zero = _bars(view.parts)
    citation = meta_tags(reference_of_work(view.work))
    return page(
        request,
        "item.html",
        view=view,
        bars=bars,
        zero=zero,
        part_words=PARTS,
        citation=citation,
        zone=site.config.zone,
    )


def similar(request: Request) -> Response:
    """The works nearest in meaning, a piece of the item's page that is asked for apart, as it compares all texts."""
    site, item_id = site_of(request), request.path_params["item"]
    found = searching.find_similar(site.config, [item_id], Wanted(limit=_SIMILAR), wait=site.wait)
    template = "similar_list.html" if "fragment" in request.query_params else "similar.html"
    return page(request, template, found=found, item_id=item_id)


def _bars(parts: Sequence[tuple[str, float]]) -> tuple[list[Bar], float]:
    """The bars, and where between 0 and 100 percent nothing is added."""
    most = max((value for _, value in parts if value > 0), default=0.0)
    least = -min((value for _, value in parts if value < 0), default=0.0)
    span = (most + least) or 1.0
    zero = round(100 * least / span, 2)
    widths = [(name, value, round(100 * abs(value) / span, 2)) for name, value in parts]
    return [
        Bar(name=name, value=value, x=zero if value > 0 else round(zero - width, 2), width=width)
        for name, value, width in widths
    ], zero


ROUTES = [Route("/items/{item:path}/similar", similar), Route("/items/{item:path}", one)]

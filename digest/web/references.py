"""References to download: of one item, of an issue, of all that is saved."""

from collections.abc import Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.render.references import FORMATS, SUFFIXES, Reference
from digest.web.site import site_of
from digest.workflows import citing

_MEDIA_TYPES = {
    "bibtex": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl": "application/vnd.citationstyles.csl+json",
}


def of_item(request: Request) -> Response:
    site, item = site_of(request), request.path_params["item"]
    return _download(request, citing.cite_items(site.config, [item], wait=site.wait), item)


def of_issue(request: Request) -> Response:
    site, period = site_of(request), request.path_params["period"]
    return _download(request, citing.cite_issue(site.config, period, wait=site.wait), period)


def of_saved(request: Request) -> Response:
    site = site_of(request)
    return _download(request, citing.cite_saved(site.config, wait=site.wait), "saved")


def _download(request: Request, references: Sequence[Reference], name: str) -> Response:
    """A file in the format that the address ends with."""
    suffix = f".{request.path_params['suffix']}"
    if suffix not in SUFFIXES:
        raise HTTPException(404)
    plain = "".join(letter for letter in name if letter.isascii() and (letter.isalnum() or letter in "-_"))
    return Response(
        FORMATS[SUFFIXES[suffix]](references),
        media_type=_MEDIA_TYPES[SUFFIXES[suffix]],
        headers={"Content-Disposition": f'attachment; filename="{plain or "references"}{suffix}"'},
    )


ROUTES = [
    Route("/saved/cite.{suffix}", of_saved),
    Route("/issues/{period}/cite.{suffix}", of_issue),
    Route("/items/{item:path}/cite.{suffix}", of_item),
]

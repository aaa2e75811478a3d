"""Marks in one click: a form under every work, which our script sends without leaving the page."""

from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from digest.config import Config
from digest.errors import ArchiveBusy, DigestError
from digest.records import MarkKind
from digest.web.rendering import item_path, page, wants_json
from digest.web.site import site_of
from digest.workflows import feedback

ORIGIN = "page"
#: A reader who marks waits no longer than this for the archive; then the mark waits in their place.
_PATIENCE = 1.0


async def mark(request: Request) -> Response:
    """Give a mark or take it back; 202 while the archive is held, when the mark waits beside it."""
    site = site_of(request)
    form = await request.form(max_files=0, max_fields=8)
    kind, undo = _read(form)
    done = await run_in_threadpool(_mark, site.config, request.path_params["item"], kind, undo, site.clock())
    back = here(str(form.get("return", "")), request.path_params["item"])
    if wants_json(request):
        data = {"item": done.item_id if done else "", "marks": list(done.marks) if done else None, "waiting": not done}
        return JSONResponse(data, status_code=200 if done else 202)
    if done is None:
        return page(request, "message.html", status=202, message=_WAITS, back=back)
    return RedirectResponse(_with_toast(back, done.item_id, kind, undo=undo), status_code=303)


_WAITS = "The archive is in use. Your mark is kept and will be stored as soon as it is free."


def _mark(config: Config, typed: str, kind: MarkKind, undo: bool, now: datetime) -> feedback.MarkResult | None:
    """The item with its marks now; None where the mark waits."""
    try:
        [done] = feedback.mark(config, [typed], [kind], now, undo=undo, origin=ORIGIN, wait=_PATIENCE)
    except ArchiveBusy:
        feedback.mark_later(config, [typed], [kind], now, undo=undo, origin=ORIGIN)
        return None
    return done


def _read(form: FormData) -> tuple[MarkKind, bool]:
    """The mark, and whether it is taken back; a pressed button says so by its name."""
    if "undo_mark" in form:
        return _kind(str(form["undo_mark"])), True
    return _kind(str(form.get("mark", ""))), str(form.get("undo", "")) in ("1", "true")


def _kind(typed: str) -> MarkKind:
    if typed not in list(MarkKind):
        raise DigestError(f"{typed!r} is none of {', '.join(MarkKind)}")
    return MarkKind(typed)


def here(back: str, item: str) -> str:
    """An address of this site to go back to, whatever was sent."""
    parts = urlsplit(back)
    inside = back.startswith("/") and not back.startswith(("//", "/\\")) and not parts.netloc and back.isprintable()
    return back if inside else item_path(item)


def _with_toast(back: str, item_id: str, kind: MarkKind, *, undo: bool) -> str:
    """The same address, where a toast says what was done and offers to undo it."""
    parts = urlsplit(back)
    said = urlencode({"marked": item_id, "as": kind, **({"undone": 1} if undo else {})})
    return f"{parts.path}?{_without_toast(parts.query)}{said}#{quote(parts.fragment) or f'item-{item_id}'}"


def _without_toast(query: str) -> str:
    kept = [one for one in query.split("&") if one and one.split("=")[0] not in ("marked", "as", "undone")]
    return "&".join([*kept, ""])


ROUTES = [Route("/items/{item:path}/marks", mark, methods=["POST"])]

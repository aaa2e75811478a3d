"""The reading plan of the week, what was read of it, and notes on an item."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.web.marks import ORIGIN, here
from digest.web.rendering import item_path, page
from digest.web.site import site_of
from digest.workflows import noting, planning, reading

_LONGEST_NOTE = 20_000


def week(request: Request) -> Response:
    site = site_of(request)
    view = planning.view_plan(site.config, site.clock(), wait=site.wait)
    numbers = {one.entry.item_id: place for place, one in enumerate(view.plan.entries, start=1)}
    return page(request, "plan.html", view=view, numbers=numbers, zone=site.config.zone)


async def set_time(request: Request) -> Response:
    """This week's minutes, or half of the usual ones."""
    site, form = site_of(request), await request.form(max_files=0, max_fields=4)
    typed = str(form.get("minutes", ""))
    minutes = int(typed) if typed.isdecimal() and 0 < int(typed[:6]) <= 10_080 else None
    lighter = "lighter" in form
    await run_in_threadpool(
        planning.view_plan,
        site.config,
        site.clock(),
        minutes=None if lighter else minutes,
        lighter=lighter,
        wait=site.wait,
    )
    return RedirectResponse("/plan", status_code=303)


async def read(request: Request) -> Response:
    """Record a reading, or take the last one back."""
    site, item = site_of(request), request.path_params["item"]
    form = await request.form(max_files=0, max_fields=6)
    if "undo" in form:
        await run_in_threadpool(reading.undo, site.config, item, site.clock(), origin=ORIGIN, wait=site.wait)
    else:
        typed = str(form.get("pass", ""))
        await run_in_threadpool(
            reading.read,
            site.config,
            item,
            site.clock(),
            number=int(typed) if typed in ("1", "2", "3") else None,
            origin=ORIGIN,
            wait=site.wait,
        )
    return RedirectResponse(here(str(form.get("return", "")), item), status_code=303)


async def note(request: Request) -> Response:
    """Add a note; its file lies in the notes' folder."""
    site, item = site_of(request), request.path_params["item"]
    text = str((await request.form(max_files=0, max_fields=4)).get("text", ""))[:_LONGEST_NOTE]
    await run_in_threadpool(noting.note, site.config, item, text, site.clock(), wait=site.wait)
    return RedirectResponse(f"{item_path(item)}#notes", status_code=303)


ROUTES = [
    Route("/plan", week),
    Route("/plan", set_time, methods=["POST"]),
    Route("/items/{item:path}/readings", read, methods=["POST"]),
    Route("/items/{item:path}/notes", note, methods=["POST"]),
]

"""The teaching round: ten titles whose answers teach the most, sent at once, and the last lesson taken back."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.errors import ArchiveBusy
from digest.web.rendering import page
from digest.web.site import site_of
from digest.workflows import importing_likes, teaching

_ANSWER = "answer-"


def show(request: Request) -> Response:
    """The questions; the address says what was just stored or taken back."""
    site = site_of(request)
    questions = teaching.next_questions(site.config, site.clock(), wait=site.wait)
    return page(request, "teach.html", questions=questions, done=_done(request))


async def answer(request: Request) -> Response:
    """Store the answers as one lesson; while the archive is held they come back in a form, to be sent again."""
    form = await request.form(max_files=0, max_fields=60)
    return await run_in_threadpool(_answered, request, form)


async def undo(request: Request) -> Response:
    """Take the last lesson back."""
    return await run_in_threadpool(_undone, request)


def _answered(request: Request, form: FormData) -> Response:
    site = site_of(request)
    said = {name.removeprefix(_ANSWER): str(value) for name, value in form.items() if name.startswith(_ANSWER)}
    yes, no = ([one for one, word in said.items() if word == wanted] for wanted in ("yes", "no"))
    if not yes and not no:
        return RedirectResponse("/teach?nothing=1", status_code=303)
    try:
        answers = teaching.resolve_answers(site.config, yes, no, wait=site.wait)
        taught = teaching.store_answers(site.config, answers, site.clock(), wait=site.wait, compare=False)
    except ArchiveBusy as busy:
        kept = {f"{_ANSWER}{one}": word for one, word in said.items()}
        return page(request, "teach_again.html", status=503, kept=kept, busy=str(busy))
    return RedirectResponse(f"/teach?likes={taught.likes}&dislikes={taught.dislikes}", status_code=303)


def _undone(request: Request) -> Response:
    site = site_of(request)
    batch = importing_likes.undo(site.config, site.clock(), origin=teaching.ORIGIN, wait=site.wait)
    return RedirectResponse(f"/teach?undone={batch.marks if batch else 0}", status_code=303)


def _done(request: Request) -> dict[str, int]:
    """What the address says was done, as numbers."""
    asked = request.query_params
    names = ("likes", "dislikes", "undone", "nothing")
    return {name: int(asked[name]) for name in names if asked.get(name, "").isdecimal() and len(asked[name]) < 5}


ROUTES = [
    Route("/teach", show),
    Route("/teach", answer, methods=["POST"]),
    Route("/teach/undo", undo, methods=["POST"]),
]

"""The web application: every route in one place, and what becomes of errors."""

import logging
import mimetypes
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import cache

import anyio
import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route, Router
from starlette.types import Receive, Scope, Send

from digest.errors import ArchiveBusy, DigestError, NotFound, StoreError
from digest.web import issues, sign_in
from digest.web.rendering import page, static_files, told, wants_json
from digest.web.resting import Noted, Rest
from digest.web.security import Guard
from digest.web.sessions import Sessions
from digest.web.site import Site, site_of

_log = logging.getLogger(__name__)

_THREADS = 8


def _static(request: Request) -> Response:
    content = static_files().get(request.path_params["name"])
    if content is None:
        raise HTTPException(404)
    kind = mimetypes.guess_type(request.path_params["name"])[0]
    return Response(content, media_type=kind, headers={"Cache-Control": "private, max-age=31536000, immutable"})


#: What the first page needs; the others are loaded with the first request for one of them.
_FIRST = [Route("/static/{name}", _static), *sign_in.ROUTES, *issues.ROUTES]


@cache
def all_routes() -> list[Route]:
    """Every route. What the other pages import would be half of the time to the first page, and a third of its memory."""
    from digest.web import charts, focus, items, marks, plan, queries, references, search, sources, teach

    return [
        *_FIRST,
        *references.ROUTES,
        *search.ROUTES,
        *sources.ROUTES,
        *charts.ROUTES,
        *queries.ROUTES,
        *plan.ROUTES,
        *marks.ROUTES,  # before items, whose paths hold addresses
        *items.ROUTES,
        *focus.ROUTES,
        *teach.ROUTES,
    ]


async def _others(scope: Scope, receive: Receive, send: Send) -> None:
    routes = await anyio.to_thread.run_sync(all_routes)
    await Router(routes)(scope, receive, send)


def make_app(site: Site, sessions: Sessions, *, hosts: Collection[str]) -> Starlette:
    """The application for one archive; *hosts* are the names and ports that it answers under."""
    rest = Rest()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # Pages wait for the archive more than they work; each thread costs memory.
        anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(rest.watch, site)
            yield
            tasks.cancel_scope.cancel()

    app = Starlette(
        routes=[*_FIRST, Mount("/", app=_others)],
        middleware=[
            Middleware(Noted, rest=rest),
            Middleware(Guard, hosts=hosts, sessions=sessions),
            Middleware(GZipMiddleware, minimum_size=1_000),
        ],
        lifespan=lifespan,
        exception_handlers={DigestError: _digest_error, HTTPException: _http_error, Exception: _bug},
    )
    app.state.site, app.state.sessions, app.state.guessing = site, sessions, anyio.Lock()
    return app


def _digest_error(request: Request, error: Exception) -> Response:
    if isinstance(error, ArchiveBusy):
        answer = told(request, f"{error}; the page will be there as soon as it is free", status=503)
        answer.headers["Retry-After"] = "2"
        return answer
    if isinstance(error, StoreError) and not site_of(request).config.archive.exists():
        return page(request, "welcome.html", status=404 if wants_json(request) else 200)
    return told(request, str(error), status=404 if isinstance(error, NotFound) else 400)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return told(request, _WORDS.get(error.status_code, error.detail), status=error.status_code)


def _bug(request: Request, error: Exception) -> Response:
    _log.error("a bug", exc_info=error)
    return told(request, f"This is a bug: {type(error).__name__}. The log says where.", status=500)


_WORDS = {404: "There is no such page.", 405: "This page takes no such request."}

"""Signing in with a password, where the page can be reached from other machines."""

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.web.rendering import page
from digest.web.security import set_cookie
from digest.web.sessions import Sessions

#: Seconds that a guess takes, and one is made at a time.
_PAUSE = 1.0


async def form(request: Request) -> Response:
    return page(request, "login.html", wrong=False)


async def sign_in(request: Request) -> Response:
    sessions: Sessions = request.app.state.sessions
    typed = str((await request.form(max_files=0, max_fields=4)).get("password", ""))
    async with request.app.state.guessing:
        await anyio.sleep(_PAUSE)
    if not sessions.is_password(typed):
        return page(request, "login.html", status=403, wrong=True)
    answer = RedirectResponse("/", status_code=303)
    set_cookie(answer, sessions)
    return answer


ROUTES = [Route("/login", form), Route("/login", sign_in, methods=["POST"])]

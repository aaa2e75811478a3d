"""The guard before every page: known hosts, no requests from other sites, signed-in browsers, and strict headers.

A rebound DNS name is refused by its Host, which a check of the Origin alone would let through: a GET carries none.
Changes are checked by `Sec-Fetch-Site`, then by Origin, in place of tokens in forms (as Datasette does).
"""

import secrets
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from digest.web.rendering import page
from digest.web.sessions import COOKIE_SECONDS, Sessions

_SAFE_METHODS = {"GET", "HEAD"}
#: What a browser that has not signed in may ask for.
_OPEN_PATHS = ("/static/", "/login")
_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer, the Origin of our own forms would be null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, hosts: Collection[str], sessions: Sessions) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # there are no websockets here
            await send({"type": "websocket.close", "code": 1008})
            return
        scope.setdefault("state", {})["nonce"] = nonce = secrets.token_urlsafe(16)
        refused = self._refusal(Request(scope, receive))
        await (refused or self._app)(scope, receive, _with_headers(send, nonce, static=_is_static(scope)))

    def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that goes no further; None lets it through."""
        host = request.headers.get("host", "").lower()
        if host not in self._hosts:
            return PlainTextResponse("This name is not one the page is served under.", status_code=421)
        if problem := cross_site(request.method, request.headers, host, self._hosts):
            return PlainTextResponse(problem, status_code=403)
        if request.method in _SAFE_METHODS and "token" in request.query_params:
            return self._sign_in(request)
        if request.url.path.startswith(_OPEN_PATHS):
            return None
        if self._sessions.is_signed_in(request.cookies.get(self._sessions.cookie_name, "")):
            return None
        if self._sessions.wants_password:
            return RedirectResponse("/login", status_code=303)
        return page(request, "signed_out.html", status=401)

    def _sign_in(self, request: Request) -> Response:
        """Turn a one-time token into a cookie, and go on without it in the address."""
        if not self._sessions.redeem(request.query_params["token"]):
            if self._sessions.is_signed_in(request.cookies.get(self._sessions.cookie_name, "")):
                return RedirectResponse(_without_token(request), status_code=303)
            return page(request, "signed_out.html", status=403, used=True)
        answer = RedirectResponse(_without_token(request), status_code=303)
        set_cookie(answer, self._sessions)
        return answer


def set_cookie(answer: Response, sessions: Sessions) -> None:
    """Sign the browser in. Lax, as a strict cookie would not come with links from elsewhere to this page."""
    answer.set_cookie(
        sessions.cookie_name, sessions.cookie(), max_age=COOKIE_SECONDS, httponly=True, samesite="lax", path="/"
    )


def cross_site(method: str, headers: Headers, host: str, hosts: Collection[str]) -> str:
    """Why a request that another site made is refused, or "".

    A link from elsewhere may be followed; nothing else may come from there. Programs other than browsers
    send neither header; they have no cookie unless they were given one.
    """
    site = headers.get("sec-fetch-site", "")
    if method in _SAFE_METHODS:
        foreign = site in ("cross-site", "same-site") and headers.get("sec-fetch-mode", "navigate") != "navigate"
        return "Other sites may not load this." if foreign else ""
    if site and site != "same-origin":
        return "Other sites may not change anything here."
    origin = headers.get("origin")
    if origin is not None and (urlsplit(origin).netloc.lower() != host or host not in hosts):
        return "Other sites may not change anything here."
    return ""


def _without_token(request: Request) -> str:
    """The same address without the token, on this site whatever it holds."""
    rest = [(name, value) for name, value in parse_qsl(request.url.query) if name != "token"]
    return f"/{request.url.path.lstrip('/')}{'?' if rest else ''}{urlencode(rest)}"


def _is_static(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/static/")


def _with_headers(send: Send, nonce: str, *, static: bool) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
            if not static:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_with_headers

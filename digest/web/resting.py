"""Giving memory back while nobody reads: the page may run for months and is looked at for minutes."""

import ctypes
import gc
import sys
import time
from collections.abc import Callable
from contextlib import suppress

import anyio
import anyio.to_thread
from starlette.types import ASGIApp, Receive, Scope, Send

from digest.web.site import Site

#: Seconds without a request after which memory is given back, and between two looks at whether it is time.
REST, _LOOK = 45.0, 5.0


class Rest:
    """Knows when the last request ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._under_way = 0
        self._last = clock()
        self._rested = True

    async def watch(self, site: Site) -> None:
        """Give memory back whenever it is due, until cancelled."""
        while True:
            await anyio.sleep(_LOOK)
            if self.is_due():
                await anyio.to_thread.run_sync(give_memory_back, site)

    def begin(self) -> None:
        self._under_way += 1
        self._rested = False

    def end(self) -> None:
        self._under_way -= 1
        self._last = self._clock()

    def is_due(self) -> bool:
        """Whether to give memory back now; true once after the last of some requests."""
        if self._rested or self._under_way or self._clock() - self._last < REST:
            return False
        self._rested = True
        return True


class Noted:
    """ASGI middleware that tells *rest* of every request."""

    def __init__(self, app: ASGIApp, *, rest: Rest) -> None:
        self._app, self._rest = app, rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._rest.begin()
        try:
            await self._app(scope, receive, send)
        finally:
            self._rest.end()


def give_memory_back(site: Site) -> None:
    """Drop what is quickly read again, the models and what previews hold, and return to the system what is free."""
    site.previews.let_go(site.clock())
    if embedding := sys.modules.get("digest.judge.embedding"):
        embedding.forget_models()
    if likes := sys.modules.get("digest.workflows.likes"):
        likes.KNOWN.forget()
    gc.collect()
    with suppress(OSError, AttributeError):  # the C library of Linux has it, others need it less
        ctypes.CDLL("libc.so.6").malloc_trim(0)

"""A deadline for a whole conversation over a socket, however slowly its bytes drip.

A library's own timeouts hold for each piece of an answer, so a byte now and then keeps it waiting for ever.
"""

import os
import socket
import threading
from contextlib import suppress
from types import TracebackType


class Deadline:
    """Cuts the watched connections once its time is over; reading them then ends as if the server had left."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.over = False
        self._copies: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        """Watch a connection; a copy, since encryption takes the socket itself over."""
        self._copies.append(socket.socket(fileno=os.dup(connection.fileno())))

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        for copy in self._copies:
            copy.close()

    def _cut(self) -> None:
        self.over = True
        for copy in self._copies:
            with suppress(OSError):
                copy.shutdown(socket.SHUT_RDWR)

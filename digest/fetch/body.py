"""Takes an answer's bytes in, decompressed, and never more of them than allowed. No I/O of its own.

A megabyte of gzip can hold a gigabyte of zeros, so that the limit holds after decompression
too, and it holds while decompressing: memory stays near the limit whatever is sent.
"""

import io
import threading
import zlib
from typing import Protocol

from digest.errors import FetchError

_GZIP = 16 + zlib.MAX_WBITS
#: decompressed bytes made at a time
_STEP = 1 << 18
#: bodies beyond this many bytes are held by few visits at once; nearly every feed is smaller
LARGE = 4_000_000
_LARGE_AT_ONCE = 4


class Body:
    """Collects the pieces of one answer's body."""

    def __init__(self, encoding: str, limit: int) -> None:
        """*encoding* is the Content-Encoding header, *limit* in bytes before and after decompression."""
        self.wire_bytes = 0
        self._limit = limit
        self._taken = io.BytesIO()
        self._decoder = _decoder(encoding)

    @property
    def large(self) -> bool:
        return self._taken.tell() > LARGE

    def add(self, piece: bytes) -> None:
        self.wire_bytes += len(piece)
        if self.wire_bytes > self._limit:
            raise FetchError(f"body larger than {size(self._limit)}")
        if self._decoder is None:
            self._taken.write(piece)
        else:
            self._inflate(piece)

    def whole(self) -> bytes:
        """Give the finished body; FetchError where its compressed stream stops short."""
        if self._decoder is not None and self.wire_bytes and not self._decoder.eof:
            raise FetchError("the answer broke off in the middle")
        return self._taken.getvalue()

    def so_far(self) -> bytes:
        return self._taken.getvalue()

    def _inflate(self, piece: bytes) -> None:
        while self._decoder is not None:
            try:
                made = self._decoder.decompress(piece, _STEP)
            except zlib.error as error:
                raise FetchError(f"the answer's compression is damaged: {error}") from error
            self._taken.write(made)
            if self._taken.tell() > self._limit:
                raise FetchError(f"body larger than {size(self._limit)} once decompressed")
            piece = self._decoder.unconsumed_tail
            if self._decoder.eof:
                # Servers that join gzip files send several streams; anything else that trails is padding.
                piece = self._decoder.unused_data
                if not piece.startswith(b"\x1f\x8b"):
                    return
                self._decoder = zlib.decompressobj(_GZIP)
            elif not piece and len(made) < _STEP:
                return


class LargeBodies:
    """Keeps the large bodies that are in memory at once few, across all threads of a run.

    Twenty hostile servers that each send just under the limit would otherwise fill the memory together.
    """

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_LARGE_AT_ONCE)

    def permit(self) -> "Permit":
        return Permit(self._places)


class Permit:
    """One visit's permission to hold large bodies, taken when the first one turns out large."""

    def __init__(self, places: threading.BoundedSemaphore) -> None:
        self._places = places
        self._taken = False

    def take(self, seconds: float) -> bool:
        """Wait at most *seconds* for a place; once taken it holds for the whole visit."""
        self._taken = self._taken or self._places.acquire(timeout=max(seconds, 0.0))
        return self._taken

    def give_back(self) -> None:
        if self._taken:
            self._taken = False
            self._places.release()


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Deflate:
    """HTTP's "deflate": zlib by the book, bare deflate from many servers; the first bytes tell."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj()
        self._begun = False

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        if not self._begun and data:
            self._begun = True
            if data[0] & 0x0F != 8:  # a zlib header names method 8 there
                self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._inner.decompress(data, max_length)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unconsumed_tail(self) -> bytes:
        return self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data


def size(count: int) -> str:
    """Write a number of bytes for a person."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= factor:
            return f"{count / factor:.4g} {unit}"
    return f"{count} bytes"


def _decoder(encoding: str) -> _Decoder | None:
    match encoding.strip().lower():
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return zlib.decompressobj(_GZIP)
        case "deflate":
            return _Deflate()
        case other:
            raise FetchError(f"the answer is compressed with {other[:40]}, which was not asked for")

"""Reads an answer's body. httpx2 decompresses it; the limits are ours. No I/O of its own.

A megabyte of gzip can hold a gigabyte of zeros, so the limit holds on the wire and again while
decompressing: memory stays near the limit whatever is sent.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator

import httpx2

from digest.errors import FetchError

#: bytes beyond which a body counts as large; nearly every feed is smaller
LARGE = 1_000_000
#: what we ask for and httpx2 decompresses
_ENCODINGS = {"identity", "gzip", "deflate"}
#: the last bytes of an answer that are kept: gzip's trailer, and the padding that some servers put after it
_TAIL = 1024


class WireStream(httpx2.SyncByteStream):
    """The bytes of one answer as they arrive, and no more of them than allowed."""

    def __init__(self, pieces: Iterable[bytes], limit: int, close: Callable[[], None] = lambda: None) -> None:
        """*limit* in bytes; *close* releases the connection."""
        self.count = 0
        self.tail = b""
        self._pieces = pieces
        self._limit = limit
        self._close = close

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.count += len(piece)
            if self.count > self._limit:
                raise FetchError(f"body larger than {size(self._limit)}")
            self.tail = (self.tail + piece[-_TAIL:])[-_TAIL:]
            yield piece

    def close(self) -> None:
        self._close()


def read_body(response: httpx2.Response, wire: WireStream, limit: int, may_be_large: Callable[[], bool]) -> bytes:
    """Decompress the whole body; FetchError if it is too large, damaged or cut short.

    *limit* in bytes after decompression; *may_be_large* says whether we may hold more than LARGE now.
    """
    encodings = [name.lower() for name in response.headers.get_list("content-encoding", split_commas=True)]
    if unknown := next((name for name in encodings if name not in _ENCODINGS), ""):
        raise FetchError(f"the answer is compressed with {unknown[:40]}, which was not asked for")
    body = io.BytesIO()
    try:
        for piece in response.iter_bytes():
            body.write(piece)
            if body.tell() > limit:
                raise FetchError(f"body larger than {size(limit)} once decompressed")
            if body.tell() > LARGE and not may_be_large():
                raise FetchError("too many large documents at once; it will be asked again")
    except httpx2.DecodingError as error:
        raise FetchError(f"the answer's compression is damaged: {error}") from error
    if encodings == ["gzip"] and wire.count and not _ends_with_trailer(wire.tail, body.getbuffer()):
        raise FetchError("the answer broke off in the middle")
    return body.getvalue()


def read_start(response: httpx2.Response, limit: int) -> bytes:
    """Read the beginning of a refusal's body, which may be anything."""
    start = io.BytesIO()
    try:
        for piece in response.iter_bytes():
            start.write(piece)
            if start.tell() > limit:
                break
    except httpx2.DecodingError:
        return b""
    return start.getvalue()[: 2 * limit]


def size(count: int) -> str:
    """Write a number of bytes for a person."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("KB", 10**3)):
        if count >= factor:
            return f"{count / factor:.4g} {unit}"
    return f"{count} bytes"


def _ends_with_trailer(tail: bytes, body: memoryview) -> bool:
    """Check that a gzip stream ends with the checksum and length of its content (RFC 1952), zero padding aside.

    httpx2 does not: it takes a stream that was cut short for a complete one.
    """
    trailer = struct.pack("<LL", zlib.crc32(body), len(body) & 0xFFFFFFFF)
    return tail.rstrip(b"\0").endswith(trailer.rstrip(b"\0"))

"""How visits lie in a round: frames with lengths and checksums, a header as a line of JSON, and the bodies.

The frame stands before its visit twice, so that one flipped bit never hides where the next visit begins.
A round of an earlier version has no frames, and what follows damage in it is lost.
"""

import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

#: lengths and checksums of a visit's header and bodies; the checksum of these four follows
_FRAME = "{:08x} {:08x} {:012x} {:08x} "
_FRAME_BYTES = len(_FRAME.format(0, 0, 0, 0)) + 9
_CUT_SHORT = re.compile(rb"[0-9a-f \n]*")
_WITHOUT_FRAMES = b"{"


@dataclass(frozen=True, slots=True)
class Record:
    """The header of a visit, and how many bytes of bodies follow it."""

    line: bytes
    header: dict[str, Any]
    length: int
    #: of the bodies; None in a round of an earlier version
    checksum: int | None = None


def frames(line: bytes, bodies: Iterable[bytes]) -> bytes:
    """What stands before a visit with the header *line*."""
    length, checksum = 0, 0
    for body in bodies:
        length, checksum = length + len(body), zlib.crc32(body, checksum)
    numbers = _FRAME.format(len(line), zlib.crc32(line), length, checksum).encode()
    return 2 * (numbers + b"%08x\n" % zlib.crc32(numbers))


def records(file: IO[bytes]) -> Iterator[Record | bytes]:
    """Each visit's header, or the bytes of a damaged visit.

    The caller moves the file past the bodies and the line's end before it takes the next.
    """
    while start := file.read(1):
        if start == _WITHOUT_FRAMES:
            record = _without_frames(file, start + file.readline())
        else:
            record = _framed(file, start + file.read(2 * _FRAME_BYTES - 1))
        if record is None:
            return  # a kill came in the middle
        yield record


def _framed(file: IO[bytes], both: bytes) -> Record | bytes | None:
    numbers = _numbers(both[:_FRAME_BYTES]) or _numbers(both[_FRAME_BYTES:])
    if numbers is None:
        return None if len(both) < 2 * _FRAME_BYTES and _CUT_SHORT.fullmatch(both) else both + file.read()
    header_length, header_checksum, length, checksum = numbers
    line = file.read(header_length)
    if len(line) < header_length:
        return None
    header = _header(line) if zlib.crc32(line) == header_checksum else None
    if header is not None:
        return Record(line, header, length, checksum)
    rest = file.read(length + 1)
    return line + rest if len(rest) > length else None


def _without_frames(file: IO[bytes], line: bytes) -> Record | bytes | None:
    if not line.endswith(b"\n"):
        return None
    header = _header(line)
    lengths = header.get("lengths") if header else None
    if not isinstance(lengths, list) or not all(isinstance(one, int) and one >= 0 for one in lengths):
        return line + file.read()
    left = os.fstat(file.fileno()).st_size - file.tell()
    return Record(line, header or {}, sum(lengths)) if sum(lengths) <= left else None


def _header(line: bytes) -> dict[str, Any] | None:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None


def _numbers(frame: bytes) -> tuple[int, int, int, int] | None:
    """The numbers of a frame whose own checksum is right."""
    numbers, checksum = frame[:-9], frame[-9:]
    if not numbers or checksum != b"%08x\n" % zlib.crc32(numbers):
        return None
    first, second, third, fourth = (int(number, 16) for number in numbers.split())
    return first, second, third, fourth

"""The rows of an answer: taken over whole, so that the archive is free again before anybody reads them."""

import pickle
from collections.abc import Collection, Iterator
from tempfile import TemporaryFile
from typing import IO, Any
from weakref import finalize

from digest.errors import StoreError

Row = tuple[Any, ...]

#: As much as a query itself may spill.
_MOST_BYTES = 8_000_000_000


class SpilledResult(Collection[Row]):
    """Rows to be read in order, any number of times; all but the first part lie in a file without a name."""

    def __init__(self, parts: Iterator[list[Row]], *, most: int) -> None:
        self._first = next(parts, [])
        self._rest: IO[bytes] | None = None
        self._count = len(self._first)
        self._refuse_more_than(most)
        for part in parts:
            self._count += len(part)
            self._refuse_more_than(most)
            self._put_aside(part)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)

    def __iter__(self) -> Iterator[Row]:
        yield from self._first
        if self._rest is None:
            return
        position = 0
        while position < self._end:
            self._rest.seek(position)
            part = pickle.load(self._rest)
            position = self._rest.tell()
            yield from part

    def _put_aside(self, part: list[Row]) -> None:
        try:
            if self._rest is None:
                self._rest = TemporaryFile()  # noqa: SIM115 - it lives as long as the rows
                finalize(self, self._rest.close)
            pickle.dump(part, self._rest, protocol=pickle.HIGHEST_PROTOCOL)
            self._end = self._rest.tell()
        except OSError as error:
            raise StoreError(f"the rows of the query find no room on disk: {error.strerror}") from error
        if self._end > _MOST_BYTES:
            raise StoreError("the rows of the query take more than 8 GB; --format parquet takes them all")

    def _refuse_more_than(self, most: int) -> None:
        if self._count > most:
            raise StoreError(f"the query has more than {most} rows; --format parquet takes them all")

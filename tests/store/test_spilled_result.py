"""Rows that were taken over whole: in order, as often as they are read, in little memory."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID

import pytest

from digest.errors import StoreError
from digest.store import query
from digest.store.query import SpilledResult

EVERY = [
    (1, "é", None),
    (2.5, Decimal("1.10"), datetime(2026, 3, 1, tzinfo=UTC)),
    (b"x", UUID(int=1), [{"a": (1,)}]),
    (4,),
    (5,),
]


def parts(size: int) -> Iterator[list[tuple[object, ...]]]:
    return (EVERY[start : start + size] for start in range(0, len(EVERY), size))


@pytest.mark.parametrize("size", [1, 2, 5])
def test_all_rows_come_back_in_order_and_again(size: int) -> None:
    """Of whatever type, wherever they waited, also when one reading is left half done."""
    rows = SpilledResult(parts(size), most=10)

    next(iter(rows))

    assert (len(rows), list(rows), list(rows)) == (5, EVERY, EVERY)
    assert (4,) in rows


def test_two_readers_do_not_disturb_each_other() -> None:
    """Each has its own place in the file."""
    rows = SpilledResult(parts(1), most=10)

    assert list(zip(rows, rows, strict=True)) == list(zip(EVERY, EVERY, strict=True))


def test_only_the_first_part_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The others lie on disk; a short answer makes no file."""
    made: list[IO[bytes]] = []

    def counted() -> IO[bytes]:
        made.append(TemporaryFile())  # noqa: SIM115 - closed with the rows
        return made[-1]

    monkeypatch.setattr(query, "TemporaryFile", counted)

    SpilledResult(parts(5), most=10)
    assert made == []
    SpilledResult(parts(2), most=10)
    assert [file.closed for file in made] == [True]


@pytest.mark.parametrize("size", [1, 5])
def test_more_than_was_allowed_is_refused(size: int) -> None:
    """A forgotten join condition fills neither memory nor disk."""
    assert len(SpilledResult(parts(size), most=5)) == 5
    with pytest.raises(StoreError, match="more than 4 rows"):
        SpilledResult(parts(size), most=4)


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""

    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(query, "TemporaryFile", full)

    with pytest.raises(StoreError, match="No space left on device"):
        SpilledResult(parts(1), most=10)


def test_disk_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few and large the rows are."""
    monkeypatch.setattr(query, "_MOST_BYTES", 10)

    with pytest.raises(StoreError, match="--format parquet"):
        SpilledResult(parts(1), most=10)

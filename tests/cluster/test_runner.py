"""One step: what is absent is done, and what went wrong is said."""

import logging
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from digest.cluster.attempt import attempt
from digest.cluster.engine import Outcome
from digest.cluster.runner import run_step
from digest.cluster.tasks import Result
from tests.cluster.shards import Shard, shards, square, squares, written


class HereEngine:
    """An engine without workers: tasks are done here, one after the other."""

    workers = 1

    def map(
        self, function: Callable[[Any], Result], tasks: Iterable[Any], *, abreast: int = 1, resident: bool = False
    ) -> Iterator[Outcome[Any]]:
        for task in tasks:
            done = attempt(function, task)
            yield Outcome(task=task, result=done.result, error=done.error, trace=done.trace)

    def close(self) -> None: ...


def run(tasks: Iterable[Shard], seen: list[tuple[str, int, int]] | None = None) -> Any:  # noqa: ANN401
    notes = seen if seen is not None else []
    return run_step("square", HereEngine(), square, list(tasks), progress=lambda *note: notes.append(note))


def test_only_what_is_absent_is_done(tmp_path: Path) -> None:
    """And the rest is counted."""
    first = run(shards(tmp_path, 3))
    second = run(shards(tmp_path, 5))

    assert (first.done, first.skipped, second.done, second.skipped) == (3, 0, 2, 3)
    assert written(tmp_path) == squares(5)


def test_a_failure_stops_no_other_and_is_done_by_the_next_run(tmp_path: Path) -> None:
    """A line says which shard, and why."""
    first = run(shards(tmp_path, 4, {1: "raise"}))
    second = run(shards(tmp_path, 4))

    assert (first.done, first.failures) == (3, ("shard 1: no such shard",))
    assert (second.done, second.skipped, second.failures) == (1, 3, ())


def test_progress_counts_what_there_is_to_do(tmp_path: Path) -> None:
    """From none to all, failures included."""
    run(shards(tmp_path, 1))
    seen: list[tuple[str, int, int]] = []
    run(shards(tmp_path, 4, {2: "bug"}), seen)

    assert seen == [("square", number, 3) for number in range(4)]


def test_the_log_has_a_line_a_shard(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With its rows, its time and who did it, or with what went wrong."""
    with caplog.at_level(logging.INFO, "digest.cluster.runner"):
        run(shards(tmp_path, 2, {1: "raise"}))

    done, failed = caplog.messages
    assert done.startswith("square shard 0: 1 row, ")
    assert "(1 of 2)" in done
    assert failed == "square shard 1: failed (2 of 2): no such shard"


def test_nothing_to_do_is_fine() -> None:
    """As for an empty dataset."""
    done = run([])

    assert (done.done, done.skipped, done.failures) == (0, 0, ())

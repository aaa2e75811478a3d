"""Run one step of a dataset: what is there already is left alone, the rest is mapped, and each shard is a line in the log."""

import logging
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from digest.cluster.engine import Engine, Outcome
from digest.cluster.tasks import Result, Task
from digest.render.wording import count_words

T = TypeVar("T", bound=Task)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What a step did: shards done, those whose output was there before, and those that failed, with why."""

    step: str
    done: int = 0
    skipped: int = 0
    #: one line a shard: its name and the error
    failures: tuple[str, ...] = ()
    rows: int = 0
    #: of all workers together
    processor_seconds: float = 0.0


def run_step(
    step: str,
    engine: Engine,
    function: Callable[[T], Result],
    tasks: Sequence[T],
    *,
    abreast: int = 1,
    resident: bool = False,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> StepResult:
    """Map *function* over the tasks whose output is absent; *abreast* and *resident* as for `Engine.map`.

    A task that fails stops no other; another run does what is absent then.
    """
    absent = without_output(tasks)
    done = rows = 0
    processor_seconds = 0.0
    failures: list[str] = []
    progress(step, 0, len(absent))
    for number, outcome in enumerate(engine.map(function, absent, abreast=abreast, resident=resident), 1):
        if outcome.result is None:
            failures.append(f"{outcome.task.name}: {outcome.error}")
        else:
            done += 1
            rows += outcome.result.rows
            processor_seconds += outcome.result.processor_seconds
        _write_log(step, outcome, number, len(absent))
        progress(step, number, len(absent))
    return StepResult(
        step=step,
        done=done,
        skipped=len(tasks) - len(absent),
        failures=tuple(failures),
        rows=rows,
        processor_seconds=processor_seconds,
    )


def without_output(tasks: Sequence[T]) -> list[T]:
    """The tasks, all of one dataset, whose output is not there yet: by one listing of the folder above all outputs."""
    if not tasks:
        return []
    there = set(tasks[0].dataset.files(_above([task.output for task in tasks])))
    return [task for task in tasks if task.output not in there]


def _above(outputs: Sequence[str]) -> str:
    """The deepest folder that all *outputs* are in."""
    return posixpath.commonpath([posixpath.dirname(output) for output in outputs])


def _write_log(step: str, outcome: Outcome[T], number: int, total: int) -> None:
    name, result = outcome.task.name, outcome.result
    if result is None:
        _log.info("%s %s: failed (%d of %d): %s", step, name, number, total, outcome.error)
        _log.debug("%s %s: %s", step, name, outcome.trace)
        return
    note = f", {result.note}" if result.note else ""
    _log.info(
        "%s %s: %s, %.1f s (%.1f s of processor), %s%s (%d of %d)",
        step, name, count_words(result.rows, "row"), result.seconds, result.processor_seconds, result.worker, note, number, total,
    )  # fmt: skip

"""Processes of this machine: all tasks are done, whatever happens to one of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from digest.cluster.attempt import TRIES
from digest.cluster.engine import Engine
from digest.cluster.local_engine import LocalEngine
from digest.cluster.tasks import Result
from tests.cluster.shards import Shard, attempts, shards, square, squares, written

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def two_workers() -> Iterator[Engine]:
    with closing(LocalEngine(2)) as engine:
        yield engine


def test_every_task_is_done_once(tmp_path: Path, two_workers: Engine) -> None:
    """By workers that take one after the other."""
    outcomes = list(two_workers.map(square, shards(tmp_path, 20)))

    assert sorted(outcome.task.number for outcome in outcomes) == list(range(20))
    assert all(outcome.result and not outcome.error for outcome in outcomes)
    assert written(tmp_path) == squares(20)
    assert {attempts(tmp_path, number) for number in range(20)} == {1}


def test_a_result_says_who_did_it_in_what_time(tmp_path: Path, two_workers: Engine) -> None:
    """In another process, which has one thread for matrix products."""
    (outcome,) = two_workers.map(square, shards(tmp_path, 1))

    assert outcome.result is not None
    assert outcome.result.worker.rpartition(":")[2] != str(os.getpid())
    assert outcome.result.seconds > 0
    assert outcome.result.note == "1,1"
    assert os.environ.get("RAYON_NUM_THREADS") is None


def test_a_task_that_raises_is_named_in_one_line(tmp_path: Path, two_workers: Engine) -> None:
    """An error of ours speaks for itself, a bug is named by its type; the others are done."""
    outcomes = {o.task.number: o for o in two_workers.map(square, shards(tmp_path, 5, {1: "raise", 3: "bug"}))}

    assert outcomes[1].error == "no such shard"
    assert outcomes[3].error == "ZeroDivisionError: division by zero"
    assert "in square" in outcomes[3].trace
    assert sorted(number for number, outcome in outcomes.items() if outcome.result) == [0, 2, 4]


def test_a_worker_that_is_killed_takes_nothing_along(tmp_path: Path, two_workers: Engine) -> None:
    """Its task is tried again by another, and nobody notices."""
    outcomes = list(two_workers.map(square, shards(tmp_path, 10, {2: "die once", 3: "die once"})))

    assert not [outcome.error for outcome in outcomes if outcome.error]
    assert written(tmp_path) == squares(10)
    assert attempts(tmp_path, 2) == 2


def test_a_task_that_kills_its_workers_is_given_up(tmp_path: Path, two_workers: Engine) -> None:
    """After a few tries; the others are done."""
    outcomes = {o.task.number: o for o in two_workers.map(square, shards(tmp_path, 6, {0: "die"}))}

    assert "its worker died" in outcomes[0].error
    assert attempts(tmp_path, 0) == TRIES
    assert all(outcomes[number].result for number in range(1, 6))


def test_a_worker_killed_between_two_steps_is_replaced(tmp_path: Path) -> None:
    """The next step finds out and goes on."""
    before = workers_of(os.getpid())
    with closing(LocalEngine(1)) as engine:
        list(engine.map(square, shards(tmp_path, 1)))
        for worker in workers_of(os.getpid()) - before:
            worker.kill()

        (outcome,) = engine.map(square, shards(tmp_path, 2)[1:])

    assert outcome.result is not None


def test_tasks_are_taken_only_as_workers_come_free(tmp_path: Path, two_workers: Engine) -> None:
    """A million of them would cost no memory."""
    taken: list[int] = []

    def one_by_one() -> Iterator[Shard]:
        for shard in shards(tmp_path, 50):
            taken.append(shard.number)
            yield shard

    for finished, _ in enumerate(two_workers.map(square, one_by_one()), 1):
        assert len(taken) <= finished + 2


def test_who_stops_listening_leaves_no_worker_at_work(tmp_path: Path) -> None:
    """As after an interrupt: what is under way is ended."""
    before = workers_of(os.getpid())
    with closing(LocalEngine(2)) as engine:
        outcomes = engine.map(square, shards(tmp_path, 3, {1: "wait", 2: "wait"}))
        next(outcomes)
        outcomes.close()  # type: ignore[attr-defined]

    assert workers_of(os.getpid()) == before


#: Shells start what runs in their background with interrupts ignored.
_DRIVER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pathlib import Path
from digest.cluster.local_engine import LocalEngine
from tests.cluster.shards import shards, square
if __name__ == "__main__":
    print("began", flush=True)
    list(LocalEngine(2).map(square, shards(Path(sys.argv[1]), 40, {30: sys.argv[2], 31: sys.argv[2]})))
"""


@pytest.mark.parametrize(("sent", "at_work"), [(signal.SIGINT, "wait"), (signal.SIGKILL, "linger")])
def test_workers_end_with_their_driver(tmp_path: Path, sent: signal.Signals, at_work: str) -> None:
    """An interrupt, which a terminal sends to all, ends them at once and quietly; a driver's death does so once they
    are done with their task."""
    script = tmp_path / "driver.py"
    script.write_text(_DRIVER)
    with subprocess.Popen(
        [sys.executable, str(script), str(tmp_path), at_work],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as driver:  # fmt: skip
        assert driver.stdout is not None
        driver.stdout.readline()
        wait_for(lambda: attempts(tmp_path, 30) and attempts(tmp_path, 31))
        workers = workers_of(driver.pid)
        os.killpg(driver.pid, sent) if sent == signal.SIGINT else driver.kill()
        _, told = driver.communicate(timeout=60)

    psutil.wait_procs(workers, timeout=10)
    assert not [worker for worker in workers if worker.is_running()]
    assert told.count("Traceback") == (1 if sent == signal.SIGINT else 0)  # the driver's own
    assert set(written(tmp_path).items()) <= set(squares(40).items())


def workers_of(driver: int) -> set[psutil.Process]:
    """The worker processes of a driver."""
    return {child for child in psutil.Process(driver).children() if "spawn_main" in " ".join(child.cmdline())}


def wait_for(condition: Callable[[], object], seconds: float = 30) -> None:
    """Until it holds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


def test_tasks_that_wait_run_abreast(tmp_path: Path) -> None:
    """Eight at the same time in two workers, each in a thread; of a worker that is killed all are tried again."""
    with closing(LocalEngine(2)) as engine:
        together = list(engine.map(meet, shards(tmp_path, 8), abreast=4))
        apart = list(engine.map(square, shards(tmp_path, 20, {5: "die once", 6: "bug"}), abreast=3))

    assert all(outcome.result for outcome in together)
    assert [outcome.task.number for outcome in apart if outcome.error] == [6]
    assert len({outcome.result.worker for outcome in together if outcome.result}) == 2


def meet(shard: Shard) -> Result:
    """Returns once all eight are there."""
    (Path(shard.dataset.address) / f"met-{shard.number}").touch()
    wait_for(lambda: len(list(Path(shard.dataset.address).glob("met-*"))) == 8)
    return Result(rows=1)

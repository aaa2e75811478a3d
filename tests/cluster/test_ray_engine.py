"""A Ray cluster: all tasks are done, whatever happens to workers, nodes and drivers."""

import hashlib
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.cluster import embed
from digest.cluster.dataset import Dataset
from digest.cluster.engine import Engine, Outcome
from digest.cluster.engines import opened_engine
from digest.cluster.local_engine import LocalEngine
from digest.cluster.ray_engine import ClusterError, RayEngine
from digest.cluster.runner import run_step
from digest.cluster.tasks import Result
from digest.judge.embedding import Embedder
from tests.cluster.items_files import rows, write_items
from tests.cluster.shards import Shard, attempts, shards, square, squares, written
from tests.cluster.test_local_engine import wait_for

if TYPE_CHECKING:
    from loopback_cluster import LoopbackCluster

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def cluster() -> "Iterator[LoopbackCluster]":
    """Two nodes of one processor each, on loopback addresses."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.syspath_prepend(ROOT / "scripts")
        from loopback_cluster import loopback_cluster

        with loopback_cluster(2) as started:
            for name, value in started.environment.items():
                patch.setenv(name, value)
            yield started


@pytest.fixture
def whole(cluster: "LoopbackCluster") -> "LoopbackCluster":
    """The cluster with both nodes, after whatever another test did to it."""
    if not cluster.nodes[-1].processes():
        cluster.add_node()
    return cluster


@pytest.fixture
def engine(whole: "LoopbackCluster") -> Iterator[Engine]:
    with closing(RayEngine(whole.address)) as joined:
        wait_for(lambda: joined.workers == 2)
        yield joined


def done_and_failed(outcomes: Sequence[Outcome[Shard]]) -> tuple[list[int], dict[int, str]]:
    done = sorted(outcome.task.number for outcome in outcomes if outcome.result)
    return done, {outcome.task.number: outcome.error for outcome in outcomes if outcome.error}


class TestAddress:
    @pytest.mark.parametrize("address", ["127.0.0.2:1", "127.0.0.2:99999", "[::1]:1"])
    def test_where_nobody_answers_is_said_at_once(self, address: str) -> None:
        """In one line; Ray itself would go on trying for minutes."""
        with pytest.raises(ClusterError, match=r"^no Ray cluster answers at \S+: [^\n]+$"):
            RayEngine(address)

    def test_that_is_none_is_refused(self) -> None:
        """In one line as well."""
        with pytest.raises(ClusterError, match=r"^nonsense: [^\n]+$"):
            RayEngine("nonsense")

    def test_is_of_no_use_without_ray(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The line says what to install."""
        monkeypatch.setitem(sys.modules, "ray", None)

        with pytest.raises(ClusterError, match=r"pip install 'mldigest\[ray\]'"), opened_engine("ray"):
            pass


@pytest.mark.slow
class TestMap:
    def test_every_task_is_done_once(self, tmp_path: Path, engine: Engine) -> None:
        """By workers with one thread each for matrix products."""
        outcomes = list(engine.map(square, shards(tmp_path, 30)))

        assert done_and_failed(outcomes) == (list(range(30)), {})
        assert written(tmp_path) == squares(30)
        assert {attempts(tmp_path, number) for number in range(30)} == {1}
        assert {outcome.result.note for outcome in outcomes if outcome.result} == {"1,1"}

    @pytest.mark.parametrize("how", [{}, {"resident": True}, {"abreast": 3}])
    def test_one_that_goes_wrong_stops_no_other(
        self, tmp_path: Path, engine: Engine, how: dict[str, int], capfd: pytest.CaptureFixture[str]
    ) -> None:
        """An error is a line, a killed worker's task is tried again, and one that kills all of them is given up."""
        fates = (
            {3: "raise", 4: "bug", 5: "die once", 6: "die"} if how != {"abreast": 3} else {3: "raise", 5: "die once"}
        )
        done, failed = done_and_failed(list(engine.map(square, shards(tmp_path, 20, fates), **how)))  # type: ignore[arg-type]

        assert done == [number for number in range(20) if fates.get(number, "die once") == "die once"]
        assert failed.keys() == fates.keys() - {5}
        assert failed[3] == "no such shard"
        assert failed.get(4, "ZeroDivisionError: division by zero") == "ZeroDivisionError: division by zero"
        assert "its worker died" in failed.get(6, "its worker died")
        assert all("\n" not in line for line in failed.values())
        assert capfd.readouterr().out == ""

    def test_tasks_that_wait_run_abreast(self, tmp_path: Path, engine: Engine) -> None:
        """Eight at the same time in two workers."""
        assert all(outcome.result for outcome in engine.map(meet_eight, shards(tmp_path, 8), abreast=4))

    def test_tasks_are_taken_only_as_workers_come_free(self, tmp_path: Path, engine: Engine) -> None:
        """A few are in flight, however many there are."""
        taken: list[int] = []

        def one_by_one() -> Iterator[Shard]:
            for shard in shards(tmp_path, 60):
                taken.append(shard.number)
                yield shard

        for finished, _ in enumerate(engine.map(square, one_by_one()), 1):
            assert len(taken) <= finished + 10

    def test_workers_bound_what_is_in_flight(self, tmp_path: Path, whole: "LoopbackCluster") -> None:
        """With one, tasks run one after the other though there are two processors."""
        with closing(RayEngine(whole.address, workers=1)) as engine:
            list(engine.map(alone, shards(tmp_path, 10)))

        assert not list(tmp_path.glob("met-*"))


@pytest.mark.slow
class TestEmbedding:
    def test_files_are_the_same_for_every_engine(
        self, tmp_path: Path, whole: "LoopbackCluster", bundled: Embedder
    ) -> None:
        """To the last byte: one process, two, one Ray worker, two, and resident ones."""
        dataset = Dataset(str(tmp_path))
        for week in range(1, 9):
            write_items(dataset, f"2026-W{week:02}", rows(300, first=300 * week))
        tasks = embed.embed_tasks(dataset, "bundled", folder=Path(), weights=bundled.name)
        found = []
        for open_one, resident in (
            (lambda: LocalEngine(1), False), (lambda: LocalEngine(2), False),
            (lambda: RayEngine(whole.address, 1), False), (lambda: RayEngine(whole.address), False),
            (lambda: RayEngine(whole.address), True),
        ):  # fmt: skip
            dataset.remove(dataset.files("vectors"))
            with closing(open_one()) as engine:
                done = run_step("embed", engine, embed.embed_file, tasks, resident=resident)
            assert (done.done, done.rows, done.failures) == (8, 2_400, ())
            found.append({name: hashlib.sha256(dataset.read(name)).hexdigest() for name in dataset.files("vectors")})

        assert len(found[0]) == 8
        assert all(one == found[0] for one in found)


@pytest.mark.slow
class TestKills:
    def test_of_workers_and_a_node_lose_nothing(self, tmp_path: Path, engine: Engine, whole: "LoopbackCluster") -> None:
        """At random points; what they were at is done by others."""
        chance = random.Random(16)
        points = {chance.randrange(3, 12): whole.kill_worker, chance.randrange(13, 25): whole.kill_node}
        outcomes = []
        for outcome in engine.map(square, shards(tmp_path, 40, dict.fromkeys(range(40), "slow"))):
            outcomes.append(outcome)
            if kill := points.get(len(outcomes)):
                assert kill(chance)

        assert done_and_failed(outcomes) == (list(range(40)), {})
        assert written(tmp_path) == squares(40)

    def test_of_the_driver_leave_what_is_absent_to_the_next(self, tmp_path: Path, whole: "LoopbackCluster") -> None:
        """Which does no shard that is done."""
        script = tmp_path / "driver.py"
        script.write_text(_DRIVER)
        with subprocess.Popen([sys.executable, str(script), str(tmp_path), whole.address], env=os.environ) as driver:
            wait_for(lambda: (tmp_path / "squares").is_dir() and len(written_so_far(tmp_path)) >= 5)
            driver.kill()
        wait_for(lambda: not [worker for node in whole.nodes for worker in node.busy()])
        before = written_so_far(tmp_path)
        tries = {number: attempts(tmp_path, number) for number in range(30)}

        with closing(RayEngine(whole.address)) as engine:
            done = run_step("square", engine, square, shards(tmp_path, 30, dict.fromkeys(range(30), "slow")))

        assert (done.done, done.skipped, done.failures) == (30 - len(before), len(before), ())
        assert written(tmp_path) == squares(30)
        assert all(attempts(tmp_path, n) == tries[n] for n in range(30) if f"{n:05}.txt" in before)

    def test_a_node_that_was_suspended_and_goes_on_changes_nothing(
        self, tmp_path: Path, engine: Engine, whole: "LoopbackCluster"
    ) -> None:
        """It is declared dead, others do its task, and then it does it too: the same bytes under the same name."""
        node, suspended_at = whole.nodes[-1], 6
        outcomes = []
        for outcome in engine.map(square, shards(tmp_path, 30, dict.fromkeys(range(30), "slow"))):
            outcomes.append(outcome)
            if len(outcomes) == suspended_at:
                wait_for(node.busy)
                node.suspend()
        before = written(tmp_path)
        node.resume()
        wait_for(lambda: not node.processes())

        assert done_and_failed(outcomes) == (list(range(30)), {})
        assert before == written(tmp_path) == squares(30)
        assert max(attempts(tmp_path, number) for number in range(30)) == 2


@pytest.mark.slow
class TestCommand:
    def test_joins_a_cluster_and_says_what_it_did(
        self, tmp_path: Path, whole: "LoopbackCluster", bundled: Embedder
    ) -> None:
        """And a second one that there is nothing to do."""
        dataset = Dataset(str(tmp_path))
        write_items(dataset, "2026-W01", rows(100))
        first = digest("cluster", "embed", str(tmp_path), "--engine", "ray", "--address", whole.address)
        second = digest("cluster", "embed", str(tmp_path), "--engine", "ray", "--address", whole.address)

        assert first.stdout == "embed: 1 file with 100 rows written\n"
        assert first.stderr.count("\n") == 1
        assert "INFO digest.cluster.runner: embed 2026-W01/" in first.stderr
        assert (second.stdout, second.stderr) == ("embed: 0 files with 0 rows written, 1 were there\n", "")

    def test_without_the_clusters_token_is_refused(self, tmp_path: Path, whole: "LoopbackCluster") -> None:
        """In one line, that says where a token goes."""
        write_items(Dataset(str(tmp_path)), "2026-W01", rows(1))
        done = digest("cluster", "embed", str(tmp_path), "--engine", "ray", "--address", whole.address, token="0" * 64)

        assert done.returncode == 1
        *_, last = done.stderr.splitlines()  # Ray's own library may warn before
        assert last.startswith(f"digest: {whole.address}: does not let us in; its token has to be in RAY_AUTH_TOKEN")

    def test_starts_a_cluster_of_its_own_and_ends_it(self, tmp_path: Path) -> None:
        """With a token of its own, and nothing left running."""
        write_items(Dataset(str(tmp_path)), "2026-W01", rows(100))
        done = digest("cluster", "embed", str(tmp_path), "--engine", "ray", "--workers", "1", token="")

        assert done.stdout == "embed: 1 file with 100 rows written\n"


def digest(*arguments: str, token: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run the program."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | ({} if token is None else {"RAY_AUTH_TOKEN": token})
    return subprocess.run(
        [sys.executable, "-m", "digest", *arguments], capture_output=True, text=True, env=environment, check=False
    )


def meet_eight(shard: Shard) -> Result:
    """Returns once all eight are there."""
    (Path(shard.dataset.address) / f"met-{shard.number}").touch()
    wait_for(lambda: len(list(Path(shard.dataset.address).glob("met-*"))) == 8)
    return Result(rows=1)


def alone(shard: Shard) -> Result:
    """Raises where another is at work."""
    mark = Path(shard.dataset.address) / "at-work"
    mark.touch(exist_ok=False)
    square(shard)
    mark.unlink()
    return Result(rows=1)


def written_so_far(folder: Path) -> set[str]:
    return {path.name for path in (folder / "squares").iterdir() if not path.name.startswith(".")}


_DRIVER = """
import sys
from pathlib import Path
from digest.cluster.ray_engine import RayEngine
from tests.cluster.shards import shards, square
list(RayEngine(sys.argv[2]).map(square, shards(Path(sys.argv[1]), 30, dict.fromkeys(range(30), "slow"))))
"""

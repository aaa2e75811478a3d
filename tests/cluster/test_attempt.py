"""One attempt at a task."""

from pathlib import Path

from digest.cluster.attempt import attempt
from digest.errors import DigestError
from tests.cluster.shards import shards, square


def test_a_worker_of_another_release_refuses(tmp_path: Path) -> None:
    """It would write other rows under the same name."""
    (shard,) = shards(tmp_path, 1)

    answer = attempt(square, shard, "0.0.1")

    assert answer.result is None
    assert "and the command is of 0.0.1" in answer.error
    assert not (tmp_path / "squares").exists()


def test_an_error_is_one_line_of_bounded_length(tmp_path: Path) -> None:
    """However much a library says."""
    (shard,) = shards(tmp_path, 1)

    def fails(_: object) -> None:
        raise DigestError("a\nb" * 1_000)

    answer = attempt(fails, shard)  # type: ignore[arg-type]

    assert "\n" not in answer.error
    assert len(answer.error) <= 300

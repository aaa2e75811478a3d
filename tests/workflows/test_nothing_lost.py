"""Whatever happens to the process, the disk or the archive: no entry is lost, none is doubled, nothing overwritten."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.store import archive, spool
from tests.fetch.server import Asked, Said, World, serving

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SOURCES = 5


class Growing:
    """Feeds that gain an entry at each request and show only what is newer than the validator they are sent.

    So an entry is shown again and again until its reader says that it has it, and never after that:
    a reader that remembers a validator without its entries loses them.
    """

    def __init__(self) -> None:
        self.entries = Counter[str]()

    def __call__(self, asked: Asked) -> Said:
        self.entries[asked.path] += 1
        held = int(asked.headers.get("if-none-match", '"0"').strip('"'))
        newest = self.entries[asked.path]
        items = "".join(
            f"<item><guid>{n}</guid><title>{asked.path} {n}</title></item>" for n in range(held + 1, newest + 1)
        )
        body = f"<rss version='2.0'><channel><title>{asked.path}</title>{items}</channel></rss>".encode()
        return Said(headers={"ETag": f'"{newest}"'}, body=body)


def write_sources(folder: Path, world: World, paths: list[str]) -> Path:
    lines = ["[focus]", 'statement = "x"', "[fetch]", 'pause = "0s"']
    for path in paths:
        lines += ["[[sources]]", f'name = "{path}"', f'url = "{world.url(path)}"']
    (folder / "sources.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder / "sources.toml"


def digest(path: Path, *command: str, prepare: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, after some preparation in Python."""
    code = f"{prepare}\nimport sys; sys.argv = ['digest', *{command!r}, '--config', {str(path)!r}]\nfrom digest.cli import main; main()"
    environment = os.environ | {"XDG_CACHE_HOME": str(path.parent / "cache")}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
        timeout=120,
    )


def stored(path: Path) -> dict[str, int]:
    with archive.open_archive(path, read_only=True) as db:
        return dict(db.execute("select source, count(distinct entry_id) from core.items group by 1").fetchall())


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_a_kill_at_any_point_loses_and_doubles_nothing(kills: int, tmp_path: Path) -> None:
    """After so many kills at random moments, every entry that was ever shown is there once."""
    feeds = Growing()
    with serving(feeds) as world:
        path = write_sources(tmp_path, world, [f"/{n}" for n in range(SOURCES)])
        done = subprocess.run(
            [sys.executable, "-m", "tests.workflows.killing", str(path), str(kills), "7"],
            cwd=ROOT, env=os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache")},
            capture_output=True, text=True, check=True,
        )  # fmt: skip

    assert int(done.stdout) > kills // 2  # the others had ended before their kill came
    assert stored(tmp_path / "digest.duckdb") == dict(feeds.entries)
    with archive.open_archive(tmp_path / "digest.duckdb", read_only=True) as db:
        doubled = db.execute("select source, entry_id from core.items group by all having count(*) > 1").fetchall()
    assert doubled == []
    assert spool.rounds(tmp_path / "digest.duckdb.spool") == []


@pytest.mark.slow
def test_a_file_that_may_not_grow_is_one_line(tmp_path: Path) -> None:
    """As on a disk that is full: what was fetched before is kept, and the rest comes once there is room."""
    feeds = Growing()
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))"
    with serving(feeds) as world:
        path = write_sources(tmp_path, world, [f"/{n}" for n in range(SOURCES)])
        first = digest(path, "fetch")
        before = stored(tmp_path / "digest.duckdb")
        for size in (0, 5_000):
            full = digest(path, "fetch", *(f"/{n}" for n in range(SOURCES)), prepare=limit.format(size))
            assert full.returncode == 1
            assert len(full.stderr.strip().splitlines()) == 1, full.stderr
            assert "Traceback" not in full.stderr
        assert stored(tmp_path / "digest.duckdb") == before
        last = digest(path, "fetch", *(f"/{n}" for n in range(SOURCES)))

    assert (first.returncode, last.returncode) == (0, 0)
    assert stored(tmp_path / "digest.duckdb") == dict(feeds.entries)


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own; skips where this user may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk is not permitted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_one_line_and_loses_nothing(tmp_path: Path) -> None:
    """Filled to the last byte; after some room is made everything is stored."""
    feeds = Growing()
    with serving(feeds) as world, small_disk(tmp_path / "disk", "64m") as disk:
        path = write_sources(disk, world, [f"/{n}" for n in range(SOURCES)])
        digest(path, "fetch")
        with (disk / "ballast").open("wb") as ballast:
            try:
                while True:
                    ballast.write(b"x" * 65536)
                    ballast.flush()
            except OSError:
                pass
        full = digest(path, "fetch", "/0", "/1")
        (disk / "ballast").unlink()
        after = digest(path, "fetch", "/0", "/1")

        assert full.returncode == 1
        assert len(full.stderr.strip().splitlines()) == 1
        assert "No space left on device" in full.stderr
        assert after.returncode == 0
        assert stored(disk / "digest.duckdb") == dict(feeds.entries)


def test_a_read_only_folder_is_one_line(tmp_path: Path) -> None:
    """Nothing can be written, and nothing is."""
    with serving(Growing()) as world, small_disk(tmp_path / "disk", "64m") as disk:
        path = write_sources(disk, world, ["/0"])
        digest(path, "fetch")
        before = (disk / "digest.duckdb").read_bytes()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        done = digest(path, "fetch", "/0")

        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1
        assert "Read-only file system" in done.stderr or "may not be written" in done.stderr
        assert (disk / "digest.duckdb").read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    ["garbage", "middle", *(pytest.param(one, marks=pytest.mark.slow) for one in ("half", "header", "empty page"))],
)
def test_a_damaged_archive_is_one_line_and_stays_as_it_is(damage: str, tmp_path: Path) -> None:
    """The file must stay as it was for whatever repairs it; what was fetched meanwhile is not lost."""
    file = tmp_path / "digest.duckdb"
    with serving(Growing()) as world:
        path = write_sources(tmp_path, world, ["/0"])
        digest(path, "fetch")
        whole = file.read_bytes()
        file.write_bytes(
            {
                "garbage": b"not a database" * 1000,
                "half": whole[: len(whole) // 2],
                "header": b"\0" * 4096 + whole[4096:],
                "middle": whole[: len(whole) // 2] + os.urandom(8192) + whole[len(whole) // 2 + 8192 :],
                "empty page": whole[:12288] + b"\0" * 4096 + whole[16384:],
            }[damage]
        )
        before = file.read_bytes()
        done = digest(path, "fetch", "/0")

    if done.returncode:  # damage where nobody looks is not seen
        assert done.returncode == 1
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert str(file) in done.stderr
        assert file.read_bytes() == before
    assert damage not in ("garbage", "half", "header") or done.returncode == 1

"""What the benchmarks that stand beside lemon24/reader share: its environment, its clock, and our side's."""

import datetime as dt
import json
import os
import resource
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from digest.config import Config

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
NOW = dt.datetime(2026, 3, 23, 7, tzinfo=dt.UTC)
WORKERS = 8

_READER = """
import json, resource, sys, time
from reader import make_reader
urls = sys.stdin.read().split()
reader = make_reader(sys.argv[1])
for url in urls:
    reader.add_feed(url)
rounds = []
for _ in range(2):
    began, cpu = time.perf_counter(), time.process_time()
    failed = sum(isinstance(r.value, Exception) for r in reader.update_feeds_iter(scheduled=False, workers=int(sys.argv[2])))
    rounds.append({"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu, "failed": failed,
                   "entries": reader.get_entry_counts().total})
print(json.dumps(rounds))
"""


def feed_urls(replay: str, feeds: Path) -> list[str]:
    """The addresses of all recorded documents."""
    names = [json.loads(line)["file"] for line in (feeds / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    return [f"{replay}/feed/{urllib.parse.quote(name)}" for name in names]


def time_reader(python: str, urls: Sequence[str], folder: Path) -> list[dict[str, float]]:
    """Two polls by reader: seconds, seconds of CPU, feeds refused, entries."""
    done = subprocess.run(
        [python, "-c", _READER, str(folder / "reader.sqlite"), str(WORKERS)],
        input="\n".join(urls),
        capture_output=True,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


def reader_python() -> str:
    """An environment beside the others that holds reader alone."""
    folder = ROOT / ".venv-reader"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        packages = ["reader", "feedparser-sgmllib", "sgmllib3k"]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *packages], check=True)
    return str(python)


def in_new_process(script: str, folder: Path, **job: object) -> dict[str, Any]:
    """Have *script* measure in a fresh process, so that peak memory is that of one run."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, script, "--measure"],
        input=json.dumps(job | {"folder": str(folder)}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=environment,
    )
    return dict(json.loads(done.stdout))


def timed(times: dict[str, float], name: str, act: Callable[[], T]) -> T:
    """Do something and note its seconds and its seconds of CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    result = act()
    times[name], times[f"{name} cpu"] = time.perf_counter() - began, time.process_time() - cpu
    return result


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_config(folder: Path, urls: Sequence[str], *more: str) -> "Config":
    """A sources.toml of one source for each address, and what else is given."""
    from digest.config import load_config

    lines = [
        "[focus]",
        'statement = "I build retrieval systems and want to understand how retrievers are trained."',
        "[fetch]",
        'pause = "0s"',
    ]
    for number, url in enumerate(urls):
        lines += ["[[sources]]", f'name = "feed {number}"', f'url = "{url}"']
    folder.mkdir(parents=True)
    (folder / "sources.toml").write_text("\n".join([*lines, *more]), encoding="utf-8")
    return load_config(folder / "sources.toml")

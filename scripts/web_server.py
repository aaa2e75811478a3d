"""A running `digest open` with a signed-in client: what the benches and the soak talk to."""

import gzip
import http.client
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    #: bytes on the wire
    size: int
    milliseconds: float
    body: bytes


class Server:
    """The process, started in *home* and ended at the end of the block; *command* prints the address to sign in with."""

    def __init__(self, home: Path, command: tuple[str, ...] = ("open", "--port", "0", "--no-browser")) -> None:
        self._home, self._command = home, command
        self._clients: list[http.client.HTTPConnection] = []

    def __enter__(self) -> "Server":
        environment = os.environ | {"PYTHONPATH": str(ROOT), "DIGEST_CONFIG": str(self._home / "sources.toml")}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "digest", *self._command],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=self._home,
        )
        assert self.process.stdout is not None
        address = urlsplit(self.process.stdout.readline().strip())
        if not address.port:
            raise SystemExit("the page did not start")
        self.port = address.port
        self.cookie = self._sign_in(f"/?{address.query}")
        self._connection = self.client()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self._clients:
            one.close()
        self.process.terminate()
        self.process.wait(10)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _sign_in(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        found = re.match(r"[^;]+", connection.getresponse().headers["set-cookie"] or "")
        connection.close()
        return found[0] if found else ""

    def client(self) -> http.client.HTTPConnection:
        """Another connection, for another thread."""
        self._clients.append(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60))
        return self._clients[-1]

    def ask(self, path: str, form: str | None = None, *, on: http.client.HTTPConnection | None = None) -> Answer:
        """GET a path as a browser does, or POST a form as the page's script does."""
        connection = on or self._connection
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        began = time.perf_counter()
        connection.request("GET" if form is None else "POST", path, body=form, headers=headers)
        answer = connection.getresponse()
        raw = answer.read()
        spent = 1000 * (time.perf_counter() - began)
        body = gzip.decompress(raw) if answer.headers["content-encoding"] == "gzip" else raw
        return Answer(status=answer.status, size=len(raw), milliseconds=spent, body=body)

    def processor(self) -> float:
        """Milliseconds of processors that the process has used, all threads together; other work does not add to them."""
        used = psutil.Process(self.process.pid).cpu_times()
        return 1000 * float(used.user + used.system)

    def megabytes(self) -> tuple[float, float]:
        """What is resident, and what of it no other process shares."""
        memory = psutil.Process(self.process.pid).memory_full_info()
        return memory.rss / 2**20, memory.uss / 2**20

    def rested(self, seconds: float) -> tuple[float, float]:
        """The same after some seconds without a request."""
        self._connection.close()
        time.sleep(seconds)
        return self.megabytes()


def time_starts(home: Path, times: int) -> tuple[float, float, float]:
    """Milliseconds from starting the process to the whole first page: the median, the slowest, and those of processors."""
    spent, worked = [], []
    for _ in range(times):
        with Server(home) as server:
            server.ask("/")
            spent.append(1000 * (time.perf_counter() - server.began))
            worked.append(server.processor())
    return statistics.median(spent), max(spent), statistics.median(worked)

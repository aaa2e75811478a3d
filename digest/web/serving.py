"""Serving the page on a port: beside `digest serve` or for `digest open`, one server an archive."""

import ipaddress
import json
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from digest.atomic_write import atomic_write
from digest.config import load_config
from digest.errors import ArchiveBusy, DigestError, StoreError
from digest.store import keys, locks
from digest.store.spool import folder_for
from digest.web.sessions import Sessions
from digest.web.site import Site
from digest.workflows import feedback
from digest.workflows.opening import bring_up_to_date

#: Only one process serves the page of an archive.
TASK = "page"
#: Where the page is, unless another port is asked for; no well-known service has it.
PORT = 8477
LOOPBACK = "127.0.0.1"
#: Seconds between two looks at the marks that wait.
_FLUSH = 2.0
#: Seconds for requests to end by themselves.
_GRACE = 2

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the page is served: host and port, and under which other names."""

    host: str = LOOPBACK
    port: int = PORT
    names: Sequence[str] = ()
    #: for a host that other machines can reach
    password: str = ""

    @property
    def is_loopback(self) -> bool:
        with suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host == "localhost"

    def url(self, port: int) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{LOOPBACK if host in ('0.0.0.0', '[::]') else host}:{port}"

    def hosts(self, port: int) -> set[str]:
        """What the Host header may say."""
        names = {self.host, *self.names}
        if self.is_loopback or self.host in ("0.0.0.0", "::"):
            names |= {LOOPBACK, "localhost", "::1"}
        return {f"[{name}]:{port}" if ":" in name else f"{name}:{port}" for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """A page that is being served, by this process or another one."""

    url: str
    sessions: Sessions

    def one_time_address(self) -> str:
        """An address that signs a browser in, once; where a password is asked for, the plain one."""
        return self.url if self.sessions.wants_password else f"{self.url}/?token={self.sessions.token()}"


def find(archive_path: Path) -> ServedPage | None:
    """The page that another process serves of this archive, if one does."""
    if locks.holder(archive_path, TASK) is None:
        return None
    try:
        found = json.loads(_note(archive_path).read_text("utf-8"))
        key = keys.read(archive_path, keys.PAGE)
        return ServedPage(url=found["url"], sessions=Sessions(key or b"", int(found["port"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{_note(archive_path)}: cannot be read; end the process that serves the page") from error


@contextmanager
def served(config_path: Path, address: Address, *, learner: str = "", wait: float) -> Iterator[ServedPage]:
    """Serve the page until the block ends. StoreError where the port is taken or another process serves it already."""
    import uvicorn

    from digest.web.app import make_app

    config = load_config(config_path).chosen(learner)
    with _only_one(config.archive), _listening(address) as listener:
        port = int(listener.getsockname()[1])
        with suppress(ArchiveBusy):
            bring_up_to_date(config, wait=wait)
        key = keys.read_or_make(config.archive, keys.PAGE)
        sessions = Sessions(key, port, password=address.password)
        app = make_app(Site(config_path=config_path, learner=learner, wait=wait), sessions, hosts=address.hosts(port))
        server = uvicorn.Server(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                loop="asyncio",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE,
            )
        )
        url = address.url(port)
        atomic_write(_note(config.archive), json.dumps({"url": url, "port": port}).encode(), private=True)
        stop = threading.Event()
        threads = [
            threading.Thread(target=server.run, args=([listener],), name="page", daemon=True),
            threading.Thread(target=_store_waiting_marks, args=(app.state.site, stop), name="marks", daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield ServedPage(url=url, sessions=sessions)
        finally:
            stop.set()
            server.should_exit = True
            for thread in threads:
                thread.join(_GRACE + 1)
            _note(config.archive).unlink(missing_ok=True)


@contextmanager
def _only_one(archive_path: Path) -> Iterator[None]:
    with ExitStack() as held:
        try:
            held.enter_context(locks.hold(archive_path, TASK, wait=1.0))
        except ArchiveBusy as busy:
            raise StoreError(f"{archive_path}: its page is served already, by process {busy.pid}") from busy
        yield


@contextmanager
def _listening(address: Address) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    try:
        listener = socket.create_server((address.host, address.port), family=family, backlog=64)
    except OSError as error:
        raise StoreError(
            f"{address.host} port {address.port}: cannot be listened on: {error.strerror or error}; "
            "--port 0 takes a free one"
        ) from error
    with listener:
        # asyncio sets it only on sockets that name their protocol; without it each answer waits 40 ms for the browser.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


def _store_waiting_marks(site: Site, stop: threading.Event) -> None:
    """Store marks that wait as soon as the archive is free, and let go of what previews no longer need."""
    while not stop.wait(_FLUSH):
        site.previews.let_go(site.clock())
        try:
            feedback.store_waiting(site.config, wait=0)
        except ArchiveBusy:
            continue
        except DigestError as error:
            _log.warning("marks wait: %s", error)


def _note(archive_path: Path) -> Path:
    """The file that says where the page is, for `digest open` in another process."""
    return folder_for(archive_path) / "page.json"

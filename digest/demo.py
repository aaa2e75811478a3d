"""The demo: the ordinary pipeline over sample feeds that are served on loopback.

The feeds are made up. Only their dates change, which are given in days before `now`.
No request leaves this machine.
"""

import datetime as dt
import hashlib
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import Any

from digest import pipeline
from digest.config import load_config
from digest.errors import ConfigError
from digest.render.markdown import render_markdown

CONTENT_TYPES = {
    ".rss": "application/rss+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".json": "application/feed+json; charset=utf-8",
}
_DATE = re.compile(r"\{\{days_ago:(-?[\d.]+)\}\}")
_SAMPLES = files("digest") / "bundled" / "demo"


def demo_config(base_url: str) -> str:
    """Return the text of a sources.toml for the feeds served at *base_url*."""
    return (_SAMPLES / "sources.toml").read_text(encoding="utf-8").replace("{{base}}", base_url)


@contextmanager
def serve_samples(now: dt.datetime) -> Iterator[str]:
    """Serve the sample feeds with the dates of *now*; yields their address, such as http://127.0.0.1:8123."""
    documents: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, documents))
    server.daemon_threads = True
    base_url = f"http://127.0.0.1:{server.server_port}"
    documents.update(sample_documents(now, base_url))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def sample_documents(now: dt.datetime, base_url: str) -> dict[str, bytes]:
    """Return path and body of every sample feed."""
    documents = {}
    for sample in _SAMPLES.iterdir():
        name = sample.name
        if (suffix := name[name.rfind(".") :]) in CONTENT_TYPES:
            text = sample.read_text(encoding="utf-8").replace("{{base}}", base_url)
            documents[f"/{name}"] = _dated(text, now, rfc822=suffix == ".rss").encode()
    return documents


def _dated(text: str, now: dt.datetime, *, rfc822: bool) -> str:
    """Fill in the dates in the format of the feed."""

    def date(match: re.Match[str]) -> str:
        moment = (now - dt.timedelta(days=float(match[1]))).astimezone(dt.UTC).replace(microsecond=0)
        return format_datetime(moment, usegmt=True) if rfc822 else moment.isoformat()

    return _DATE.sub(date, text)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET for the sample feeds, with validators, as a well-kept site does."""

    protocol_version = "HTTP/1.1"

    def __init__(self, documents: Mapping[str, bytes], *connection: Any) -> None:  # noqa: ANN401 - what http.server gives
        self.documents = documents
        super().__init__(*connection)  # the constructor answers the request

    def do_GET(self) -> None:
        body = self.documents.get(self.path)
        if body is None:
            self._answer(HTTPStatus.NOT_FOUND, b"no such sample\n", {"Content-Type": "text/plain"})
            return
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if etag in self.headers.get("If-None-Match", ""):
            self._answer(HTTPStatus.NOT_MODIFIED, b"", {"ETag": etag})
        else:
            kind = CONTENT_TYPES[self.path[self.path.rfind(".") :]]
            self._answer(HTTPStatus.OK, body, {"ETag": etag, "Content-Type": kind})

    def _answer(self, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing: the demo prints only the digest."""


def demonstrate(folder: Path, now: dt.datetime) -> str:
    """Run everything once in *folder*; returns the digest. ConfigError if the folder has a sources.toml already."""
    path = folder / "sources.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with serve_samples(now) as base_url:
            with path.open("x", encoding="utf-8") as file:
                file.write(demo_config(base_url))
            # A rehearsal: the real arXiv is asked nothing for a project that is made up.
            outcome = pipeline.run(load_config(path), now, end_period=True, rehearsal=True)
    except FileExistsError as error:
        raise ConfigError(f"{path}: exists already; the demo needs a folder of its own") from error
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror}") from error
    assert outcome.issue is not None  # the period was ended
    return render_markdown(outcome.issue)

"""What robots.txt allows of pages: rules per host, asked for once a day. Feeds are made for robots and need none.

The rules themselves are read by Protego. Kept files live beside arXiv's lock, so that all
runs of this user share them; where they cannot be kept, they are asked for again.
"""

import hashlib
import json
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from digest.atomic_write import atomic_write
from digest.records import Response

#: the name that rules are written for
AGENT = "mldigest"
_DAY = timedelta(days=1)
#: bytes that a reader of rules must at least take (RFC 9309); more is not meant for readers
_AT_MOST = 500_000


def robots_url(url: str) -> str:
    """Where the rules for *url* lie."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def rules_of(response: Response | None, status: int) -> str | None:
    """What an answer to the question for rules means: "" allows all, None forbids all for now (RFC 9309)."""
    if response is not None:
        return response.body[:_AT_MOST].decode("utf-8", "replace")
    return "" if status == 200 or (400 <= status < 500 and status != 429) else None


def allowed(rules: str | None, url: str) -> bool:
    if not rules:
        return rules is not None
    from protego import Protego

    return bool(Protego.parse(rules).can_fetch(url, AGENT))


class Rulebook:
    """The rules that were asked for, by address; safe to use from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """*folder* keeps them for a day; without it they last as long as this object."""
        self._folder = folder
        self._rules: dict[str, str | None] = {}
        self._lock = threading.Lock()

    def known(self, url: str, now: datetime) -> bool:
        """Whether the rules that lie at *url* are here."""
        with self._lock:
            if url not in self._rules:
                self._recall(url, now)
            return url in self._rules

    def look_up(self, url: str) -> str | None:
        with self._lock:
            return self._rules[url]

    def note(self, url: str, rules: str | None, now: datetime) -> None:
        with self._lock:
            self._rules[url] = rules
        if self._folder and rules is not None:  # a server in trouble is asked again by the next run
            with suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
                kept = json.dumps({"asked_at": now.isoformat(), "rules": rules}).encode()
                atomic_write(self._path(url), kept, durable=False)

    def _recall(self, url: str, now: datetime) -> None:
        if self._folder is None:
            return
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path(url).read_text(encoding="utf-8"))
            if datetime.fromisoformat(kept["asked_at"]) <= now < datetime.fromisoformat(kept["asked_at"]) + _DAY:
                self._rules[url] = str(kept["rules"])

    def _path(self, url: str) -> Path:
        assert self._folder is not None
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"

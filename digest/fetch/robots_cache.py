"""What robots.txt allows for pages: each host's rules, fetched once a day. Feeds are meant for robots and need none.

Protego reads the rules. The cached files are beside arXiv's lock, so all runs of this user
share them; where they cannot be written, the rules are fetched again.
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
#: bytes that a crawler must read at least (RFC 9309); the rest is ignored
_AT_MOST = 500_000


def robots_url(url: str) -> str:
    """Return the address of the rules for *url*."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def rules_of(response: Response | None, status: int) -> str | None:
    """Return the rules of a response; without one, its *status* means "" (allows all) or None (forbids all, RFC 9309)."""
    if response is not None:
        return response.body[:_AT_MOST].decode("utf-8", "replace")
    return "" if status == 200 or (400 <= status < 500 and status != 429) else None


def allowed(rules: str | None, url: str) -> bool:
    if not rules:
        return rules is not None
    from protego import Protego

    return bool(Protego.parse(rules).can_fetch(url, AGENT))


class RobotsCache:
    """The rules fetched so far, by address; safe to use from several threads."""

    def __init__(self, folder: Path | None = None) -> None:
        """*folder* keeps the rules for a day; without it they last as long as this object."""
        self._folder = folder
        self._rules: dict[str, str | None] = {}
        self._lock = threading.Lock()

    def known(self, url: str, now: datetime) -> bool:
        """Return whether the rules at *url* are cached."""
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
        if self._folder and rules is not None:  # the next run asks a failing server again
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

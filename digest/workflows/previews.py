"""Previews one after another, as somebody types: what was read of the archive is held for a while."""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.config import Config

if TYPE_CHECKING:  # with all that judges: loaded by the first preview
    from digest.workflows.previewing import Held, Preview

#: Nobody has tried anything for so long: what is held, some 50 MB for a big archive, is let go.
IDLE = timedelta(seconds=40)
#: After so long what is held is read again, also where the archive is the same: the day has moved on.
_STALE = timedelta(hours=1)

_Key = tuple[object, ...]


class Previews:
    """Previews of one archive, by any number of threads, one at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._key: _Key = ()
        self._read_at: datetime | None = None
        self._used_at: datetime | None = None

    def preview(self, current: Config, other: Config, now: datetime, *, wait: float) -> "Preview":
        """Try *other*'s focus on the last issues. DigestError as `previewing.hold`."""
        from digest.workflows.previewing import hold, preview

        with self._lock:
            key = _key(current)
            stale = self._read_at is None or not timedelta() <= now - self._read_at < _STALE
            if self._held is None or stale or key != self._key:
                self._held = None  # the old one goes before the new one is read
                self._held, self._key, self._read_at = hold(current, now, wait=wait), key, now
            self._used_at = now
            return preview(self._held, other, now, wait=wait)

    def let_go(self, now: datetime) -> bool:
        """Forget what nobody has used for a while; returns whether something was forgotten."""
        if not self._lock.acquire(blocking=False):  # somebody is trying something
            return False
        try:
            if self._held is None or self._used_at is None or timedelta() <= now - self._used_at < IDLE:
                return False
            self._held = None
            return True
        finally:
            self._lock.release()


def _key(config: Config) -> _Key:
    """What a preview is read for: the archive as it is now, and the settings that made its issues."""
    from digest.compose.issue import focus_id

    stat = config.archive.stat() if config.archive.exists() else None
    written = (stat.st_ino, stat.st_size, stat.st_mtime_ns) if stat else ()
    return (config.archive, written, focus_id(config.focus), config.embedding.model_dump_json(), config.sources)

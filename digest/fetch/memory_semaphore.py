"""Bounds how many large bodies are in memory at once, across all threads of a run.

Without it, a hundred hostile servers that each send just under the limit would fill the memory together.
"""

import threading


class MemorySemaphore:
    """Lets a few sessions hold large bodies."""

    def __init__(self, sessions: int) -> None:
        """*sessions* may hold large bodies at the same time."""
        self._semaphore = threading.BoundedSemaphore(sessions)

    def slot(self) -> "MemorySlot":
        return MemorySlot(self._semaphore)


class MemorySlot:
    """One session's share of the semaphore, acquired when its first large body turns up."""

    def __init__(self, semaphore: threading.BoundedSemaphore) -> None:
        self._semaphore = semaphore
        self._held = False

    def acquire(self, seconds: float) -> bool:
        """Wait at most *seconds* for a slot; once acquired it holds for the whole session."""
        self._held = self._held or self._semaphore.acquire(timeout=max(seconds, 0.0))
        return self._held

    def release(self) -> None:
        if self._held:
            self._held = False
            self._semaphore.release()

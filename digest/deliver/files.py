"""Digests as files, each written in one step so that nobody reads half of one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digest.atomic_write import atomic_write
from digest.deliver.channel import DeliveryOutcome
from digest.errors import DeliveryError
from digest.records import DeliveryState, Issue
from digest.records.issues import is_period
from digest.render.html import render_html
from digest.render.markdown import render_markdown

RENDERERS: dict[str, Callable[[Issue], str]] = {"markdown": render_markdown, "html": render_html}
SUFFIXES = {"markdown": "md", "html": "html"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChannel:
    """Writes issues into a folder in one format; writing one twice is no harm, the bytes are the same."""

    #: the format, which is the channel's name
    name: str
    folder: Path

    def recipients(self, period: str) -> tuple[str, ...]:
        return (str(path_of(self.folder, period, self.name)),)

    def message_id(self, issue: Issue, recipient: str, *, again: str = "") -> str:
        """Nothing: a file needs no name that survives a second delivery."""
        return ""

    def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome:
        write(Path(recipient), RENDERERS[self.name](issue))
        return DeliveryOutcome(state=DeliveryState.SENT)

    def close(self) -> None:
        """Nothing stays open."""


def path_of(folder: Path, period: str, name: str = "markdown") -> Path:
    """Where the issue of that period lies in a format; DeliveryError for a name that could lead out of the folder."""
    if not is_period(period):
        raise DeliveryError(f"{period!r} is no name of an issue, such as 2026-W47")
    return folder / f"{period}.{SUFFIXES[name]}"


def write(path: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a digest, *private* for its owner alone; DeliveryError names the file where that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic_write(path, content.encode() if isinstance(content, str) else content, private=private)
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be written: {error.strerror or error}") from error

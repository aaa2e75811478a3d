"""What every way out of the house has in common. No I/O."""

from dataclasses import dataclass
from typing import Protocol

from digest.records import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """How one delivery ended."""

    #: "sent", "failed" (it certainly did not arrive) or "unknown" (it may have arrived)
    state: str
    #: one line for the user
    error: str = ""


class Channel(Protocol):
    """A way out of the house. It may fail with DeliveryError, which means that nothing arrived."""

    @property
    def name(self) -> str: ...

    def recipients(self, period: str) -> tuple[str, ...]:
        """Whom an issue of that period goes to, each with a receipt of its own."""
        ...

    def message_id(self, issue: Issue, recipient: str, *, again: str = "") -> str:
        """The name under which whoever receives the issue twice can tell; *again* makes another one."""
        ...

    def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome: ...

    def close(self) -> None: ...

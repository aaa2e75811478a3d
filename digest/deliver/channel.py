"""The protocol of a delivery channel, and how one delivery ended. No I/O."""

from dataclasses import dataclass
from typing import Protocol

from digest.records import DeliveryState, Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryOutcome:
    """How one delivery ended."""

    #: SENT, FAILED (it certainly did not arrive) or UNKNOWN (it may have arrived)
    state: DeliveryState
    #: one line for the user
    error: str = ""


class Channel(Protocol):
    """One way to deliver issues. `deliver` raises DeliveryError when certainly nothing arrived."""

    @property
    def name(self) -> str: ...

    def recipients(self, period: str) -> tuple[str, ...]:
        """The recipients of an issue of that period; each has its own receipt."""
        ...

    def message_id(self, issue: Issue, recipient: str, *, again: str = "") -> str:
        """The Message-ID by which a mailbox recognises a second copy; *again* makes another one."""
        ...

    def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome: ...

    def close(self) -> None: ...

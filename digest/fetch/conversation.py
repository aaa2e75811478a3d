"""A session that can be gone on with by somebody else: what it was told is kept, and told again without a request.

Where several owners share all hosts, a poll whose redirect, feed or article lies on another owner's host is handed to
that owner with all answers so far. A session depends on nothing but its answers, so the new owner's comes to the same
point by hearing them again. No I/O.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from digest.fetch.request_steps import Poll, RequestStep, StepResult
from digest.fetch.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """What a run may do of all that its polls lead to."""

    #: whether a request is this run's to send
    asks: Callable[[RequestStep], bool]
    #: takes a poll, in the caller's thread, whose next request is not, with what it has heard; None where polls have
    #: been handed over often enough, so that such a request fails as if its host had refused it
    hand_over: Callable[[Poll, RequestStep], None] | None
    #: called as a request is about to leave, in any thread: raises where the run has lost its hosts to another owner
    confirm: Callable[[], None]


@dataclass(slots=True)
class Conversation:
    """A session, and what it has been told."""

    poll: Poll
    session: Session
    #: the rules of robots.txt that the session went by, which it adds to
    rules: dict[str, str | None]
    ownership: Ownership | None = None
    step: RequestStep = field(init=False)
    _answers: dict[str, StepResult] = field(init=False)

    def __post_init__(self) -> None:
        self._answers = dict(self.poll.heard)

    def begin(self) -> RequestStep:
        """The first step that nobody has taken; StopIteration, with what was fetched, where there is none."""
        return self._untold(next(self.session))

    def send(self, result: StepResult) -> RequestStep:
        """The step after the one that led to *result*; StopIteration at the end."""
        self._answers[self.step.url] = result
        return self._untold(self.session.send(result))

    def so_far(self) -> Poll:
        """The poll as another owner goes on with it."""
        return replace(self.poll, heard=self._answers, rules=self.rules)

    @property
    def elsewhere(self) -> bool:
        """Whether the step is another owner's to take."""
        return self.ownership is not None and not self.ownership.asks(self.step)

    def _untold(self, step: RequestStep) -> RequestStep:
        told: Mapping[str, StepResult] = self.poll.heard
        while True:
            self.step = step
            if step.url in told:
                step = self.session.send(told[step.url])
            elif self.ownership and self.ownership.hand_over is None and self.elsewhere:
                step = self.session.send(StepResult(error=f"not asked: {step.host[0]} is one hand-over too far"))
            else:
                return step

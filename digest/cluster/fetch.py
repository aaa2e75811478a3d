"""Ask the sources of one shard: as one machine asks its own, for the hosts of this shard alone.

The owner takes the shard's lease and rests one pause, since an earlier owner may have asked a moment ago. It goes on
from the visits that earlier owners left in the shard's spool, and hands polls that lead to other shards' hosts to their
owners, who take them up in the next pass.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digest.cluster import handoffs, spools
from digest.cluster.attempt import here
from digest.cluster.dataset import Dataset, key
from digest.cluster.leases import Lease
from digest.cluster.sharding import ARXIV, shard_of_host
from digest.cluster.source_files import read_sources
from digest.cluster.tasks import Result
from digest.config import Fetch
from digest.fetch.client import FetchLimits, Poll
from digest.fetch.conversation import Ownership
from digest.fetch.request_steps import RequestStep
from digest.records import Fetched, SourceState
from digest.store import spool
from digest.workflows import fetching, retrieving

#: Asks the polls: the rest of what is needed is the caller's.
Ask = Callable[[Sequence[Poll], Callable[[Fetched], None], Ownership], None]


@dataclass(frozen=True, kw_only=True)
class FetchTask:
    """One shard in one pass of a round of fetching."""

    dataset: Dataset
    shard: int
    #: how many shards there are
    shards: int
    #: the time of the round
    now: datetime
    #: entries dated before it are no news of a new source
    period_start: datetime
    settings: Fetch
    limits: FetchLimits = field(default_factory=FetchLimits)
    #: 0 begins with the shard's own sources; further passes take up what other shards handed over
    number: int = 0
    #: in the last pass nothing is handed over any more
    last: bool = False
    #: the file of the shard's sources
    sources: str = ""
    #: the polls that were handed over to this shard
    handed: tuple[str, ...] = ()

    @property
    def output(self) -> str:
        return spools.done_name(self.shard, self.now, self.number)

    @property
    def name(self) -> str:
        return f"shard {self.shard:03}" + (f", pass {self.number}" if self.number else "")


def fetch_shard(task: FetchTask) -> Result:
    """Visit what is due over the web; Superseded where another owner took the shard meanwhile."""

    def ask(polls: Sequence[Poll], keep: Callable[[Fetched], None], ownership: Ownership) -> None:
        retrieving.ask_web(polls, task.settings, task.now, keep, limits=task.limits, ownership=ownership)

    return visit_shard(task, ask)


def visit_shard(task: FetchTask, ask: Ask, *, sleep: Callable[[float], None] = time.sleep) -> Result:
    """Plan the visits of a shard, have them asked, and keep each; those that are kept already are not asked again."""
    polls = _planned(task)
    if not polls:
        return _finish(task, polls, {})
    lease = Lease(task.dataset, task.shard)
    lease.take()
    sleep(_rest(task, lease))
    visited = spools.visited(task.dataset, task.shard, task.now)
    # A moment's name sorts by pass, then by owner.
    writer = f"{task.number}-{lease.generation:06}-{lease.owner[:8]}"
    lease.confirm()
    with spools.begin(task.dataset, task.shard, task.now, writer=writer) as current:
        _ask(task, ask, _still_to_ask(task, polls, visited), current, visited, lease)
    lease.confirm()
    return _finish(task, polls, visited)


def _planned(task: FetchTask) -> list[Poll]:
    """The polls of a pass, in the same way at every try."""
    if task.number:
        return handoffs.read(task.dataset, task.handed)
    rows = read_sources(task.dataset, task.sources)
    states = {source.name: state for source, state in rows if state}
    known = fetching.Known(states=states, period_start=task.period_start)
    return fetching.plan_visits([source for source, _ in rows], known, task.now, ())[0]


def _still_to_ask(task: FetchTask, polls: Sequence[Poll], visited: dict[str, SourceState]) -> list[Poll]:
    handed = _handed_on(task)
    return [poll for poll in polls if poll.source.name not in visited and key(poll.source.name) not in handed]


def _ask(
    task: FetchTask,
    ask: Ask,
    polls: Sequence[Poll],
    current: spool.SpooledRound,
    visited: dict[str, SourceState],
    lease: Lease,
) -> None:
    before = {poll.source.name: poll.state for poll in polls}

    def keep(fetched: Fetched) -> None:
        name = fetched.source.name
        visited[name] = fetching.keep_visit(current, fetched, before[name], task.now, task.settings)

    def hand_over(poll: Poll, step: RequestStep) -> None:
        receiver = _owner(step, task.shards)
        handoffs.write(
            task.dataset, poll, moment=task.now, number=task.number + 1, sender=task.shard, receiver=receiver
        )

    ownership = Ownership(
        asks=lambda step: _owner(step, task.shards) == task.shard,
        hand_over=None if task.last else hand_over,
        confirm=lease.confirm,
    )
    ask(polls, keep, ownership)


def _owner(step: RequestStep, shards: int) -> int:
    return ARXIV if step.arxiv else shard_of_host(step.host[0], shards=shards)


def _rest(task: FetchTask, lease: Lease) -> float:
    """Seconds before the first request: an earlier owner may have sent its last one just now."""
    pause = task.settings.pause.total_seconds()
    if task.shard == ARXIV:
        pause = max(pause, task.limits.arxiv_gap)
    return pause + lease.stale_after


def _handed_on(task: FetchTask) -> set[str]:
    return handoffs.written(task.dataset, moment=task.now, number=task.number + 1, sender=task.shard)


def _finish(task: FetchTask, polls: Sequence[Poll], visited: dict[str, SourceState]) -> Result:
    """Say that the shard's part of the pass is complete."""
    names = {poll.source.name for poll in polls}
    errors = [state.last_error for name, state in visited.items() if name in names]
    done = spools.Done(
        asked=len(errors),
        failed=sum(map(bool, errors)),
        unreached=sum(map(fetching.is_unreached, errors)),
        handed_over=len(names) - len(errors),
        worker=here(),
    )
    spools.write_done(task.dataset, task.output, done)
    note = ", ".join(
        f"{count} {words}" for count, words in ((done.failed, "failed"), (done.handed_over, "handed over")) if count
    )
    return Result(rows=done.asked, note=note)

"""Deliver an issue once through each channel to each recipient.

Building an issue stores a receipt for each channel and recipient. A receipt without a message id
was never tried. An attempt is recorded before it is made (pending, with its message id), and its
outcome as soon as it is known. So a kill leaves only that attempt in doubt; a mail is repeated under the
same Message-ID, by which mailboxes recognise a second copy. A post is not: nobody would recognise its copy.
"""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from digest.config import Config
from digest.deliver import files
from digest.deliver.channel import Channel, DeliveryOutcome
from digest.deliver.post_channel import POSTED
from digest.errors import DeliveryError, DigestError, NotFound
from digest.records import DeliveryState, Issue, Receipt
from digest.render.mail_marks import ReplyAddress
from digest.store import archive, deliveries, learners, locks, verdicts
from digest.store.archive import Connection
from digest.workflows import posting
from digest.workflows.mail_feedback import reply_address
from digest.workflows.opening import opened

#: Only one process at a time delivers from an archive.
TASK = "delivering"
#: The background job waits between two attempts as long as it has tried already, within these limits.
#: Greylisting servers want some minutes, and a broken one should not be asked all night.
SHORTEST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=4)
#: The error in the receipt of an attempt that was interrupted.
INTERRUPTED = "was cut short; whether it arrived is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The outcome of one delivery."""

    receipt: Receipt

    @property
    def path(self) -> Path | None:
        """The file that was written; None for other channels."""
        return Path(self.receipt.recipient) if self.receipt.channel in files.RENDERERS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDelivery:
    """A delivery to make: *before* is its last receipt; *again* repeats it even if that was sent."""

    issue: Issue
    channel: Channel
    before: Receipt
    again: bool = False


def channels(
    config: Config, environment: Mapping[str, str] = os.environ, *, reply_to: ReplyAddress | None = None
) -> list[Channel]:
    """The channels that sources.toml declares; *reply_to* is where marks by mail go."""
    ways: list[Channel] = [
        files.FileChannel(name=name, folder=config.digest_folder) for name in dict.fromkeys(config.digest.formats)
    ]
    if config.email is not None:
        from digest.deliver.mail import MailChannel  # imports smtplib and ssl, which a run without mail does not need

        ways.append(MailChannel(config.email, environment, reply_to=reply_to))
    return [*ways, *posting.posts(config, environment)]


def plan(issue: Issue, via: Sequence[Channel]) -> list[Receipt]:
    """The first receipts of an issue: one a channel and recipient."""
    return [
        Receipt(
            period=issue.period, channel=way.name, recipient=to, state=DeliveryState.PENDING, attempted_at=issue.built_at
        )
        for way in via
        for to in way.recipients(issue.period)
    ]  # fmt: skip


def undelivered(
    receipts: Sequence[Receipt], newest: str | None, via: Sequence[Channel], *, repeat: bool = True
) -> list[Receipt]:
    """The receipts of the newest issue that are to be sent yet, and whose recipients are still in sources.toml.

    With *repeat*, so is a mail that may have arrived.
    """
    wanted = {(way.name, to) for way in via for to in way.recipients(newest)} if newest else set()
    return [
        r
        for r in receipts
        if r.period == newest
        and r.state != DeliveryState.SENT
        and not posted_in_doubt(r)
        and (repeat or r.state != DeliveryState.UNKNOWN or r.channel in files.RENDERERS)
        and (r.channel, r.recipient) in wanted
    ]


def posted_in_doubt(receipt: Receipt) -> bool:
    """Whether it is a post that may have arrived; only `deliver_again` repeats it."""
    return receipt.channel in POSTED and receipt.state == DeliveryState.UNKNOWN


def due(receipt: Receipt, built_at: datetime, now: datetime) -> bool:
    """Whether the background job should try now; it waits as long as it has tried already."""
    if not attempted(receipt, built_at):
        return True
    pause = min(max(receipt.attempted_at - built_at, SHORTEST_PAUSE), LONGEST_PAUSE)
    return not receipt.attempted_at <= now < receipt.attempted_at + pause


def attempted(receipt: Receipt, built_at: datetime) -> bool:
    """Whether a delivery was ever tried, and not only planned."""
    return bool(receipt.state != DeliveryState.PENDING or receipt.message_id or receipt.attempted_at != built_at)


def any_due(db: Connection, config: Config, now: datetime) -> bool:
    """Whether a delivery of the newest issue should be tried now, or receipts wait to be stored."""
    if _logged(db, config):
        return True
    newest = verdicts.newest(db)
    if newest is None:
        return False
    period, built_at = newest
    left = undelivered(deliveries.receipts(db, period), period, channels(config))
    return any(due(receipt, built_at, now) for receipt in left)


def deliver_pending(
    config: Config,
    now: datetime,
    *,
    wait: float,
    period: str | None = None,
    only_due: bool = False,
    ways: Sequence[Channel] | None = None,
    stop: Event | None = None,
    repeat: bool = True,
) -> list[Delivered]:
    """Make the deliveries of the newest issue, or that of *period*, that are not sent.

    *only_due* skips those that failed a moment ago; *stop* ends it between two deliveries. Without *repeat*, a mail
    that may have arrived is not sent again: each is sent at most once.
    """
    with locks.hold(config.archive, TASK, wait=wait), _opened(config, ways, wait=wait) as open_ways:
        issue, receipts = _issue_with_receipts(config, period, wait=wait)
        if issue is None:
            return []
        planned = [
            PlannedDelivery(issue=issue, channel=way, before=receipt)
            for receipt in undelivered(receipts, issue.period, open_ways, repeat=repeat)
            for way in open_ways
            if way.name == receipt.channel and receipt.recipient in way.recipients(issue.period)
            if not only_due or due(receipt, issue.built_at, now)
        ]
        return _deliver(config, planned, now, wait=wait, stop=stop)


def deliver_again(
    config: Config,
    now: datetime,
    *,
    wait: float,
    period: str | None = None,
    only: Collection[str] = (),
    ways: Sequence[Channel] | None = None,
) -> list[Delivered]:
    """Deliver an issue to all channels in sources.toml, even where it was sent already.

    *only* limits it to these channels or recipients.
    """
    with locks.hold(config.archive, TASK, wait=wait), _opened(config, ways, wait=wait) as open_ways:
        issue, receipts = _issue_with_receipts(config, period, wait=wait)
        if issue is None:
            raise DigestError("there is no issue to send yet")
        known = {(r.channel, r.recipient): r for r in receipts}
        planned = [
            PlannedDelivery(issue=issue, channel=way, before=known.get((r.channel, r.recipient), r), again=True)
            for way in open_ways
            for r in plan(issue, [way])
            if not only or way.name in only or r.recipient in only
        ]
        if not planned:
            raise DigestError(f"sources.toml sends nothing to {', '.join(sorted(only))}")
        return _deliver(config, planned, now, wait=wait, stop=None)


def find_issue(db: Connection, period: str) -> Issue:
    """The stored issue of that name; NotFound if there is none."""
    found = verdicts.issue(db, period)
    if found is None:
        known = [name for name, _ in verdicts.periods(db)]
        raise NotFound(
            f"there is no issue {period!r}; " + (f"the last is {known[-1]}" if known else "none was built yet")
        )
    return found


def all_receipts(db: Connection, config: Config) -> list[Receipt]:
    """Every receipt, with those that are not in the archive yet."""
    return deliveries.overlay(deliveries.receipts(db), _logged(db, config))


def _logged(db: Connection, config: Config) -> list[Receipt]:
    return deliveries.logged(config.archive, config.learner_id, learners.former_id(db, config.learner_id))


@contextmanager
def _opened(config: Config, ways: Sequence[Channel] | None, *, wait: float) -> Iterator[Sequence[Channel]]:
    open_ways = channels(config, reply_to=reply_address(config, wait=wait)) if ways is None else ways
    try:
        yield open_ways
    finally:
        for way in open_ways:
            way.close()


def _issue_with_receipts(config: Config, period: str | None, *, wait: float) -> tuple[Issue | None, list[Receipt]]:
    """The issue and its receipts; interrupted attempts become unknown.

    The caller holds the delivery lock, so no attempt is under way.
    """
    with opened(config, wait=wait) as db:
        deliveries.store_logged(config.archive, db)
        issue = _newest_or(db, period)
        if issue is None:
            return None, []
        receipts = deliveries.receipts(db, issue.period)
        interrupted = [r for r in receipts if r.state == DeliveryState.PENDING and r.message_id]
        doubtful = {r: replace(r, state=DeliveryState.UNKNOWN, error=INTERRUPTED) for r in interrupted}
        with archive.transaction(db):
            for receipt in doubtful.values():
                deliveries.record(db, receipt)
    return issue, [doubtful.get(r, r) for r in receipts]


def _newest_or(db: Connection, period: str | None) -> Issue | None:
    """The issue of *period*, or the newest if it is None."""
    if period is not None:
        return find_issue(db, period)
    newest = verdicts.newest(db)
    return verdicts.issue(db, newest[0]) if newest else None


def _deliver(
    config: Config, planned: Sequence[PlannedDelivery], now: datetime, *, wait: float, stop: Event | None
) -> list[Delivered]:
    """Make the planned deliveries one by one; a failure does not stop the others."""
    delivered: list[Delivered] = []
    bugs: list[Exception] = []
    for delivery in planned:
        if stop is not None and stop.is_set():
            break
        begun = delivery.before
        try:
            begun = _before_attempt(delivery, now)
            with opened(config, wait=wait) as db, archive.transaction(db):
                deliveries.record(db, begun)
            outcome = delivery.channel.deliver(delivery.issue, begun.recipient, begun.message_id)
        except DeliveryError as error:
            begun, outcome = delivery.before, DeliveryOutcome(state=DeliveryState.FAILED, error=str(error))
        except DigestError:
            raise  # the archive cannot be written: better not to send than to forget that it was sent
        except Exception as bug:
            # A mail may have been sent before the bug; a file, which has no message id, is written again.
            outcome = DeliveryOutcome(
                state=DeliveryState.UNKNOWN if begun.message_id else DeliveryState.FAILED, error=f"a bug: {bug!r}"
            )
            bugs.append(bug)
        ended = _after_attempt(delivery, begun, outcome, now)
        deliveries.log(config.archive, config.learner_id, ended)
        with opened(config, wait=wait) as db:
            deliveries.store_logged(config.archive, db)
        delivered.append(Delivered(receipt=ended))
    if bugs:
        raise bugs[0]
    return delivered


def _before_attempt(delivery: PlannedDelivery, now: datetime) -> Receipt:
    """The receipt of an attempt that is about to be made; every attempt has the same message id."""
    before = delivery.before
    fresh = delivery.again and before.state == DeliveryState.SENT
    name = "" if fresh else before.message_id
    again = now.isoformat() if fresh else ""
    return replace(
        before,
        state=DeliveryState.PENDING,
        attempted_at=now,
        delivered_at=None,
        message_id=name or delivery.channel.message_id(delivery.issue, before.recipient, again=again),
        error="",
    )


def _after_attempt(delivery: PlannedDelivery, begun: Receipt, outcome: DeliveryOutcome, now: datetime) -> Receipt:
    sent = outcome.state == DeliveryState.SENT
    state, error = outcome.state, outcome.error
    doubtful = delivery.before.state == DeliveryState.UNKNOWN
    if doubtful and sent:
        copy = "" if begun.channel in POSTED else " under the same Message-ID"
        error = (
            f"sent again{copy}: the attempt of {delivery.before.attempted_at:%Y-%m-%d %H:%M} UTC may have arrived too"
        )
    elif doubtful and state == DeliveryState.FAILED:
        # This failure says nothing about the attempt before.
        state, error = DeliveryState.UNKNOWN, f"{error}; an earlier attempt may have arrived"
    return replace(begun, state=state, attempted_at=now, delivered_at=now if sent else None, error=error)

"""Deliver an issue once through each channel to each recipient, and know at any moment how that stands.

Where an issue goes is settled when it is built: a receipt for each channel and recipient is
stored with it. One without a message id was never tried. An attempt is written down before it
is made (pending, with its message id) and its outcome the moment it is known, so that after a
kill exactly that attempt is in doubt; it is repeated under the same Message-ID, by which
mailboxes know a second copy.
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
from digest.errors import DeliveryError, DigestError
from digest.records import Issue, Receipt
from digest.render.mail_marks import ReplyAddress
from digest.store import archive, deliveries, locks, verdicts
from digest.store.archive import Connection
from digest.workflows.mail_feedback import reply_address

#: Only one process at a time delivers from an archive.
TASK = "delivering"
#: Between two attempts of the background job: as long as the issue has been on its way, within these.
#: Greylisting servers want some minutes, and one that is broken need not be asked all night.
SHORTEST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=4)
#: What a receipt says of an attempt of which only the beginning is known.
CUT_SHORT = "was cut short; whether it arrived is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """Where an issue went, or why it did not."""

    receipt: Receipt

    @property
    def path(self) -> Path | None:
        """The file it is in, where it was written to one."""
        return Path(self.receipt.recipient) if self.receipt.channel in files.RENDERERS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDelivery:
    """One delivery to make: *before* is how it stands, *again* that it is wanted once more though it went well."""

    issue: Issue
    channel: Channel
    before: Receipt
    again: bool = False


def channels(
    config: Config, environment: Mapping[str, str] = os.environ, *, reply_to: ReplyAddress | None = None
) -> list[Channel]:
    """The ways out that sources.toml opens; *reply_to* is where marks by mail go."""
    opened: list[Channel] = [
        files.FileChannel(name=name, folder=config.digest_folder) for name in dict.fromkeys(config.digest.formats)
    ]
    if config.email is not None:
        from digest.deliver.mail import MailChannel  # brings smtplib and ssl, which a run without mail does without

        opened.append(MailChannel(config.email, environment, reply_to=reply_to))
    return opened


def plan(issue: Issue, ways: Sequence[Channel]) -> list[Receipt]:
    """The receipts that an issue starts out with."""
    return [
        Receipt(
            period=issue.period, channel=way.name, recipient=to, state="pending", attempted_at=issue.built_at
        )
        for way in ways
        for to in way.recipients(issue.period)
    ]  # fmt: skip


def undelivered(receipts: Sequence[Receipt], newest: str | None, ways: Sequence[Channel]) -> list[Receipt]:
    """What of the newest issue has not gone where sources.toml still sends it."""
    wanted = {(way.name, to) for way in ways for to in way.recipients(newest or "")}
    return [r for r in receipts if r.period == newest and r.state != "sent" and (r.channel, r.recipient) in wanted]


def due(receipt: Receipt, built_at: datetime, now: datetime) -> bool:
    """Whether the background job should try now; each pause is as long as all the time before it."""
    if not attempted(receipt, built_at):
        return True
    pause = min(max(receipt.attempted_at - built_at, SHORTEST_PAUSE), LONGEST_PAUSE)
    return not receipt.attempted_at <= now < receipt.attempted_at + pause


def attempted(receipt: Receipt, built_at: datetime) -> bool:
    """Whether a delivery was ever tried, rather than only planned with the issue."""
    return bool(receipt.state != "pending" or receipt.message_id or receipt.attempted_at != built_at)


def deliver_pending(
    config: Config,
    now: datetime,
    *,
    wait: float,
    period: str | None = None,
    only_due: bool = False,
    ways: Sequence[Channel] | None = None,
    stop: Event | None = None,
) -> list[Delivered]:
    """Deliver what of the newest issue, or that of *period*, has not gone where it was to go.

    *only_due* leaves alone what was tried in vain a moment ago; *stop* ends it between two deliveries.
    """
    with _alone(config, wait=wait), _opened(config, ways, wait=wait) as open_ways:
        issue, receipts = _issue_with_receipts(config, period, wait=wait)
        if issue is None:
            return []
        errands = [
            PlannedDelivery(issue=issue, channel=way, before=receipt)
            for receipt in undelivered(receipts, issue.period, open_ways)
            for way in open_ways
            if way.name == receipt.channel and (not only_due or due(receipt, issue.built_at, now))
        ]
        return _deliver(config, errands, now, wait=wait, stop=stop)


def deliver_again(
    config: Config,
    now: datetime,
    *,
    wait: float,
    period: str | None = None,
    only: Collection[str] = (),
    ways: Sequence[Channel] | None = None,
) -> list[Delivered]:
    """Deliver an issue wherever sources.toml now says, though it may have gone there before.

    *only* names channels or recipients to keep to.
    """
    with _alone(config, wait=wait), _opened(config, ways, wait=wait) as open_ways:
        issue, receipts = _issue_with_receipts(config, period, wait=wait)
        if issue is None:
            raise DigestError("there is no issue to send yet")
        known = {(r.channel, r.recipient): r for r in receipts}
        errands = [
            PlannedDelivery(issue=issue, channel=way, before=known.get((r.channel, r.recipient), r), again=True)
            for way in open_ways
            for r in plan(issue, [way])
            if not only or way.name in only or r.recipient in only
        ]
        if not errands:
            raise DigestError(f"sources.toml sends nothing to {', '.join(sorted(only))}")
        return _deliver(config, errands, now, wait=wait, stop=None)


def preview(config: Config, path: Path, *, wait: float, period: str | None = None) -> Issue:
    """Write the mail that the first recipient gets, as a file that mail programs open."""
    from digest.deliver.message import compose_message, message_id

    if config.email is None:
        raise DeliveryError("sources.toml has no [email] table, so there is no mail to show")
    with archive.open_archive(config.archive, wait=wait, read_only=True) as db:
        issue = _issue(db, period)
    if issue is None:
        raise DigestError("there is no issue to show yet; `digest run --issue` makes one")
    sender, recipient = config.email.sender, config.email.to[0]
    message = compose_message(
        issue,
        sender=sender,
        recipient=recipient,
        message_id=message_id(issue, recipient, sender),
        reply_to=reply_address(config, wait=wait),
    )
    files.write(path, message.as_bytes())
    return issue


def stand(db: Connection, config: Config) -> list[Receipt]:
    """Every receipt, those included that are known but not in the archive yet."""
    return deliveries.overlay(deliveries.receipts(db), deliveries.logged(config.archive))


@contextmanager
def _alone(config: Config, *, wait: float) -> Iterator[None]:
    with locks.hold(config.archive, TASK, wait=wait):
        yield


@contextmanager
def _opened(config: Config, ways: Sequence[Channel] | None, *, wait: float) -> Iterator[Sequence[Channel]]:
    opened = channels(config, reply_to=reply_address(config, wait=wait)) if ways is None else ways
    try:
        yield opened
    finally:
        for way in opened:
            way.close()


def _issue_with_receipts(config: Config, period: str | None, *, wait: float) -> tuple[Issue | None, list[Receipt]]:
    """The issue and how its deliveries stand; attempts of which only the beginning is known become unknown.

    Whoever asks holds the delivery lock, so that no attempt is under way.
    """
    with archive.open_archive(config.archive, wait=wait) as db:
        deliveries.store_logged(config.archive, db)
        issue = _issue(db, period)
        if issue is None:
            return None, []
        receipts = deliveries.receipts(db, issue.period)
        cut = [r for r in receipts if r.state == "pending" and r.message_id]
        doubtful = {r: replace(r, state="unknown", error=CUT_SHORT) for r in cut}
        with archive.transaction(db):
            for receipt in doubtful.values():
                deliveries.record(db, receipt)
    return issue, [doubtful.get(r, r) for r in receipts]


def _issue(db: Connection, period: str | None) -> Issue | None:
    if period is None:
        newest = verdicts.newest(db)
        return verdicts.issue(db, newest[0]) if newest else None
    known = [name for name, _ in verdicts.periods(db)]
    found = verdicts.issue(db, period)
    if found is None:
        raise DigestError(
            f"there is no issue {period!r}; " + (f"the last is {known[-1]}" if known else "none was built")
        )
    return found


def _deliver(
    config: Config, errands: Sequence[PlannedDelivery], now: datetime, *, wait: float, stop: Event | None
) -> list[Delivered]:
    """Run the errands one by one; one that fails does not keep the others from going."""
    delivered: list[Delivered] = []
    bugs: list[Exception] = []
    for errand in errands:
        if stop is not None and stop.is_set():
            break
        begun = errand.before
        try:
            begun = _begun(errand, now)
            with archive.open_archive(config.archive, wait=wait) as db, archive.transaction(db):
                deliveries.record(db, begun)
            outcome = errand.channel.deliver(errand.issue, begun.recipient, begun.message_id)
        except DeliveryError as error:
            begun, outcome = errand.before, DeliveryOutcome(state="failed", error=str(error))
        except DigestError:
            raise  # the archive cannot be written to: better not to send than to forget it
        except Exception as bug:
            # Where in the delivery it struck is not known; a file, which has no message id, is simply written again.
            outcome = DeliveryOutcome(state="unknown" if begun.message_id else "failed", error=f"a bug: {bug!r}")
            bugs.append(bug)
        ended = _ended(errand, begun, outcome, now)
        deliveries.log(config.archive, ended)
        with archive.open_archive(config.archive, wait=wait) as db:
            deliveries.store_logged(config.archive, db)
        delivered.append(Delivered(receipt=ended))
    if bugs:
        raise bugs[0]
    return delivered


def _begun(errand: PlannedDelivery, now: datetime) -> Receipt:
    """The receipt of an attempt that is about to be made; it keeps its message id through every attempt."""
    before = errand.before
    fresh = errand.again and before.state == "sent"
    name = "" if fresh else before.message_id
    again = now.isoformat() if fresh else ""
    return replace(
        before,
        state="pending",
        attempted_at=now,
        delivered_at=None,
        message_id=name or errand.channel.message_id(errand.issue, before.recipient, again=again),
        error="",
    )


def _ended(errand: PlannedDelivery, begun: Receipt, outcome: DeliveryOutcome, now: datetime) -> Receipt:
    sent = outcome.state == "sent"
    state, error = outcome.state, outcome.error
    doubtful = errand.before.state == "unknown"
    if doubtful and sent:
        error = f"sent again under the same Message-ID: the attempt of {errand.before.attempted_at:%Y-%m-%d %H:%M} UTC may have arrived too"
    elif doubtful and state == "failed":
        # That this attempt failed says nothing of the one before.
        state, error = "unknown", f"{error}; an earlier attempt may have arrived"
    return replace(begun, state=state, attempted_at=now, delivered_at=now if sent else None, error=error)

"""Each delivery once, and a true word about it at any moment: failures, kills, pauses, formats added later."""

import itertools
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from digest import pipeline
from digest.config import ALONE, Config, Email
from digest.deliver.channel import Channel, DeliveryOutcome
from digest.deliver.message import message_id
from digest.errors import ArchiveBusy, DeliveryError, DigestError
from digest.records import DeliveryState, Issue, Receipt
from digest.store import archive, deliveries, locks, verdicts
from digest.workflows import delivering, delivery_previews
from digest.workflows.delivering import INTERRUPTED, LONGEST_PAUSE, SHORTEST_PAUSE, deliver_again, deliver_pending
from tests.homes import Holder
from tests.render.make import issue as make_issue
from tests.render.make import pick

SENDER = "digest@example.org"
ADA, BEN = "ada@example.net", "ben@example.net"


class Killed(BaseException):
    """Stands for kill -9: nothing in the program catches it."""


@dataclass
class Letterbox:
    """A channel that does as it is told, and keeps what arrives."""

    name: str = "email"
    to: tuple[str, ...] = (ADA,)
    arrived: list[tuple[str, str]] = field(default_factory=list)
    #: what happens at the next deliveries: an outcome, or an exception before or (Killed) after it arrived
    next_: list[DeliveryOutcome | BaseException] = field(default_factory=list)
    closed: int = 0

    def recipients(self, period: str) -> tuple[str, ...]:
        return self.to

    def message_id(self, issue: Issue, recipient: str, *, again: str = "") -> str:
        return message_id(issue, recipient, SENDER, again=again) if self.name == "email" else ""

    def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome:
        told = self.next_.pop(0) if self.next_ else DeliveryOutcome(state=DeliveryState.SENT)
        if isinstance(told, Exception):
            raise told
        if isinstance(told, BaseException):
            self.arrived.append((recipient, message_id))
            raise told
        if told.state != DeliveryState.FAILED:
            self.arrived.append((recipient, message_id))
        return told

    def close(self) -> None:
        self.closed += 1


def store(config: Config, made: Issue, ways: Sequence[Channel]) -> Issue:
    """Put an issue into the archive as `build` does, with its planned receipts."""
    with archive.open_archive(config.archive) as db, archive.transaction(db):
        verdicts.save_issue(db, made, (), path="")
        for receipt in delivering.plan(made, ways):
            deliveries.record(db, receipt)
    return made


def states(config: Config) -> dict[tuple[str, str], str]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return {(r.period, r.recipient): r.state for r in delivering.all_receipts(db, config)}


def receipt(config: Config, recipient: str = ADA) -> Receipt:
    with archive.open_archive(config.archive, read_only=True) as db:
        [found] = [r for r in delivering.all_receipts(db, config) if r.recipient == recipient]
    return found


def made(now: datetime, period: str = "2026-W47") -> Issue:
    return make_issue(pick(1), period=period, built_at=now, ends_at=now)


class TestOnce:
    def test_what_was_sent_is_not_sent_again(self, config: Config, now: datetime) -> None:
        """A second run finds nothing to do."""
        box = Letterbox(to=(ADA, BEN))
        store(config, made(now), [box])

        first = deliver_pending(config, now, wait=1, ways=[box])
        second = deliver_pending(config, now, wait=1, ways=[box])

        assert [d.receipt.state for d in first] == ["sent", "sent"]
        assert second == []
        assert [to for to, _ in box.arrived] == [ADA, BEN]
        assert box.closed == 2

    def test_only_the_newest_issue_is_delivered_by_itself(self, config: Config, now: datetime) -> None:
        """What an old issue missed stays missed, unless it is asked for by name."""
        box = Letterbox()
        store(config, made(now - timedelta(days=7), "2026-W46"), [box])
        store(config, made(now), [box])

        deliver_pending(config, now, wait=1, ways=[box])
        assert states(config) == {("2026-W46", ADA): "pending", ("2026-W47", ADA): "sent"}

        deliver_pending(config, now, wait=1, ways=[box], period="2026-W46")
        assert set(states(config).values()) == {"sent"}

    def test_a_recipient_added_later_gets_no_old_issue(self, config: Config, now: datetime) -> None:
        """Where an issue goes is settled when it is built."""
        box = Letterbox()
        store(config, made(now), [box])
        deliver_pending(config, now, wait=1, ways=[box])

        assert deliver_pending(config, now, wait=1, ways=[replace(box, to=(ADA, BEN))]) == []

    def test_a_recipient_taken_out_is_left_alone(self, config: Config, now: datetime) -> None:
        """Nobody gets mail who is no longer in sources.toml."""
        box = Letterbox()
        store(config, made(now), [box])

        assert deliver_pending(config, now, wait=1, ways=[replace(box, to=(BEN,))]) == []

    def test_again_is_another_mail(self, config: Config, now: datetime) -> None:
        """An explicit second sending has its own Message-ID, or mailboxes would drop it as a copy."""
        box = Letterbox(to=(ADA, BEN))
        store(config, made(now), [box])
        deliver_pending(config, now, wait=1, ways=[box])

        deliver_again(config, now + timedelta(hours=1), wait=1, ways=[box], only=[BEN])

        assert [to for to, _ in box.arrived] == [ADA, BEN, BEN]
        assert len({named for _, named in box.arrived}) == 3

    def test_again_to_nobody_is_said(self, config: Config, now: datetime) -> None:
        """A name that sources.toml does not know is an error."""
        box = Letterbox()
        store(config, made(now), [box])

        with pytest.raises(DigestError, match="sends nothing to carol"):
            deliver_again(config, now, wait=1, ways=[box], only=["carol"])

    def test_an_unknown_period_is_said(self, config: Config, now: datetime) -> None:
        """With the last one that there is."""
        store(config, made(now), [])

        with pytest.raises(DigestError, match="no issue '2020-W01'; the last is 2026-W47"):
            deliver_pending(config, now, wait=1, ways=[], period="2020-W01")

    def test_two_processes_do_not_deliver_at_once(self, config: Config, now: datetime) -> None:
        """The second waits, and then says who is at it."""
        store(config, made(now), [])
        with locks.hold(config.archive, delivering.TASK), pytest.raises(ArchiveBusy, match="delivering"):
            deliver_pending(config, now, wait=0, ways=[])


class TestFailures:
    def test_one_failing_channel_does_not_stop_the_others(self, config: Config, now: datetime) -> None:
        """A disk that is full keeps no mail from going out."""
        full, box = Letterbox(name="markdown", to=("a.md",), next_=[DeliveryError("a.md: no space")]), Letterbox()
        store(config, made(now), [full, box])

        done = deliver_pending(config, now, wait=1, ways=[full, box])

        assert [(d.receipt.state, d.receipt.error) for d in done] == [("failed", "a.md: no space"), ("sent", "")]

    def test_a_bug_in_one_channel_flies_when_the_others_are_done(self, config: Config, now: datetime) -> None:
        """It is neither hidden nor allowed to hold up the mail."""
        broken, box = Letterbox(name="html", to=("a.html",), next_=[KeyError("oops")]), Letterbox()
        store(config, made(now), [broken, box])

        with pytest.raises(KeyError):
            deliver_pending(config, now, wait=1, ways=[broken, box])

        assert states(config) == {("2026-W47", "a.html"): "failed", ("2026-W47", ADA): "sent"}

    def test_what_failed_is_tried_at_the_next_run(self, config: Config, now: datetime) -> None:
        """Greylisting passes; the second attempt is the same mail."""
        box = Letterbox(next_=[DeliveryOutcome(state=DeliveryState.FAILED, error="451 later")])
        store(config, made(now), [box])

        deliver_pending(config, now, wait=1, ways=[box])
        before = receipt(config)
        deliver_pending(config, now, wait=1, ways=[box])

        assert (before.state, before.error) == ("failed", "451 later")
        assert receipt(config).state == DeliveryState.SENT
        assert [named for _, named in box.arrived] == [before.message_id]

    def test_the_background_job_waits_longer_each_time(self) -> None:
        """Minutes at first, then hours: a server that is broken is not asked all night."""
        built = datetime.fromisoformat("2026-11-23T07:00:00+00:00")
        planned = Receipt(period="x", channel="email", recipient=ADA, state=DeliveryState.PENDING, attempted_at=built)
        tried, moment = [], built
        current = planned
        while moment < built + timedelta(days=1):
            if delivering.due(current, built, moment):
                tried.append(moment - built)
                current = replace(planned, state=DeliveryState.FAILED, attempted_at=moment, message_id="<x>")
            moment += timedelta(minutes=1)

        assert tried[:4] == [timedelta(0), SHORTEST_PAUSE, 2 * SHORTEST_PAUSE, 4 * SHORTEST_PAUSE]
        assert max(later - earlier for earlier, later in itertools.pairwise(tried)) <= LONGEST_PAUSE
        assert len(tried) < 15

    def test_a_stop_comes_between_two_deliveries(self, config: Config, now: datetime) -> None:
        """What was not begun stays pending."""
        stop = Event()
        stop.set()
        box = Letterbox()
        store(config, made(now), [box])

        assert deliver_pending(config, now, wait=1, ways=[box], stop=stop) == []
        assert states(config) == {("2026-W47", ADA): "pending"}


class TestDoubt:
    def test_an_unknown_outcome_is_tried_under_the_same_message_id(self, config: Config, now: datetime) -> None:
        """Mailboxes know the copy by its name, and the receipt says that there may be two."""
        box = Letterbox(next_=[DeliveryOutcome(state=DeliveryState.UNKNOWN, error="cut")])
        store(config, made(now), [box])

        deliver_pending(config, now, wait=1, ways=[box])
        deliver_pending(config, now + timedelta(hours=1), wait=1, ways=[box])

        assert len(box.arrived) == 2
        assert len(set(box.arrived)) == 1
        assert receipt(config).state == DeliveryState.SENT
        assert "same Message-ID" in receipt(config).error

    def test_a_failure_after_doubt_leaves_the_doubt(self, config: Config, now: datetime) -> None:
        """That the second attempt was refused says nothing of the first."""
        box = Letterbox(
            next_=[
                DeliveryOutcome(state=DeliveryState.UNKNOWN, error="cut"),
                DeliveryOutcome(state=DeliveryState.FAILED, error="450"),
            ]
        )
        store(config, made(now), [box])

        deliver_pending(config, now, wait=1, ways=[box])
        deliver_pending(config, now, wait=1, ways=[box])

        assert receipt(config).state == DeliveryState.UNKNOWN
        assert "450" in receipt(config).error

    def test_a_kill_during_a_send_is_doubt(self, config: Config, now: datetime) -> None:
        """Exactly the delivery that was under way is repeated; those before it are not."""
        box = Letterbox(to=(ADA, BEN), next_=[DeliveryOutcome(state=DeliveryState.SENT), Killed()])
        store(config, made(now), [box])
        with pytest.raises(Killed):
            deliver_pending(config, now, wait=1, ways=[box])
        assert states(config) == {("2026-W47", ADA): "sent", ("2026-W47", BEN): "pending"}

        failing = replace(box, next_=[DeliveryOutcome(state=DeliveryState.FAILED, error="450")])
        deliver_pending(config, now, wait=1, ways=[failing])
        assert receipt(config, BEN).state == DeliveryState.UNKNOWN
        deliver_pending(config, now, wait=1, ways=[box])

        assert [to for to, _ in box.arrived] == [ADA, BEN, BEN]
        assert box.arrived[1] == box.arrived[2]

    def test_a_kill_after_the_send_and_before_the_archive_loses_nothing(
        self, config: Config, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The outcome is on disk before the archive is opened, and counts at the next start."""
        box = Letterbox()
        store(config, made(now), [box])

        def killed(*_: object) -> None:
            raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(deliveries, "store_logged", killed)
            with pytest.raises(Killed):
                deliver_pending(config, now, wait=1, ways=[box])
            patched.undo()
        # The kill came at the first opening, before anything was sent; now let the first one pass.
        calls = itertools.count()
        real = deliveries.store_logged
        with monkeypatch.context() as patched:
            patched.setattr(deliveries, "store_logged", lambda *given: killed() if next(calls) else real(*given))
            with pytest.raises(Killed):
                deliver_pending(config, now, wait=1, ways=[box])

        assert states(config) == {("2026-W47", ADA): "sent"}
        assert deliver_pending(config, now, wait=1, ways=[box]) == []
        assert len(box.arrived) == 1

    def test_an_archive_taken_by_somebody_after_the_send_loses_nothing(
        self, config: Config, now: datetime, held: Holder
    ) -> None:
        """The outcome waits beside the archive until that is free."""
        holding: AbstractContextManager[int] = held(config.archive)

        class Slow(Letterbox):
            def deliver(self, issue: Issue, recipient: str, message_id: str) -> DeliveryOutcome:
                holding.__enter__()
                return super().deliver(issue, recipient, message_id)

        box = Slow()
        store(config, made(now), [box])
        try:
            with pytest.raises(ArchiveBusy):
                deliver_pending(config, now, wait=0, ways=[box])
        finally:
            holding.__exit__(None, None, None)

        assert deliver_pending(config, now, wait=1, ways=[box]) == []
        assert states(config) == {("2026-W47", ADA): "sent"}

    def test_a_torn_line_in_the_journal_is_passed_over(self, config: Config, now: datetime) -> None:
        """A kill in the middle of writing the outcome leaves the doubt, and later lines are read."""
        box = Letterbox()
        store(config, made(now), [box])
        deliver_pending(config, now, wait=1, ways=[box])
        path = archive_journal(config)
        sent = receipt(config)
        deliveries.log(config.archive, ALONE, sent)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
        assert deliveries.logged(config.archive, ALONE) == []

        deliveries.log(config.archive, ALONE, sent)
        assert deliveries.logged(config.archive, ALONE) == [sent]

    def test_doubt_is_in_words(self) -> None:
        """`status` shows this to the learner."""
        assert "not known" in INTERRUPTED


class TestPreview:
    def test_it_is_the_mail_and_sends_nothing(self, config: Config, now: datetime, tmp_path: Path) -> None:
        """The file is what the first recipient would get, Message-ID included."""
        email = Email.model_validate({"to": [ADA, BEN], "from": SENDER, "host": "smtp.example.org"})
        issue = store(config, made(now), [])

        delivery_previews.preview_mail(config.model_copy(update={"email": email}), tmp_path / "mail.eml", wait=1)

        raw = (tmp_path / "mail.eml").read_bytes()
        assert message_id(issue, ADA, SENDER).encode() in raw
        assert f"To: {ADA}".encode() in raw
        assert states(config) == {}

    def test_without_mail_it_says_so(self, config: Config, now: datetime, tmp_path: Path) -> None:
        """There is nothing to show where no mail is sent."""
        store(config, made(now), [])

        with pytest.raises(DeliveryError, match=r"no \[email\]"):
            delivery_previews.preview_mail(config, tmp_path / "mail.eml", wait=1)


def archive_journal(config: Config) -> Path:
    return config.archive.with_name(f"{config.archive.name}.spool") / "receipts.journal"


@pytest.mark.parametrize("wanted", [True, False])
def test_empty_periods_are_told_or_kept_quiet(built: Config, now: datetime, wanted: bool) -> None:
    """An issue in which nothing is kept is a short honest digest, or with send_empty = false none at all."""
    home = built.model_copy(update={"digest": built.digest.model_copy(update={"send_empty": wanted})})

    empty = pipeline.run(home, now + timedelta(days=7), end_period=True)

    assert empty.issue is not None
    assert empty.issue.kept == 0
    assert len(empty.delivered) == (2 if wanted else 0)
    assert (home.digest_folder / f"{empty.issue.period}.md").exists() == wanted

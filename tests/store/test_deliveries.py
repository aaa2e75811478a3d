"""Receipts of deliveries: one a recipient, and none forgotten."""

import pytest

from digest.records import DeliveryState
from digest.store import deliveries
from digest.store.archive import Connection
from tests import make


def test_one_row_a_period_channel_and_recipient(db: Connection) -> None:
    """The newest state of a delivery is what counts."""
    deliveries.record(db, make.receipt())
    sent = make.receipt(state=DeliveryState.SENT, delivered_at=make.NOW, message_id="<1@example.org>")
    deliveries.record(db, sent)

    assert deliveries.receipts(db) == [sent]


@pytest.mark.parametrize("other", [{"period": "2026-W13"}, {"channel": "html"}, {"recipient": "bob@example.org"}])
def test_another_delivery_is_another_row(db: Connection, other: dict[str, str]) -> None:
    """Any of the three tells them apart."""
    deliveries.record(db, make.receipt())
    deliveries.record(db, make.receipt(**other))

    assert len(deliveries.receipts(db)) == 2


def test_of_one_period(db: Connection) -> None:
    """In the order of the attempts."""
    late = make.receipt(channel="html", attempted_at=make.NOW + make.DAY, error="it broke", state=DeliveryState.FAILED)
    early = make.receipt(channel="markdown")
    for receipt in (late, early, make.receipt(period="2026-W13")):
        deliveries.record(db, receipt)

    assert deliveries.receipts(db, "2026-W12") == [early, late]


def test_a_kill_does_not_forget_a_delivery(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else it would be made again."""
    deliveries.record(db, make.receipt())

    def killed(*arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(deliveries, "insert", killed)
    with pytest.raises(KeyboardInterrupt):
        deliveries.record(db, make.receipt(state=DeliveryState.SENT))

    assert deliveries.receipts(db) == [make.receipt()]

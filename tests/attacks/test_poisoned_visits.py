"""One answer that breaks its parser, among good ones: the rest is stored, the bytes are set aside."""

import os
from pathlib import Path

import pytest

from digest import sources
from digest.config import ALONE, Config
from digest.records import DeliveryState, Parsed, Receipt, Source
from digest.store import archive, deliveries, rejected, spool
from digest.workflows.ingesting import RoundResult, ingest_spool
from tests import make

MAILBOX = Source(name="Letters", url="maildir:letters", kind="newsletter", maildir="letters")
MAIL = b"From: Ada <ada@example.org>\nSubject: Sparse models\nMessage-ID: <1@example.org>\n\nHello.\n"
FEED = b"<rss version='2.0'><channel><title>B</title><item><title>One</title><guid>1</guid></item></channel></rss>"
#: each broke a release of Python's mail library in a way of its own
POISON = {
    "brackets": b"From: " + b"[" * 600 + b"\nSubject: x\n\nHello.\n",
    "comments": b"From: " + b"(" * 60_000 + b"\nSubject: x\n\nHello.\n",
    "quotes": b'From: "' + b'\\"' * 3_000 + b"\nSubject: x\n\nHello.\n",
    "groups": b"From: a:b:c:<\nSubject: x\n\nHello.\n",
    "identity": b"Subject: x\nMessage-ID: <[\n\nHello.\n",
    "parameters": b"Subject: x\nContent-Type: text/plain; charset*0*=utf-8''%; charset*1\n\nHello.\n",
    "disposition": b"Subject: x\nContent-Type: text/html\nContent-Disposition: =?\n\n<p>Hello.\n",
    "encoding": b"Subject: =?utf-8?q?=?=\nContent-Transfer-Encoding: base64\n\n=\n",
}


@pytest.fixture(name="config")
def _config(tmp_path: Path) -> Config:
    return make.config(folder=tmp_path)


def put(config: Config, *visits: tuple[Source, tuple[bytes, ...]]) -> Path:
    with spool.begin(spool.folder_for(config.archive), make.NOW) as current:
        for source, bodies in visits:
            state = make.state(source.name, declared_url=source.url, url=source.url)
            fetched = make.fetched(*(make.response(body) for body in bodies), source=source)
            current.put(fetched, before=state, after=state)
    return spool.rounds(spool.folder_for(config.archive))[-1]


def store(config: Config) -> RoundResult:
    with archive.open_archive(config.archive) as db:
        return ingest_spool(config, db)


@pytest.mark.parametrize("name", POISON)
def test_a_poisoned_mail_costs_nothing_else(config: Config, name: str) -> None:
    """The good mail and the feed after it are stored, and the round is gone."""
    path = put(config, (MAILBOX, (POISON[name], MAIL)), (make.source("Blog"), (FEED,)))

    done = store(config)

    assert done.new_items >= 2
    assert not path.exists()
    assert store(config) == RoundResult()


def test_an_answer_that_breaks_its_parser_is_set_aside(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line names the source and the place; the bytes there are those that came."""

    def broken(*arguments: object) -> Parsed:
        raise UnboundLocalError("token")

    monkeypatch.setattr(sources.newsletter, "parse", broken)
    put(config, (MAILBOX, (b"[[[", MAIL)), (make.source("Blog"), (FEED,)))

    done = store(config)

    [kept] = rejected.rejected(spool.folder_for(config.archive))
    assert kept.read_bytes() == b"[[[\n" + MAIL
    assert (done.new_items, done.failed) == (1, 1)
    assert done.problems == (
        "Letters: its answer breaks the parser (UnboundLocalError)",
        f"Letters: 2 answers could not be read, set aside in {kept}",
    )


def test_what_is_set_aside_stays_small(tmp_path: Path) -> None:
    """Fifty files and 64 MB, whatever comes; the newest stay."""
    for number in range(60):
        rejected.set_aside(tmp_path, "../../Blog\n", [b"%d" % number])

    kept = rejected.rejected(tmp_path)

    assert len(kept) == 50
    assert {path.parent for path in kept} == {tmp_path / "rejected"}
    for number in range(12):
        rejected.set_aside(tmp_path, "Blog", [b"%d" % number + bytes(9_000_000)])
    assert sum(path.stat().st_size for path in rejected.rejected(tmp_path)) <= 64 * 10**6


def test_a_flipped_bit_in_a_round_costs_that_visit(config: Config) -> None:
    """It is set aside under its source's name, and the visits around it are stored."""
    path = put(config, *((make.source(name), (FEED,)) for name in ("One", "Two", "Three")))
    data = bytearray(path.read_bytes())
    data[data.index(b"<rss", data.index(b'"Two"'))] ^= 1
    path.write_bytes(bytes(data))

    done = store(config)

    [kept] = rejected.rejected(spool.folder_for(config.archive))
    assert (done.asked, done.new_items) == (2, 2)
    assert done.problems == (f"Two: a visit was damaged on disk, set aside in {kept}",)
    assert not path.exists()


def test_pipes_and_dangling_links_are_passed_over(config: Config) -> None:
    """With one line each; what else waits is stored."""
    put(config, (make.source("Blog"), (FEED,)))
    folder = spool.folder_for(config.archive)
    os.mkfifo(folder / "0.round")
    (folder / "1.round").symlink_to(folder / "nowhere")

    done = store(config)

    assert done.new_items == 1
    assert [problem.partition(": ")[2] for problem in done.problems] == ["is no file and was passed over"] * 2


@pytest.mark.parametrize("line", [b"[1]", b"{}", b'{"period": 7}', b'"x"', b"[" * 100_000])
def test_a_journal_of_another_shape_hides_no_receipt(config: Config, line: bytes) -> None:
    """What is no receipt is passed over."""
    receipt = Receipt(
        period="2026-W12", channel="email", recipient="a@example.org", state=DeliveryState.SENT, attempted_at=make.NOW
    )
    deliveries.log(config.archive, ALONE, receipt)
    journal = spool.folder_for(config.archive) / "receipts.journal"
    journal.write_bytes(line + b"\n" + journal.read_bytes())

    assert deliveries.logged(config.archive, ALONE) == [receipt]

"""The spool: what was fetched is safe on disk, whatever comes in between."""

import datetime as dt
import fcntl
import os
import resource
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from digest.errors import StoreError
from digest.records import Fetched, Response, SourceState
from digest.store import spool
from tests import make
from tests.strategies import whole

BODIES = (b"", b"\n", b"<rss>\n</rss>", bytes(range(256)), b'{"before": 1}\n' * 3)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    return tmp_path / "digest.duckdb.spool"


def visit(name: str, *bodies: bytes, failures: int = 0) -> spool.SpooledVisit:
    source = make.source(name)
    return spool.SpooledVisit(
        fetched=make.fetched(*(make.response(body) for body in bodies), source=source),
        before=make.state(name),
        after=make.state(name, last_attempt=make.NOW, failures=failures, etag='"x"', known=("https://a.org/1",)),
    )


def write(folder: Path, *visits: spool.SpooledVisit, now: dt.datetime = make.NOW) -> Path:
    with spool.begin(folder, now) as current:
        for one in visits:
            current.put(one.fetched, before=one.before, after=one.after)
    return spool.rounds(folder)[-1]


class TestRoundTrip:
    def test_what_was_put_comes_back(self, folder: Path) -> None:
        """Every field of every record, in order, bodies byte for byte."""
        rich = Fetched(
            source=make.source("Rich", kind="arxiv", categories=("cs.LG",), query="ti:x"),
            started_at=make.NOW,
            responses=(
                make.response(b"one", headers={"etag": '"é"', "x-odd": "\x80\xff\n"}, permanent_url="https://b.org/"),
                Response(request=make.response().request, status=304, url="https://c.org/", fetched_at=make.NOW),
            ),
            error="it ended: “badly”",
            status=503,
            retry_at=make.NOW + make.DAY,
            gone=True,
            milliseconds=1234,
        )
        state = make.state(
            "Rich",
            refreshed_at=make.NOW,
            last_success=make.NOW,
            first_success=make.NOW - make.WEEK,
            last_error="no",
            retry_at=make.NOW + make.DAY,
            per_week=3.5,
            gone=True,
        )
        first = spool.SpooledVisit(fetched=rich, before=make.state("Rich"), after=state)
        second = visit("Plain", *BODIES)

        path = write(folder, first, second)

        assert list(spool.visits(path)) == [first, second]
        assert spool.waiting(folder) == 2

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
    @given(fetched=whole(Fetched), before=whole(SourceState), after=whole(SourceState))
    def test_whatever_servers_send(
        self, folder: Path, fetched: Fetched, before: SourceState, after: SourceState
    ) -> None:
        """Bodies are any bytes, headers any text, and no field that is added one day is lost on the way."""
        one = spool.SpooledVisit(fetched=fetched, before=before, after=after)

        path = write(folder, one)

        assert list(spool.visits(path)) == [one]
        path.unlink()

    def test_rounds_are_read_in_the_order_they_were_begun(self, folder: Path) -> None:
        """Across years and within a second."""
        later = write(folder, visit("A"), now=make.NOW + dt.timedelta(microseconds=1))
        write(folder, visit("A"), now=make.NOW)
        latest = write(folder, visit("A"), now=make.NOW + 300 * make.DAY)

        assert spool.rounds(folder)[1:] == [later, latest]

    def test_a_round_that_brought_nothing_leaves_no_file(self, folder: Path) -> None:
        """Also where it ends in an error."""
        with spool.begin(folder, make.NOW):
            pass
        with pytest.raises(ZeroDivisionError), spool.begin(folder, make.NOW):
            _ = 1 / 0

        assert spool.rounds(folder) == []

    def test_a_round_that_ends_in_an_error_keeps_what_it_brought(self, folder: Path) -> None:
        """What was fetched was fetched."""
        with pytest.raises(KeyboardInterrupt), spool.begin(folder, make.NOW) as current:
            _put_and_raise(current)

        assert spool.waiting(folder) == 1

    def test_no_spool_holds_nothing(self, folder: Path) -> None:
        """Before the first round there is no folder."""
        assert spool.rounds(folder) == []
        assert spool.waiting(folder) == 0
        assert spool.read_states(folder) == {}

    def test_it_lies_beside_the_archive(self) -> None:
        """Named after it."""
        assert spool.folder_for(Path("/data/digest.duckdb")) == Path("/data/digest.duckdb.spool")


class TestTorn:
    """A kill may come at any byte; what was whole before stays whole."""

    def test_a_round_cut_at_any_byte(self, folder: Path) -> None:
        """Every visit that was written in full is read, and the one cut short is passed over without an error."""
        first, second = visit("A", b"\n"), visit("B", b"{}\n", b"")
        path = write(folder, first)
        end_of_first = path.stat().st_size
        path = write(folder, second)  # a second round of one moment and process goes on in its file
        whole = path.stat().st_size

        assert list(spool.visits(path)) == [first, second]
        for size in range(whole - 1, -1, -1):
            os.truncate(path, size)
            complete = [first] if size >= end_of_first else []

            assert list(spool.visits(path)) == complete, size
            assert spool.read_states(folder) == {one.after.source: one.after for one in complete}, size

        assert spool.waiting(folder) == 0

    @pytest.mark.parametrize(
        "content",
        [
            b"nonsense\n",
            b"{}\n",
            b"[1]\n",
            b'{"lengths": [], "after": {"source": 1}, "before": {}, "fetched": {"responses": []}}\n\n',
            b"\xff\xfe\n",
        ],
    )
    def test_a_round_that_makes_no_sense_is_named(self, folder: Path, content: bytes) -> None:
        """Damage, or the file of another version, is one line that says what to do."""
        path = write(folder, visit("A"))
        path.write_bytes(path.read_bytes() + content)

        for read in (lambda: list(spool.visits(path)), lambda: spool.read_states(folder)):
            with pytest.raises(StoreError) as caught:
                read()
            assert str(caught.value) == f"{path}: is damaged; move it away to go on without it"

    def test_a_disk_that_fills_up_spoils_no_visit_after_it(self, folder: Path) -> None:
        """Half a visit is taken back, so that what is put once there is room again can be read."""
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        first, large, last = visit("A", b"small"), visit("B", bytes(100_000)), visit("C", b"small")
        try:
            with spool.begin(folder, make.NOW) as current:
                current.put(first.fetched, before=first.before, after=first.after)
                resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limit[1]))
                with pytest.raises(StoreError, match=r"digest\.duckdb\.spool: cannot be written: File too large$"):
                    current.put(large.fetched, before=large.before, after=large.after)
                resource.setrlimit(resource.RLIMIT_FSIZE, limit)
                current.put(last.fetched, before=last.before, after=last.after)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            signal.signal(signal.SIGXFSZ, ignored)

        assert list(spool.visits(spool.rounds(folder)[0])) == [first, last]


class TestRemoving:
    def test_a_round_that_is_stored_is_forgotten(self, folder: Path) -> None:
        """Nothing waits then."""
        path = write(folder, visit("A"))

        spool.remove(path, size=path.stat().st_size)

        assert spool.rounds(folder) == []

    def test_a_round_that_still_grows_stays(self, folder: Path) -> None:
        """Its writer holds a lock on it."""
        with spool.begin(folder, make.NOW) as current:
            one = visit("A")
            current.put(one.fetched, before=one.before, after=one.after)
            path = spool.rounds(folder)[0]
            spool.remove(path, size=path.stat().st_size)
            current.put(one.fetched, before=one.before, after=one.after)

        assert spool.waiting(folder) == 2

    def test_a_round_that_grew_since_it_was_read_stays(self, folder: Path) -> None:
        """What came last was not stored."""
        path = write(folder, visit("A"), visit("B"))

        spool.remove(path, size=path.stat().st_size - 1)

        assert spool.waiting(folder) == 2

    def test_a_round_forgotten_before_its_lock_is_begun_anew(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Another process may find the new file empty and forget it before its writer has the lock."""
        lock = fcntl.flock
        removed = list[Path]()

        def late(file: int, operation: int) -> None:
            if not removed:
                removed.extend(spool.rounds(folder))
                removed[0].unlink()
            lock(file, operation)

        monkeypatch.setattr(fcntl, "flock", late)
        path = write(folder, visit("A"))
        monkeypatch.undo()

        assert removed == [path]
        assert len(list(spool.visits(path))) == 1


class TestStates:
    def test_states_come_back(self, folder: Path) -> None:
        """Each with all it holds."""
        states = {"A": make.state("A", failures=2, gone=True), "B": make.state("B", per_week=0.5)}

        spool.write_states(folder, states)

        assert spool.read_states(folder) == states

    def test_a_waiting_visit_outranks_the_copy(self, folder: Path) -> None:
        """The newest visit of a source has the last word."""
        spool.write_states(folder, {"A": make.state("A", failures=9), "B": make.state("B", failures=9)})
        write(folder, visit("A", failures=1))
        write(folder, visit("A", failures=2), now=make.NOW + make.DAY)

        found = spool.read_states(folder)

        assert {name: state.failures for name, state in found.items()} == {"A": 2, "B": 9}

    def test_a_round_stored_while_it_is_looked_for_is_not_missed(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The holder of the archive writes the copy, then removes the round: who reads meanwhile sees one of them."""
        path = write(folder, visit("A", failures=2))
        spool.write_states(folder, {"A": make.state("A", failures=1)})

        def stored_meanwhile(of: Path) -> list[Path]:
            found = sorted(of.glob("*.round"))
            spool.write_states(folder, {"A": replace(make.state("A"), failures=2)})
            path.unlink(missing_ok=True)
            return found

        monkeypatch.setattr(spool, "rounds", stored_meanwhile)

        assert spool.read_states(folder)["A"].failures == 2
        assert spool.waiting(folder) == 0

    def test_a_damaged_copy_is_named(self, folder: Path) -> None:
        """With what to do about it."""
        spool.write_states(folder, {})
        path = folder / "states.json"
        path.write_bytes(b"{")

        with pytest.raises(StoreError) as caught:
            spool.read_states(folder)

        assert str(caught.value) == f"{path}: is damaged; delete it and it is made again"

    def test_nothing_lies_about_after_writing(self, folder: Path) -> None:
        """The draft has become the copy."""
        spool.write_states(folder, {"A": make.state("A")})

        assert [path.name for path in folder.iterdir()] == ["states.json"]


class TestUnwritable:
    """Where the spool cannot be written, one line says so."""

    @pytest.fixture(name="blocked")
    def _blocked(self, tmp_path: Path) -> Path:
        """A place where no folder can be made, even for root (which may write anywhere else)."""
        (tmp_path / "file").touch()
        return tmp_path / "file" / "spool"

    def test_a_round_cannot_begin(self, blocked: Path) -> None:
        """Before anybody is asked."""
        with pytest.raises(StoreError) as caught, spool.begin(blocked, make.NOW):
            pass

        assert str(caught.value) == f"{blocked}: cannot be written: Not a directory"

    def test_states_cannot_be_written(self, blocked: Path) -> None:
        """The copy is no less important."""
        with pytest.raises(StoreError) as caught:
            spool.write_states(blocked, {})

        assert str(caught.value) == f"{blocked}: cannot be written: Not a directory"

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_without_permission(self, tmp_path: Path) -> None:
        """As on a disk mounted for reading only."""
        tmp_path.chmod(0o500)

        with pytest.raises(StoreError, match="cannot be written: Permission denied"):
            spool.write_states(tmp_path / "spool", {})


def _put_and_raise(current: spool.SpooledRound) -> None:
    one = visit("A")
    current.put(one.fetched, before=one.before, after=one.after)
    raise KeyboardInterrupt

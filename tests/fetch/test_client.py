"""Many hosts at once, each politely: the whole client against a server of our own."""

import itertools
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.config import Fetch
from digest.errors import StoreError
from digest.fetch.client import fetch_all, lock_folder
from digest.fetch.limits import FetchLimits
from digest.fetch.request_steps import Poll
from digest.records import Fetched, Request, Response, Source, SourceState
from tests.fetch.server import FEED, Asked, Said, moved, peak_memory, serving

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
AT_ONCE = Fetch.model_validate({"pause": "0s", "max_body": "1MB"})
#: generous, so that a busy machine fails no test; only arXiv's gap is cut short
PATIENT = FetchLimits(arxiv_gap=0.05)


def poll(url: str, *, name: str = "", kind: str = "", requests: Sequence[Request] = ()) -> Poll:
    """A poll to a source that declares *url*; arXiv sources declare it as their base address."""
    name = name or url
    source = Source(name=name, kind=kind, **{"base_url" if kind == "arxiv" else "url": url})  # type: ignore[arg-type]
    return Poll(source=source, state=SourceState(source=name), requests=tuple(requests) or (Request(url=url),))


def fetch(
    polls: Sequence[Poll],
    tmp_path: Path,
    *,
    settings: Fetch = AT_ONCE,
    limits: FetchLimits = PATIENT,
    resolve: Callable[[str, int], list[str]] | None = None,
    follow: Callable[[Source, SourceState, tuple[Response, ...]], Sequence[Request]] = lambda *_: (),
) -> dict[str, Fetched]:
    """Make the polls; give them back by the name of their source."""
    made: dict[str, Fetched] = {}

    def keep(fetched: Fetched) -> None:
        assert fetched.source.name not in made, "each poll is handed on once"
        made[fetched.source.name] = fetched

    fetch_all(polls, settings, now=NOW, follow=follow, on_fetched=keep, locks=tmp_path / "locks", limits=limits,
              resolve=resolve)  # fmt: skip
    return made


def overlaps(log: Sequence[Asked]) -> int:
    """How many requests began before another had ended."""
    ordered = sorted(log, key=lambda asked: asked.started)
    return sum(later.started < earlier.ended for earlier, later in itertools.pairwise(ordered))


class TestPolls:
    def test_every_source_gets_its_answer(self, tmp_path: Path) -> None:
        """Good, moved and missing ones side by side, each handed on once."""
        table = {"/a": Said(headers={"ETag": '"a"'}), "/b": moved(301, "/a"), "/c": moved(302, "/a"),
                 "/gone": Said(status=410), "/empty": Said(body=b"")}  # fmt: skip
        with serving(table) as world:
            made = fetch([poll(world.url(path), name=path) for path in [*table, "/missing"]], tmp_path)
            here = world.url("/a")
        assert made["/a"].responses[0].body == FEED
        assert made["/b"].responses[0].permanent_url == here
        assert made["/c"].responses[0].permanent_url == ""
        assert (made["/gone"].gone, made["/gone"].status) == (True, 410)
        assert made["/empty"].error == "answered with an empty document"
        assert made["/missing"].error == "answered 404 Not Found"

    def test_times_count_from_now(self, tmp_path: Path) -> None:
        """The given moment stands in for the clock, so that a replayed run writes what it should."""
        with serving({"/a": Said()}) as world:
            made = fetch([poll(world.url("/a"), name="a")], tmp_path)["a"]
        assert NOW <= made.started_at <= made.responses[0].fetched_at < NOW + timedelta(seconds=10)

    def test_validators_bring_a_304(self, tmp_path: Path) -> None:
        """What is not modified is neither sent nor an error."""

        def answering(asked: Asked) -> Said:
            return Said(status=304) if asked.headers.get("if-none-match") == '"a"' else Said(headers={"ETag": '"a"'})

        with serving(answering) as world:
            url = world.url("/a")
            made = fetch([poll(url, name="a", requests=[Request(url=url, etag='"a"')])], tmp_path)["a"]
        assert [(r.status, r.body, r.request.conditional) for r in made.responses] == [(304, b"", True)]

    def test_follow_up_questions_are_asked(self, tmp_path: Path) -> None:
        """What the follower wants is fetched within the same poll, in order."""
        with serving(lambda asked: Said(body=asked.path.encode())) as world:
            wanted = [Request(url=world.url(f"/{n}")) for n in range(3)]
            made = fetch([poll(world.url("/page"), name="a")], tmp_path, follow=lambda *_: wanted)["a"]
        assert [response.body for response in made.responses] == [b"/page", b"/0", b"/1", b"/2"]

    def test_a_visit_without_requests_is_handed_on_as_it_is(self, tmp_path: Path) -> None:
        """Nothing to ask is no error."""
        empty = replace(poll("http://127.0.0.1:9/", name="a"), requests=())
        made = fetch([empty], tmp_path)["a"]
        assert (made.responses, made.error) == ((), "")

    def test_nothing_to_do_is_done_at_once(self, tmp_path: Path) -> None:
        """No polls, no threads, no error."""
        assert fetch([], tmp_path) == {}

    def test_progress_is_told(self, tmp_path: Path) -> None:
        """After each poll, up to the last."""
        told: list[tuple[int, int]] = []
        with serving({"/a": Said(), "/b": Said()}) as world:
            polls = [poll(world.url(path), name=path) for path in ("/a", "/b", "/c")]
            fetch_all(polls, AT_ONCE, now=NOW, follow=lambda *_: (), on_fetched=lambda fetched: None,
                      locks=tmp_path, on_progress=lambda done, total: told.append((done, total)), limits=PATIENT)  # fmt: skip
        assert told == [(1, 3), (2, 3), (3, 3)]


class TestPoliteness:
    def test_one_request_at_a_time_per_host(self, tmp_path: Path) -> None:
        """Thirty sources on one host are asked one after the other, over one connection."""
        with serving(lambda asked: Said()) as world:
            made = fetch([poll(world.url(f"/{n}")) for n in range(30)], tmp_path)
        assert [fetched.error for fetched in made.values()] == [""] * 30
        assert overlaps(world.log) == 0
        assert len({asked.connection for asked in world.log}) == 1

    def test_hosts_are_asked_at_the_same_time(self, tmp_path: Path) -> None:
        """Two hosts that each wait for the other's request both get it."""
        meeting = threading.Barrier(2, timeout=5)

        def answering(asked: Asked) -> Said:
            meeting.wait()
            return Said()

        with serving(answering) as one, serving(answering) as two:
            made = fetch([poll(one.url("/")), poll(two.url("/"))], tmp_path)
        assert [fetched.error for fetched in made.values()] == ["", ""]

    def test_pause_between_two_requests_to_one_host(self, tmp_path: Path) -> None:
        """Redirects and follow-up questions keep it as well as polls do."""
        table = {"/a": moved(302, "/b"), "/b": Said(), "/c": Said(), "/d": Said()}
        with serving(table) as world:
            settings = Fetch.model_validate({"pause": "0.05s"})
            fetch([poll(world.url("/a")), poll(world.url("/c"))], tmp_path, settings=settings,
                  follow=lambda *_: [Request(url=world.url("/d"))])  # fmt: skip
        starts = sorted(asked.started for asked in world.log)
        assert len(starts) == 5
        assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(starts))

    def test_arxiv_keeps_its_gap_across_hosts_and_runs(self, tmp_path: Path) -> None:
        """Sources of kind arxiv share one gap, wherever they are served, also with another process's run."""
        with serving(lambda asked: Said()) as one, serving(lambda asked: Said()) as two:
            polls = [poll(world.url(""), name=f"{world.port} {n}", kind="arxiv", requests=[Request(url=world.url(f"/{n}"))])
                      for world in (one, two) for n in range(3)]  # fmt: skip
            halves = [threading.Thread(target=fetch, args=(half, tmp_path)) for half in (polls[::2], polls[1::2])]
            for half in halves:
                half.start()
            for half in halves:
                half.join()
            log = one.log + two.log
        starts = sorted(asked.started for asked in log)
        assert len(starts) == 6
        assert overlaps(log) == 0
        assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(starts))

    def test_others_on_the_same_host_do_not_wait_for_arxiv(self, tmp_path: Path) -> None:
        """While arXiv's gap passes, feeds of the host are fetched; still one at a time."""
        with serving(lambda asked: Said()) as world:
            papers = [poll(world.url(""), name=f"arxiv {n}", kind="arxiv", requests=[Request(url=world.url(f"/arxiv/{n}"))])
                      for n in range(2)]  # fmt: skip
            feeds = [poll(world.url(f"/feed/{n}")) for n in range(5)]
            fetch([*papers, *feeds], tmp_path, limits=replace(PATIENT, arxiv_gap=0.09))
        assert world.paths()[-1].startswith("/arxiv/")
        assert overlaps(world.log) == 0

    def test_arxiv_without_its_lock_is_not_asked(self, tmp_path: Path) -> None:
        """The rule cannot be kept then; other sources are fetched all the same."""
        (tmp_path / "locks").write_text("a file in the way")
        with serving(lambda asked: Said()) as world:
            made = fetch(
                [poll(world.url(""), name="arxiv", kind="arxiv"), poll(world.url("/feed"), name="feed")], tmp_path
            )
        assert "lock file" in made["arxiv"].error
        assert made["feed"].error == ""
        assert world.paths() == ["/feed"]


class TestMemory:
    def test_bodies_are_not_kept_once_handed_on(self, tmp_path: Path) -> None:
        """However many sources there are, only what is under way is in memory."""
        with (
            serving(lambda asked: Said(body=b"x" * 500_000)) as one,
            serving(lambda asked: Said(body=b"y" * 500_000)) as two,
        ):
            polls = [poll(world.url(f"/{n}")) for n in range(40) for world in (one, two)]
            peak = peak_memory(
                lambda: fetch_all(
                    polls,
                    AT_ONCE,
                    now=NOW,
                    follow=lambda *_: (),
                    on_fetched=lambda fetched: None,
                    locks=tmp_path,
                    limits=PATIENT,
                )
            )
        assert peak < 10_000_000  # of 40 MB in all


class TestTrouble:
    def test_one_bad_source_never_stops_the_rest(self, tmp_path: Path) -> None:
        """Cut, huge and circular ones each fail for themselves."""
        table: Mapping[str, Said] = {
            "/cut": Said(cut_at=20), "/huge": Said(body=b"x" * 1_500_000),
            "/circle": moved(302, "/circle"), "/metadata": moved(302, "http://169.254.169.254/latest"),
            "/file": moved(302, "file:///etc/passwd"), "/good": Said(),
        }  # fmt: skip
        with serving(table) as world:
            made = fetch([poll(world.url(path), name=path) for path in table], tmp_path)
        assert {name: fetched.error for name, fetched in made.items()} == {
            "/cut": "the answer broke off in the middle",
            "/huge": "body larger than 1 MB",
            "/circle": "redirects in a circle",
            "/metadata": "redirected to http://169.254.169.254/latest: refused: 169.254.169.254 is a link-local address",
            "/file": "sent elsewhere by a redirect: not an http or https address: 'file:///etc/passwd'",
            "/good": "",
        }

    def test_a_host_that_never_answers_holds_up_nobody_else(self, tmp_path: Path) -> None:
        """The others are done while it is still being waited for."""
        order: list[str] = []
        limits = replace(PATIENT, read=0.1)
        with serving({"/": Said(hang=True)}) as dead, serving(lambda asked: Said()) as living:
            polls = [poll(dead.url("/"), name="dead"), poll(living.url("/"), name="living")]
            fetch_all(polls, AT_ONCE, now=NOW, follow=lambda *_: (), locks=tmp_path, limits=limits,
                      on_fetched=lambda fetched: order.append(f"{fetched.source.name}: {fetched.error}"))  # fmt: skip
        assert order[-1] == "dead: no answer within 0.1 s"
        assert order[0].startswith("living")

    def test_a_redirect_to_another_sources_private_host_is_refused(self, tmp_path: Path) -> None:
        """That one source declares a private host opens it to no other, even while its connection is open."""
        with (
            serving({"/secret": Said()}) as inside,
            serving(lambda asked: moved(302, inside.url("/secret"))) as outside,
        ):
            resolve = {"127.0.0.1": ["127.0.0.1"], "nas.local": ["127.0.0.1"]}
            made = fetch(
                [poll(inside.url("/secret"), name="own"), poll(outside.url("/", host="nas.local"), name="stranger")],
                tmp_path,
                resolve=lambda host, port: resolve[host],
            )
        assert made["own"].error == ""
        assert "refused: 127.0.0.1 is a loopback address" in made["stranger"].error
        assert len(inside.log) == 1

    def test_a_host_that_cannot_be_reached_is_tried_twice_and_no_more(self, tmp_path: Path) -> None:
        """Fifty sources on a dead host must not cost fifty time-outs; the rest says why it was not asked."""
        tried = []

        def nowhere(host: str, port: int) -> list[str]:
            tried.append(host)
            raise OSError

        polls = [poll(f"https://dead.example/{n}") for n in range(10)]
        errors = [fetched.error for fetched in fetch(polls, tmp_path, resolve=nowhere).values()]
        assert tried == ["dead.example"] * 2
        assert errors[:2] == ["host not found: dead.example"] * 2
        assert all("not asked: dead.example failed 2 times in a row" in error for error in errors[2:])

    def test_a_host_that_has_had_enough_is_left_alone(self, tmp_path: Path) -> None:
        """After two 429 in a row its other sources wait as long as it asked for."""
        with serving(lambda asked: Said(status=429, headers={"Retry-After": "600"})) as world:
            made = list(fetch([poll(world.url(f"/{n}")) for n in range(6)], tmp_path).values())
        assert len(world.log) == 2
        assert "answered 429 Too Many Requests" in made[-1].error
        assert made[-1].status == 429
        assert all(fetched.retry_at and fetched.retry_at >= NOW + timedelta(minutes=10) for fetched in made)

    def test_errors_of_single_addresses_are_no_host_failures(self, tmp_path: Path) -> None:
        """A host with many dead addresses still serves its living ones."""
        with serving({"/good": Said()}) as world:
            paths = [*(f"/dead/{n}" for n in range(5)), "/good"]
            made = fetch([poll(world.url(path), name=path) for path in paths], tmp_path)
        assert made["/good"].error == ""

    def test_what_the_caller_raises_comes_out(self, tmp_path: Path) -> None:
        """A full disk while keeping an answer ends the run as what it is."""

        def full(fetched: Fetched) -> None:
            raise StoreError("no space left")

        with serving(lambda asked: Said()) as world, pytest.raises(StoreError, match="no space left"):
            fetch_all([poll(world.url(f"/{n}")) for n in range(5)], AT_ONCE, now=NOW, follow=lambda *_: (),
                      on_fetched=full, locks=tmp_path, limits=PATIENT)  # fmt: skip

    def test_bugs_are_raised(self, tmp_path: Path) -> None:
        """What is no DigestError is not taken for a source's failure."""

        def buggy(*_: object) -> Sequence[Request]:
            raise ZeroDivisionError

        with serving(lambda asked: Said()) as world, pytest.raises(ZeroDivisionError):
            fetch([poll(world.url("/"))], tmp_path, follow=buggy)


def test_locks_lie_in_the_users_cache() -> None:
    """Sessions and cron jobs of one user find the same folder."""
    assert lock_folder({}, Path("/home/ada")) == Path("/home/ada/.cache/mldigest")
    assert lock_folder({"XDG_CACHE_HOME": "/var/cache/ada"}, Path("/home/ada")) == Path("/var/cache/ada/mldigest")
    assert lock_folder({"XDG_CACHE_HOME": "relative"}, Path("/home/ada")) == Path("/home/ada/.cache/mldigest")


class TestStopping:
    def test_a_stop_ends_the_round_at_once(self, tmp_path: Path) -> None:
        """Who hangs is let go, and who was not asked yet stays unasked."""
        stop = threading.Event()
        made: list[str] = []

        def keep(fetched: Fetched) -> None:
            made.append(fetched.source.name)
            stop.set()

        with serving({"/a": Said(), "/hang": Said(hang=True), "/b": Said()}) as world:
            polls = [poll(world.url("/a"), name="a")]
            polls += [poll(world.url("/hang", host="localhost"), name="hang"), poll(world.url("/b"), name="b")]
            fetch_all(polls, AT_ONCE, now=NOW, follow=lambda *_: (), on_fetched=keep, locks=tmp_path, stop=stop,
                      resolve=lambda _host, _port: ["127.0.0.1"])  # fmt: skip

        assert made == ["a"]


class TestConnections:
    def test_few_are_kept_open_however_many_hosts_wait(self, tmp_path: Path) -> None:
        """Two sources on each of thirty hosts: the longest idle connections are closed, and opened again later."""
        folder = Path("/proc/self/fd")
        if not folder.is_dir():
            pytest.skip("this system does not list its open files there")
        most = 0

        def count(done: int, total: int) -> None:
            nonlocal most
            most = max(most, sum(1 for _ in folder.iterdir()))

        with ExitStack() as stack:
            worlds = [stack.enter_context(serving(lambda asked: Said())) for _ in range(30)]
            polls = [poll(world.url(f"/{n}")) for n in range(2) for world in worlds]
            before = sum(1 for _ in folder.iterdir())
            fetch_all(polls, AT_ONCE, now=NOW, follow=lambda *_: (), on_fetched=lambda fetched: None, locks=tmp_path,
                      limits=replace(PATIENT, concurrency=4, idle=3), on_progress=count)  # fmt: skip
            served = sum(len(world.log) for world in worlds)
        assert served == 60
        assert most - before <= 4 + 3 + 30  # and what the servers have not closed yet on their side

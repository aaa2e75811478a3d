"""When to come back, what to send, what to remember."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config import Fetch
from digest.fetch import politeness
from digest.fetch.politeness import due, may_ask_by_name, outcome, remember, retry_moment, validators
from digest.records import Fetched, Hints, Request, Response, Source, SourceState

URL = "https://blog.example.org/feed"
NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)  # a Wednesday
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SOURCE = Source(name="A blog", url=URL)
STATE = SourceState(source="A blog", declared_url=URL, url=URL)
ARXIV = Source(name="arXiv", kind="arxiv", categories=("cs.LG",))
HOURLY = Fetch.model_validate({"every": "1h"})


def answered(headers: dict[str, str] | None = None, *, status: int = 200, conditional: bool = False, url: str = URL,
             permanent_url: str = "") -> Fetched:  # fmt: skip
    """A poll that brought one answer."""
    request = Request(url=URL, etag='"old"' if conditional else "")
    response = Response(request=request, status=status, url=url, permanent_url=permanent_url,
                        headers=headers or {}, body=b"<rss/>", fetched_at=NOW)  # fmt: skip
    return Fetched(source=SOURCE, started_at=NOW, responses=(response,), status=status)


def failed(error: str = "answered 503 Service Unavailable", *, retry_at: datetime | None = None,
           gone: bool = False) -> Fetched:  # fmt: skip
    return Fetched(source=SOURCE, started_at=NOW, error=error, status=503, retry_at=retry_at, gone=gone)


def after(fetched: Fetched, state: SourceState = STATE, hints: Hints = Hints(), now: datetime = NOW) -> SourceState:  # noqa: B008
    return remember(state, fetched, hints, now, HOURLY)


class TestDue:
    def test_a_new_source_is_due(self) -> None:
        """What was never asked is asked."""
        assert due(STATE, NOW)

    def test_not_before_its_next_check(self) -> None:
        """A source is left alone until its next check, and due from then on."""
        state = replace(STATE, next_check=NOW)
        assert not due(state, NOW - timedelta(seconds=1))
        assert due(state, NOW)

    def test_retry_after_holds_across_runs(self) -> None:
        """What the source asked for outlives the process that heard it."""
        state = replace(STATE, next_check=NOW, retry_at=NOW + HOUR)
        assert not due(state, NOW + timedelta(minutes=59))
        assert due(state, NOW + HOUR)

    def test_gone_is_for_good(self) -> None:
        """410 stops the source however long ago it was."""
        state = after(failed("answered 410 Gone", gone=True))
        assert state.gone
        assert not due(state, NOW + 1000 * DAY)

    def test_a_schedule_made_under_a_wrong_clock_is_dropped(self) -> None:
        """A clock that once stood a year ahead does not silence a source for a year."""
        assert due(replace(STATE, next_check=NOW + 365 * DAY, retry_at=NOW + 365 * DAY), NOW)


class TestAskedByName:
    def test_ordinary_sources_may_be_asked_at_any_time(self) -> None:
        """Naming a source overrides its schedule."""
        assert may_ask_by_name(SOURCE, replace(STATE, next_check=NOW + HOUR), NOW) == ""

    def test_retry_after_is_obeyed(self) -> None:
        """What the source itself asked for is not overridden, and the reason says until when."""
        state = after(failed(retry_at=NOW + HOUR))
        assert "2026-03-18 13:00" in may_ask_by_name(SOURCE, state, NOW)
        assert may_ask_by_name(SOURCE, state, NOW + HOUR) == ""

    def test_gone_is_obeyed(self) -> None:
        """A source that is gone is not asked even by name."""
        assert "410" in may_ask_by_name(SOURCE, replace(STATE, gone=True), NOW)

    def test_arxiv_is_asked_once_a_day(self) -> None:
        """A successful query is not repeated before arXiv's next list; a failed one may be."""
        seen = replace(STATE, last_success=NOW)
        assert "once a day" in may_ask_by_name(ARXIV, seen, NOW + HOUR)
        assert may_ask_by_name(ARXIV, seen, NOW + DAY) == ""
        assert may_ask_by_name(ARXIV, STATE, NOW) == ""


class TestValidators:
    HELD = replace(STATE, etag='W/"x y"', last_modified="Mon, 06 Jul 2026 09:00:00 GMT", refreshed_at=NOW - DAY)

    def test_held_validators_are_sent_verbatim(self) -> None:
        """Quotes, weakness marks and odd dates go back exactly as they came."""
        request = validators(Request(url=URL), self.HELD, NOW)
        assert (request.etag, request.last_modified) == ('W/"x y"', "Mon, 06 Jul 2026 09:00:00 GMT")

    def test_they_are_dropped_once_a_week(self) -> None:
        """Against servers whose validators never move, one full answer a week is taken."""
        assert validators(Request(url=URL), self.HELD, NOW + 5 * DAY).conditional
        assert not validators(Request(url=URL), self.HELD, NOW + 6 * DAY).conditional

    def test_they_belong_to_one_address(self) -> None:
        """Another document of the same source is asked for in full."""
        assert not validators(Request(url=URL + "?page=2"), self.HELD, NOW).conditional

    def test_a_full_answer_starts_the_week_and_a_conditional_one_does_not(self) -> None:
        """Only an answer without validators proves that the feed was really read."""
        full = after(answered({"etag": '"a"'}))
        assert full.refreshed_at == NOW
        changed = after(answered({"etag": '"b"'}, conditional=True), replace(full, refreshed_at=NOW - DAY))
        assert (changed.etag, changed.refreshed_at) == ('"b"', NOW - DAY)

    def test_not_modified_keeps_everything(self) -> None:
        """A 304 without validators of its own leaves the stored ones alone."""
        state = after(answered(status=304, conditional=True), self.HELD)
        assert (state.etag, state.last_modified, state.refreshed_at) == (
            self.HELD.etag, self.HELD.last_modified, self.HELD.refreshed_at,
        )  # fmt: skip
        assert (state.last_success, state.failures) == (NOW, 0)

    def test_validators_of_pages_made_on_request_are_not_kept(self) -> None:
        """`Expires: 0` comes with validators that are known to lie."""
        state = after(answered({"etag": '"a"', "last-modified": "x", "expires": "0"}))
        assert (state.etag, state.last_modified) == ("", "")

    def test_what_could_not_be_parsed_comes_again_in_full(self) -> None:
        """Were the validators of a broken document kept, its 304 would pass for a success."""
        state = remember(self.HELD, answered({"etag": '"broken"'}), Hints(), NOW, HOURLY, problem="not a feed")
        assert (state.etag, state.last_modified, state.failures) == ("", "", 1)
        assert state.last_error == "not a feed"

    def test_the_document_found_on_the_way_gives_the_validators(self) -> None:
        """Where a page led to a feed, the feed's validators count, and its address is remembered."""
        feed_url = "https://blog.example.org/atom.xml"
        page = answered({"etag": '"page"'})
        feed = Response(request=Request(url=feed_url), status=200, url=feed_url, headers={"etag": '"feed"'},
                        body=b"<feed/>", fetched_at=NOW)  # fmt: skip
        both = replace(page, responses=(*page.responses, feed))
        state = remember(STATE, both, Hints(), NOW, HOURLY, url=feed_url, kind="feed")
        assert (state.url, state.kind, state.etag) == (feed_url, "feed", '"feed"')
        assert validators(Request(url=feed_url), state, NOW).etag == '"feed"'


class TestMoves:
    def test_a_permanent_move_is_stored(self) -> None:
        """Asking a permanently moved address again and again is rude."""
        state = after(answered(url="https://new.example.org/feed", permanent_url="https://new.example.org/feed"))
        assert state.url == "https://new.example.org/feed"
        assert state.declared_url == URL

    def test_a_temporary_one_is_not(self) -> None:
        """302, 303 and 307 keep the old address."""
        assert after(answered(url="https://elsewhere.example.org/feed")).url == URL

    def test_a_move_to_something_unreadable_is_not(self) -> None:
        """A site that sends every old address to its front page must not lose us the feed's address."""
        poll = answered(permanent_url="https://blog.example.org/")
        assert remember(STATE, poll, Hints(), NOW, HOURLY, problem="an HTML page, not a feed").url == URL


class TestFailures:
    def test_waits_double_up_to_a_day(self) -> None:
        """Each further failure doubles the wait, which stays between `every` and a day."""
        waits, state = [], STATE
        for _ in range(12):
            state = after(failed(), state)
            assert state.next_check is not None
            waits.append(state.next_check - NOW)
        assert state.failures == 12
        assert all(HOUR <= wait <= DAY for wait in waits)
        assert waits[3] > 4 * waits[0]
        assert waits[-1] > 17 * HOUR

    def test_jitter_spreads_sources_and_repeats(self) -> None:
        """Sources that fail together do not come back together, and nothing is left to chance."""
        states = [replace(STATE, source=f"source {n}") for n in range(20)]
        moments = [after(failed(), state).next_check for state in states]
        assert len(set(moments)) == 20
        assert moments == [after(failed(), state).next_check for state in states]

    def test_the_archive_of_what_worked_is_kept(self) -> None:
        """A failure leaves validators, address and last success as they were."""
        state = after(failed(), replace(TestValidators.HELD, last_success=NOW - DAY))
        assert (state.etag, state.url, state.last_success) == (TestValidators.HELD.etag, URL, NOW - DAY)
        assert (state.last_error, state.last_attempt) == ("answered 503 Service Unavailable", NOW)

    def test_a_success_clears_the_slate(self) -> None:
        """After one good answer the source is healthy again."""
        state = after(answered(), after(failed(retry_at=NOW + HOUR)))
        assert (state.failures, state.last_error, state.retry_at) == (0, "", None)

    def test_retry_after_longer_than_the_back_off_wins(self) -> None:
        """The later of the two moments counts."""
        state = after(failed(retry_at=NOW + 10 * HOUR))
        assert state.next_check == state.retry_at == NOW + 10 * HOUR

    def test_an_absurd_retry_after_is_clamped(self) -> None:
        """Nobody may silence a source for longer than a day."""
        assert after(failed(retry_at=NOW + 400 * DAY)).retry_at == NOW + DAY


class TestRetryAfterHeader:
    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("7", NOW + timedelta(seconds=7)),
            (" 120 ", NOW + timedelta(minutes=2)),
            ("Wed, 18 Mar 2026 13:00:00 GMT", NOW + HOUR),
            ("99999999999999999999", NOW + DAY),
            ("Fri, 18 Mar 2033 12:00:00 GMT", NOW + DAY),
            ("-5", None),
            ("0", None),
            ("soon", None),
            ("", None),
            ("Wed, 18 Mar 2020 13:00:00 GMT", None),
        ],
    )
    def test_seconds_or_date_within_a_day(self, value: str, expected: datetime | None) -> None:
        """Seconds and HTTP dates are read, absurd ones clamped, past and broken ones ignored."""
        assert retry_moment(value, NOW) == expected


class TestFloors:
    @pytest.mark.parametrize(
        ("headers", "hints", "floor"),
        [
            ({"cache-control": "public, max-age=43200"}, Hints(), 12 * HOUR),
            ({"cache-control": "max-age=99999999"}, Hints(), DAY),
            ({"expires": "Wed, 18 Mar 2026 22:00:00 GMT"}, Hints(), 10 * HOUR),
            ({"expires": "Wed, 18 Mar 2026 22:00:00 GMT", "date": "Wed, 18 Mar 2026 02:00:00 GMT"}, Hints(), 20 * HOUR),
            ({"expires": "Tue, 01 Jan 2030 00:00:00 GMT"}, Hints(), DAY),
            ({}, Hints(ttl=8 * 3600), 8 * HOUR),
            ({}, Hints(ttl=10**12), DAY),
            ({"cache-control": "max-age=7200"}, Hints(ttl=36000), 10 * HOUR),
        ],
    )
    def test_the_longest_floor_counts_within_a_day(
        self, headers: dict[str, str], hints: Hints, floor: timedelta
    ) -> None:
        """max-age, Expires and ttl say how long to stay away, a day at most."""
        busy = replace(STATE, per_week=1000.0)
        assert after(answered(headers), busy, hints).next_check == NOW + floor

    @pytest.mark.parametrize("headers", [{"cache-control": "no-cache, max-age=86000"}, {"cache-control": "max-age=soon"},
                                         {"expires": "-1"}, {"expires": "Wed, 18 Mar 2020 22:00:00 GMT"}])  # fmt: skip
    def test_nonsense_is_no_floor(self, headers: dict[str, str]) -> None:
        """What says "do not keep", or says nothing readable, adds no wait."""
        busy = replace(STATE, per_week=1000.0)
        assert after(answered(headers), busy).next_check == NOW + HOUR

    def test_a_not_modified_answer_sets_floors_too(self) -> None:
        """A 304 carries the same caching headers as the document would."""
        busy = replace(STATE, per_week=1000.0)
        poll = answered({"cache-control": "max-age=43200"}, status=304, conditional=True)
        assert after(poll, busy).next_check == NOW + 12 * HOUR

    def test_skipped_hours_and_days_are_waited_out(self) -> None:
        """The next check falls outside the hours and days that the feed asks to be left alone in."""
        busy = replace(STATE, per_week=1000.0)
        hours = after(answered(), busy, Hints(skip_hours=frozenset(range(13, 20))))
        assert hours.next_check == datetime(2026, 3, 18, 20, 0, tzinfo=UTC)
        friday = datetime(2026, 3, 20, 23, 30, tzinfo=UTC)
        weekend = after(answered(), busy, Hints(skip_days=frozenset({5, 6})), friday)
        assert weekend.next_check == datetime(2026, 3, 23, 0, 0, tzinfo=UTC)

    def test_skipping_everything_is_no_schedule(self) -> None:
        """A feed that skips every hour or day is asked as if it had not said so."""
        busy = replace(STATE, per_week=1000.0)
        assert after(answered(), busy, Hints(skip_days=frozenset(range(7)))).next_check == NOW + HOUR


class TestInterval:
    @pytest.mark.parametrize(
        ("per_week", "at_least", "at_most"),
        [(1000.0, HOUR, HOUR), (14.0, 5 * HOUR, 6 * HOUR), (1.0, 20 * HOUR, DAY), (0.0, 20 * HOUR, DAY)],
    )
    def test_follows_how_often_the_source_publishes(
        self, per_week: float, at_least: timedelta, at_most: timedelta
    ) -> None:
        """Busy sources are asked every `every`, quiet ones nearly once a day, others about twice per entry."""
        state = after(answered(), replace(STATE, per_week=per_week))
        assert state.next_check is not None
        assert at_least <= state.next_check - NOW <= at_most

    def test_a_daily_job_finds_every_source_due(self) -> None:
        """The longest interval is under a day, so that a job at the same time each day asks each time."""
        state = after(answered(), replace(STATE, per_week=0.0))
        assert due(state, NOW + DAY - timedelta(minutes=30))


class TestArxiv:
    def poll(self, now: datetime) -> datetime:
        source = replace(SOURCE, kind="arxiv")
        state = remember(STATE, replace(answered(), source=source), Hints(), now, HOURLY)
        assert state.next_check is not None
        return state.next_check

    def test_next_check_is_after_the_next_list(self) -> None:
        """arXiv's answers change once a day, at midnight Eastern."""
        assert self.poll(datetime(2026, 3, 17, 12, 0, tzinfo=UTC)) == datetime(2026, 3, 18, 4, 30, tzinfo=UTC)
        assert self.poll(datetime(2026, 3, 18, 4, 30, tzinfo=UTC)) == datetime(2026, 3, 19, 4, 30, tzinfo=UTC)

    def test_weekends_bring_nothing(self) -> None:
        """Nothing is announced on Friday and Saturday evenings, so Friday's successor is Monday."""
        monday = datetime(2026, 3, 23, 4, 30, tzinfo=UTC)
        for day in (20, 21, 22):
            assert self.poll(datetime(2026, 3, day, 12, 0, tzinfo=UTC)) == monday

    def test_clocks_that_change_do_not_matter(self) -> None:
        """Eastern time leaves daylight saving on the first Sunday of November."""
        assert self.poll(datetime(2026, 10, 30, 12, 0, tzinfo=UTC)) == datetime(2026, 11, 2, 5, 30, tzinfo=UTC)

    def test_its_feeds_count_as_arxiv_too(self) -> None:
        """An ordinary feed source that points to arXiv's RSS is under arXiv's rules."""
        feed = Source(name="A blog", url="https://rss.arxiv.org/rss/cs.LG")
        assert politeness.is_arxiv(feed, SourceState(source="A blog"))
        assert not politeness.is_arxiv(Source(name="x", url="https://notarxiv.org/"), SourceState(source="x"))

    def test_query_addresses_are_not_remembered_as_moves(self) -> None:
        """A permanent redirect of one page of one query is no new home."""
        source = replace(SOURCE, kind="arxiv", url="")
        poll = replace(answered(permanent_url="https://export.arxiv.org/api/query?start=0"), source=source)
        assert remember(replace(STATE, url=""), poll, Hints(), NOW, HOURLY).url == ""


class TestOutcome:
    def test_words_of_the_fetches_view(self) -> None:
        """Each poll has one of five outcomes."""
        assert outcome(answered(), 3) == "new"
        assert outcome(answered(), 0) == "unchanged"
        assert outcome(answered(status=304), 0) == "not_modified"
        assert outcome(failed(), 0) == "error"
        assert outcome(answered(), 0, problem="not a feed") == "error"
        assert outcome(Fetched(source=SOURCE, started_at=NOW), 0) == "skipped"


header_values = st.one_of(
    st.text(max_size=40),
    st.integers(-10, 10**14).map(str),
    st.integers(-10, 10**14).map(lambda n: f"max-age={n}"),
    st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(lambda d: f"{d:%a, %d %b %Y %H:%M:%S} GMT"),  # noqa: DTZ001
)
header_sets = st.dictionaries(
    st.sampled_from(["cache-control", "expires", "date", "etag", "last-modified", "retry-after"]), header_values
)
hint_sets = st.builds(
    Hints,
    ttl=st.integers(-(10**15), 10**15),
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(tzinfo=UTC))  # noqa: DTZ001
states = st.builds(
    SourceState,
    source=st.text(max_size=10),
    failures=st.integers(0, 10**6),
    per_week=st.none() | st.floats(0, 1e9),
)


class TestWhateverServersSay:
    @given(states, header_sets, hint_sets, moments, st.sampled_from([200, 304]), st.booleans())
    def test_a_success_schedules_within_limits(
        self, state: SourceState, headers: dict[str, str], hints: Hints, now: datetime, status: int, arxiv: bool
    ) -> None:
        """The next check is never in the past, nor sooner than `every`, nor later than a day and a long weekend."""
        source = replace(SOURCE, kind="arxiv" if arxiv else "")
        made = remember(state, replace(answered(headers, status=status), source=source), hints, now, HOURLY)
        assert made.next_check is not None
        assert now + HOUR <= made.next_check <= now + DAY + politeness.LONGEST_SKIP
        assert due(made, made.next_check)
        assert not due(made, now)

    @given(states, header_values, moments)
    def test_a_failure_schedules_within_a_day(self, state: SourceState, header: str, now: datetime) -> None:
        """Neither back-off nor Retry-After reaches beyond a day, and neither lies in the past."""
        made = remember(state, failed(retry_at=retry_moment(header, now)), Hints(), now, HOURLY)
        assert made.next_check is not None
        assert now + HOUR <= made.next_check <= now + DAY
        assert made.retry_at is None or now < made.retry_at <= now + DAY

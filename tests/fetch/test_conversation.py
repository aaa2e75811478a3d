"""One visit as a conversation: redirects, refusals and follow-up questions, without a network."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from digest.config import Fetch
from digest.errors import ParseError
from digest.fetch.conversation import converse
from digest.fetch.messages import Answer, Hop, Limits, Visit
from digest.records import Fetched, Request, Response, Source, SourceState

NOW = datetime(2026, 3, 18, 12, 0, tzinfo=UTC)
A = "https://a.example/feed"
B = "https://b.example/feed"
C = "https://c.example/feed"


def good(**headers: str) -> Answer:
    return Answer(
        status=200, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=b"<rss/>"
    )


def to(where: str, status: int = 301) -> Answer:
    return Answer(status=status, headers={"location": where})


def next_request(hop: Hop, answer: Answer) -> httpx2.Request | None:
    """Where httpx2 goes after such an answer."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(answer.status or 500, headers=answer.headers))
    return httpx2.Client(transport=transport).send(hop.request).next_request


def nothing_more(source: Source, state: SourceState, responses: Sequence[Response]) -> Sequence[Request]:
    return ()


def talk(
    world: Mapping[str, Answer] | Callable[[Hop], Answer],
    *requests: Request,
    source: Source = Source(name="A", url=A),  # noqa: B008
    headers: Mapping[str, str] | None = None,
    follow: Callable[[Source, SourceState, tuple[Response, ...]], Sequence[Request]] = nothing_more,
    limits: Limits = Limits(),  # noqa: B008
    settings: Fetch = Fetch(),  # noqa: B008
) -> tuple[Fetched, list[Hop]]:
    """Let a visit talk to a world of canned answers; give back the visit and its hops."""
    visit = Visit(source=source, state=SourceState(source="A"), requests=requests or (Request(url=A),),
                  headers=headers or {})  # fmt: skip
    conversation = converse(visit, follow, settings, limits, NOW)
    hops: list[Hop] = []
    try:
        hop = next(conversation)
        while True:
            hops.append(hop)
            assert len(hops) < 100
            answer = world[hop.url] if isinstance(world, Mapping) else world(hop)
            hop = conversation.send(replace(answer, next_request=next_request(hop, answer)))
    except StopIteration as end:
        return end.value, hops


class TestQuestions:
    def test_names_program_version_and_contact(self) -> None:
        """Whoever reads their log knows whom to write to."""
        _, hops = talk({A: good()}, settings=Fetch(contact="mailto:ada@example.org"))
        headers = hops[0].request.headers
        assert headers["User-Agent"].startswith("mldigest/")
        assert headers["User-Agent"].endswith(" (+mailto:ada@example.org)")
        assert headers["Accept-Encoding"] == "gzip, deflate"

    def test_sends_validators_verbatim_through_redirects(self) -> None:
        """A moved feed is asked conditionally too."""
        request = Request(url=A, etag='W/"1"', last_modified="yesterday")
        fetched, hops = talk({A: to(B, 302), B: Answer(status=304)}, request)
        for hop in hops:
            headers = hop.request.headers
            assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('W/"1"', "yesterday")
        assert (fetched.error, fetched.responses[0].status, fetched.responses[0].body) == ("", 304, b"")

    def test_secret_headers_go_to_the_declared_place_only(self) -> None:
        """A redirect to another host, or back from one, never carries them."""
        secret = {"Authorization": "Basic c2VjcmV0"}
        world = {A: to("/moved"), "https://a.example/moved": to(B), B: to("https://a.example/back"),
                 "https://a.example/back": to("http://a.example/plain"), "http://a.example/plain": good()}  # fmt: skip
        _, hops = talk(world, headers=secret)
        carried = [hop.url for hop in hops if "Authorization" in hop.request.headers]
        assert carried == [A, "https://a.example/moved"]

    def test_an_address_that_cannot_be_asked_is_an_error_of_the_visit(self) -> None:
        """Nothing is asked, and the reason is in the visit."""
        fetched, hops = talk({}, Request(url="file:///etc/passwd"))
        assert hops == []
        assert "http" in fetched.error

    def test_only_declared_places_count_as_declared(self) -> None:
        """The very host and port that the source names, and no other."""
        _, hops = talk({A: to("https://a.example:8443/"), "https://a.example:8443/": good()})
        assert [hop.declared for hop in hops] == [True, False]

    def test_arxiv_is_known_by_kind_and_by_host(self) -> None:
        """arXiv's rule holds for its kind wherever it is served, and for its hosts whoever leads there."""
        _, hops = talk({A: to("https://rss.arxiv.org/x"), "https://rss.arxiv.org/x": good()})
        assert [hop.arxiv for hop in hops] == [False, True]
        _, hops = talk({A: good()}, source=Source(name="A", kind="arxiv", base_url="https://a.example"))
        assert [hop.arxiv for hop in hops] == [True]


class TestRedirects:
    def test_permanent_only_if_every_step_is(self) -> None:
        """301 and 308 in a row give a new address, a temporary step among them does not."""
        fetched, _ = talk({A: to(B, 301), B: to(C, 308), C: good()})
        assert (fetched.responses[0].url, fetched.responses[0].permanent_url) == (C, C)
        for first, second in ((301, 302), (307, 308), (303, 303)):
            fetched, _ = talk({A: to(B, first), B: to(C, second), C: good()})
            assert (fetched.responses[0].url, fetched.responses[0].permanent_url) == (C, "")

    def test_relative_targets_start_from_where_we_are(self) -> None:
        """A path, a name or a whole address."""
        world = {A: to("/x/y"), "https://a.example/x/y": to("z?q=1#top"), "https://a.example/x/z?q=1": good()}
        assert talk(world)[0].responses[0].url == "https://a.example/x/z?q=1"

    def test_circles_end(self) -> None:
        """A circle is noticed at once, whatever its length."""
        fetched, hops = talk({A: to(B), B: to(A)})
        assert (fetched.error, len(hops)) == ("redirects in a circle", 2)

    def test_ten_are_followed_and_no_more(self) -> None:
        """The eleventh redirect is the end."""

        def staircase(steps: int) -> Callable[[Hop], Answer]:
            def answer(hop: Hop) -> Answer:
                step = int(hop.url.rpartition("/")[2])
                return to(f"/{step + 1}", 302) if step < steps else good()

            return answer

        start = Request(url="https://a.example/0")
        assert talk(staircase(10), start)[0].error == ""
        fetched, hops = talk(staircase(11), start)
        assert (fetched.error, len(hops)) == ("more than 10 redirects", 11)

    @pytest.mark.parametrize("where", ["file:///etc/passwd", "ftp://a.example/", "", "http://[", "javascript:1"])
    def test_nowhere_to_go(self, where: str) -> None:
        """A redirect to something that is not asked, or to nothing, is an error in words."""
        fetched, hops = talk({A: to(where, 302)})
        assert len(hops) == 1
        assert fetched.error
        assert fetched.status == 302

    def test_whole_time_covers_all_steps(self) -> None:
        """What one step took is missing from the next one's time."""
        slow = Answer(status=302, headers={"location": B}, started=0.0, ended=45.0)
        fetched, hops = talk({A: slow, B: good()})
        assert [hop.seconds for hop in hops] == [60.0, 15.0]
        assert fetched.milliseconds == 45_000


class TestRefusals:
    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            (Answer(status=503, headers={"retry-after": "7"}), "answered 503 Service Unavailable; asked to come back in 7 s"),
            (Answer(status=429, headers={"retry-after": "3600"}),
             "answered 429 Too Many Requests; asked to come back in 60 min"),
            (Answer(status=404), "answered 404 Not Found"),
            (Answer(status=599), "answered 599"),
            (Answer(status=202), "answered 202 Accepted"),
            (Answer(status=304), "answered 304 Not Modified"),
            (Answer(status=200, body=b" \n"), "answered with an empty document"),
            (Answer(error="host not found: a.example"), "host not found: a.example"),
        ],
    )  # fmt: skip
    def test_are_said_in_one_plain_line(self, answer: Answer, words: str) -> None:
        """Status and words are kept, and there is no response."""
        fetched, _ = talk({A: answer})
        assert (fetched.error, fetched.status, fetched.responses) == (words, answer.status, ())

    def test_retry_after_becomes_a_moment(self) -> None:
        """Counted from when the answer came."""
        answer = Answer(status=503, headers={"retry-after": "7"}, started=1.0, ended=2.0)
        assert talk({A: answer})[0].retry_at == NOW + timedelta(seconds=9)

    def test_gone_is_believed_of_the_declared_address(self) -> None:
        """410 stops a source, also behind permanent redirects, but not behind a temporary one."""
        assert talk({A: Answer(status=410)})[0].gone
        assert talk({A: to(B, 301), B: Answer(status=410)})[0].gone
        assert not talk({A: to(B, 302), B: Answer(status=410)})[0].gone
        assert not talk({A: Answer(status=404)})[0].gone

    def test_an_error_after_a_redirect_says_where_it_happened(self) -> None:
        """The declared address is not to blame."""
        fetched, _ = talk({A: to(B), B: Answer(status=404)})
        assert fetched.error == "redirected to https://b.example/feed: answered 404 Not Found"

    def test_arxiv_explains_itself(self) -> None:
        """Its API says what was wrong in an Atom entry, which is quoted."""
        body = b"<feed><entry><title>Error</title><summary>start must be\n &lt; 30000</summary></entry></feed>"
        source = Source(name="A", kind="arxiv", base_url="https://a.example")
        fetched, _ = talk({A: Answer(status=400, body=body)}, source=source)
        assert fetched.error == "answered 400 Bad Request: start must be < 30000"


class TestFollowing:
    @staticmethod
    def then(*urls: str) -> Callable[[Source, SourceState, tuple[Response, ...]], Sequence[Request]]:
        """Ask for these after the first answer, whatever they bring."""
        return lambda source, state, responses: [Request(url=url) for url in urls]

    def test_goes_on_until_nothing_is_wanted(self) -> None:
        """Paging: each answer may lead to another question."""
        pages = {f"https://a.example/{n}": good() for n in range(5)}

        def next_page(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            return [Request(url=f"https://a.example/{len(responses)}")] if len(responses) < 5 else []

        fetched, _ = talk(pages, Request(url="https://a.example/0"), follow=next_page)
        assert [response.url for response in fetched.responses] == list(pages)

    def test_nothing_is_asked_twice(self) -> None:
        """A follower that never has enough is given each address once."""
        fetched, hops = talk({A: good(), B: good()}, follow=self.then(A, B, B))
        assert [hop.url for hop in hops] == [A, B]
        assert len(fetched.responses) == 2

    def test_has_an_end(self) -> None:
        """A calendar without end, or a hostile page, cannot keep a visit going for ever."""

        def more(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            return [Request(url=f"https://a.example/{len(responses)}/{n}") for n in range(7)]

        _, hops = talk(lambda hop: good(), follow=more, limits=Limits(requests=20))
        assert len(hops) == 20

    def test_has_a_size(self) -> None:
        """Many documents just under the limit are too much together; what came before is kept."""
        settings = Fetch.model_validate({"max_body": "1KB"})
        large = Answer(status=200, body=b"x" * 900)
        fetched, hops = talk(lambda hop: large, follow=self.then(*(f"https://a.example/{n}" for n in range(9))),
                             settings=settings)  # fmt: skip
        assert (len(hops), len(fetched.responses)) == (4, 3)
        assert fetched.error == "more than 3 KB in one visit"

    @pytest.mark.parametrize("status", [404, 403, 410])
    def test_a_dead_link_does_not_fail_the_source(self, status: int) -> None:
        """The other articles of a page still arrive, and the source is not gone."""
        fetched, _ = talk({A: good(), B: Answer(status=status), C: good()}, follow=self.then(B, C))
        assert [response.url for response in fetched.responses] == [A, C]
        assert (fetched.error, fetched.gone) == ("", False)

    @pytest.mark.parametrize("answer", [Answer(status=503), Answer(status=429), Answer(error="no answer within 20 s")])
    def test_a_failing_server_ends_the_visit_but_keeps_what_came(self, answer: Answer) -> None:
        """The answers before the failure are not lost."""
        fetched, hops = talk({A: good(), B: answer, C: good()}, follow=self.then(B, C))
        assert [response.url for response in fetched.responses] == [A]
        assert fetched.error
        assert len(hops) == 2

    def test_a_page_missing_from_arxiv_is_a_failure(self) -> None:
        """An arXiv query with a hole in it is not complete."""
        source = Source(name="A", kind="arxiv", base_url="https://a.example")
        fetched, _ = talk({A: good(), B: Answer(status=400)}, follow=self.then(B), source=source)
        assert "400" in fetched.error

    def test_an_answer_that_cannot_be_parsed_is_left_to_its_parser(self) -> None:
        """The visit is complete as it is; who parses it will name the trouble."""

        def broken(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            raise ParseError("no document at all")

        fetched, _ = talk({A: good()}, follow=broken)
        assert (fetched.error, len(fetched.responses)) == ("", 1)

    def test_bugs_fly(self) -> None:
        """What is no DigestError is not swallowed."""

        def buggy(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            talk({A: good()}, follow=buggy)


def test_only_what_is_needed_of_the_headers_is_kept() -> None:
    """Locations and lengths have done their work when the answer is there."""
    fetched, _ = talk({A: good(etag='"1"', content_length="6", content_encoding="gzip", content_type="text/xml")})
    assert dict(fetched.responses[0].headers) == {"etag": '"1"', "content-type": "text/xml"}

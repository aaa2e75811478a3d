"""One poll of a source: its requests, headers and follow-up requests; without a network."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from digest.config import Fetch
from digest.errors import ParseError
from digest.fetch.limits import FetchLimits
from digest.fetch.request_steps import RequestStep, StepResult
from digest.records import Request, Response, Source, SourceState
from tests.fetch.talk import A, B, C, good, talk, to


class TestQuestions:
    def test_names_program_version_and_contact(self) -> None:
        """Publishers who read their log know whom to write to."""
        _, steps = talk({A: good()}, settings=Fetch(contact="mailto:ada@example.org"))
        headers = steps[0].request.headers
        assert headers["User-Agent"].startswith("mldigest/")
        assert headers["User-Agent"].endswith(" (+mailto:ada@example.org)")
        assert headers["Accept-Encoding"] == "gzip, deflate"

    def test_sends_validators_verbatim_through_redirects(self) -> None:
        """A moved feed is asked conditionally too."""
        request = Request(url=A, etag='W/"1"', last_modified="yesterday")
        fetched, steps = talk({A: to(B, 302), B: StepResult(status=304)}, request)
        for step in steps:
            headers = step.request.headers
            assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('W/"1"', "yesterday")
        assert (fetched.error, fetched.responses[0].status, fetched.responses[0].body) == ("", 304, b"")

    def test_secret_headers_go_to_the_declared_place_only(self) -> None:
        """A redirect to another host, or back from one, never carries them."""
        secret = {"Authorization": "Basic c2VjcmV0", "X-Api-Key": "secret"}
        world = {A: to("/moved"), "https://a.example/moved": to(B), B: to("https://a.example/back"),
                 "https://a.example/back": to("http://a.example/plain"), "http://a.example/plain": good()}  # fmt: skip
        _, steps = talk(world, headers=secret)
        carried = [step.url for step in steps if "Authorization" in step.request.headers]
        assert carried == [A, "https://a.example/moved"]
        assert [step.url for step in steps if "X-Api-Key" in step.request.headers] == carried

    def test_secret_headers_are_never_sent_in_the_clear(self) -> None:
        """A redirect from https to http stays on its port, and so may an entry's link; neither carries them."""
        home = "https://a.example:8443/feed"
        down, article, elsewhere = "http://a.example:8443/feed", "http://a.example:8443/1", "https://b.example:8443/2"
        links = (article, elsewhere, "https://a.example:8443/3")
        world = {home: to(down), down: good(), **{link: good() for link in links}}

        def follow(source: Source, state: SourceState, answers: tuple[Response, ...]) -> tuple[Request, ...]:
            return tuple(Request(url=link) for link in links)

        _, steps = talk(
            world, Request(url=home), source=Source(name="A", url=home), headers={"X-Api-Key": "k"}, follow=follow
        )

        assert len(steps) == 5
        assert [step.url for step in steps if "X-Api-Key" in step.request.headers] == [home, links[2]]

    def test_a_slow_host_keeps_what_came_in_its_time(self) -> None:
        """Twenty articles that drip take no longer together than one poll may; the feed itself is kept."""
        links = [f"https://a.example/{number}" for number in range(20)]
        clock = iter(range(0, 10_000, 15))

        def drip(step: RequestStep) -> StepResult:
            began = float(next(clock))
            return replace(good(), started=began, ended=began + 15)

        def follow(source: Source, state: SourceState, answers: tuple[Response, ...]) -> tuple[Request, ...]:
            return tuple(Request(url=link) for link in links)

        fetched, steps = talk(drip, follow=follow)

        assert len(steps) == 4
        assert steps[-1].seconds == 5
        assert (fetched.error, len(fetched.responses)) == ("", 4)

    def test_an_address_that_cannot_be_asked_is_an_error_of_the_visit(self) -> None:
        """Nothing is asked, and the reason is in the poll."""
        fetched, steps = talk({}, Request(url="file:///etc/passwd"))
        assert steps == []
        assert "http" in fetched.error

    def test_only_declared_places_count_as_declared(self) -> None:
        """The very host and port that the source names, and no other."""
        _, steps = talk({A: to("https://a.example:8443/"), "https://a.example:8443/": good()})
        assert [step.declared for step in steps] == [True, False]

    def test_arxiv_is_known_by_kind_and_by_host(self) -> None:
        """arXiv's rule holds for its kind wherever it is served, and for its hosts, also after a redirect."""
        _, steps = talk({A: to("https://rss.arxiv.org/x"), "https://rss.arxiv.org/x": good()})
        assert [step.arxiv for step in steps] == [False, True]
        _, steps = talk({A: good()}, source=Source(name="A", kind="arxiv", base_url="https://a.example"))
        assert [step.arxiv for step in steps] == [True]


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
        fetched, steps = talk({A: good(), B: good()}, follow=self.then(A, B, B))
        assert [step.url for step in steps] == [A, B]
        assert len(fetched.responses) == 2

    def test_has_an_end(self) -> None:
        """A calendar without end, or a hostile page, cannot keep a poll going for ever."""

        def more(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            return [Request(url=f"https://a.example/{len(responses)}/{n}") for n in range(7)]

        _, steps = talk(lambda step: good(), follow=more, limits=FetchLimits(requests=20))
        assert len(steps) == 20

    def test_has_a_size(self) -> None:
        """Many documents just under the limit are too much together; what came before is kept."""
        settings = Fetch.model_validate({"max_body": "1KB"})
        large = StepResult(status=200, body=b"x" * 900)
        fetched, steps = talk(lambda step: large, follow=self.then(*(f"https://a.example/{n}" for n in range(9))),
                             settings=settings)  # fmt: skip
        assert (len(steps), len(fetched.responses)) == (4, 3)
        assert fetched.error == "more than 3 KB in one poll"

    @pytest.mark.parametrize("status", [404, 403, 410])
    def test_a_dead_link_does_not_fail_the_source(self, status: int) -> None:
        """The other articles of a page still arrive, and the source is not gone."""
        fetched, _ = talk({A: good(), B: StepResult(status=status), C: good()}, follow=self.then(B, C))
        assert [response.url for response in fetched.responses] == [A, C]
        assert (fetched.error, fetched.gone) == ("", False)

    @pytest.mark.parametrize(
        "answer", [StepResult(status=503), StepResult(status=429), StepResult(error="no answer within 20 s")]
    )
    def test_a_failing_server_ends_the_visit_but_keeps_what_came(self, answer: StepResult) -> None:
        """The answers before the failure are not lost."""
        fetched, steps = talk({A: good(), B: answer, C: good()}, follow=self.then(B, C))
        assert [response.url for response in fetched.responses] == [A]
        assert fetched.error
        assert len(steps) == 2

    def test_a_page_missing_from_arxiv_is_a_failure(self) -> None:
        """An arXiv query with a hole in it is not complete."""
        source = Source(name="A", kind="arxiv", base_url="https://a.example")
        fetched, _ = talk({A: good(), B: StepResult(status=400)}, follow=self.then(B), source=source)
        assert "400" in fetched.error

    def test_an_answer_that_cannot_be_parsed_is_left_to_its_parser(self) -> None:
        """The poll is complete as it is; who parses it will name the trouble."""

        def broken(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            raise ParseError("no document at all")

        fetched, _ = talk({A: good()}, follow=broken)
        assert (fetched.error, len(fetched.responses)) == ("", 1)

    def test_bugs_are_raised(self) -> None:
        """What is no DigestError is not swallowed."""

        def buggy(source: Source, state: SourceState, responses: tuple[Response, ...]) -> Sequence[Request]:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            talk({A: good()}, follow=buggy)


def test_only_what_is_needed_of_the_headers_is_kept() -> None:
    """Locations and lengths have done their work when the answer is there."""
    fetched, _ = talk({A: good(etag='"1"', content_length="6", content_encoding="gzip", content_type="text/xml")})
    assert dict(fetched.responses[0].headers) == {"etag": '"1"', "content-type": "text/xml"}

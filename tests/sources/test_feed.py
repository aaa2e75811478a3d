import pytest

from digest.errors import ParseError
from digest.records import Request, Response
from digest.sources.feed import FEED
from tests.sources.make import NOW, answer, atom, rss, source, state, unchanged

URL = "https://example.org/feed"
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>Hello</body></html>'


class TestFirstRequests:
    def test_the_declared_address_at_first(self) -> None:
        """A new source has no validators."""
        assert FEED.first_requests(source(URL), state(), NOW, NOW) == (Request(url=URL),)

    def test_where_it_was_found_later_with_its_validators(self) -> None:
        """A redirect or a discovery is remembered."""
        known = state(declared_url=URL, url="https://example.org/new", etag='"1"', last_modified="yesterday")

        assert FEED.first_requests(source(URL), known, NOW, NOW) == (
            Request(url="https://example.org/new", etag='"1"', last_modified="yesterday"),
        )

    def test_an_edited_address_starts_afresh(self) -> None:
        """What was found for another address does not count, its validators neither."""
        known = state(declared_url="https://example.org/old", url="https://example.org/old", etag='"1"')

        assert FEED.first_requests(source(URL), known, NOW, NOW) == (Request(url=URL),)

    def test_sites_whose_feeds_are_known_are_asked_for_them(self) -> None:
        """Nobody needs to load a repository's page to find its releases."""
        asked = FEED.first_requests(source("https://github.com/ada/engine"), state(), NOW, NOW)

        assert asked == (Request(url="https://github.com/ada/engine/releases.atom"),)


class TestFollowing:
    def test_a_feed_needs_nothing_more(self) -> None:
        """One question, one answer."""
        assert FEED.follow_requests(source(), state(), (answer(rss()),), NOW) == ()
        assert FEED.follow_requests(source(), state(), (unchanged(),), NOW) == ()

    def test_a_page_leads_to_its_feed(self) -> None:
        """Which is then the source's address."""
        page = answer(PAGE, "https://example.org/")
        [request] = FEED.follow_requests(source("https://example.org/"), state(), (page,), NOW)
        answers = (page, answer(rss("<title>One</title>"), request.url))

        assert request.url == "https://example.org/rss.xml"
        assert FEED.follow_requests(source("https://example.org/"), state(), answers, NOW) == ()
        assert FEED.parse(source("https://example.org/"), state(), answers, NOW).url == request.url

    def test_the_next_one_is_tried_where_one_is_a_page_again(self) -> None:
        """Up to three, each once."""
        links = "".join(f'<link rel="alternate" type="application/rss+xml" href="/{n}">' for n in range(9))
        answers: tuple[Response, ...] = (answer(f"<html><head>{links}</head></html>", "https://example.org/"),)
        asked = []
        while following := FEED.follow_requests(source("https://example.org/"), state(), answers, NOW):
            asked += [request.url for request in following]
            answers += tuple(answer("<html>", request.url) for request in following)

        assert asked == [f"https://example.org/{n}" for n in range(3)]


class TestParse:
    def test_entries_title_and_hints(self) -> None:
        """All that one answer holds."""
        parsed = FEED.parse(source(), state(), (answer(rss("<title>One</title>", channel="<ttl>60</ttl>")),), NOW)

        assert [item.title for item in parsed.items] == ["One"]
        assert (parsed.title, parsed.hints.ttl, parsed.kind, parsed.url) == ("Example", 3600, "", "")
        assert {item.source for item in parsed.items} == {"Example"}

    def test_an_unknown_source_becomes_a_feed(self) -> None:
        """And is treated as one from now on."""
        assert FEED.parse(source(kind=""), state(), (answer(atom()),), NOW).kind == "feed"

    def test_nothing_new_is_nothing(self) -> None:
        """A 304 says nothing of entries, kind or address."""
        parsed = FEED.parse(source(), state(), (unchanged(),), NOW)

        assert (parsed.items, parsed.kind, parsed.url) == ((), "", "")

    @pytest.mark.parametrize("body", ["", "<html>Log in</html>", '{"a": 1}', "<urlset/>", "\x1f\x8b", "words"])
    def test_complaints_name_the_source_and_the_address(self, body: str) -> None:
        """So that the learner can look for themselves."""
        with pytest.raises(ParseError, match=r"^Example: https://example.org/feed "):
            FEED.parse(source(), state(), (answer(body),), NOW)

from digest import sources
from digest.records import Source
from tests.sources.calendars import calendar
from tests.sources.make import NOW, answer, rss, source, state


def test_the_kind_is_declared_or_seen_or_remembered() -> None:
    """In this order; what was found out at another address does not count."""
    url = "https://example.org/"
    known = state(declared_url=url, kind="feed")

    assert sources.kind_of(source(url, kind="page"), known) == "page"
    assert sources.kind_of(Source(name="a", url="https://rss.arxiv.org/rss/cs.LG"), state()) == "arxiv"
    assert sources.kind_of(source(url, kind=""), known) == "feed"
    assert sources.kind_of(source("https://example.org/other", kind=""), known) == ""


def test_every_kind_answers_every_question() -> None:
    """The package asks the kind that the source is of."""
    for kind in sources.KINDS:
        one = Source(name="Example", url="https://example.org/feed", kind=kind)
        bodies = {"page": '<html><body><a href="/blog/a">x</a></body></html>', "ical": calendar()}
        answers = (answer(bodies.get(kind, rss())),)

        assert [request.url for request in sources.first_requests(one, state(), NOW, NOW)] == [one.url]
        assert len(sources.follow_requests(one, state(), answers, NOW)) == (1 if kind == "page" else 0)
        assert sources.parse(one, state(), answers, NOW).items == ()
        assert len(sources.parse(one, state(), answers, NOW).known) == (1 if kind == "page" else 0)

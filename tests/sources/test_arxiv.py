from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from digest.errors import ParseError
from digest.records import Request, Response, Source
from digest.sources import arxiv
from tests.sources.make import NOW, answer, state, unchanged

START = NOW - timedelta(days=7)
SOURCE = Source(name="arXiv", kind="arxiv", categories=("cs.LG", "stat.ML"))
ARXIV = ' xmlns:arxiv="http://arxiv.org/schemas/atom"'


def asked(source: Source = SOURCE, **remembered: object) -> Request:
    [request] = arxiv.first_requests(source, state(**remembered), START, NOW)
    return request


def parameters(request: Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(urlsplit(request.url).query).items()}


def paper(number: str, version: int = 1, more: str = "") -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{number}v{version}</id><title>On\n  {number}</title>"
        f"<summary>  We show\n that $a &lt;b$ in {number}. </summary><published>2026-03-20T12:00:00Z</published>"
        f"<updated>2026-03-21T12:00:00Z</updated><author><name>Ada Lovelace</name></author><author><name>Grace Hopper</name>"
        f'</author><link href="http://arxiv.org/abs/{number}v{version}" rel="alternate" type="text/html"/>'
        f'<link title="pdf" href="http://arxiv.org/pdf/{number}v{version}" rel="related" type="application/pdf"/>'
        f'<category term="stat.ML"/><category term="cs.LG"/><category term="68T05"/>{more}</entry>'
    )


def results(*papers: str, total: int, url: str = "") -> Response:
    body = (
        f'<feed xmlns="http://www.w3.org/2005/Atom"{ARXIV} xmlns:os="http://a9.com/-/spec/opensearch/1.1/">'
        f"<title>arXiv Query</title><os:totalResults>{total}</os:totalResults>{''.join(papers)}</feed>"
    )
    return answer(body, url or asked().url)


def announced(number: str, kind: str = "new", creators: str = "Ada Lovelace, Grace Hopper") -> str:
    return (
        f"<item><title>On {number}</title><link>https://arxiv.org/abs/{number}</link>"
        f"<description>arXiv:{number}v1 Announce Type: {kind} \nAbstract: We show\n it.</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{number}v1</guid><category>cs.LG</category><category>cs.AI</category>'
        f"<pubDate>Mon, 23 Mar 2026 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        f"<dc:creator>{creators}</dc:creator></item>"
    )


def daily(*items: str) -> Response:
    return answer(
        f'<rss version="2.0"{ARXIV} xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>cs.LG updates</title>'
        f"<skipDays><day>Saturday</day><day>Sunday</day></skipDays>{''.join(items)}</channel></rss>",
        "https://rss.arxiv.org/rss/cs.LG",
    )


class TestFirstRequests:
    def test_the_first_visit_asks_for_the_period(self) -> None:
        """By the API, since the daily feed holds one day."""
        request = asked()

        assert request.url.startswith("https://export.arxiv.org/api/query?")
        assert parameters(request) == {
            "search_query": "(cat:cs.LG OR cat:stat.ML) AND submittedDate:[202603160700 TO 202603230700]",
            "sortBy": "submittedDate",
            "sortOrder": "descending",
            "start": "0",
            "max_results": "1000",
        }

    def test_then_the_announcements_of_the_day(self) -> None:
        """With the validators of that very feed."""
        url = "https://rss.arxiv.org/rss/cs.LG+stat.ML"
        yesterday = NOW - timedelta(hours=20)

        assert asked(last_success=yesterday, url="https://export.arxiv.org/x", etag='"1"') == Request(url=url)
        assert asked(last_success=yesterday, url=url, etag='"1"') == Request(url=url, etag='"1"')

    def test_a_gap_is_filled_by_the_api(self) -> None:
        """From four days before the last success, since announcements lag behind submissions."""
        query = parameters(asked(last_success=NOW - timedelta(hours=31)))["search_query"]

        assert query.endswith("submittedDate:[202603180000 TO 202603230700]")

    def test_a_query_always_goes_to_the_api(self) -> None:
        """The daily feed knows categories only."""
        source = Source(name="q", kind="arxiv", query='ti:"sparse retrieval" OR abs:splade')
        query = parameters(asked(source, last_success=NOW - timedelta(hours=1)))["search_query"]

        assert query.startswith('(ti:"sparse retrieval" OR abs:splade) AND submittedDate:[')

    def test_another_base_replaces_host_and_leading_path(self) -> None:
        """A mirror, or a replay."""
        source = Source(name="m", kind="arxiv", categories=("cs.LG",), base_url="http://127.0.0.1:8765/arxiv/")

        assert asked(source).url.startswith("http://127.0.0.1:8765/arxiv/api/query?")
        assert asked(source, last_success=NOW).url == "http://127.0.0.1:8765/arxiv/rss/cs.LG"

    def test_whole_archives(self) -> None:
        """The API wants a star where the daily feed wants the bare name."""
        source = Source(name="w", kind="arxiv", categories=("cs", "math.*", "hep-th"))

        assert "(cat:cs.* OR cat:math.* OR cat:hep-th)" in parameters(asked(source))["search_query"]
        assert asked(source, last_success=NOW).url.endswith("/rss/cs+math+hep-th")

    def test_an_address_of_its_own_is_asked_as_it_is(self) -> None:
        """And a listing's page by its feed."""
        source = Source(name="o", kind="arxiv", url="https://rss.arxiv.org/atom/cs.CL")

        assert asked(source).url == source.url
        assert (
            asked(Source(name="l", url="https://arxiv.org/list/cs.CL/recent")).url == "https://rss.arxiv.org/rss/cs.CL"
        )


class TestPaging:
    def test_pages_follow_until_all_results_are_there(self) -> None:
        """Each from where the last one ended, even if that was short."""
        first = results(paper("2603.00001"), paper("2603.00002"), total=3)
        [then] = arxiv.follow_requests(SOURCE, state(), (first,), NOW)
        second = results(paper("2603.00003"), total=3, url=then.url)

        assert parameters(then)["start"] == "2"
        assert arxiv.follow_requests(SOURCE, state(), (first, second), NOW) == ()

    def test_an_empty_page_ends_it(self) -> None:
        """The service gives them unexpectedly; asking on would be asking for ever."""
        first = results(paper("2603.00001"), total=5)
        second = results(total=5, url=arxiv.follow_requests(SOURCE, state(), (first,), NOW)[0].url)

        assert arxiv.follow_requests(SOURCE, state(), (first, second), NOW) == ()
        assert arxiv.parse(SOURCE, state(), (first, second), NOW).remarks == ("arXiv counts 5 results and gave 1",)

    def test_never_beyond_thirty_thousand(self) -> None:
        """arXiv answers no more, and the last page is cut to fit."""
        url = asked().url.replace("start=0", "start=29998")
        [last] = arxiv.follow_requests(SOURCE, state(), (results(paper("2603.00001"), total=99999, url=url),), NOW)
        end = results(paper("2603.00001"), total=99999, url=last.url)

        assert (parameters(last)["start"], parameters(last)["max_results"]) == ("29999", "1")
        assert arxiv.follow_requests(SOURCE, state(), (end,), NOW) == ()

    def test_the_daily_feed_has_one_page(self) -> None:
        """So have a 304 and an address that the learner wrote."""
        own = Source(name="o", kind="arxiv", url=asked().url)

        assert arxiv.follow_requests(SOURCE, state(), (daily(announced("2603.00001")),), NOW) == ()
        assert arxiv.follow_requests(SOURCE, state(), (unchanged(),), NOW) == ()
        assert arxiv.follow_requests(own, state(), (results(paper("2603.00001"), total=9),), NOW) == ()


class TestPapers:
    def test_all_fields_from_the_api(self) -> None:
        """Texts on one line and not taken for markup; all authors; the category of submission first."""
        more = '<arxiv:primary_category term="cs.LG"/><arxiv:doi>10.1145/ABC.1</arxiv:doi>'
        [item] = arxiv.parse(SOURCE, state(), (results(paper("2603.00001", 2, more), total=1),), NOW).items

        assert (item.entry_id, item.arxiv_id, item.url) == (
            "2603.00001",
            "2603.00001",
            "https://arxiv.org/abs/2603.00001",
        )
        assert (item.title, item.summary, item.text) == ("On 2603.00001", "We show that $a <b$ in 2603.00001.", "")
        assert (item.authors, item.tags) == (("Ada Lovelace", "Grace Hopper"), ("cs.LG", "stat.ML"))
        assert (item.kind, item.doi) == ("arxiv", "10.1145/abc.1")
        assert item.published_at is not None
        assert item.published_at.day == 20

    def test_all_fields_from_the_daily_feed(self) -> None:
        """The same paper, announced in the other way."""
        [item] = arxiv.parse(SOURCE, state(), (daily(announced("2603.00001")),), NOW).items

        assert (item.entry_id, item.url, item.summary) == (
            "2603.00001",
            "https://arxiv.org/abs/2603.00001",
            "We show it.",
        )
        assert (item.authors, item.tags) == (("Ada Lovelace", "Grace Hopper"), ("cs.LG", "cs.AI"))

    def test_versions_and_cross_lists_are_one_item(self) -> None:
        """By the bare id, over all pages."""
        answers = (
            results(paper("2603.00001", 1), paper("2603.00001", 2), total=3),
            results(paper("2603.00001", 3), total=3),
        )

        assert len(arxiv.parse(SOURCE, state(), answers, NOW).items) == 1

    @pytest.mark.parametrize(("kind", "count"), [("new", 1), ("cross", 1), ("replace", 0), ("replace-cross", 0)])
    def test_replacements_are_no_news(self, kind: str, count: int) -> None:
        """Whether the element says it or only the description."""
        marked = announced("2603.00001", kind)
        bare = marked.replace(f"<arxiv:announce_type>{kind}</arxiv:announce_type>", "")

        for item in (marked, bare):
            assert len(arxiv.parse(SOURCE, state(), (daily(item),), NOW).items) == count

    def test_old_ids(self) -> None:
        """Archives had names of their own before 2007."""
        [item] = arxiv.parse(SOURCE, state(), (results(paper("hep-th/9901001"), total=1),), NOW).items

        assert item.url == "https://arxiv.org/abs/hep-th/9901001"

    def test_an_entry_that_is_no_paper_is_kept(self) -> None:
        """Whatever it is."""
        entry = "<entry><id>urn:1</id><title>Notice</title></entry>"

        assert [i.title for i in arxiv.parse(SOURCE, state(), (results(entry, total=1),), NOW).items] == ["Notice"]

    def test_a_weekend_is_empty_and_no_failure(self) -> None:
        """Nothing is announced then."""
        parsed = arxiv.parse(SOURCE, state(), (daily(),), NOW)

        assert (parsed.items, parsed.remarks, parsed.hints.skip_days) == ((), (), frozenset({5, 6}))

    def test_where_the_answer_came_from_is_told(self) -> None:
        """So that its validators go with its address."""
        assert arxiv.parse(SOURCE, state(), (daily(),), NOW).url == "https://rss.arxiv.org/rss/cs.LG"
        assert arxiv.parse(SOURCE, state(), (unchanged(),), NOW).url == ""


class TestRefusals:
    def test_an_error_is_never_a_paper(self) -> None:
        """It comes as an entry."""
        entry = (
            "<entry><id>https://arxiv.org/api/errors#incorrect_id_format</id><title>Error</title>"
            "<summary>incorrect id format for abc</summary></entry>"
        )

        with pytest.raises(ParseError, match="arXiv: arXiv refused the query: incorrect id format for abc"):
            arxiv.parse(SOURCE, state(), (results(entry, total=1),), NOW)

    def test_the_daily_feed_complains_in_its_title(self) -> None:
        """It gives a feed all the same."""
        body = "<rss version='2.0'><channel><title>Feed error for query cs.XX</title></channel></rss>"

        with pytest.raises(ParseError, match="Feed error"):
            arxiv.parse(SOURCE, state(), (answer(body),), NOW)

    def test_other_documents_are_named(self) -> None:
        """A maintenance page, for one."""
        with pytest.raises(ParseError, match=r"^arXiv: .*HTML page"):
            arxiv.parse(SOURCE, state(), (answer("<html>Back soon</html>"),), NOW)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://rss.arxiv.org/rss/cs.LG", True),
        ("https://export.arxiv.org/api/query?search_query=x", True),
        ("https://arxiv.org/list/cs.LG/recent", True),
        ("https://blog.arxiv.org/feed/", False),
        ("https://example.org/rss/cs.LG", False),
        ("https://[bad", False),
    ],
)
def test_addresses_of_arxiv(url: str, expected: bool) -> None:
    """Its feeds are recognised, its blog is a blog."""
    assert arxiv.is_arxiv_address(url) is expected

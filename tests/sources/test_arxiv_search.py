"""The one query that arXiv gets for a project."""

from urllib.parse import parse_qs, urlsplit

from digest.records import Source, SourceState
from digest.sources.arxiv import follow_requests
from digest.sources.arxiv_search import search_request
from tests import make
from tests.make import NOW


def query(*words: str) -> str:
    return parse_qs(urlsplit(search_request(words).url).query)["search_query"][0]


def test_at_least_two_words_are_asked_for() -> None:
    """One alone would find half of arXiv, all together nothing."""
    assert query("retrieval", "labels", "cost") == (
        "(all:retrieval AND all:labels) OR (all:retrieval AND all:cost) OR (all:labels AND all:cost)"
    )
    assert query("retrieval") == "all:retrieval"
    assert query("fine-tune", "lora") == '(all:"fine-tune" AND all:lora)'


def test_it_is_one_request() -> None:
    """Its answer is not followed by a second page, however many results there are."""
    request = search_request(["retrieval"])
    answer = make.response(
        b'<feed xmlns:o="http://a9.com/-/spec/opensearch/1.1/"><o:totalResults>900</o:totalResults><entry/></feed>',
        request=request,
    )
    source = Source(name="arXiv search", kind="arxiv")

    assert follow_requests(source, SourceState(source="arXiv search"), (answer,), NOW) == ()


def test_another_server_may_answer() -> None:
    """The base_url of a declared source is used."""
    assert search_request(["a"], base_url="http://127.0.0.1:9/x/").url.startswith("http://127.0.0.1:9/x/api/query?")

"""Documents made to cost time or memory: each is read within bounds, or refused in one line.

The bound is far above what any of them takes, and far below what each took before it was bounded.
"""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from digest.errors import ParseError
from digest.records import Parsed, Response, Source
from digest.sources import follow_requests, parse
from digest.sources.bounds import has_overfull_tag
from tests.sources.make import NOW, answer, state

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

#: seconds of the processor
_AT_MOST = 30.0

ATTRIBUTES = b" ".join(b'a%d=""' % number for number in range(190_000))
BARE = b" ".join(b"a%d" % number for number in range(190_000))
ATOM = b"<feed xmlns='http://www.w3.org/2005/Atom'>%b</feed>"
MULTIPART = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n"
DOCUMENTS = {
    "sitemap of open entries": ("page", b"<urlset>" + b"<url>" * 400_000),
    "sitemap of open addresses": ("page", b"<urlset>" + b"<url><loc>" * 200_000),
    "attributes": ("feed", b"<rss><channel><item " + ATTRIBUTES + b"/></channel></rss>"),
    "attributes of a broken feed": ("feed", b"<rss><channel><item " + ATTRIBUTES + b"><title>x</item>"),
    "attributes in an entry": (
        "feed",
        b"<rss><channel><item><title>t</title><description>&lt;p " + ATTRIBUTES + b"&gt;",
    ),
    "attributes of a page": ("page", b"<html><p " + ATTRIBUTES + b">x</html>"),
    "attributes behind a comment": ("page", b'<html><!-- <a x=" --><p ' + BARE + b">x</html>"),
    "a million entries": ("arxiv", ATOM % (b"<entry/>" * 1_000_000)),
    "entries": ("arxiv", ATOM % (b"<entry><id>1</id></entry>" * 200_000)),
    "a broken feed": ("feed", b"<rss><channel>" + b"<item><title>x</title>" * 300_000),
    "an undeclared prefix": ("feed", b"<rss:item>" + b"<rss " * 900_000),
    "addresses of authors": (
        "feed",
        ATOM % (b"<entry>" + b"<author><name>%b @</name></author>" % (b"a" * 990) * 20_000),
    ),
    "links without an end": ("reddit", ATOM % (b"<entry><content type='html'>" + b"&lt;a href='" * 1_000_000)),
    "hours without an end": ("feed", b"<rss><channel>" + b"<skipHours>" * 5_900),
    "words in a subject": ("newsletter", b"Subject: " + b"\n ".join([b"=?utf-8?q?a?="] * 40_000) + b"\n\nx"),
    "parts": ("newsletter", b"Subject: x\n" + MULTIPART % (1, 1) + b"\nx\n--b1\n" * 500_000),
    "parts in parts": (
        "newsletter",
        b"Subject: x\n" + b"".join(MULTIPART % (n, n) for n in range(90)) + b"\r" * 3_000_000,
    ),
    "headers": ("newsletter", b"Subject: x\n" + b"X: y\n" * 500_000),
}


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < _AT_MOST


def visited(kind: str, *answers: Response) -> Parsed | str:
    source = Source(name="Example", url="https://example.org/feed", kind=kind)
    try:
        follow_requests(source, state(), answers, NOW)
        return parse(source, state(), answers, NOW)
    except ParseError as error:
        return str(error)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_costly_document(name: str) -> None:
    """It gives a bounded number of items, or one line."""
    kind, body = DOCUMENTS[name]

    outcome = visited(kind, answer(body))

    if isinstance(outcome, str):
        assert outcome.startswith("Example: ")
        assert len(outcome.splitlines()) == 1
    else:
        assert len(outcome.items) <= 20_000


def test_articles_of_hundreds_of_thousands_of_paragraphs() -> None:
    """All their text is taken, without a search for the article in it."""
    home = answer(b"".join(b"<html><a href='/blog/%d-b-c'>x</a>" % number for number in range(3)))
    huge = b"<html><title>Huge</title><body>" + b"<p>word word word</p>" * 200_000
    urls = [f"https://example.org/blog/{number}-b-c" for number in range(3)]
    articles = [replace(answer(huge, url), request=replace(answer(b"", url).request, page=True)) for url in urls]

    outcome = visited("page", home, *articles)

    assert isinstance(outcome, Parsed)
    assert [item.title for item in outcome.items] == ["Huge"] * 3
    assert all(len(item.text) > 199_000 for item in outcome.items)


@pytest.mark.parametrize("gap", [b"<a x='", b"<a x=\"<b y='", b"<a x=\"<a ' "])
def test_the_guard_itself_is_linear(gap: bytes) -> None:
    """Quotation marks that never close make every tag seem to reach to the end."""
    has_overfull_tag((gap + b"y" * 5_000) * 800)
    has_overfull_tag(gap * 500_000)


def test_ordinary_pages_pass_the_guard() -> None:
    """Pictures as data, and scripts with quotation marks of their own."""
    page = b"<p class='x'>it's <img src='data:image/png;base64,%b'> <script>if (a<b) x = \"'\"</script>" % (
        b"A/+=" * 3_000
    )

    assert not has_overfull_tag(page * 300)

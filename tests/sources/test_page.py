import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from digest.errors import ParseError
from digest.records import Request, Response
from digest.sources import page
from tests.sources.make import FEEDS, NOW, answer, rss, source, state, unchanged

HOME = "https://example.org/"
SOURCE = source(HOME, kind="page")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """trafilatura tells its log of every page it finds poor."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


def listing(*hrefs: str) -> Response:
    anchors = "".join(f'<li><a href="{href}">x</a></li>' for href in hrefs)
    return answer(f"<html><head><title>Home</title></head><body><ul>{anchors}</ul></body></html>", HOME)


def article(url: str, title: str = "How retrievers are trained", text: str = "") -> Response:
    body = text or "".join(
        f"<p>Paragraph {n} says something about training retrievers at some length.</p>" for n in range(9)
    )
    made = answer(
        f'<html><head><title>{title}</title><meta name="author" content="Ada Lovelace">'
        f'<meta property="article:published_time" content="2026-03-10T12:30:00Z"></head>'
        f"<body><article><h1>{title}</h1>{body}</article></body></html>",
        url,
    )
    return replace(made, request=Request(url=url, page=True))


def links(response: Response) -> tuple[str, ...]:
    return page.read_listing((response,)).articles


class TestArticleLinks:
    @pytest.mark.parametrize(
        "href",
        [
            "/2026/03/retrievers/",
            "/blog/retrievers",
            "/posts/2015-08-Backprop/",
            "how-retrievers-are-trained.html",
            "https://www.example.org/p/retrievers?utm_source=home#top",
        ],
    )
    def test_articles(self, href: str) -> None:
        """A date, a title or a place in the path tells an article."""
        assert len(links(listing(href))) == 1

    @pytest.mark.parametrize(
        "href",
        [
            "/",
            "#top",
            "/about/",
            "/tags/deep-learning-for-everyone",
            "/page/2",
            "/blog/paper.pdf",
            "/feed.xml",
            "https://friend.example/2026/03/retrievers/",
            "mailto:ada@example.org",
            "javascript:alert(1)",
        ],
    )
    def test_navigation(self, href: str) -> None:
        """Other sites, files, lists and legal pages are no articles."""
        assert links(listing(href)) == ()

    def test_menus_are_left_out_and_repetitions_merged(self) -> None:
        """In the order of the page."""
        html = '<nav><a href="/blog/menu">x</a></nav><a href="/blog/b">x</a><a href="/blog/a/">x</a><a href="/blog/b#c">x</a>'

        assert links(answer(html.join(("<html><body>", "</body></html>")), HOME)) == (
            "https://example.org/blog/b",
            "https://example.org/blog/a/",
        )

    def test_what_stands_below_the_list(self) -> None:
        """A list at /notes/ holds what stands below /notes/."""
        html = '<html><body><a href="retrievers">x</a><a href="/other">x</a></body></html>'

        assert links(answer(html, "https://example.org/garden/")) == ("https://example.org/garden/retrievers",)

    def test_sitemaps_newest_first(self) -> None:
        """They have no order of their own, but often dates."""
        entries = "".join(
            f"<url><loc>{HOME}blog/{name}</loc>{date and f'<lastmod>{date}</lastmod>'}</url>"
            for name, date in (("undated", ""), ("old", "2024-01-01"), ("new", "2026-03-01T10:00:00Z"))
        )
        found = links(answer(f"<urlset>{entries}</urlset>", HOME + "sitemap.xml"))

        assert [link.rpartition("/")[2] for link in found] == ["new", "old", "undated"]

    def test_sitemaps(self) -> None:
        """Their addresses are taken as they stand."""
        body = '<urlset xmlns="x"><url><loc>https://example.org/blog/a?x=1&amp;y=2</loc></url><url><loc> /about </loc></url></urlset>'

        assert links(answer(body, HOME + "sitemap.xml")) == ("https://example.org/blog/a?x=1&y=2",)


class TestFollowing:
    def test_new_articles_are_asked_at_once_and_known_ones_never(self) -> None:
        """An address is known in all its variants."""
        known = state(known=("http://example.org/blog/a/",))
        first = listing("/blog/a", "/blog/b", "/blog/c")
        asked = page.follow_requests(SOURCE, known, (first,), NOW)

        assert [request.url for request in asked] == [HOME + "blog/b", HOME + "blog/c"]
        assert page.follow_requests(SOURCE, known, (first, article(HOME + "blog/b")), NOW) == ()

    def test_at_most_twenty_a_visit(self) -> None:
        """A new source does not hammer its server."""
        assert len(page.follow_requests(SOURCE, state(), (listing(*(f"/blog/{n}x" for n in range(50))),), NOW)) == 20

    def test_the_sitemap_where_the_page_names_no_article(self) -> None:
        """Then the articles that the sitemap names."""
        home = listing("/about")
        [asked] = page.follow_requests(SOURCE, state(), (home,), NOW)
        body = f"<urlset><url><loc>{HOME}blog/a</loc></url></urlset>"
        sitemap = replace(answer(body, asked.url), request=asked)

        assert asked.url == HOME + "sitemap.xml"
        assert [r.url for r in page.follow_requests(SOURCE, state(), (home, sitemap), NOW)] == [HOME + "blog/a"]

    def test_nothing_where_nothing_changed(self) -> None:
        """A 304 ends the visit."""
        assert page.follow_requests(SOURCE, state(), (unchanged(HOME),), NOW) == ()


class TestParse:
    def test_an_article_becomes_an_item(self) -> None:
        """Title, author, date and text; its canonical address is its id."""
        answers = (listing("/blog/a/"), article(HOME + "blog/a/"))
        parsed = page.parse(SOURCE, state(), answers, NOW)
        [item] = parsed.items

        assert (item.entry_id, item.url, item.kind) == (HOME + "blog/a", HOME + "blog/a/", "page")
        assert (item.title, item.authors) == ("How retrievers are trained", ("Ada Lovelace",))
        assert item.published_at is not None
        assert item.published_at.date().isoformat() == "2026-03-10"
        assert "Paragraph 8" in item.body
        assert parsed.title == "Home"

    def test_a_page_without_text_keeps_its_title(self) -> None:
        """It may be a picture or a talk."""
        [item] = page.parse(SOURCE, state(), (listing("/blog/a"), article(HOME + "blog/a", text=" ")), NOW).items

        assert item.title == "How retrievers are trained"

    def test_a_list_without_news_is_fine(self) -> None:
        """All of it may be known."""
        assert page.parse(SOURCE, state(), (listing("/blog/a"),), NOW).items == ()
        assert page.parse(SOURCE, state(), (unchanged(HOME),), NOW).items == ()

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("<html><body>Hello</body></html>", "without links to articles"),
            ("", "nothing"),
            (rss(), "is a feed"),
            ("{}", "JSON"),
        ],
    )
    def test_complaints(self, body: str, words: str) -> None:
        """What cannot be read as a list of articles is named."""
        with pytest.raises(ParseError, match=f"^Example: .*{words}"):
            page.parse(SOURCE, state(), (answer(body, HOME),), NOW)


class TestKnown:
    def test_the_first_visit_knows_the_whole_list(self) -> None:
        """What was there before is backfill, read or not, and must not come as news later."""
        answers = (listing(*(f"/blog/{n}x" for n in range(50))), article(HOME + "blog/0x"))

        assert len(page.parse(SOURCE, state(), answers, NOW).known) == 50

    def test_later_visits_add_what_they_read(self) -> None:
        """New ones that did not fit into this visit come in the next."""
        before = state(known=(HOME + "blog/a",))
        answers = (listing("/blog/c", "/blog/b", "/blog/a"), article(HOME + "blog/c/"))

        assert page.parse(SOURCE, before, answers, NOW).known == (HOME + "blog/a", HOME + "blog/c")

    def test_a_304_teaches_nothing(self) -> None:
        """So that what is known stays as it is."""
        assert page.parse(SOURCE, state(known=(HOME + "blog/a",)), (unchanged(HOME),), NOW).known == ()


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded pages are not here")
def test_recorded_pages_give_title_and_text() -> None:
    """Of real blog posts, nearly all give the title that their feed has, and a text."""
    import json

    rows = [json.loads(line) for line in (FEEDS / "html" / "index.jsonl").read_text().splitlines()]
    posts = [row for row in rows if row["group"] == "ml-blog"]
    good = 0
    for row in posts:
        url = HOME + "blog/a"
        response = replace(article(url), body=(FEEDS / "html" / row["file"]).read_bytes())
        [item] = page.parse(SOURCE, state(), (listing("/blog/a"), response), NOW.replace(year=2027)).items
        same = item.title.casefold()[:20] == " ".join(row["expected"]["title"].split()).casefold()[:20]
        good += same and item.words > 100

    assert posts
    assert good >= 0.8 * len(posts)

"""One article on the web -> its title and text."""

from digest.sources.article import read_article
from tests.sources.make import NOW, answer

WORDS = "Dense retrievers are trained with hard negatives, which is a long story with many turns. " * 20
PAGE = f"""<html><head><title>On negatives | A blog</title><meta name="author" content="Ada"></head>
<body><nav><a href="/">Home</a></nav><article><h1>On negatives</h1><p>{WORDS}</p><script>alert(1)</script></article>
<footer>All rights reserved</footer></body></html>"""


def test_the_text_without_what_surrounds_it() -> None:
    """Menus, scripts and footers are no part of an article."""
    item = read_article(answer(PAGE, "https://example.org/blog/negatives"), "Example", NOW)

    assert item is not None
    assert item.url == "https://example.org/blog/negatives"
    assert "hard negatives" in item.body
    assert item.words > 200
    assert not any(word in item.body for word in ("Home", "alert", "rights reserved"))


def test_what_is_empty_is_no_article() -> None:
    """A page with neither title nor text says nothing."""
    assert read_article(answer("<html></html>"), "Example", NOW) is None
    assert read_article(answer(b"\x00\xff" * 50), "Example", NOW) is None

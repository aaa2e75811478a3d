"""Sources in few words."""

import pytest

from digest.sources.shorthand import source_meant


@pytest.mark.parametrize(
    ("typed", "url", "kind", "categories"),
    [
        ("arxiv:cs.LG", "", "arxiv", ("cs.LG",)),
        ("arXiv:cs.LG, stat.ML", "", "arxiv", ("cs.LG", "stat.ML")),
        ("duckdb/duckdb", "https://github.com/duckdb/duckdb", "", ()),
        ("r/MachineLearning", "https://www.reddit.com/r/MachineLearning", "", ()),
        ("/r/MachineLearning/", "https://www.reddit.com/r/MachineLearning", "", ()),
        ("@AndrejKarpathy", "https://www.youtube.com/@AndrejKarpathy", "", ()),
        ("eugeneyan.com", "https://eugeneyan.com", "", ()),
        ("example.org/blog", "https://example.org/blog", "", ()),
        ("http://127.0.0.1:8000/feed", "http://127.0.0.1:8000/feed", "", ()),
    ],
)
def test_what_is_meant(typed: str, url: str, kind: str, categories: tuple[str, ...]) -> None:
    """Categories, a repository, a board and a channel; anything else is an address."""
    source = source_meant(typed)

    assert (source.url, source.kind, source.categories) == (url, kind, categories)


def test_another_server_for_arxiv() -> None:
    """Goes with categories only."""
    assert source_meant("arxiv:cs.LG", mirror="http://mirror").base_url == "http://mirror"
    assert source_meant("a/b", mirror="http://mirror").base_url == ""

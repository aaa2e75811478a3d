import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.addresses import web_address

BASE = "https://example.org/blog/"


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("post", "https://example.org/blog/post"),
        ("/post?a=1#b", "https://example.org/post?a=1#b"),
        ("//example.com/a", "https://example.com/a"),
        ("  https://example.com/a b ", "https://example.com/a%20b"),
    ],
)
def test_addresses_become_absolute(href: str, expected: str) -> None:
    """As a browser resolves them."""
    assert web_address(BASE, href) == expected


@pytest.mark.parametrize(
    "href",
    [
        "",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        " JAVASCRIPT:alert(1)",
        "data:text/html,hi",
        "file:///etc/passwd",
        "mailto:ada@example.org",
        "https://example.org:port/",
        "https://[bad/",
        "https://example.org/" + "x" * 5000,
        "https://example.org/\u202egnp.exe",
    ],
)
def test_all_else_is_refused(href: str) -> None:
    """Only http and https addresses that can be shown safely are kept."""
    assert web_address(BASE, href) == ""


@given(st.text(), st.text())
def test_never_fails_and_gives_web_addresses_only(base: str, href: str) -> None:
    """Whatever a document holds."""
    assert web_address(base, href).lower().startswith(("http://", "https://")) or web_address(base, href) == ""

"""The addresses that come with a pick."""

from hypothesis import given
from hypothesis import strategies as st

from digest.records import Resource
from digest.render.html import render_html
from digest.render.links import ReasonLink, pieces, standing_alone
from digest.render.markdown import render_markdown
from digest.render.text import render_text
from tests.render.hostile import BAD_URLS, texts, urls
from tests.render.make import issue, pick

LIKED = Resource(kind="liked", url="https://example.org/x", text="“X”")
RESOURCES = (
    Resource(kind="code", url="https://example.org/both"),
    Resource(kind="data", url="https://example.org/both"),
    Resource(kind="pdf", url="https://arxiv.org/pdf/2601.00001"),
    LIKED,
)


def test_a_reason_is_cut_around_what_it_names() -> None:
    """The pieces joined are the reason."""
    assert list(pieces("close to “X”, which you liked", (LIKED,))) == [
        ReasonLink(text="close to ", url=""),
        ReasonLink(text="“X”", url="https://example.org/x"),
        ReasonLink(text=", which you liked", url=""),
    ]
    assert list(pieces("nothing of it", (LIKED,))) == [ReasonLink(text="nothing of it", url="")]


def test_what_lies_at_one_address_is_one_link() -> None:
    """Code and data are often one repository."""
    assert [link.text for link in standing_alone(RESOURCES)] == ["code and data", "PDF"]


@given(texts, st.lists(st.builds(Resource, kind=st.just("liked"), url=urls, text=texts), max_size=4))
def test_no_word_of_a_reason_is_lost(reason: str, named: list[Resource]) -> None:
    """Whatever is named in it, once or twice."""
    assert "".join(piece.text for piece in pieces(reason, named)) == reason


def test_addresses_that_are_none_are_no_links() -> None:
    """Only http and https."""
    for url in BAD_URLS:
        made = issue(pick(1, reason="close to “X”", resources=(Resource(kind="code", url=url), LIKED)))
        for drawn in (render_markdown(made), render_html(made), render_text(made)):
            assert "javascript" not in drawn.lower()
            assert "vbscript" not in drawn.lower()
            assert "file:" not in drawn.lower()


def test_every_rendering_shows_them() -> None:
    """In the line under the title, and inside the reason."""
    made = issue(pick(1, reason="close to “X”, which you liked", resources=RESOURCES))

    markdown = render_markdown(made)
    assert "[code and data](https://example.org/both) · [PDF](https://arxiv.org/pdf/2601.00001)\n" in markdown
    assert "**Why:** close to [“X”](https://example.org/x), which you liked" in markdown
    assert "   Code and data: https://example.org/both\n" in render_text(made)
    assert 'href="https://arxiv.org/pdf/2601.00001"' in render_html(made)

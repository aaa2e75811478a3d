"""Works and picks as references."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from digest.records import Item, Pick, Place, Section, Work
from digest.render.references import Name, Reference, ReferenceKind, citation_key, reference_of_pick, reference_of_work
from tests import make
from tests.render.references.make import READ_AT

PAPER = make.item(
    kind="arxiv",
    source="arXiv",
    entry_id="2401.12345",
    url="https://arxiv.org/abs/2401.12345",
    title="Dense $k$-NN retrieval",
    authors=("Ada Byron", "Joost van de Weijer"),
    summary="We retrieve\nwith $k$ neighbours.",
    arxiv_id="2401.12345",
    tags=("cs.IR", "cs.LG"),
    published_at=dt.datetime(2024, 1, 23, 23, 59, tzinfo=dt.UTC),
)


def of(*items: Item) -> Reference:
    return reference_of_work(Work(work_id="w2345abcde", items=items, first_seen_at=READ_AT))


def test_a_paper_on_arxiv() -> None:
    """All that arXiv tells, and what follows from its id; a paper does not change, so no day of access."""
    assert of(PAPER) == Reference(
        identity="arxiv:2401.12345",
        work_id="w2345abcde",
        kind=ReferenceKind.PREPRINT,
        tex_title="Dense $k$-NN retrieval",
        title="Dense k-NN retrieval",
        authors=(Name(family="Byron", given="Ada"), Name(family="van de Weijer", given="Joost")),
        published=dt.date(2024, 1, 23),
        url="https://arxiv.org/abs/2401.12345",
        arxiv_id="2401.12345",
        category="cs.IR",
        container="arXiv",
        abstract="We retrieve with k neighbours.",
        pdf_url="https://arxiv.org/pdf/2401.12345",
    )


def test_a_post_of_a_blog() -> None:
    """The blog is what it is part of, and the day it was read is said."""
    post = of(make.item(authors=("Ada Byron",)))

    assert (post.kind, post.container, post.accessed) == (ReferenceKind.POST, "Blog", READ_AT.date())
    assert post.identity == post.url == "https://blog.example.org/posts/1"


def test_one_work_of_several_items() -> None:
    """arXiv speaks for all in any order, the blog's address gives way, and a published DOI is kept."""
    discussion = make.item(2, kind="hackernews", title="Dense retrieval [pdf]", authors=("somebody",))
    post = make.item(3, title="Our paper", doi="10.1145/1", arxiv_id="2401.12345", authors=("The Lab",))

    assert of(discussion, post, PAPER) == replace(of(PAPER), doi="10.1145/1")


@pytest.mark.parametrize("kind", ["hackernews", "reddit"])
def test_who_links_to_a_page_did_not_write_it(kind: str) -> None:
    """Nor is what they say of it its abstract; the page's own host is where it appeared."""
    linked = of(make.item(kind=kind, source="Front page", authors=("somebody",), summary="Points: 12"))

    assert (linked.kind, linked.authors, linked.abstract) == (ReferenceKind.PAGE, (), "")
    assert linked.container == "blog.example.org"


def test_what_is_written_on_a_forum_is_its_writers() -> None:
    """A text of a subreddit's own."""
    asked = of(make.item(kind="reddit", url="https://www.reddit.com/r/rust/comments/1/a/", authors=("/u/somebody",)))

    assert (asked.kind, asked.container) == (ReferenceKind.FORUM_POST, "r/rust")
    assert asked.authors == (Name(literal="u/somebody"),)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"kind": "youtube"}, ReferenceKind.VIDEO),
        ({"kind": "podcast", "seconds": 61}, ReferenceKind.PODCAST),
        ({"kind": "newsletter"}, ReferenceKind.POST),
        ({"kind": "newsletter", "url": ""}, ReferenceKind.POST),
        ({"kind": "page"}, ReferenceKind.PAGE),
        ({"kind": "library"}, ReferenceKind.PAGE),
        ({"kind": "library", "url": ""}, ReferenceKind.DOCUMENT),
        ({"url": "https://slideslive.com/1"}, ReferenceKind.TALK),
        ({"url": "https://github.com/owner/name"}, ReferenceKind.SOFTWARE),
        ({"kind": "podcast", "url": "https://www.youtube.com/watch?v=1"}, ReferenceKind.PODCAST),
        ({"doi": "10.1145/1"}, ReferenceKind.ARTICLE),
        ({"doi": "10.1101/2024.1"}, ReferenceKind.PREPRINT),
        ({"doi": "10.48550/arxiv.2401.12345"}, ReferenceKind.PREPRINT),
        ({"doi": "10.5281/zenodo.1", "url": ""}, ReferenceKind.POST),
    ],
)
def test_kinds(changes: dict[str, Any], kind: ReferenceKind) -> None:
    """By identifier, by source, by address."""
    assert of(make.item(**changes)).kind is kind


def test_a_release_is_its_projects() -> None:
    """Not of the bot that pressed the button; its version is in its address."""
    url = "https://github.com/vllm-project/vllm/releases/tag/v0.6.1"
    release = of(make.item(kind="releases", source="vLLM", url=url, authors=("dependabot",)))

    assert release.authors == (Name(literal="vllm-project"),)
    assert (release.container, release.version) == ("GitHub", "0.6.1")


def test_a_publication_that_signs_with_its_name() -> None:
    """It is no person; a blog that is called after its author is one."""
    show = of(make.item(kind="podcast", source="Night Vale", authors=("Night Vale Presents",)))
    blog = of(make.item(source="Hamel Husain", authors=("Hamel Husain",)))

    assert show.authors == (Name(literal="Night Vale Presents"),)
    assert blog.authors == (Name(family="Husain", given="Hamel"),)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({"title": "", "summary": "The first words."}, "The first words."),
        ({"title": "\x00 \u2028", "summary": ""}, "https://blog.example.org/posts/1"),
        ({"title": "", "summary": "", "url": "javascript:alert(1)"}, "Untitled"),
    ],
)
def test_what_has_no_title(changes: dict[str, Any], title: str) -> None:
    """It is called by its first words or its address: no format has entries without a title."""
    assert of(make.item(**changes)).title == title


def test_a_day_is_counted_in_utc() -> None:
    """As arXiv counts them, wherever the learner is."""
    late = dt.datetime(2024, 1, 24, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=2)))

    assert of(replace(PAPER, published_at=late)).published == dt.date(2024, 1, 23)


def test_posts_on_one_page_are_different_works() -> None:
    """A changelog gives each entry the page's address with a fragment."""
    one, other = (of(make.item(url=f"https://example.org/changelog#{number}")) for number in (1, 2))

    assert one.identity != other.identity


def test_a_pick_is_the_same_reference_as_its_work() -> None:
    """As far as a pick tells: its excerpt stands for the abstract, and of a category it knows nothing."""
    pick = _pick(PAPER, arxiv_id="2401.12345", excerpt="We retrieve with k neighbours.")

    assert reference_of_pick(pick, read_at=READ_AT) == replace(of(PAPER), category="")


def test_a_pick_of_a_post_has_the_key_of_its_work() -> None:
    """So that a page and an export name it alike."""
    post = make.item(authors=("Ada Byron",))

    made = reference_of_pick(_pick(post), read_at=READ_AT)

    assert (made.kind, made.container) == (ReferenceKind.POST, "Blog")
    assert citation_key(made) == citation_key(of(post))


def test_a_pick_whose_paper_is_elsewhere() -> None:
    """The paper it is also at makes it a preprint."""
    pick = _pick(make.item(), also_at=(Place(source="arXiv", url="https://arxiv.org/abs/2401.12345v2"),))

    assert reference_of_pick(pick, read_at=READ_AT).arxiv_id == "2401.12345"


def _pick(item: Item, **changes: object) -> Pick:
    made = Pick(
        item_id=item.item_id,
        work_id="w2345abcde",
        title=item.title,
        url=item.url,
        source=item.source,
        section=Section.LETTER,
        reason="near it",
        authors=item.authors,
        published_at=item.published_at,
    )
    return replace(made, **changes)  # type: ignore[arg-type]

"""What pages tell reference managers."""

import datetime as dt
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest

from digest.render.references import Name, ReferenceKind, coins_of, coins_title, meta_tags
from tests.make import issue as make_issue
from tests.render.references.make import post, reference, references


def test_the_tags_of_a_paper() -> None:
    """What Google Scholar asks for and Zotero reads, in order."""
    paper = reference(authors=(Name(family="van de Weijer", given="Joost"), Name(literal="Gemma Team")))

    assert meta_tags(paper) == [
        ("citation_title", "Dense retrieval at scale"),
        ("citation_author", "van de Weijer, Joost"),
        ("citation_author", "Gemma Team"),
        ("citation_publication_date", "2024/01/23"),
        ("citation_online_date", "2024/01/23"),
        ("citation_arxiv_id", "2401.12345"),
        ("citation_doi", "10.48550/arXiv.2401.12345"),
        ("og:site_name", "arXiv"),
        ("citation_pdf_url", "https://arxiv.org/pdf/2401.12345"),
        ("citation_public_url", "https://arxiv.org/abs/2401.12345"),
        ("citation_abstract", "We retrieve."),
        ("z:itemType", "preprint"),
    ]


def test_only_papers_name_a_journal() -> None:
    """Zotero takes any page that names one for an article."""
    article = dict(meta_tags(post(kind=ReferenceKind.ARTICLE, container="JMLR", doi="10.1/x")))
    blog = dict(meta_tags(post()))

    assert article["citation_journal_title"] == "JMLR"
    assert article["citation_doi"] == "10.1/x"
    assert "citation_journal_title" not in blog
    assert (blog["og:site_name"], blog["z:itemType"]) == ("A blog", "blogPost")


def test_coins_of_a_paper() -> None:
    """An OpenURL in key and value, each work by itself."""
    read = parse_qsl(coins_title(reference()), strict_parsing=True)

    assert read == [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
        ("rft.type", "preprint"),
        ("rft.title", "Dense retrieval at scale"),
        ("rft.source", "arXiv"),
        ("rft.au", "van de Weijer, Joost"),
        ("rft.date", "2024-01-23"),
        ("rft.description", "We retrieve."),
        ("rft_id", "info:doi/10.48550/arXiv.2401.12345"),
        ("rft_id", "https://arxiv.org/abs/2401.12345"),
    ]


@pytest.mark.parametrize(
    ("kind", "form", "genre", "container"),
    [
        (ReferenceKind.ARTICLE, "journal", "article", "rft.jtitle"),
        (ReferenceKind.CONFERENCE_PAPER, "book", "proceeding", "rft.btitle"),
    ],
)
def test_coins_of_articles(kind: ReferenceKind, form: str, genre: str, container: str) -> None:
    """With a title of their own besides the journal's, or Zotero takes the one for the other."""
    read = dict(parse_qsl(coins_title(post(kind=kind, title="The article"))))

    assert read["rft_val_fmt"] == f"info:ofi/fmt:kev:mtx:{form}"
    assert (read["rft.genre"], read["rft.atitle"], read[container]) == (genre, "The article", "A blog")
    assert "rft.title" not in read


@pytest.mark.parametrize(("name", "key"), [("OpenAI", "rft.au"), ("Gemma Team", "rft.aucorp")])
def test_groups_in_coins(name: str, key: str) -> None:
    """A group of several words is said to be one, or its last word would be taken for a family name."""
    assert (key, name) in parse_qsl(coins_title(post(authors=(Name(literal=name),))))


def test_what_is_unknown_is_left_out() -> None:
    """No empty tags and values."""
    bare = post(authors=(), published=None, url="", container="", abstract="", accessed=None)

    assert [name for name, _ in meta_tags(bare)] == ["citation_title", "z:itemType"]
    assert dict(parse_qsl(coins_title(bare), keep_blank_values=True)).keys() == {
        "ctx_ver",
        "rft_val_fmt",
        "rft.type",
        "rft.title",
    }


def test_a_thousand_works_of_strangers() -> None:
    """Spans are ASCII without anything that HTML or the next value could begin with, and come back equal."""
    for one in references():
        made = coins_title(one)
        assert made.isascii()
        assert not set(made) & set("<>\"' ;\n")
        read = parse_qsl(made, strict_parsing=True)
        assert one.title in [value for key, value in read if key in ("rft.title", "rft.atitle")]
        assert [value for key, value in read if key in ("rft.au", "rft.aucorp")] == [
            name.sorted_form for name in one.authors
        ]
        assert [content for name, content in meta_tags(one) if name == "citation_author"] == [
            name.sorted_form for name in one.authors
        ]
        assert all(len(content.splitlines()) == 1 for _, content in meta_tags(one))


def test_days_before_the_year_1000() -> None:
    """A feed's date may be nonsense, and is written with four digits all the same."""
    assert ("rft.date", "0999-01-02") in parse_qsl(coins_title(post(published=dt.date(999, 1, 2))))


def test_a_pick_from_a_source_with_half_a_character_has_its_span() -> None:
    """A lone surrogate in a feed's name is no text that could be encoded."""
    issue = make_issue()
    broken = replace(issue, picks=tuple(replace(pick, source="a\ud800b") for pick in issue.picks))

    assert coins_of(broken).keys() == {pick.item_id for pick in issue.picks}

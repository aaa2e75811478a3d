"""A thousand works from strangers go through a reader of each format and come back."""

import re

import pytest

from digest.render.references import Name, Reference, ReferenceKind, to_bibtex, to_csl_json, to_ris
from tests.render.references.make import references
from tests.render.references.reading import pairs_braces, plain, read_bibtex, read_csl, read_ris

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def thousand() -> tuple[Reference, ...]:
    return references(1_000)


def by_bibtex(name: Name) -> str:
    """A name as BibTeX takes it apart: family, suffix, given; or whole."""
    return name.literal or ", ".join(part for part in (name.family, name.suffix, name.given) if part)


def authors_of(field: str) -> list[str]:
    """The names of an author field, parted where BibTeX parts them: at an "and" outside of braces."""
    names, depth = [""], 0
    for word in re.split(r"( |(?<!\\)[{}])", field):
        depth += {"{": 1, "}": -1}.get(word, 0)
        names[-1] += word
        if word == "and" and depth == 0:
            names[-1] = names[-1].removesuffix(" and")
            names.append("")
    return [plain(name.strip()) for name in names if name]


def test_the_thousand_are_of_every_kind_and_hostile() -> None:
    """Or the tests below would show little."""
    kinds = {one.kind for one in thousand()}

    assert kinds >= set(ReferenceKind) - {ReferenceKind.TALK}
    assert sum("\\" in one.title or "}" in one.title for one in thousand()) > 100
    assert sum(bool(name.literal) for one in thousand() for name in one.authors) > 50
    assert sum(name.suffix != "" for one in thousand() for name in one.authors) > 50


def test_bibtex_comes_back() -> None:
    """Title, authors, date, address, identifiers, abstract, container and version, letter for letter."""
    read = read_bibtex(to_bibtex(thousand()))

    assert len(read) == 1_000
    for entry, one in zip(read, thousand(), strict=True):
        day = one.published
        assert plain(entry["title"]) == one.title
        assert authors_of(entry.get("author", "")) == [by_bibtex(name) for name in one.authors]
        assert plain(entry.get("abstract", "")) == one.abstract
        assert (entry.get("year"), entry.get("month"), entry.get("day")) == (
            (str(day.year), _MONTHS[day.month - 1], str(day.day)) if day else (None, None, None)
        )
        assert entry.get("url", "") == one.url
        assert entry.get("doi", "") == one.doi
        assert entry.get("eprint", "") == one.arxiv_id
        assert entry.get("primaryClass", "") == one.category
        assert entry.get("urldate", "") == (one.accessed.isoformat() if one.accessed else "")
        assert plain(entry.get("version", "")) == one.version
        if one.container and not one.arxiv_id and one.kind is not ReferenceKind.DOCUMENT:
            assert one.container in {plain(entry.get("journal", "")), plain(entry.get("booktitle", ""))} or plain(
                entry["howpublished"]
            ).endswith(f", {one.container}")


def test_no_bibtex_field_can_end_early() -> None:
    """Braces pair as BibTeX counts them in each field, and only macros of our own are in texts."""
    for entry in read_bibtex(to_bibtex(thousand())):
        for name, value in entry.items():
            assert pairs_braces(value), (name, value)
            assert not re.search(r"\\(input|write|end|include|def|csname)", value), (name, value)
            assert len(value.splitlines()) <= 1


def test_ris_comes_back() -> None:
    """The same by rispy; a work is a record, however its texts begin."""
    read = read_ris(to_ris(thousand()))

    assert len(read) == 1_000
    for record, one in zip(read, thousand(), strict=True):
        assert record["title"] == one.title
        assert record.get("authors", []) == [name.sorted_form for name in one.authors]
        assert record.get("abstract", "") == one.abstract
        assert record.get("date", "") == (f"{one.published:%Y/%m/%d}/" if one.published else "")
        assert record.get("year", "") == (str(one.published.year) if one.published else "")
        assert record.get("access_date", "") == (f"{one.accessed:%Y/%m/%d}/" if one.accessed else "")
        assert record.get("urls", []) == ([one.url.replace(";", "%3B")] if one.url else [])
        assert record.get("doi", "") == one.any_doi
        assert record.get("accession_number", "") == (f"arXiv:{one.arxiv_id}" if one.arxiv_id else "")
        assert record.get("edition", "") == one.version
        assert one.container in ("", record.get("publisher"), record.get("secondary_title"))
        assert "unknown_tag" not in record


def test_csl_comes_back() -> None:
    """The same by JSON, and every entry keeps to the schema."""
    read = read_csl(to_csl_json(thousand()))

    assert len(read) == 1_000
    for entry, one in zip(read, thousand(), strict=True):
        day, then = one.published, one.accessed
        assert entry["title"] == one.title
        assert [Name(**name) for name in entry.get("author", [])] == list(one.authors)
        assert entry.get("abstract", "") == one.abstract
        assert entry.get("issued") == ({"date-parts": [[day.year, day.month, day.day]]} if day else None)
        assert entry.get("accessed") == ({"date-parts": [[then.year, then.month, then.day]]} if then else None)
        assert entry.get("URL", "") == one.url
        assert entry.get("DOI", "") == one.any_doi
        assert entry.get("number", "") == (f"arXiv:{one.arxiv_id}" if one.arxiv_id else "")
        assert entry.get("version", "") == one.version
        assert one.container in ("", entry.get("publisher"), entry.get("container-title"))


@pytest.mark.parametrize("write", [to_bibtex, to_ris, to_csl_json])
def test_one_work_is_written_alike_alone_and_among_others(write: object) -> None:
    """Nothing of an entry, its key included, depends on what else is exported."""
    assert callable(write)
    some = thousand()[:100]
    together = write(some)

    for one in some:
        alone = write([one])
        assert alone.strip("[]\n") in together

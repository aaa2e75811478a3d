"""BibTeX, entry by entry."""

import datetime as dt

import pytest

from digest.render.references import Name, ReferenceKind, to_bibtex
from digest.sources.references import read_references
from tests.render.references.make import READ_AT, post, reference, references
from tests.render.references.reading import read_bibtex

PAPER = """\
@misc{weijer2024dense-j165,
  title = {Dense retrieval at scale},
  author = {van de Weijer, Joost},
  year = {2024},
  month = jan,
  day = {23},
  eprint = {2401.12345},
  archivePrefix = {arXiv},
  primaryClass = {cs.IR},
  url = {https://arxiv.org/abs/2401.12345},
  abstract = {We retrieve.},
}
"""


def test_a_paper_is_written_as_arxiv_writes_it() -> None:
    """With eprint, archivePrefix and primaryClass, and without arXiv's own DOI."""
    assert to_bibtex([reference()]) == PAPER


def test_a_post_is_online() -> None:
    """The blog stands where BibLaTeX prints it and where older styles do."""
    [entry] = read_bibtex(to_bibtex([post(abstract="")]))

    assert entry["ENTRYTYPE"] == "online"
    assert (entry["organization"], entry["howpublished"]) == ("A blog", "Blog post, A blog")
    assert entry["urldate"] == "2026-11-21"


@pytest.mark.parametrize(
    ("kind", "entry_type", "field"),
    [
        (ReferenceKind.ARTICLE, "article", "journal"),
        (ReferenceKind.CONFERENCE_PAPER, "inproceedings", "booktitle"),
        (ReferenceKind.SOFTWARE, "software", "howpublished"),
        (ReferenceKind.DATASET, "dataset", "publisher"),
        (ReferenceKind.TALK, "online", "organization"),
        (ReferenceKind.VIDEO, "online", "organization"),
        (ReferenceKind.PREPRINT, "misc", "howpublished"),
    ],
)
def test_types(kind: ReferenceKind, entry_type: str, field: str) -> None:
    """Each with the field that its type has for the place of publication."""
    [entry] = read_bibtex(to_bibtex([post(kind=kind)]))

    assert entry["ENTRYTYPE"] == entry_type
    assert entry[field].endswith("A blog")


def test_names() -> None:
    """Family, suffix and given name between commas; what is whole in braces, its own and hidden."""
    names = (
        Name(family="Martinez", given="Amado B.", suffix="Jr"),
        Name(literal="Smith and Sons, Inc."),
        Name(family="R&D", given="{"),
    )

    [entry] = read_bibtex(to_bibtex([reference(authors=names)]))

    assert entry["author"] == "Martinez, Jr, Amado B. and {Smith and Sons, Inc.} and R\\&D, \\textbraceleft{}"


def test_nothing_is_an_empty_file() -> None:
    """Which is valid BibTeX."""
    assert to_bibtex([]) == ""


def test_learn_reads_it() -> None:
    """What was exported can be learned from: the same papers and posts, none refused."""
    made = references(300)

    read = read_references(to_bibtex(made).encode(), READ_AT + dt.timedelta(days=1))

    assert read.problems == ()
    assert [one.arxiv_id for one in read.found if one.arxiv_id] == [one.arxiv_id for one in made if one.arxiv_id]
    assert len(read.found) == len(made)


def test_learn_reads_an_ordinary_paper_whole() -> None:
    """Title, authors, abstract, date and identifiers."""
    paper = reference(title="BERT & friends: 100% of $k$-NN", doi="10.1145/a_b", abstract="It is 5% & more.")

    [read] = read_references(to_bibtex([paper]).encode(), READ_AT).found

    assert read.title == "BERT & friends: 100% of $k$-NN"
    assert read.authors == ("van de Weijer, Joost",)
    assert (read.abstract, read.arxiv_id, read.doi) == ("It is 5% & more.", "2401.12345", "10.1145/a_b")
    assert read.published_at == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

"""RIS, record by record."""

import datetime as dt

import pytest

from digest.render.references import ReferenceKind, to_ris
from digest.sources.references import read_references
from tests.render.references.make import READ_AT, post, reference, references
from tests.render.references.reading import read_ris

PAPER = """\
TY  - UNPB
ID  - weijer2024dense-j165
TI  - Dense retrieval at scale
AU  - van de Weijer, Joost
PY  - 2024
DA  - 2024/01/23/
T2  - arXiv
DB  - arXiv
AN  - arXiv:2401.12345
DO  - 10.48550/arXiv.2401.12345
UR  - https://arxiv.org/abs/2401.12345
AB  - We retrieve.
ER  - 
"""


def test_a_paper() -> None:
    """Its identifiers where Zotero looks for them."""
    assert to_ris([reference()]) == PAPER


def test_records_are_parted_by_an_empty_line() -> None:
    """As other programs write them; nothing is nothing."""
    assert to_ris([reference(), reference()]).count("\n\nTY  - ") == 1
    assert to_ris([]) == ""


@pytest.mark.parametrize(
    ("kind", "type_", "field"),
    [
        (ReferenceKind.POST, "BLOG", "secondary_title"),
        (ReferenceKind.PAGE, "ELEC", "secondary_title"),
        (ReferenceKind.ARTICLE, "JOUR", "secondary_title"),
        (ReferenceKind.CONFERENCE_PAPER, "CPAPER", "secondary_title"),
        (ReferenceKind.TALK, "SLIDE", "secondary_title"),
        (ReferenceKind.VIDEO, "VIDEO", "publisher"),
        (ReferenceKind.PODCAST, "SOUND", "publisher"),
        (ReferenceKind.SOFTWARE, "COMP", "publisher"),
    ],
)
def test_types(kind: ReferenceKind, type_: str, field: str) -> None:
    """Each with its place of publication in the tag that Zotero reads for that type."""
    [record] = read_ris(to_ris([post(kind=kind)]))

    assert (record["type_of_reference"], record[field]) == (type_, "A blog")


def test_learn_reads_it() -> None:
    """The same works, none refused, with their day."""
    made = references(300)

    read = read_references(to_ris(made).encode(), READ_AT + dt.timedelta(days=1))

    assert read.problems == ()
    assert len(read.found) == len(made)
    [paper] = read_references(to_ris([reference()]).encode(), READ_AT).found
    assert (paper.arxiv_id, paper.published_at) == ("2401.12345", dt.datetime(2024, 1, 23, tzinfo=dt.UTC))

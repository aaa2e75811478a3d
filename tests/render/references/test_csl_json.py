"""CSL-JSON, entry by entry."""

import json

import pytest

from digest.render.references import Name, ReferenceKind, to_csl_json
from digest.sources.references import read_references
from tests.render.references.make import READ_AT, post, reference, references
from tests.render.references.reading import read_csl


def test_a_paper() -> None:
    """A preprint by its number, with the variables under which Zotero exports one."""
    assert json.loads(to_csl_json([reference()])) == [
        {
            "id": "weijer2024dense-j165",
            "type": "article",
            "title": "Dense retrieval at scale",
            "author": [{"family": "van de Weijer", "given": "Joost"}],
            "issued": {"date-parts": [[2024, 1, 23]]},
            "publisher": "arXiv",
            "genre": "Preprint",
            "number": "arXiv:2401.12345",
            "DOI": "10.48550/arXiv.2401.12345",
            "URL": "https://arxiv.org/abs/2401.12345",
            "abstract": "We retrieve.",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "type_"),
    [
        (ReferenceKind.POST, "post-weblog"),
        (ReferenceKind.PAGE, "webpage"),
        (ReferenceKind.VIDEO, "motion_picture"),
        (ReferenceKind.TALK, "speech"),
        (ReferenceKind.PODCAST, "broadcast"),
        (ReferenceKind.SOFTWARE, "software"),
        (ReferenceKind.DATASET, "dataset"),
    ],
)
def test_types(kind: ReferenceKind, type_: str) -> None:
    """As CSL 1.0.2 has them."""
    [entry] = read_csl(to_csl_json([post(kind=kind)]))

    assert entry["type"] == type_


def test_names_and_playing_time() -> None:
    """Groups are literal, suffixes a part of their own, and an hour is written as one."""
    names = (Name(literal="Gemma Team"), Name(family="Martinez", given="Amado", suffix="Jr"))

    [entry] = read_csl(to_csl_json([post(kind=ReferenceKind.PODCAST, authors=names, seconds=4953)]))

    assert entry["author"] == [{"literal": "Gemma Team"}, {"family": "Martinez", "given": "Amado", "suffix": "Jr"}]
    assert entry["dimensions"] == "1:22:33"


def test_nothing_is_an_empty_list() -> None:
    """Which a program that reads JSON can read."""
    assert to_csl_json([]) == "[]\n"


def test_learn_reads_it() -> None:
    """The same works, none refused."""
    made = references(300)

    read = read_references(to_csl_json(made).encode(), READ_AT)

    assert read.problems == ()
    assert len(read.found) == len(made)

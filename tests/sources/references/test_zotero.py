"""Zotero's CSV and CSL JSON."""

import json

import pytest

from digest.errors import ParseError
from digest.sources.references import References, read_references
from tests.sources.make import NOW

COLUMNS = '"Key","Item Type","Publication Year","Author","Title","DOI","Url","Abstract Note","Date","Extra"\n'


def read(text: str) -> References:
    return read_references(text.encode("utf-8-sig"), NOW)


def test_a_row() -> None:
    """Zotero writes arXiv's id into Extra, and several authors into one cell."""
    [found] = read(
        COLUMNS + '"K","preprint","2021","Byron, Ada; Hopper, Grace","On ""things""","",'
        '"http://arxiv.org/abs/2101.00001","It is\nlong, too","2021-01-03","arXiv:2101.00001 [cs]"\n'
    ).found

    assert (found.line, found.title, found.authors) == (2, 'On "things"', ("Byron, Ada", "Hopper, Grace"))
    assert (found.arxiv_id, found.abstract) == ("2101.00001", "It is\nlong, too")
    assert f"{found.published_at:%Y-%m-%d}" == "2021-01-03"


def test_rows_that_are_no_works() -> None:
    """Notes and attachments are passed over, short rows read as far as they go, empty ones named."""
    found = read(COLUMNS + '"K","note"\n"K","book",,,"A title"\n"K","book"\n\n')

    assert [(one.line, one.title) for one in found.found] == [(3, "A title")]
    assert found.problems == ("line 4: the row names no work",)


def test_a_cell_beyond_all_measure_costs_its_row() -> None:
    """The csv module refuses it; the rows after it are read."""
    found = read(COLUMNS + f'"K","book",,,"{"x" * 200_000}"\n"K","book",,,"A title"\n')

    assert [one.title for one in found.found] == ["A title"]
    assert found.problems == ("line 2: the row cannot be read: field larger than field limit (131072)",)


ENTRY = {
    "id": "x",
    "type": "article-journal",
    "title": "A title of CSL",
    "author": [{"family": "Byron", "given": "Ada"}, {"literal": "The Group"}, 4],
    "issued": {"date-parts": [[2020, 5, 1]]},
    "DOI": "10.1000/1",
    "URL": "http://x.org/p",
    "abstract": "It is about it.",
}


def test_an_object() -> None:
    """In a list, or in the items of an object; what is no entry is named."""
    for document in ([ENTRY, {"id": 3}, 4], {"items": [ENTRY, {"id": 3}, 4]}):
        found = read(json.dumps(document))
        [one] = found.found
        assert (one.title, one.authors, one.doi, one.url) == (
            "A title of CSL",
            ("Ada Byron", "The Group"),
            "10.1000/1",
            "http://x.org/p",
        )
        assert f"{one.published_at:%Y-%m-%d}" == "2020-05-01"
        assert found.problems == ("entry 2: it names no work", "entry 3: it names no work")


@pytest.mark.parametrize("text", ['[{"id": 1},', '{"items": [}', '[{"a": ' + "9" * 5000 + "}]"])
def test_broken_json_is_said(text: str) -> None:
    """In one line, which says where."""
    with pytest.raises(ParseError, match="is no JSON"):
        read(text)

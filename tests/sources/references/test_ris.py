"""RIS, with records that lost their end."""

from digest.sources.references import read_references
from tests.sources.make import NOW

RECORD = """TY  - JOUR
TI  - A title of some length
AU  - Byron, Ada
AU  - Hopper, Grace
AB  - An abstract
  that goes on
DO  - 10.1000/XYZ.
PY  - 2021/03/04
UR  - https://example.org/paper
ER  - 
"""


def test_a_record() -> None:
    """All it says, also where a line goes on in the next."""
    [found] = read_references(RECORD.encode(), NOW).found

    assert (found.line, found.title, found.authors) == (1, "A title of some length", ("Byron, Ada", "Hopper, Grace"))
    assert (found.abstract, found.doi, found.url) == (
        "An abstract that goes on",
        "10.1000/xyz",
        "https://example.org/paper",
    )
    assert f"{found.published_at:%Y-%m-%d}" == "2021-03-04"


def test_an_arxiv_id_in_the_address() -> None:
    """With Windows line ends, as many programs write."""
    text = RECORD.replace("https://example.org/paper", "http://arxiv.org/abs/2101.00001v3").replace("\n", "\r\n")

    [found] = read_references(text.encode("utf-8-sig"), NOW).found

    assert found.arxiv_id == "2101.00001"


def test_a_record_ends_where_the_next_begins() -> None:
    """And one that names nothing is named itself, by its line."""
    text = "TY  - JOUR\nT1  - First without end\nTY  - GEN\nJO  - x\nER  -\nER  -\n" + RECORD

    found = read_references(text.encode(), NOW)

    assert [(one.line, one.title) for one in found.found] == [
        (1, "First without end"),
        (7, "A title of some length"),
    ]
    assert found.problems == ("line 3: the record names no work",)

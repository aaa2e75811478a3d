"""Plain lists and bookmarks."""

import pytest

from digest.sources.references import Reference, References, read_references
from tests.sources.make import NOW


def read(text: str) -> References:
    return read_references(text.encode(), NOW)


def one(line: str) -> Reference:
    [found] = read(line).found
    return found


@pytest.mark.parametrize(
    "line",
    [
        "2301.00001",
        "arXiv:2301.00001v2",
        "- [ ] 2301.00001",
        "3. https://arxiv.org/pdf/2301.00001v5.pdf",
        "* [A title](https://arxiv.org/abs/2301.00001) and [code](https://github.com/a/b)",
        "[pdf](https://arxiv.org/abs/2301.00001)",
        "A title, arXiv:2301.00001",
        "https://huggingface.co/papers/2301.00001",
    ],
)
def test_lines_that_name_a_paper(line: str) -> None:
    """In all the ways in which people write them down."""
    assert one(line).arxiv_id == "2301.00001"


def test_titles_links_and_dois() -> None:
    """A linked title is the work's own; words on a line may be anybody's."""
    assert [(x.title, x.doi, x.url, x.titled) for x in read(
        "Attention Is All You Need\ndoi:10.1145/3397271.3401075\nhttps://example.org/p\n- [On (some) things](https://example.org/a_(b))"
    ).found] == [
        ("Attention Is All You Need", "", "", False),
        ("doi:10.1145/3397271.3401075", "10.1145/3397271.3401075", "", False),
        ("", "", "https://example.org/p", False),
        ("On (some) things", "", "https://example.org/a_(b)", True),
    ]  # fmt: skip


def test_many_ids_on_one_line_and_lines_that_say_nothing() -> None:
    """Headings, rules, comments and blank lines are passed over."""
    found = read("# To read\n\n2301.00001, 2301.00002 cs/0501001\n---\n// old\n- \n")

    assert [x.arxiv_id for x in found.found] == ["2301.00001", "2301.00002", "cs/0501001"]
    assert {x.line for x in found.found} == {3}
    assert found.problems == ("line 6: it names no work",)


def test_bookmarks() -> None:
    """Every link of the web, with its line; what else a bookmark may be is passed over."""
    found = read(
        "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n<DT><H3>Papers</H3>\n"
        '<DT><A HREF="https://arxiv.org/abs/2301.00001" ADD_DATE="1">[2301.00001] A paper</A>\n'
        '<DT><A HREF="javascript:alert(1)">x</A>\n<DT><A HREF="https://example.org/p">A post &amp; more</A>\n</DL>'
    ).found

    assert [(x.line, x.arxiv_id, x.url, x.title) for x in found] == [
        (4, "2301.00001", "https://arxiv.org/abs/2301.00001", "[2301.00001] A paper"),
        (6, "", "https://example.org/p", "A post & more"),
    ]

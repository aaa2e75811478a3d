"""The format is found from the contents, and no contents break a reader."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.sources.references import read_references
from tests.sources.make import NOW

SEEDS = [
    b'@string{v = "x"}\n@article{a, title={{B}: c \\"o}, author={A and B}, year=2020, month=jan, eprint={2301.00001}}\n',
    b"TY  - JOUR\nTI  - A title\nAU  - B\nPY  - 2020//\nER  - \n",
    b'"Key","Item Type","Title","DOI"\n"K","book","A ""title""","10.1000/1"\n',
    b'[{"title": "A", "author": [{"family": "B"}], "issued": {"date-parts": [[2020]]}}]',
    b"# x\n- [A title](https://arxiv.org/abs/2301.00001)\n2301.00001, 2301.00002\n",
    b'<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><DT><A HREF="https://example.org/p">A</A></DL>',
]
SHARDS = [b"{", b"}", b'"', b"@", b"\x00", b"\xff\xfe", b"\\", b"TY  - ", b"ER  -", b"\n", b",", b"[", b"](", b"<a href=",
          b"\xed\xa0\x80", b"$", b"%", b" and ", b"2301.00001", b"10.1000/"]  # fmt: skip


@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 200), st.sampled_from(SHARDS)), max_size=8))
def test_mutated_files_are_read_or_refused(seed: bytes, cuts: list[tuple[int, bytes]]) -> None:
    """In one line; nothing else comes out, and every reference names something."""
    for place, shard in cuts:
        seed = seed[:place] + shard + seed[place:]
    with suppress(ParseError):
        found = read_references(seed, NOW)
        assert all(one.name and one.line > 0 for one in found.found)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    """A photograph named by mistake is no crash."""
    with suppress(ParseError):
        read_references(data, NOW)


def test_depth_and_length_are_bounded() -> None:
    """Braces a hundred thousand deep, a line of a million letters, and TeX that never ends."""
    for text in (
        "@article{a, title={" + "{" * 100_000 + "x" + "}" * 100_000 + "}}",
        "@article{a, title={" + "\\alpha" * 100_000 + "}}",
        "@article{a, title={" + "\\frac{" * 200 + "x" + "}" * 200 + "}}",
        "word " * 200_000,
        "[" * 100_000,
        "[x](" * 20_000,
        "TY  - " * 100_000,
        "<a href='" * 20_000,
    ):
        with suppress(ParseError):
            found = read_references(text.encode(), NOW).found
            assert all(len(one.title) <= 1000 for one in found)


def test_a_file_of_no_reference_is_empty() -> None:
    """The caller says so."""
    assert read_references(b"", NOW).found == ()
    assert read_references(b"\n \n# nothing\n", NOW).found == ()


def test_rdf_is_refused_with_a_way_out() -> None:
    """Zotero offers it first."""
    with pytest.raises(ParseError, match="export it as BibTeX, RIS, CSV or CSL JSON"):
        read_references(b'<rdf:RDF xmlns:rdf="x"><a href="http://a.org">x</a></rdf:RDF>', NOW)


def test_utf16_is_read() -> None:
    """Windows programs write it."""
    [found] = read_references("TY  - JOUR\nTI  - Schrödinger\nER  - \n".encode("utf-16"), NOW).found

    assert found.title == "Schrödinger"

"""Bytes come in decompressed, and never more of them than allowed."""

import gzip
import zlib

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FetchError
from digest.fetch.body import LARGE, WireStream, read_body, size
from tests.fetch.server import peak_memory


def take(
    data: bytes, encoding: str = "", limit: int = 10_000_000, piece: int = 65536, may_be_large: bool = True
) -> bytes:
    wire = WireStream((data[start : start + piece] for start in range(0, len(data), piece)), limit)
    response = httpx2.Response(200, headers={"Content-Encoding": encoding}, stream=wire)
    return read_body(response, wire, limit, lambda: may_be_large)


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


class TestDecompression:
    @given(st.binary(max_size=3000), st.integers(1, 4000), st.integers(0, 300))
    def test_gives_back_what_was_packed(self, data: bytes, piece: int, repeats: int) -> None:
        """Whatever the pieces, the document comes out whole, highly compressible ones included."""
        data = data * repeats
        assert take(gzip.compress(data), "gzip", piece=piece) == data
        assert take(zlib.compress(data), "deflate", piece=piece) == data
        assert take(bare_deflate(data), "Deflate", piece=piece + 1) == data  # its first two bytes tell
        assert take(data, "identity", piece=piece) == data

    def test_joined_streams_are_not_taken_for_the_first_of_them(self) -> None:
        """httpx2 reads one gzip stream, so several in a row are an error rather than a part; padding is neither."""
        with pytest.raises(FetchError, match="broke off"):
            take(gzip.compress(b"first ") + gzip.compress(b"second"), "gzip")
        assert take(gzip.compress(b"first ") + b"\0" * 512, "gzip") == b"first "

    def test_a_stream_that_stops_short_is_an_error(self) -> None:
        """Half a document must not pass for a whole one."""
        with pytest.raises(FetchError, match="broke off"):
            take(gzip.compress(b"x" * 1000)[:-9], "gzip")

    def test_damage_is_an_error(self) -> None:
        """A damaged stream is named as such."""
        with pytest.raises(FetchError, match="damaged"):
            take(b"this is no gzip", "gzip")

    def test_what_was_not_asked_for_is_refused(self) -> None:
        """A compression that we never offered cannot be undone."""
        with pytest.raises(FetchError, match="br"):
            take(b"x", "br")


class TestLimit:
    def test_holds_on_the_wire(self) -> None:
        """Exactly the limit passes, one byte more does not."""
        assert len(take(b"x" * 1000, limit=1000)) == 1000
        with pytest.raises(FetchError, match="larger than 1 KB"):
            take(b"x" * 1001, limit=1000)

    def test_holds_after_decompression_in_bounded_memory(self) -> None:
        """A bomb of 100 MB ends at the limit, and memory stays near it."""
        bomb = gzip.compress(b"\0" * 100_000_000, compresslevel=1)

        def explode() -> None:
            with pytest.raises(FetchError, match="once decompressed"):
                take(bomb, "gzip", limit=2_000_000)

        assert peak_memory(explode) < 6_000_000

    def test_a_body_knows_when_it_is_large(self) -> None:
        """What counts is its size in memory."""
        assert len(take(gzip.compress(b"\0" * LARGE), "gzip", may_be_large=False)) == LARGE
        with pytest.raises(FetchError, match="at once"):
            take(gzip.compress(b"\0" * (LARGE + 1)), "gzip", may_be_large=False)


def test_sizes_are_written_for_people() -> None:
    """Round numbers with a unit."""
    assert [size(n) for n in (1, 1000, 32_000_000, 1_500_000_000)] == ["1 bytes", "1 KB", "32 MB", "1.5 GB"]

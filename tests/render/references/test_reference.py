"""What follows from what a reference says."""

import pytest

from tests.render.references.make import post, reference


def test_a_doi_there_always_is_on_arxiv() -> None:
    """arXiv registers one for each paper; the published version's goes before it."""
    assert reference().any_doi == "10.48550/arXiv.2401.12345"
    assert reference(doi="10.1145/1").any_doi == "10.1145/1"
    assert post().any_doi == ""


@pytest.mark.parametrize(("seconds", "shown"), [(0, ""), (59, "0:00:59"), (4953, "1:22:33"), (360_000, "100:00:00")])
def test_running_time(seconds: int, shown: str) -> None:
    """Hours, minutes and seconds, as CSL wants them."""
    assert post(seconds=seconds).running_time == shown

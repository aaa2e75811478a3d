"""The page, commands and readers on one archive at the same time: nothing is lost, nothing fails, nothing stays locked."""

import sys
from pathlib import Path

import pytest

from digest.config import Config

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from web_soak import soak

#: `scripts/soak_web` runs for as long as one likes.
SECONDS = 60


@pytest.mark.slow
def test_a_minute_of_everything_at_once(built: Config) -> None:
    """Readers and marks on the page; marks, fetching, ranking and searching in other processes; then an archive that is free."""
    found = soak(built.folder, SECONDS)

    assert found.complaints == []
    assert found.lost == []
    assert [status for status in found.answers if status >= 500] == []
    assert found.answers[200] > SECONDS
    assert found.given > 10
    assert {command for command, status in found.exits if status == 0} >= {"mark ITEM like", "rank", "status"}
    assert found.free_after is not None

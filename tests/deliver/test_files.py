"""Digests as files: whole or not at all."""

from pathlib import Path

import pytest

from digest.deliver import files
from digest.errors import DeliveryError
from digest.records import DeliveryState
from digest.render.markdown import render_markdown
from tests.render.make import week


def test_a_format_is_a_channel_of_its_own(tmp_path: Path) -> None:
    """It names its file after the period and writes what its renderer makes, making the folder."""
    channel = files.FileChannel(name="markdown", folder=tmp_path / "digests")
    [recipient] = channel.recipients("2026-W12")

    outcome = channel.deliver(week(), recipient, "")

    assert outcome.state == DeliveryState.SENT
    assert Path(recipient) == tmp_path / "digests" / "2026-W12.md"
    assert Path(recipient).read_text(encoding="utf-8") == render_markdown(week())
    assert [path.name for path in (tmp_path / "digests").iterdir()] == ["2026-W12.md"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder that is a file is said in one line."""
    (tmp_path / "digests").write_text("I am a file")

    with pytest.raises(DeliveryError, match=r"2026-W12\.html: cannot be written"):
        files.write(tmp_path / "digests" / "2026-W12.html", "x")

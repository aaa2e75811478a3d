"""Writing an edited file: what changed is shown, and what somebody else wrote meanwhile is not lost."""

from pathlib import Path

import pytest

from digest.editing import diff, replace_unchanged
from digest.errors import ConfigError


def test_a_difference_names_the_file_and_shows_both_lines() -> None:
    """As programmers read it; none is an empty text."""
    shown = diff("a\nb\n", "a\nc\n").splitlines()

    assert shown[:2] == ["--- sources.toml", "+++ sources.toml (new)"]
    assert shown[3:] == [" a", "-b", "+c"]
    assert diff("a\n", "a\n") == ""


def test_a_separator_inside_a_text_is_no_line_of_the_difference() -> None:
    """Unicode has other separators, at which a file's lines do not end."""
    assert "-b\u2028c" in diff("b\u2028c\n", "x\n").split("\n")


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """The second of two who write is told."""
    path = tmp_path / "sources.toml"
    path.write_text("before")

    replace_unchanged(path, "before", "after")

    assert path.read_text() == "after"
    with pytest.raises(ConfigError, match="changed by somebody else"):
        replace_unchanged(path, "before", "mine")
    assert path.read_text() == "after"

"""Lines of keys in a TOML text."""

import pytest

from digest.config.positions import line_numbers, line_of

TEXT = '''\
# first
top = 1

[focus]   # [not.this]
statement = """
[[sources]]
name = "no"
"""
project = { name = "N" }

[focus.deep]
key = 1

[[sources]]
name = "A"
categories = [
    "x",  # y = 2

    "z",
]
url = "u"

[[sources]]
"name" = "B"
'''


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("top",), 2),
        (("focus",), 4),
        (("focus", "statement"), 5),
        (("focus", "project", "name"), 9),
        (("focus", "deep", "key"), 12),
        (("sources", 0), 14),
        (("sources", 0, "categories", 1), 16),
        (("sources", 0, "url"), 21),
        (("sources", 1), 23),
        (("sources", 1, "name"), 24),
        (("sources", 1, "url"), 23),
        (("nowhere", "at all"), 0),
    ],
)
def test_the_line_of_a_key(location: tuple[int | str, ...], line: int) -> None:
    """Of the nearest table around it where it is not there itself; texts and arrays of several lines are no keys."""
    assert line_of(location, line_numbers(TEXT)) == line


def test_windows_line_ends() -> None:
    """Count once."""
    assert line_of(("sources", 1, "name"), line_numbers(TEXT.replace("\n", "\r\n"))) == 24

"""Code, data and talks that come with an item."""

import pytest

from digest.judge.extras import extras
from tests.make import item


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Code is available at https://github.com/example/project.", ("code",)),
        ("Our source code will be released.", ("code",)),
        ("We release code and models.", ("code",)),
        ("An open-source library for retrieval", ("code",)),
        ("We introduce a new benchmark of ten thousand questions", ("data",)),
        ("The dataset is publicly available on huggingface.co/datasets/example/set", ("data",)),
        ("Slides of my talk: https://speakerdeck.com/me/talk", ("talk",)),
        ("Talk: how we serve models", ("talk",)),
        ("Watch the recording at https://youtu.be/abc", ("talk",)),
        ("Models that write code are evaluated on public tasks", ()),
        ("We talk about data and videos in general", ()),
        ("", ()),
    ],
)
def test_are_told_by_links_and_words(text: str, found: tuple[str, ...]) -> None:
    """Mentioning a thing is not bringing it."""
    assert extras(item(1, title="A title", summary=text)) == found


def test_playing_time_is_a_talk() -> None:
    """A podcast or a video is a talk whatever its words."""
    assert extras(item(1, summary="", seconds=1800)) == ("talk",)


def test_a_megabyte_is_read_at_both_ends() -> None:
    """Links stand at the end of long posts, and the middle is not searched."""
    assert extras(item(1, summary="x " * 500_000 + "github.com/example/project")) == ("code",)

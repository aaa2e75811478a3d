"""Code, data and talks that come with an item."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.judge.artifacts import artifacts_of, resources
from tests.make import item
from tests.render.hostile import texts, urls


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
    assert artifacts_of(item(1, title="A title", summary=text)) == found


def test_playing_time_is_a_talk() -> None:
    """A podcast or a video is a talk whatever its words."""
    assert artifacts_of(item(1, summary="", seconds=1800)) == ("talk",)


def test_a_megabyte_is_read_at_both_ends() -> None:
    """Links stand at the end of long posts, and the middle is not searched."""
    assert artifacts_of(item(1, summary="x " * 500_000 + "github.com/example/project")) == ("code",)


class TestResources:
    @pytest.mark.parametrize(
        ("text", "found"),
        [
            (
                "Code is available at https://github.com/example/project.",
                {"code": "https://github.com/example/project"},
            ),
            ("(code: github.com/example/project)", {"code": "https://github.com/example/project"}),
            ("Our code is at https://example.github.io/project/).", {"code": "https://example.github.io/project/"}),
            (
                "The dataset is available at https://huggingface.co/datasets/example/set, and so is the code.",
                {"data": "https://huggingface.co/datasets/example/set"},
            ),
            ("The data is available: https://zenodo.org/records/12345.", {"data": "https://zenodo.org/records/12345"}),
            (
                "Our code and data are available at https://github.com/example/project?utm_source=x",
                {"code": "https://github.com/example/project", "data": "https://github.com/example/project"},
            ),
            ("Watch the talk at https://youtu.be/abcdef123.", {"talk": "https://youtu.be/abcdef123"}),
            ("Our source code will be released.", {}),
            ("We compare github.com/a/b with github.com/c/d.", {}),
            ("See https://github.com/features/actions for the source code", {}),
            ("Code is available at ftp://example.org/code", {}),
            ("Code is available at https://user:pw@example.org/code", {}),
        ],
    )
    def test_are_named_where_the_text_names_one(self, text: str, found: dict[str, str]) -> None:
        """The only one, or the one that is said to be the work's own; trimmed, and without tracking."""
        made = item(1, title="A title", summary=text)
        assert {resource.kind: resource.url for resource in resources(made)} == found

    def test_an_item_is_not_its_own_resource(self) -> None:
        """The release notes of a repository have its address already."""
        assert resources(item(1, url="https://github.com/example/project", summary="Bugs were fixed.")) == ()

    @given(texts, texts, urls)
    def test_hostile_texts_give_sound_addresses_or_none(self, before: str, after: str, url: str) -> None:
        """Only http and https, of a host, on one line, of what comes with the item."""
        made = item(1, title=before, summary=f"{before} Our code is available at {url}{after}", url=url)
        for resource in resources(made):
            assert resource.kind in artifacts_of(made)
            assert urlsplit(resource.url).scheme in ("http", "https")
            assert urlsplit(resource.url).hostname
            assert not set(resource.url) & set(" \n\t<>\"'`")

    @given(st.text(alphabet="github.com/ab ()[]{}.,:;?&=#", max_size=200))
    def test_anything_like_an_address_can_be_read(self, text: str) -> None:
        """Without an error, whatever its brackets."""
        for resource in resources(item(1, summary=f"code https://github.com/{text}")):
            assert not resource.url.endswith((".", ",", ";", ":"))

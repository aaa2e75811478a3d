"""The kind "releases": what a repository on GitHub publishes."""

import pytest

from digest import sources
from digest.records import Source
from tests.sources.make import FEEDS, NOW, answer, atom, state

FEED = "https://github.com/ada/engine/releases.atom"


@pytest.mark.parametrize("url", ["https://github.com/ada/engine", "https://github.com/ada/engine/releases", FEED])
def test_any_address_of_a_repository_will_do(url: str) -> None:
    """Its feed lies in a known place."""
    source = Source(name="Example", url=url)

    assert sources.kind_of(source, state()) == "releases"
    assert [request.url for request in sources.first_requests(source, state(), NOW, NOW)] == [FEED]


@pytest.mark.parametrize("url", ["https://github.com/ada", "https://github.com/ada/engine/commits/main.atom"])
def test_other_pages_there_are_no_releases(url: str) -> None:
    """A person's page and the list of commits are something else."""
    assert sources.kind_of(Source(name="Example", url=url), state()) == ""


def test_titles_name_the_repository() -> None:
    """A bare "v2.1.0" says nothing in a digest, and is shared by everybody."""
    entries = (
        "<id>1</id><title>v2.1.0</title><link href='https://github.com/ada/Engine/releases/tag/v2.1.0'/>",
        "<id>2</id><title>Engine 2.0</title><link href='https://github.com/ada/Engine/releases/tag/v2.0.0'/>",
    )
    items = sources.parse(Source(name="Example", url=FEED), state(), (answer(atom(*entries), FEED),), NOW).items

    assert [item.title for item in items] == ["engine v2.1.0", "Engine 2.0"]


@pytest.mark.skipif(not FEEDS.exists(), reason="the recorded feeds are not here")
def test_real_releases() -> None:
    """As GitHub writes them."""
    body = (FEEDS / "wild" / "feed-rs+feed-rs__feed-rs__fixture__atom__atom_example_6.xml").read_bytes()

    items = sources.parse(Source(name="Example", url=FEED), state(), (answer(body, FEED),), NOW).items

    assert items
    assert all(item.kind == "releases" and "/releases/tag/" in item.url for item in items)
    assert all(item.url.split("/")[4].lower() in item.title.lower() for item in items)

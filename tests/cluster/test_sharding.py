"""One owner a registrable domain, whatever else there is."""

from collections import Counter
from dataclasses import replace

import pytest

from digest.cluster.sharding import ARXIV, MAILBOXES, SHARDS, registrable_domain, shard_of, shard_of_host
from digest.records import Source, SourceState


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("blog.example.co.uk", "example.co.uk"),
        ("WWW.Example.org.", "example.org"),
        ("ada.github.io", "ada.github.io"),  # its neighbours are other people's
        ("export.arxiv.org", "arxiv.org"),
        ("127.0.3.4", "127.0.3.4"),
        ("nas.local", "nas.local"),
        ("", ""),
    ],
)
def test_a_domain_is_what_somebody_registered(host: str, domain: str) -> None:
    """By the public suffix list; an address in numbers or a local name stands for itself."""
    assert registrable_domain(host) == domain


def test_hosts_of_one_domain_have_one_owner() -> None:
    """Whatever scheme, port and path their sources have."""
    urls = ["https://example.org/a", "http://blog.example.org:8080/b", "https://EXAMPLE.org/c?x=1"]

    assert len({shard_of(Source(name=url, url=url)) for url in urls}) == 1


def test_all_of_arxiv_has_one_owner() -> None:
    """Its kind wherever it is served, its hosts whatever the kind, and sources that turned out to be arXiv's."""
    moved = Source(name="moved", url="https://example.org/arxiv")
    found = SourceState(source="moved", declared_url=moved.url, url="https://rss.arxiv.org/rss/cs.LG")
    sources = [
        Source(name="a", kind="arxiv", categories=("cs.LG",)),
        Source(name="b", kind="arxiv", base_url="http://127.0.0.1:8765/arxiv"),
        Source(name="c", url="https://rss.arxiv.org/rss/cs.LG"),
        Source(name="d", url="https://arxiv.org/", kind="page"),
    ]

    assert {shard_of(source) for source in sources} | {shard_of(moved, found)} == {ARXIV}
    assert shard_of_host("export.arxiv.org") == ARXIV
    assert shard_of(Source(name="e", url="https://notarxiv.org/feed")) != ARXIV


def test_mailboxes_have_one_owner() -> None:
    """They are asked where the archive is."""
    sources = [
        Source(name="a", kind="newsletter", url="imap:", sender="x@example.org"),
        Source(name="b", kind="newsletter", url="maildir:/m", maildir="/m"),
    ]

    assert {shard_of(source) for source in sources} == {MAILBOXES}


def test_a_source_goes_where_it_was_found_at_last() -> None:
    """The owner of the host that is asked, until sources.toml names another address."""
    source = Source(name="a", url="https://blog.example.org")
    state = SourceState(source="a", declared_url=source.url, url="https://feeds.example.net/a")

    assert shard_of(source, state) == shard_of_host("feeds.example.net")
    assert shard_of(replace(source, url="https://new.example.com"), state) == shard_of_host("new.example.com")


def test_a_shard_never_depends_on_other_sources() -> None:
    """These stay where they are in every version: a dataset in use is not sorted again."""
    assert [shard_of_host(f"host{n}.example.org") for n in range(2)] == [185, 185]
    assert [shard_of_host(f"example{n}.com") for n in range(4)] == [17, 181, 83, 243]


def test_domains_spread_evenly() -> None:
    """A hundred thousand of them leave no shard with twice its share."""
    sizes = Counter(shard_of_host(f"site-{n}.org") for n in range(20_000))

    assert set(sizes) == set(range(2, SHARDS))
    assert max(sizes.values()) < 2 * 20_000 / SHARDS

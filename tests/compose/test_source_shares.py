"""Which sources are a single voice, and how much one may say."""

import pytest

from digest.compose.source_shares import allowance, single_author_sources
from digest.records import Item
from tests import make


def feed(count: int, source: str = "Some", **changes: object) -> list[Item]:
    return [make.item(n, source=source, **changes) for n in range(count)]


def by(*authors: str) -> list[Item]:
    """One entry by each of them."""
    return [make.item(n, source="Some", authors=(author,)) for n, author in enumerate(authors)]


def leading_to(*hosts: str) -> list[Item]:
    return [make.item(n, source="Some", url=f"https://{host}/{n}") for n, host in enumerate(hosts)]


class TestVoices:
    @pytest.mark.parametrize(
        ("items", "single"),
        [
            (feed(30), True),
            (feed(1, kind="page"), True),
            (feed(30, kind="newsletter"), True),
            (feed(30, kind="podcast"), True),
            (feed(30, kind="releases"), True),
            (feed(1, kind="arxiv"), False),
            (feed(1, kind="hackernews"), False),
            (feed(1, kind="reddit"), False),
        ],
    )
    def test_some_kinds_are_aggregators_by_nature(self, items: list[Item], single: bool) -> None:
        """A page and the releases of a repository are one voice."""
        assert single_author_sources(items) == ({"Some"} if single else set())

    def test_many_authors_of_whom_none_dominates(self) -> None:
        """A feed of papers, whatever its kind."""
        assert single_author_sources(by(*(f"Author {n}" for n in range(20)))) == set()

    def test_a_team_that_writes_a_blog_is_one_voice(self) -> None:
        """A handful of names, or one with guests."""
        assert single_author_sources(by(*("Ada", "Bob", "Cleo", "Dan") * 5)) == {"Some"}
        assert single_author_sources(by(*["Ada"] * 20, *(f"Guest {n}" for n in range(10)))) == {"Some"}

    def test_spelling_makes_no_author_another(self) -> None:
        """Nor does an empty name."""
        assert single_author_sources(by("Ada", "ada", " ADA", "", " ", "aDa", "adA", "AdA", "ADa")) == {"Some"}

    def test_a_few_that_name_their_authors_say_nothing_of_the_rest(self) -> None:
        """Guests are named, and the one who writes everything is not."""
        assert single_author_sources([*by(*(f"Guest {n}" for n in range(9))), *feed(20)]) == {"Some"}

    def test_links_to_many_hosts(self) -> None:
        """A planet, or a front page that is read as a feed."""
        assert single_author_sources(leading_to("a.example", "b.example", "c.example", "www.d.example")) == set()

    def test_links_to_its_own_host(self) -> None:
        """A blog that once moved, and one that points elsewhere now and then."""
        assert single_author_sources(leading_to("a.example", "www.a.example", "old.example", "a.example")) == {"Some"}
        assert single_author_sources(leading_to(*["a.example"] * 8, "b.example", "c.example", "d.example")) == {"Some"}

    @pytest.mark.parametrize("url", ["", "http://[", "not an address"])
    def test_addresses_that_are_none(self, url: str) -> None:
        """They lead to no host."""
        assert single_author_sources(feed(9, url=url)) == {"Some"}

    def test_each_source_by_itself(self) -> None:
        """And nothing of nothing."""
        assert single_author_sources([*feed(2, "A"), *feed(2, "B", kind="arxiv"), *feed(2, "C")]) == {"A", "C"}
        assert single_author_sources([]) == set()


class TestAllowance:
    @pytest.mark.parametrize(
        ("share", "kept", "expected"), [(1 / 3, 12, 4), (1 / 3, 11, 3), (1 / 3, 2, 1), (0.5, 12, 6), (0.29, 100, 29)]
    )
    def test_a_share_of_what_is_kept(self, share: float, kept: int, expected: int) -> None:
        """Never more, but at least one work."""
        sources = ("A", "B", "C", "D")

        assert allowance(share, kept=kept, sources=sources, single=frozenset("A")) == {"A": expected}

    def test_no_bound(self) -> None:
        """Where all is allowed, and where only one source has anything."""
        assert allowance(1.0, kept=12, sources=("A", "B"), single=frozenset("AB")) == {}
        assert allowance(1 / 3, kept=12, sources=("A",), single=frozenset("AB")) == {}
        assert allowance(1 / 3, kept=12, sources=(), single=frozenset("AB")) == {}

    def test_an_equal_part_is_allowed(self) -> None:
        """Of two blogs neither can be held to a third; beside an aggregator one can."""
        assert allowance(1 / 3, kept=12, sources=("A", "B"), single=frozenset("AB")) == {"A": 6, "B": 6}
        assert allowance(1 / 3, kept=12, sources=("A", "arXiv"), single=frozenset("A")) == {"A": 4}

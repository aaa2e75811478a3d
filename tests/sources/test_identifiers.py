import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.sources.identifiers import arxiv_id_in, canonical_url, doi_in, github_repository_in


class TestCanonicalUrl:
    @pytest.mark.parametrize(
        "variant",
        [
            "http://example.org/a/post",
            "https://EXAMPLE.org:443/a/post/",
            "https://example.org/a/post#comments",
            "https://example.org/a/post?utm_source=rss&utm_medium=feed",
            "https://example.org/a/post/?fbclid=x&mc_cid=y",
            "https://example.org/a/%70ost",
            "https://example.org/a/post/index.html",
        ],
    )
    def test_variants_share_a_name(self, variant: str) -> None:
        """Scheme, case of the host, port, fragment, tracking and trailing slash make no difference."""
        assert canonical_url(variant) == "https://example.org/a/post"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://example.org/a?id=1", "https://example.org/a?id=2"),
            ("https://example.org/A", "https://example.org/a"),
            ("https://example.org:8080/a", "https://example.org/a"),
            ("https://example.org/a%2Fb", "https://example.org/a%3Fb"),
        ],
    )
    def test_what_differs_stays_apart(self, one: str, other: str) -> None:
        """Queries, case of the path and other ports do make a difference."""
        assert canonical_url(one) != canonical_url(other)

    def test_order_of_parameters_makes_no_difference(self) -> None:
        """Parameters are sorted."""
        assert canonical_url("https://example.org/?b=2&a=1") == canonical_url("https://example.org/?a=1&b=2")

    @given(st.text())
    def test_any_text_has_a_name_that_stays(self, text: str) -> None:
        """Naming never fails, and naming a name changes nothing."""
        name = canonical_url(text)

        assert canonical_url(name) == name

    def test_other_addresses_are_left_alone(self) -> None:
        """Only web addresses are normalised."""
        assert canonical_url("mailto:Ada@Example.org") == "mailto:Ada@Example.org"
        assert canonical_url("https://[bad") == "https://[bad"


class TestArxivId:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("https://arxiv.org/abs/2403.01234", "2403.01234"),
            ("http://arxiv.org/abs/2403.01234v3", "2403.01234"),
            ("https://arxiv.org/pdf/2403.01234v1.pdf", "2403.01234"),
            ("oai:arXiv.org:2403.01234v2", "2403.01234"),
            ("arXiv:0704.0001", "0704.0001"),
            ("https://doi.org/10.48550/arXiv.2403.01234", "2403.01234"),
            ("https://huggingface.co/papers/2403.01234", "2403.01234"),
            ("http://arxiv.org/abs/hep-th/9901001v1", "hep-th/9901001"),
            ("math.GT/0309136", "math/0309136"),
            ("2403.01234v2", "2403.01234"),
        ],
    )
    def test_every_way_of_writing_gives_the_bare_id(self, text: str, expected: str) -> None:
        """Versions, formats, mirrors and prefixes are left out."""
        assert arxiv_id_in(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "https://example.org/2403.01234",
            "version 2403.01234 of it",
            "arXiv:2413.01234",
            "https://arxiv.org/list/cs.LG",
        ],
    )
    def test_numbers_that_are_no_ids(self, text: str) -> None:
        """A number is an id only where arXiv is named, and only with a month that exists."""
        assert arxiv_id_in(text) == ""


class TestDoi:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("https://doi.org/10.1145/3292500.3330701", "10.1145/3292500.3330701"),
            ("doi:10.1101/2020.01.01.123456.", "10.1101/2020.01.01.123456"),
            ("https://dl.acm.org/doi/10.1145/1.2?casa=1", "10.1145/1.2"),
            ("(10.1016/S0140-6736(20)30183-5)", "10.1016/s0140-6736(20)30183-5"),
            ("https://doi.org/10.1145%2F1.2", "10.1145/1.2"),
            ("version 10.2/3", ""),
        ],
    )
    def test_found_and_trimmed(self, text: str, expected: str) -> None:
        """Sentence marks and queries around a DOI are no part of it, brackets in it are."""
        assert doi_in(text) == expected


class TestGithubRepository:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("https://github.com/Ada/Engine/releases/tag/v1", "ada/engine"),
            ("git@github.com:ada/engine.git", "ada/engine"),
            ("Code: github.com/ada/engine.", "ada/engine"),
            ("https://github.com/sponsors/ada", ""),
            ("https://notgithub.com/ada/engine", ""),
            ("https://github.com/ada", ""),
        ],
    )
    def test_owner_and_name(self, text: str, expected: str) -> None:
        """A repository is named by its owner and name alone; GitHub's own pages are none."""
        assert github_repository_in(text) == expected

"""Secret headers from environment variables."""

import pytest

from digest.errors import FetchError
from digest.fetch.credentials import secret_headers
from digest.records import Source


def source(**headers: str) -> Source:
    return Source(name="A", url="https://a.example/feed", headers_env=tuple(headers.items()))


def test_values_come_from_the_environment() -> None:
    """ "basic" is basic authentication; anything else is a header as it stands."""
    found = secret_headers(source(Authorization="TOKEN"), {"TOKEN": "Bearer x"})

    assert found == {"Authorization": "Bearer x"}
    assert secret_headers(source(basic="LOGIN"), {"LOGIN": "ada:pä:ss"}) == {"Authorization": "Basic YWRhOnDDpDpzcw=="}
    assert secret_headers(source(), {}) == {}


@pytest.mark.parametrize("value", ["", "x\r\nHost: evil.example", "x\x00"])
def test_a_missing_or_damaged_value_is_named_and_not_shown(value: str) -> None:
    """The line names the variable alone."""
    with pytest.raises(FetchError, match=r"the environment variable TOKEN, named in headers_env,") as caught:
        secret_headers(source(Authorization="TOKEN"), {"TOKEN": value})

    assert not value or value not in str(caught.value)

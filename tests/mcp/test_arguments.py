"""Arguments: what an assistant gets wrong is named in one line."""

from datetime import UTC, datetime

import pytest

from digest.errors import DigestError
from digest.mcp.arguments import Arguments, GetItem, QueryArchive, SearchItems, read, schema, start_of
from digest.mcp.tools import offered


@pytest.mark.parametrize(
    ("model", "given", "told"),
    [
        (SearchItems, {"word": "x"}, "'words' is missing; there is no argument 'word'; did you mean 'words'?"),
        (SearchItems, {"words": "x", "limit": 500}, "limit: Input should be less than or equal to 50"),
        (SearchItems, {"words": "x", "since": "last week"}, "since: 'last week' is no date such as 2026-01-31"),
        (SearchItems, {"words": "x", "mode": "fuzzy"}, "mode: Input should be 'both', 'meaning' or 'words'"),
        (GetItem, {"item": "a", "offset": -1}, "offset: Input should be greater than or equal to 0"),
        (QueryArchive, {"sql": "select 1", "offset": 10**6}, "offset: Input should be less than or equal to 100000"),
    ],
)
def test_errors_are_one_line(model: type[Arguments], given: dict[str, object], told: str) -> None:
    """They name the argument, what is wrong, and what was meant."""
    with pytest.raises(DigestError) as caught:
        read(model, given)

    assert str(caught.value) == told


def test_clients_may_be_loose() -> None:
    """Null is not given, and a number may come as text."""
    assert read(SearchItems, {"words": "x", "since": None, "limit": "5"}) == SearchItems(words="x", limit=5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-03-04T01:00:00+01:00", datetime(2026, 3, 4, tzinfo=UTC)),
    ],
)
def test_dates_are_those_of_the_command_line(text: str, moment: datetime | None) -> None:
    """A year, a month, a day or a moment."""
    assert start_of(text) == moment


@pytest.mark.parametrize("tool", offered(marks=True), ids=lambda tool: tool.name)
def test_schemas_say_what_is_needed_and_no_more(tool: object) -> None:
    """Objects of plain properties, without titles and references, closed to other arguments."""
    made = schema(tool.arguments)  # type: ignore[attr-defined]

    assert made["type"] == "object"
    assert made["additionalProperties"] is False
    assert "$ref" not in str(made)
    assert all("title" not in one and "type" in one for one in made["properties"].values())

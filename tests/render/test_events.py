"""The section of events in every rendering of an issue."""

from dataclasses import replace

import pytest

from digest.render.digest_json import render_json
from digest.render.html import render_html
from digest.render.markdown import render_markdown
from digest.render.site import page_name, render_site
from digest.render.text import render_text
from tests import make

WHEN = "Due Thu 26 March (was Wed 25 March); in 3 days"
ISSUE = make.issue()


@pytest.mark.parametrize(
    "text",
    [
        render_markdown(ISSUE),
        render_html(ISSUE),
        render_text(ISSUE),
        render_site([ISSUE], {})[page_name(ISSUE.period)],
    ],
    ids=["markdown", "mail", "text", "site"],
)
def test_an_event_stands_with_its_date_place_and_reason(text: str) -> None:
    """Everywhere the same words."""
    flat = " ".join(text.split())

    assert "Events and deadlines" in flat
    assert "Due Thu 26 March (was Wed 25 March); in" in flat
    for part in ("workshop", "Calendar", "near “retrieval”", "https://example.org/e?a=b&"):
        assert part in flat
    assert "<workshop>" not in flat.replace("\\<workshop>", "") or text == render_text(ISSUE)


def test_markdown_is_escaped() -> None:
    """A place is no markup."""
    assert "Room \\*5\\*" in render_markdown(ISSUE)


def test_data_has_the_moments() -> None:
    """In UTC, for programs."""
    assert '"starts_at": "2026-03-26T07:00:00Z"' in render_json([ISSUE])


@pytest.mark.parametrize("render", [render_markdown, render_html, render_text])
def test_without_events_there_is_no_section(render: object) -> None:
    """Not even its heading."""
    assert callable(render)
    assert "Events and deadlines" not in render(replace(ISSUE, events=()))


def test_an_address_that_is_none_is_no_link() -> None:
    """As for all addresses of strangers."""
    event = replace(ISSUE.events[0], url="javascript:alert(1)")

    assert "javascript" not in render_html(replace(ISSUE, events=(event,)))

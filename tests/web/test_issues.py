"""The list of issues in pages, and the works that one considered."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.store import archive, verdicts
from tests import make
from tests.web.conftest import ids_on


@pytest.fixture(name="_many")
def _many_issues(built: Config) -> None:
    """Thirteen issues beside the built one, which is the newest."""
    with archive.open_archive(built.archive) as db:
        for week in range(1, 14):
            ends = make.NOW + week * make.WEEK
            issue = replace(make.issue(), period=f"2026-W{week:02}", ends_at=ends, built_at=ends)
            verdicts.save_issue(db, issue, [], path="")


@pytest.mark.usefixtures("_many")
def test_issues_come_in_pages(client: TestClient) -> None:
    """Newest first; a page too far leads back."""
    first, second, third = (client.get(f"/issues?page={number}").text for number in (1, 2, 3))

    assert "14 issues, page 1 of 2" in first
    assert first.index("Week 47 of 2026") < first.index("Week 13 of 2026")
    assert 'href="/issues/2026-W02"' not in first
    assert 'href="/issues/2026-W02"' in second
    assert 'href="?page=2"' in first
    assert "Back to the first" in third


def test_works_are_filtered(client: TestClient, built: Config) -> None:
    """By verdict, words and source; the count is that of the filter."""
    kept = client.get("/issues/2026-W47/works?verdict=kept").text
    with archive.open_archive(built.archive, read_only=True) as db:
        wanted = [one.item_id for one in verdicts.of_period(db, "2026-W47") if one.kept]

    assert ids_on(kept) == wanted
    assert f"{len(wanted)} works" in kept
    assert '<option value="kept" selected>' in kept
    none = client.get("/issues/2026-W47/works?q=zzzz").text
    assert "No work passes this filter" in none
    assert 'href="/issues/2026-W47/works"' in none


def test_works_come_in_pages(client: TestClient) -> None:
    """The filter stays in the address; a page too far leads back."""
    first = client.get("/issues/2026-W47/works?verdict=passed%20over").text
    second = client.get("/issues/2026-W47/works?verdict=passed%20over&page=2").text

    assert len(ids_on(first)) == 50
    assert "page=2" in first
    assert not set(ids_on(first)) & set(ids_on(second))
    assert "Back to the first" in client.get("/issues/2026-W47/works?page=99").text


@pytest.mark.parametrize("query", ["verdict=x", "lean=x", "source=x", "page=x", "page=-1", "page=0", "q=%00", "q=%25"])
def test_a_filter_that_is_none_is_no_bug(client: TestClient, query: str) -> None:
    """Of the verdicts and leans only those that there are narrow."""
    answer = client.get(f"/issues/2026-W47/works?{query}")

    assert answer.status_code == 200
    if query.startswith(("verdict", "lean")):
        assert len(ids_on(answer.text)) == 50


def test_an_unknown_issue_is_not_found(client: TestClient) -> None:
    """And says which is the last."""
    answer = client.get("/issues/2026-W01/works")

    assert answer.status_code == 404
    assert "the last is 2026-W47" in answer.text

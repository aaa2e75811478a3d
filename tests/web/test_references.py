"""References to download, and pages that a reference manager's browser connector can take."""

import json
import re

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from starlette.testclient import TestClient

from digest.config import Config
from digest.records import Issue
from digest.store import archive, verdicts


@pytest.fixture(name="issue")
def _issue(built: Config) -> Issue:
    with archive.open_archive(built.archive, read_only=True) as db:
        [(period, _)] = verdicts.periods(db)
        found = verdicts.issue(db, period)
    assert found
    return found


@pytest.mark.parametrize(("suffix", "count"), [("bib", 1), ("ris", 1), ("json", 1)])
def test_an_item_is_one_reference(client: TestClient, issue: Issue, suffix: str, count: int) -> None:
    """As a file that is named for it."""
    item = issue.picks[0].item_id
    answer = client.get(f"/items/{item}/cite.{suffix}")

    readers = {
        "bib": lambda text: parse_string(text).entries,
        "ris": rispy.loads,
        "json": json.loads,
    }
    assert len(readers[suffix](answer.text)) == count
    assert answer.headers["content-disposition"] == f'attachment; filename="{item}.{suffix}"'


def test_an_issue_is_its_picks_and_the_saved_are_theirs(client: TestClient, issue: Issue) -> None:
    """In the order in which they stand."""
    client.post(f"/items/{issue.picks[1].item_id}/marks", data={"mark": "save"})

    assert len(json.loads(client.get(f"/issues/{issue.period}/cite.json").text)) == len(issue.picks)
    assert len(json.loads(client.get("/saved/cite.json").text)) == 1


@pytest.mark.parametrize("path", ["/saved/cite.exe", "/items/zzzzzzzzzz/cite.bib", "/issues/2020-W01/cite.ris"])
def test_what_there_is_not_is_not_found(client: TestClient, path: str) -> None:
    """An unknown format, item or issue."""
    assert client.get(path).status_code == 404


def test_pages_name_their_works(client: TestClient, issue: Issue) -> None:
    """An item's page by its meta tags, an issue's by one span a pick."""
    pick = issue.picks[0]
    head = client.get(f"/items/{pick.item_id}").text.partition("</head>")[0]
    page = client.get(f"/issues/{issue.period}").text

    assert f'<meta name="citation_title" content="{pick.title[:20]}' in head
    assert len(re.findall(r'<span class="Z3988" title="ctx_ver=Z39\.88-2004&amp;', page)) == len(issue.picks)

"""The week's plan, readings and notes on the page."""

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.store import archive, readings
from digest.workflows import noting


@pytest.fixture(name="first")
def _first(client: TestClient) -> str:
    """The item that the plan proposes first."""
    page = client.get("/plan").text
    return page.partition('data-item="')[2][:10]


def test_what_is_read_moves_to_what_was_read(client: TestClient, built: Config, first: str) -> None:
    """And counts against the week's time; it can be taken back."""
    answer = client.post(f"/items/{first}/readings", data={"pass": "1", "return": "/plan"})
    assert answer.headers["location"] == "/plan"
    page = client.get("/plan").text
    assert first in page.partition("Read this week")[2]
    with archive.open_archive(built.archive, read_only=True) as db:
        assert [one.origin for one, _ in readings.listed(db, limit=5)] == ["page"]

    client.post(f"/items/{first}/readings", data={"undo": "1"})
    assert "Read this week" not in client.get("/plan").text


def test_a_lighter_week_is_a_choice(client: TestClient) -> None:
    """Half of the usual time; any number of minutes can be set, and nonsense changes nothing."""
    client.post("/plan", data={"minutes": "44"})
    assert 'value="44"' in client.get("/plan").text
    for nonsense in ("-5", "x", "99999999999", ""):
        assert client.post("/plan", data={"minutes": nonsense}).status_code == 303
    assert 'value="44"' in client.get("/plan").text
    client.post("/plan", data={"lighter": "1"})
    assert 'value="44"' not in client.get("/plan").text


def test_a_note_is_a_file_and_stands_on_the_item(client: TestClient, built: Config, first: str) -> None:
    """Markup in it is text; an empty one is refused in one line."""
    answer = client.post(f"/items/{first}/notes", data={"text": "<b>Try</b> this on our handbook"})

    assert answer.headers["location"] == f"/items/{first}#notes"
    assert "&lt;b&gt;Try&lt;/b&gt; this on our handbook" in client.get(f"/items/{first}").text
    assert len(list(built.notes_folder.rglob("*.md"))) == 1
    [(kept, _)] = noting.list_notes(built, datetime.now(UTC), limit=5, wait=1)
    assert kept.item_id == first
    assert client.post(f"/items/{first}/notes", data={"text": " "}).status_code == 400

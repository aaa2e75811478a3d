"""Marks in one click, with and without the script, and none lost while the archive is held."""

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.store import archive, verdicts, waiting_marks
from digest.store import marks as mark_rows
from digest.workflows import feedback
from tests.homes import Holder

JSON = {"Accept": "application/json"}


@pytest.fixture(name="item")
def _item(built: Config) -> str:
    """An item that the issue kept."""
    with archive.open_archive(built.archive, read_only=True) as db:
        [(period, _)] = verdicts.periods(db)
        return next(one.item_id for one in verdicts.of_period(db, period) if one.kept)


def marks_of(config: Config, item: str) -> tuple[str, ...]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return mark_rows.standing(db).get(item, ())


def origins(config: Config) -> set[str]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return {row[0] for row in db.execute("select distinct origin from marks").fetchall()}


class TestWithoutScript:
    def test_a_mark_goes_back_to_where_it_was_given(self, client: TestClient, built: Config, item: str) -> None:
        """With a toast that undoes it, at the work that was marked."""
        answer = client.post(f"/items/{item}/marks", data={"mark": "like", "return": f"/#item-{item}"})

        assert answer.status_code == 303
        assert answer.headers["location"] == f"/?marked={item}&as=like#item-{item}"
        assert marks_of(built, item) == ("like",)
        assert origins(built) == {"page"}
        page = client.get(answer.headers["location"]).text
        assert '<button name="undo_mark" value="like" aria-pressed="true"' in page
        assert "Marked: like" in page

    def test_a_pressed_button_takes_its_mark_back(self, client: TestClient, built: Config, item: str) -> None:
        """As does the toast."""
        for undone in ({"undo_mark": "like"}, {"mark": "like", "undo": "1"}):
            client.post(f"/items/{item}/marks", data={"mark": "like"})
            assert marks_of(built, item) == ("like",)

            client.post(f"/items/{item}/marks", data=undone)
            assert marks_of(built, item) == ()

    @pytest.mark.parametrize(
        "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "", "/a\nb"]
    )
    def test_it_never_leads_to_another_site(self, client: TestClient, item: str, back: str) -> None:
        """An address to go back to is one of this site."""
        answer = client.post(f"/items/{item}/marks", data={"mark": "save", "return": back})

        assert answer.headers["location"].startswith(f"/items/{item}?")


class TestWithScript:
    def test_it_tells_the_marks_that_hold(self, client: TestClient, item: str) -> None:
        """Of like and dislike the later one holds."""
        client.post(f"/items/{item}/marks", data={"mark": "like"}, headers=JSON)
        answer = client.post(f"/items/{item}/marks", data={"mark": "dislike"}, headers=JSON)

        assert answer.json() == {"item": item, "marks": ["dislike"], "waiting": False}

    def test_what_is_no_mark_is_refused(self, client: TestClient, built: Config, item: str) -> None:
        """In one line."""
        answer = client.post(f"/items/{item}/marks", data={"mark": "love"}, headers=JSON)

        assert answer.status_code == 400
        assert answer.json() == {"error": "'love' is none of like, dislike, save, read"}
        assert marks_of(built, item) == ()

    def test_an_unknown_item_is_not_found(self, client: TestClient) -> None:
        """Not a bug."""
        assert client.post("/items/zzzzzzzzzz/marks", data={"mark": "like"}, headers=JSON).status_code == 404


class TestWhileTheArchiveIsHeld:
    def test_the_mark_waits_and_is_not_lost(
        self, client: TestClient, built: Config, item: str, held: Holder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The page says so with 202; the next opening for writing stores it once."""
        monkeypatch.setattr("digest.web.marks._PATIENCE", 0.0)
        with held(built.archive):
            answer = client.post(f"/items/{item}/marks", data={"mark": "like"}, headers=JSON)
            plain = client.post(f"/items/{item}/marks", data={"mark": "save"})
        assert answer.status_code == plain.status_code == 202
        assert answer.json() == {"item": "", "marks": None, "waiting": True}
        assert "Your mark is kept" in plain.text
        assert marks_of(built, item) == ()

        assert len(feedback.store_waiting(built, wait=0)) == 2
        assert marks_of(built, item) == ("like", "save")
        assert not waiting_marks.any_waiting(built.archive)

    def test_a_page_says_who_holds_it(self, client: TestClient, built: Config, held: Holder) -> None:
        """And asks to come back."""
        with held(built.archive):
            answer = client.get("/")

        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
        assert "is held by" in answer.text

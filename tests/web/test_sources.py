"""The sources' page: health and yield, and adding and removing, which keep comments and refuse what `check` refuses."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from digest.config import Config, load_config
from digest.store import archive


def text_of(config: Config) -> str:
    return (config.folder / "sources.toml").read_text("utf-8")


def names(config: Config) -> list[str]:
    return [one.name for one in load_config(config.folder / "sources.toml").sources]


def fields(page: str) -> dict[str, str]:
    """The form of a found source, as a browser would send it."""
    form = page[page.index('action="/sources/add"') :]
    return {name: unescape(value) for name, value in re.findall(r'<input [^>]*name="(\w+)" value="([^"]*)"', form)}


class TestList:
    def test_each_source_leads_to_its_works(self, client: TestClient, built: Config) -> None:
        """With how it is, what it brought, and when it is asked next."""
        page = client.get("/sources").text

        for one in built.sources:
            assert f">{one.name}</a>" in page
        assert "/search?source=" in page
        assert ">fine<" in page
        assert "none failing" in page

    def test_what_fails_comes_first(self, client: TestClient, built: Config) -> None:
        """In plain words, and what is gone for good says so."""
        name = built.sources[-1].name
        with archive.open_archive(built.archive) as db:
            db.execute(
                "update core.sources set last_error = 'answered 410 (Gone)', failures = 3, next_check = null "
                "where source = ?",
                [name],
            )
        page = client.get("/sources").text

        assert "1 failing" in page
        assert "failing, 3 times in a row" in page
        assert "answered 410 (Gone)" in page
        assert "gone for good" in page
        assert page.index(f">{name}</a>") == min(page.index(f">{one.name}</a>") for one in built.sources)


class TestAdd:
    def test_what_is_found_is_shown_before_it_is_written(self, client: TestClient, built: Config, samples: str) -> None:
        """Then a button writes it, under a name of the learner's own, and comments stay."""
        first = built.sources[0]
        client.post("/sources/remove", data={"name": first.name})
        before = text_of(built)
        (built.folder / "sources.toml").write_text(f"# mine\n{before}", "utf-8")

        found = client.post("/sources/look", data={"typed": first.url}).text
        assert "Found:" in found
        assert text_of(built) == f"# mine\n{before}"

        added = client.post("/sources/add", data=fields(found) | {"name": "My <name>"})
        assert (added.status_code, added.headers["location"]) == (303, "/sources?added=My+%3Cname%3E")
        assert text_of(built).startswith(f"# mine\n{before}")
        assert names(built)[-1] == "My <name>"
        assert "Added My &lt;name&gt;" in client.get(added.headers["location"]).text

    def test_what_is_there_already_cannot_be_added(self, client: TestClient, built: Config) -> None:
        """The page of what was found says so, and so does writing it."""
        one, before = built.sources[0], text_of(built)
        found = client.post("/sources/look", data={"typed": one.url}).text
        answer = client.post("/sources/add", data={"url": one.url, "name": "Again"})

        assert f"is a source already: {one.name}" in found
        assert answer.status_code == 400
        assert "is a source already" in answer.text
        assert text_of(built) == before

    @pytest.mark.parametrize("typed", ["", "x" * 3000, "http://127.0.0.1:1/nothing", "file:///etc/passwd", "a b\x00c"])
    def test_a_problem_stands_beside_the_field(self, client: TestClient, built: Config, typed: str) -> None:
        """In one line; what was typed stays, and nothing is written."""
        before = text_of(built)
        answer = client.post("/sources/look", data={"typed": typed})

        assert answer.status_code == 400
        assert 'id="add-error" role="alert"' in answer.text
        assert text_of(built) == before

    def test_what_check_refuses_is_refused(self, client: TestClient, built: Config) -> None:
        """A form may be sent with anything in it."""
        before = text_of(built)
        for form in ({"url": "ftp://x.example/feed"}, {"url": "https://x.example", "kind": "magic"}, {}):
            answer = client.post("/sources/add", data=form)

            assert answer.status_code == 400
            assert 'id="add-error"' in answer.text
        assert text_of(built) == before


class TestRemove:
    def test_it_asks_first_and_keeps_the_works(self, client: TestClient, built: Config) -> None:
        """The works can still be found."""
        name = built.sources[0].name
        asked = client.get("/sources/remove", params={"name": name})
        assert "stay in the archive" in asked.text
        assert name in names(built)

        done = client.post("/sources/remove", data={"name": name})
        assert done.status_code == 303
        assert name not in names(built)
        assert client.get("/search", params={"source": name}).status_code == 200
        assert f"Removed {name}" in unescape(client.get(done.headers["location"]).text)

    def test_an_unknown_one_is_refused(self, client: TestClient, built: Config) -> None:
        """With the name that was meant."""
        before = text_of(built)
        answer = client.post("/sources/remove", data={"name": built.sources[0].name[:-1]})

        assert answer.status_code == 400
        assert built.sources[0].name in unescape(answer.text)
        assert client.get("/sources/remove?name=Nobody").status_code == 404
        assert text_of(built) == before

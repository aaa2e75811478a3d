"""The focus page: tried before it is kept, with and without the script, and saved after a look."""

import re

from starlette.testclient import TestClient

from digest.config import Config, load_config
from digest.store import archive


def fields(config: Config, **changes: str) -> dict[str, str]:
    """The form as the page fills it, with changes."""
    focus = config.focus
    said = {"statement": focus.statement, "topics": "\n".join(focus.topics), "avoid": "\n".join(focus.avoid)}
    leans = {0.15: "letter", 0.5: "balanced", 0.85: "envelope"}
    return said | {"lean": leans.get(focus.lean, f"{focus.lean:g}")} | changes


def text_of(config: Config) -> str:
    return (config.folder / "sources.toml").read_text()


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="(\w+)"', page)
    assert found
    return found[1]


def test_the_form_holds_what_the_file_says(client: TestClient, built: Config) -> None:
    """With a label and a place for an error for each field."""
    page = client.get("/focus")

    assert page.status_code == 200
    assert built.focus.statement.split(".")[0][:30] in page.text
    for name in ("statement", "topics", "avoid", "lean"):
        assert f'id="{name}-error"' in page.text


def test_the_present_focus_changes_nothing(client: TestClient) -> None:
    """The piece of the page that is asked for apart."""
    piece = client.get("/focus/preview")

    assert "<html" not in piece.text
    assert "No change" in piece.text
    assert "How it is understood" in piece.text


def test_another_focus_is_tried_without_the_script(client: TestClient, built: Config) -> None:
    """The whole page, with what was typed."""
    page = client.post("/focus", data={**fields(built, topics="sourdough bread"), "do": "try"})

    assert "sourdough bread</textarea>" in page.text
    assert "would have" in page.text or "No change" in page.text


def test_another_focus_is_tried_by_the_script(client: TestClient, built: Config) -> None:
    """Only the piece that changes, and nothing is written."""
    before = text_of(built)

    piece = client.post("/focus/preview", data=fields(built, topics="sourdough bread\r\n\r\n", lean="letter"))

    assert "<html" not in piece.text
    assert "sourdough bread" in piece.text
    assert text_of(built) == before


def test_saving_shows_the_difference_first(client: TestClient, built: Config) -> None:
    """Nothing is written before the second button."""
    before, form = text_of(built), fields(built, topics="sourdough bread\r\nrye")

    page = client.post("/focus", data={**form, "do": "save"})
    assert "sourdough bread" in page.text
    assert 'class="added"' in page.text
    assert text_of(built) == before

    saved = client.post("/focus/save", data={**form, "version": version_in(page.text)})
    assert (saved.status_code, saved.headers["location"]) == (303, "/focus?saved=1")
    assert load_config(built.folder / "sources.toml").focus.topics == ("sourdough bread", "rye")
    assert "Saved." in client.get("/focus?saved=1").text


def test_a_form_that_changes_nothing_has_nothing_to_save(client: TestClient, built: Config) -> None:
    """However the browser ends its lines."""
    form = {name: text.replace("\n", "\r\n") for name, text in fields(built).items()}

    assert "Nothing to save" in client.post("/focus", data={**form, "do": "save"}).text


def test_an_error_stands_beside_its_field(client: TestClient, built: Config) -> None:
    """In the page, and as data for the script."""
    form = fields(built, statement="  ")

    page = client.post("/focus", data={**form, "do": "save"})
    assert page.status_code == 422
    assert re.search(r'id="statement-error"[^>]*>is empty', page.text)
    assert 'aria-invalid="true"' in page.text

    said = client.post("/focus/preview", data=form).json()
    assert (said["field"], said["error"][:8]) == ("statement", "is empty")


def test_a_lean_that_nobody_offered_is_refused(client: TestClient, built: Config) -> None:
    """As the configuration refuses it."""
    assert client.post("/focus/preview", data=fields(built, lean="nan")).json()["field"] == "lean"
    assert client.post("/focus/preview", data=fields(built, lean="sideways")).json()["field"] == "lean"


def test_a_file_that_changed_meanwhile_is_not_overwritten(client: TestClient, built: Config) -> None:
    """What was typed stands in the form again."""
    path, form = built.folder / "sources.toml", fields(built, topics="rye")
    page = client.post("/focus", data={**form, "do": "save"})
    path.write_text(path.read_text() + "# meanwhile\n")

    refused = client.post("/focus/save", data={**form, "version": version_in(page.text)})

    assert refused.status_code == 422
    assert "somebody else" in refused.text
    assert "rye</textarea>" in refused.text
    assert text_of(built).endswith("# meanwhile\n")
    assert "rye" not in text_of(built)


def test_what_is_typed_stays_text(client: TestClient, built: Config) -> None:
    """In the form, in the difference and in the preview."""
    hostile = "</textarea><script>alert(1)</script>"
    form = fields(built, statement=f"I study {hostile} transformers.", topics=hostile)

    for data in ({**form, "do": "try"}, {**form, "do": "save"}):
        assert "<script>alert" not in client.post("/focus", data=data).text
    assert "<script>alert" not in client.post("/focus/preview", data=form).text


def test_titles_of_strangers_stay_text_in_a_preview(client: TestClient, built: Config) -> None:
    """A title that came with markup is shown as it was written."""
    with archive.open_archive(built.archive) as db:
        db.execute("update core.items set title = '<script>alert(1)</script>' || title")

    form = fields(built, statement="I bake bread and want to understand sourdough.", topics="")

    assert "<script>alert" not in client.post("/focus/preview", data=form).text

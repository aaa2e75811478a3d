"""A focus that is edited: the difference is shown, what `check` refuses is refused, and nobody's change is lost."""

from pathlib import Path

import pytest

from digest.editing import FocusEdit
from digest.errors import ConfigError
from digest.workflows.changing_focus import draft, save

TEXT = '[focus]\nstatement = "I build search."  # mine\n\n[[sources]]\nname = "A"\nurl = "https://a.example.org/feed"\n'
EDIT = FocusEdit(statement="I build search engines.", lean="balanced", topics=(), avoid=())


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(TEXT)
    return path


def test_a_draft_writes_nothing_and_shows_the_difference(path: Path) -> None:
    """Only saving writes."""
    made = draft(path, EDIT)

    assert '+statement = "I build search engines."  # mine' in made.diff
    assert made.config.focus.statement == "I build search engines."
    assert path.read_text() == TEXT


def test_what_was_looked_at_is_saved(path: Path) -> None:
    """With the version that was looked at."""
    save(path, EDIT, version=draft(path, EDIT).version)

    assert path.read_text() == TEXT.replace("search.", "search engines.")


def test_a_file_that_changed_since_is_left_alone(path: Path) -> None:
    """The second of two who edit is told."""
    version = draft(path, EDIT).version
    path.write_text(f"{TEXT}# a note\n")

    with pytest.raises(ConfigError, match="somebody else"):
        save(path, EDIT, version=version)

    assert path.read_text() == f"{TEXT}# a note\n"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (FocusEdit(statement=" ", lean="balanced", topics=(), avoid=()), "line 2: focus.statement: is empty"),
        (FocusEdit(statement="I", lean="sideways", topics=(), avoid=()), "line 3: focus.lean: must be"),
        (FocusEdit(statement="I", lean=1.5, topics=(), avoid=()), "line 3: focus.lean: must be"),
    ],
)
def test_what_check_refuses_is_refused_with_its_line(path: Path, edit: FocusEdit, told: str) -> None:
    """In the words of `digest check`, before anything is written."""
    with pytest.raises(ConfigError, match=told):
        draft(path, edit)

    assert path.read_text() == TEXT

"""The README tells the truth: what can be checked in it, is."""

import subprocess
import sys
import tomllib
from pathlib import Path

from digest.config import parse_config

ROOT = Path(__file__).parent.parent


def test_its_generated_parts_are_what_the_program_says() -> None:
    """The sources.toml reference, the commands and the views' columns are those of the program."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "readme", "--check"], capture_output=True, text=True, cwd=ROOT, check=False
    )

    assert done.returncode == 0, done.stderr


def test_its_sources_toml_is_valid() -> None:
    """What the README shows can be copied and used."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.split("```toml\n", 1)[1].split("```", 1)[0]

    assert parse_config(tomllib.loads(shown)).sources


def test_its_scripts_exist() -> None:
    """Every script it names is there and can be run."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = {
        word.lstrip("`(").rstrip("`.,;:()") for word in text.split() if word.strip("`").startswith(("scripts/", ".ci/"))
    }

    assert "scripts/digest" in named
    for name in named:
        assert (ROOT / name).stat().st_mode & 0o100, name


def test_it_names_every_room() -> None:
    """`ls digest/` and the table of rooms say the same."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rooms = {
        path.name + ("/" if path.is_dir() else "")
        for path in (ROOT / "digest").iterdir()
        if not path.name.startswith(("__", "py.typed"))
    }

    assert {room for room in rooms if f"`{room}`" not in text} == set()

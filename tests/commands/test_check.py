"""check: everything that is wrong at once, each with its line, also what would fail only later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from digest.commands import output
from tests.commands.conftest import Command
from tests.fetch.server import Said, serving

BROKEN = """\
[focus]
statment = "x"

[digest]
on = "monday"

[[sources]]
name = "One"
kind = "rss"
url = "https://example.org/feed"

[[sources]]
name = "Two"
url = "https://example.org/feed/"
"""
LATER = """\
[focus]
statement = "x"
topics = [
    "one",   # [digest]
]

[digest]
directory = "taken/digests"

[email]
to = ["ada@example.org"]
from = "ada@example.org"
host = "smtp.example.org"
password_env = "NOT_SET_ANYWHERE"

[[sources]]
name = "Letters"
kind = "newsletter"
maildir = "nowhere"

[[sources]]
name = "Paid"
url = "https://example.org/feed"
headers_env = { Authorization = "NOT_SET_EITHER" }
"""


def test_every_error_comes_at_once(digest: Command, tmp_path: Path) -> None:
    """With its line, the source by its name, and what was meant; in the file's order."""
    path = tmp_path / "sources.toml"
    path.write_text(BROKEN)

    done = digest("check", "--config", path)
    lines = [line.removeprefix(f"digest: {path}: ") for line in done.err.splitlines()]

    assert (done.code, done.out) == (1, "")
    assert [line.partition(": ")[0] for line in lines] == ["line 2", "line 5", "line 9", "line 14"]
    assert lines[0].endswith("focus.statment: unknown key; did you mean 'statement'?")
    assert lines[1].endswith("not 'monday'; did you mean 'mon'?")
    assert "source 'One': kind: must be" in lines[2]
    assert lines[2].endswith("not 'rss'; did you mean 'feed'?")
    assert lines[3].endswith("two sources have the same url 'https://example.org/feed' (One and Two)")


def test_other_commands_name_the_first(digest: Command, tmp_path: Path) -> None:
    """In one line, which says how many more there are and what lists them."""
    path = tmp_path / "sources.toml"
    path.write_text(BROKEN)

    done = digest("run", "--config", path)

    assert done.code == 1
    assert len(done.err.splitlines()) == 1
    assert done.err.startswith(f"digest: {path}: line 2: focus.statment: ")
    assert done.err.endswith("(and 3 more; `digest check` lists all)\n")


def test_what_would_fail_later_is_said_now(digest: Command, tmp_path: Path) -> None:
    """A missing maildir, variables that are not set, a folder that cannot be; the file itself is valid."""
    path = tmp_path / "sources.toml"
    path.write_text(LATER)
    (tmp_path / "taken").touch()

    done = digest("check", "--config", path)
    lines = [line.removeprefix(f"digest: {path}: ") for line in done.err.splitlines()]

    assert done.code == 1
    assert lines == [
        f"line 8: digest.directory: {tmp_path / 'taken'} is not a folder",
        "line 14: email.password_env: the environment variable NOT_SET_ANYWHERE is not set",
        f"line 19: source 'Letters': maildir: {tmp_path / 'nowhere'}: not a maildir (it has no folders new and cur)",
        "line 24: source 'Paid': the environment variable NOT_SET_EITHER is not set",
    ]
    assert "fine" not in done.out


def test_a_mistyped_source_is_suggested(digest: Command, demo_folder: Path) -> None:
    """In every command that takes the name of one."""
    config = ("--config", demo_folder / "sources.toml")
    asked = [
        digest("fetch", "plumblin", *config),
        digest("search", "x", "--mode", "words", "--source", "Plumblime", *config),
        digest("sources", "show", "Plumb line", *config),
        digest("sources", "remove", "Plumb line", *config),
    ]

    assert [done.code for done in asked] == [1] * 4
    assert all(done.err.endswith("; did you mean 'Plumbline'?\n") for done in asked)


def test_a_mistyped_column_is_suggested(digest: Command, demo_folder: Path) -> None:
    """A table too."""
    config = ("--config", demo_folder / "sources.toml")

    column = digest("query", "select titel from items", *config)
    table = digest("query", "select title from itmes", *config)

    assert column.err.endswith("; did you mean 'title'?\n")
    assert table.err.endswith("; did you mean 'items'?\n")


def test_probing_shows_how_far_it_is(digest: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Source by source, so that many of them are not minutes of silence; each is then named in the file's order."""
    seen: list[tuple[str, int, int]] = []

    @contextmanager
    def bars() -> Iterator[Callable[[str, int, int], None]]:
        yield lambda stage, done, total: seen.append((stage, done, total))

    monkeypatch.setattr(output, "progress_bars", bars)
    path = tmp_path / "sources.toml"
    with serving({"/a": Said(), "/b": Said()}) as world:
        path.write_text(
            '[focus]\nstatement = "x"\n[fetch]\npause = "0s"\n'
            + "".join(f'[[sources]]\nname = "{name}"\nurl = "{world.url(f"/{name}")}"\n' for name in "ab")
        )
        done = digest("check", "--probe", "--config", path)

    assert done.code == 0
    assert [line[:4] for line in done.out.splitlines() if line.startswith("✓")] == ["✓ a:", "✓ b:"]
    assert seen == [("asking", 1, 2), ("asking", 2, 2)]

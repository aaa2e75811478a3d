"""The documentation tells the truth: what can be checked in it, is."""

import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import typer
import yaml

from digest.cli import app
from digest.config import parse_config
from digest.store.archive import open_archive
from digest.store.query import ask
from tests import make
from tests.store.archives import fill

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    [*DOCS.rglob("*.md"), *(ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING", "SECURITY", "CHANGELOG"))]
)
BY_NAME = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: What a page shows of a file or of a program is not its prose.
GENERATED = re.compile(r"<!-- (?P<name>[\w.]+) -->.*?<!-- /(?P=name) -->", re.DOTALL)
#: A piece of sources.toml that is not a whole one is checked together with the least that one needs.
LEAST: dict[str, Any] = {"focus": {"statement": "x"}, "sources": [{"name": "A", "url": "https://example.org/"}]}


@dataclass(frozen=True)
class Block:
    """A block of code in a page."""

    page: str
    language: str
    text: str


def blocks(*languages: str) -> list[Block]:
    found = (Block(page.name, *match) for page in PAGES for match in FENCE.findall(page.read_text(encoding="utf-8")))
    return [block for block in found if block.language in languages]


def prose(page: Path) -> str:
    """A page without its code, its tables and what is generated."""
    text = FENCE.sub("", GENERATED.sub("", page.read_text(encoding="utf-8")))
    return "\n".join(line for line in text.splitlines() if not line.startswith(("|", "    ", "<")))


def anchors(page: Path) -> set[str]:
    """The ids that GitHub and mkdocs make of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


class TestGenerated:
    def test_parts_are_what_the_program_says(self) -> None:
        """The starter file, the commands with their options and the views' columns are those of the program."""
        done = subprocess.run(
            [sys.executable, ROOT / "scripts" / "fill_docs", "--check"],
            capture_output=True, text=True, cwd=ROOT, check=False,
        )  # fmt: skip

        assert done.returncode == 0, done.stdout + done.stderr


class TestLinks:
    @BY_NAME
    def test_lead_to_pages_and_headings_that_exist(self, page: Path) -> None:
        """On GitHub and in the site alike: every link within the repository, anchors included."""
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        links = [*re.findall(r"\]\(([^)\s]+)\)", text), *re.findall(r'src="([^"]+)"', text)]
        inside = [link for link in links if not re.match(r"[a-z]+:", link)]

        for link in inside:
            path, _, anchor = unquote(link).partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link

    def test_every_page_can_be_reached(self) -> None:
        """The site's navigation names each page once, and no other."""
        settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
        named = list(leaves(settings["nav"]))

        assert sorted(named) == sorted(str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md"))
        assert settings["theme"]["font"] is False  # readers' browsers load nothing from elsewhere


def leaves(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    else:
        for inner in nav.values() if isinstance(nav, dict) else nav:  # type: ignore[attr-defined]
            yield from leaves(inner)


class TestCode:
    @pytest.mark.parametrize("block", blocks("toml"), ids=lambda block: block.page)
    def test_toml_can_be_copied_and_used(self, block: Block) -> None:
        """Each is a sources.toml, or a part of one."""
        given = tomllib.loads(block.text)
        several = isinstance(given.get("learner"), list)
        least = {name: value for name, value in LEAST.items() if not (several and name == "focus")}
        assert parse_config(least | given).sources

    @pytest.mark.parametrize("block", blocks("sql"), ids=lambda block: block.page)
    def test_sql_runs(self, block: Block, tmp_path: Path) -> None:
        """Columns and views in it exist."""
        with open_archive(tmp_path / "a.duckdb") as db:
            fill(db, [make.item(title="Retrieval")])

        assert ask(tmp_path / "a.duckdb", block.text, wait=1).columns

    @BY_NAME
    def test_commands_and_options_exist(self, page: Path) -> None:
        """What follows `digest` in shell blocks and in code is a command with such options, and scripts are there."""
        text = page.read_text(encoding="utf-8")
        shell = [line for language, block in FENCE.findall(text) if language == "sh" for line in block.splitlines()]
        inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))

        for line in [*shell, *inline]:
            complaint = wrong_with(line)
            assert not complaint, f"{line}: {complaint}"

    def test_a_wrong_command_would_be_seen(self) -> None:
        """Or the test above could not fail."""
        assert wrong_with("digest bulid 2026-W47")
        assert wrong_with("scripts/digest run --isue")
        assert wrong_with("digest sources ad https://example.org")
        assert wrong_with("scripts/nothing")
        assert not wrong_with('digest search "kv cache" --mode both   # by meaning --and words')


def wrong_with(line: str) -> str:
    """What is wrong with a line that calls the program or a script; "" where nothing is, or where it calls neither."""
    words = shlex.split(line, comments=True) if re.match(r"(scripts/|\.ci/|(ml)?digest )", line) else []
    if not words:
        return ""
    if words[0].startswith(("scripts/", ".ci/")):
        path = ROOT / words[0]
        if "*" not in words[0] and not (path.is_file() and path.stat().st_mode & 0o111):
            return "there is no such script"
    return wrong_with_call(words[1:]) if words[0] in ("scripts/digest", "digest", "mldigest") else ""


def wrong_with_call(words: list[str]) -> str:
    command: Any = typer.main.get_command(app)
    while words and (inner := getattr(command, "commands", None)) is not None and not words[0].startswith("-"):
        if words[0].isupper() or words[0] == "COMMAND":
            return ""
        if words[0] not in inner:
            return f"there is no command {words[0]}"
        command, words = inner[words[0]], words[1:]
    options = {name for param in command.params for name in (*param.opts, *param.secondary_opts)} | {"--help"}
    unknown = [word for word in words if word.startswith("--") and "..." not in word and word not in options]
    return f"there is no option {unknown[0]}" if unknown else ""


class TestProse:
    @BY_NAME
    def test_has_one_sentence_per_line(self, page: Path) -> None:
        """So that a change shows as the sentence that changed."""
        text = re.sub(r"`[^`]*`", "code", prose(page))
        several = [line for line in text.splitlines() if re.search(r'[a-z)"”][.?!]["”)]? +["“(]?[A-Z]', unlisted(line))]

        assert several == []

    @BY_NAME
    def test_has_no_line_break_within_a_sentence(self, page: Path) -> None:
        """A paragraph's line ends where its sentence does."""
        lines = prose(page).splitlines()
        broken = [
            line for line, after in pairwise(lines)
            if line[:1].isalpha() and after[:1].isalpha() and not line.rstrip().endswith((".", "?", "!", ":", ".**"))
        ]  # fmt: skip

        assert broken == []

    def test_the_readme_is_one_page(self) -> None:
        """What it is, a picture, two commands, use, links."""
        assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 120
        assert (DOCS / "images" / "digest.png").stat().st_size < 300_000

    @BY_NAME
    def test_files_it_names_exist(self, page: Path) -> None:
        """`store/spool.py` and `tests/test_layers.py` alike."""
        text = re.sub(r"NAME", "*", FENCE.sub("", page.read_text(encoding="utf-8")))
        named = re.findall(r"`((?:[\w.*]+/)+[\w.*]+\.(?:py|toml|md))`", text)

        assert [name for name in named if not any((*ROOT.glob(name), *(ROOT / "digest").glob(name)))] == []

    def test_the_architecture_names_every_package(self) -> None:
        """`ls digest/` and its table say the same."""
        text = (DOCS / "architecture.md").read_text(encoding="utf-8")
        packages = {
            path.name + ("/" if path.is_dir() else "")
            for path in (ROOT / "digest").iterdir()
            if not path.name.startswith(("__", "py.typed"))
        }

        assert {name for name in packages if f"`{name}`" not in text} == set()


def unlisted(line: str) -> str:
    """A bullet may be one short thing after another, and a bold lead-in ends in a full stop of its own."""
    return re.sub(r"\*\*[^*]+\.\*\*", "", line).removeprefix("- ") if not re.match(r"\d+\.|- ", line) else ""

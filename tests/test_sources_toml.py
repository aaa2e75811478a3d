"""The configuration files that come with the program are valid and complete."""

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel

from digest import config
from digest.config import Config, parse_config

ROOT = Path(__file__).parent.parent
STARTER = ROOT / "digest" / "bundled" / "starter.toml"

#: every table of the contract, by the header it has in the file
TABLES: dict[str, type[BaseModel]] = {
    "learner": config.Learner,
    "focus": config.Focus,
    "focus.project": config.Project,
    "digest": config.Digest,
    "email": config.Email,
    "store": config.Store,
    "embedding": config.Embedding,
    "fetch": config.Fetch,
}


def uncommented(text: str) -> str:
    """The file with every commented key and header put into force; prose comments stay comments."""
    return re.sub(r"^#(?=[a-z_]+ = |\[)", "", text, flags=re.MULTILINE)


@pytest.fixture(name="starter")
def _starter() -> str:
    return STARTER.read_text(encoding="utf-8")


@pytest.fixture(name="starter_set")
def _starter_set() -> Config:
    return parse_config(tomllib.loads((ROOT / "sources.toml").read_text(encoding="utf-8")))


class TestStarterSet:
    def test_size(self, starter_set: Config) -> None:
        """The starter set is large enough to be useful and small enough to be read through."""
        assert 25 <= len(starter_set.sources) <= 40

    def test_people_of_both_sides_are_in_it(self) -> None:
        """Under a heading of each: several people who write about the letter, and as many about the envelope."""
        _, *sections = (ROOT / "sources.toml").read_text(encoding="utf-8").split("\n# ── ")
        people = {section.partition(" ─")[0]: section.count("[[sources]]") for section in sections}

        assert people["People who write mostly about the letter"] >= 5
        assert people["People who write mostly about the envelope"] >= 5

    def test_both_sides_of_arxiv(self, starter_set: Config) -> None:
        """arXiv is asked for each side once, and no category twice."""
        papers = [source for source in starter_set.sources if source.kind == "arxiv"]
        categories = [category for source in papers for category in source.categories]

        assert len(papers) == 2
        assert {"cs.LG", "cs.CL", "stat.ML", "cs.IR", "cs.DC", "cs.DB", "cs.SE"} <= set(categories)
        assert len(categories) == len(set(categories))

    def test_addresses_are_safe(self, starter_set: Config) -> None:
        """Every feed is asked over TLS."""
        assert {urlsplit(source.url).scheme for source in starter_set.sources if source.url} == {"https"}


class TestStarter:
    def test_is_valid_as_it_is(self, starter: str) -> None:
        """What `digest init` writes can be used at once."""
        assert len(parse_config(tomllib.loads(starter)).sources) == 3

    def test_is_valid_with_everything_in_force(self, starter: str) -> None:
        """Each commented key is spelled right and has a value the contract allows."""
        assert parse_config(tomllib.loads(uncommented(starter))).email is not None

    def test_names_every_key(self, starter: str) -> None:
        """No key of the contract is missing from the starter."""
        table = tomllib.loads(uncommented(starter))
        table["focus.project"] = table["focus"].pop("project")

        for header, model in TABLES.items():
            names = {field.alias or name for name, field in model.model_fields.items()} - {"project"}
            assert names == set(table[header]), header
        arxiv = next(source for source in table["sources"] if source.get("kind") == "arxiv")
        assert {"name", "kind", "categories", "query", "base_url"} == set(arxiv)

    def test_shows_the_defaults(self, starter: str) -> None:
        """Putting the keys in force changes nothing, but for what has no default to show."""
        plain, full = (parse_config(tomllib.loads(text)) for text in (starter, uncommented(starter)))

        assert full.digest.model_copy(update={"minutes": None}) == plain.digest
        assert full.focus.model_copy(update={"project": None}) == plain.focus
        for table in ("store", "embedding", "fetch"):
            assert getattr(full, table) == getattr(plain, table)

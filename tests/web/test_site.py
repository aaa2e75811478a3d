"""The page follows sources.toml as it changes."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from digest.config import Config
from digest.errors import ConfigError
from digest.web.site import Site


def test_a_change_counts_at_once(built: Config) -> None:
    """Without a restart."""
    path = built.folder / "sources.toml"
    site = Site(config_path=path)
    before = site.config.focus.statement
    path.write_text(path.read_text().replace(before, "Something else"))

    assert site.config.focus.statement == "Something else"


def test_while_it_is_broken_the_last_valid_one_counts(client: TestClient, built: Config) -> None:
    """And every page says what is wrong, until it is mended."""
    path = built.folder / "sources.toml"
    text = path.read_text()
    assert "is broken" not in client.get("/issues").text

    path.write_text(text + "\n[focus]\n")
    page = client.get("/issues")
    assert page.status_code == 200
    assert "sources.toml is broken" in page.text

    path.write_text(text)
    assert "is broken" not in client.get("/issues").text


def test_one_that_never_was_valid_is_an_error(tmp_path: Path) -> None:
    """Which names the file."""
    with pytest.raises(ConfigError, match=r"sources\.toml"):
        _ = Site(config_path=tmp_path / "sources.toml").config

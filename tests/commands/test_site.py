"""site as a command."""

from pathlib import Path

from tests.commands.conftest import Command


def test_it_writes_beside_the_digests(digest: Command, home: Path) -> None:
    """Into a folder of its own, unless another is named."""
    config = ("--config", home / "sources.toml")
    done = digest("site", *config)

    assert (done.code, done.err) == (0, "")
    assert (home / "digests" / "site" / "2026-W47.html").exists()
    assert digest("site", *config).out.endswith("0 files written\n")
    assert digest("site", home / "www", *config).code == 0
    assert (home / "www" / "index.html").exists()


def test_the_feed_takes_the_address_it_is_given(digest: Command, home: Path) -> None:
    """And refuses what is none."""
    config = ("--config", home / "sources.toml")

    assert digest("site", "--url", "javascript:alert(1)", *config).code == 2
    assert digest("site", "--url", "https://ada.example.org/digest", *config).code == 0
    assert 'href="https://ada.example.org/digest/2026-W47.html"' in (home / "digests" / "site" / "feed.atom").read_text(
        encoding="utf-8"
    )


def test_each_pick_leads_to_the_picks_nearest_to_it(digest: Command, home: Path) -> None:
    """By what the archive has embedded; the links stay in the folder."""
    assert digest("site", home / "www", "--config", home / "sources.toml").code == 0
    page = (home / "www" / "2026-W47.html").read_text(encoding="utf-8")

    _, _, similar = page.partition('<details class="similar">')
    assert 'href="2026-W47.html#pick-' in similar.partition("</details>")[0]

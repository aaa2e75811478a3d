"""Script in every field of an item, on every page, in a real browser: it shows as text, and none of it runs."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from digest.config import Config
from digest.records import Issue, Pick
from digest.store import verdicts
from digest.store.archive import open_archive
from digest.web.serving import Address, ServedPage, served
from tests.render.hostile import ATTACKS
from tests.web.chromium import OpenTab, filled
from tests.web.test_browser import WIDEST, addresses, complaints, is_page

pytestmark = pytest.mark.slow

BAD = "<script>window.ran='script'</script><img src=x onerror=\"window.ran='image'\"><svg onload=\"window.ran='svg'\">"
ADDRESS = "javascript:window.ran='address'"


@pytest.fixture(name="served_page")
def _served(built: Config) -> Iterator[ServedPage]:
    """The page of an archive in which everything that strangers write is an attack."""
    poison(built)
    with served(built.folder / "sources.toml", Address(port=0), wait=5) as page:
        yield page


def poison(config: Config) -> None:
    """Fill each field of every item, verdict, source and issue, past what fetching would have cleaned."""
    everything = BAD + " ".join(attack.replace("\ud800", "").replace("\x00", "") for attack in ATTACKS)
    with open_archive(config.archive) as db:
        db.execute(
            "update core.items set title = ?, authors = [?], summary = ?, body = ?, url = ?, tags = [?], discussion = ?, "
            "doi = ?, extras = ['code']",
            [BAD, BAD, everything, everything, ADDRESS, BAD, ADDRESS, BAD],
        )
        db.execute("update core.verdicts set reason = ?", [everything])
        db.execute("update core.sources set last_error = ?", [everything])
        period = verdicts.periods(db)[-1][0]
        issue = verdicts.issue(db, period)
        assert issue is not None
        verdicts.save_issue(db, poisoned(issue, everything), verdicts.of_period(db, period), path="")


def poisoned(issue: Issue, words: str) -> Issue:
    def pick(one: Pick) -> Pick:
        return replace(one, title=BAD, url=ADDRESS, source=BAD, reason=words, authors=(BAD,), excerpt=words, traded=BAD)

    misses = [replace(one, title=BAD, url=ADDRESS, source=BAD, reason=words, change=BAD) for one in issue.near_misses]
    return replace(
        issue,
        picks=tuple(map(pick, issue.picks)),
        near_misses=tuple(misses),
        ailing=(words,),
        question=BAD,
        statement=BAD,
    )


def test_nothing_of_it_runs(open_tab: OpenTab, built: Config) -> None:
    """No script, no dialog, no link with a script behind it, no request elsewhere, and the words are there to read."""
    tab, wide = open_tab(width=320), list[str]()
    for path in addresses():
        path = filled(path, built)
        if not is_page(tab, path):
            continue
        page = tab.go(path)

        assert page.evaluate("window.ran") is None, path
        assert page.locator('a[href^="javascript:" i], img[onerror], svg[onload], main script').count() == 0, path
        wide += [f"{path}: {one}" for one in page.evaluate(WIDEST)]
    assert (complaints(tab), tab.left_for, wide) == ([], [], [])


def test_it_shows_as_text(open_tab: OpenTab, built: Config) -> None:
    """A reader sees what the title is."""
    for path in ("/", "/issues/{period}/works", "/items/{item:path}"):
        tab = open_tab()

        assert "<script>window.ran" in tab.go(filled(path, built)).locator("main").inner_text()

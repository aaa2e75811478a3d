"""The system's Chromium on a really served page: tabs that write down whatever a page should not have done.

Playwright drives the browser that is installed; without either, tests that ask for `open_tab` are skipped.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from digest.config import Config
from digest.store import verdicts
from digest.store.archive import open_archive
from digest.web.app import all_routes
from digest.web.serving import Address, ServedPage, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_NPM = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
#: `npm install axe-core` beside the project, or DIGEST_AXE with the path of its axe.min.js, brings it in.
AXE = Path(os.environ.get("DIGEST_AXE") or _NPM)

#: Opens a tab of a signed-in browser.
OpenTab = Callable[..., "Tab"]


@dataclass(kw_only=True)
class Tab:
    """One tab, and what went wrong in it: errors and dialogs, and requests to anywhere else."""

    page: "Page"
    base: str
    #: messages of the console that are warnings or errors, broken policies among them
    complaints: list[str] = field(default_factory=list)
    #: addresses that a page asked for by itself or sent the reader to, all of them refused
    left_for: list[str] = field(default_factory=list)

    def go(self, path: str) -> "Page":
        """The page under *path* once its late pieces are there; the answer's status does not matter."""
        self.page.goto(self.base + path, wait_until="networkidle")
        return self.page

    def pressed(self, item_id: str) -> list[str]:
        """The marks that the first form of an item shows as held."""
        form = self.page.locator(f'form[data-marks="{item_id}"]').first
        return form.locator('[aria-pressed="true"]').all_inner_texts()

    def focused(self, what: str) -> Any:  # noqa: ANN401 - what the script says
        """A property of the element that has the focus."""
        return self.page.evaluate(f"document.activeElement.{what}")


@pytest.fixture(name="chromium", scope="module")
def _chromium(_built_home: Path) -> Iterator["Browser"]:
    """One browser a module. The archive is made before it: Playwright keeps an event loop running, which a run would want."""
    api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(name="served_page")
def _served(built: Config) -> Iterator[ServedPage]:
    """The page of the archive with an issue, served on a free port."""
    with served(built.folder / "sources.toml", Address(port=0), wait=5) as page:
        yield page


@pytest.fixture(name="open_tab")
def _open_tab(chromium: "Browser", served_page: ServedPage) -> Iterator[OpenTab]:
    """Opens signed-in tabs: `open_tab(width=320, scheme="dark", script=False)`."""
    contexts = []

    def open_tab(*, width: int = 1280, scheme: str = "light", script: bool = True) -> Tab:
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.add_cookies(
            [{"name": served_page.sessions.cookie_name, "value": served_page.sessions.cookie(), "url": served_page.url}]
        )
        tab = Tab(page=context.new_page(), base=served_page.url)
        _watch(tab)
        return tab

    yield open_tab
    for context in contexts:
        context.close()


def _watch(tab: Tab) -> None:
    def heard(message: "ConsoleMessage") -> None:
        if message.type in ("error", "warning"):
            tab.complaints.append(message.text)

    def dialog(shown: Any) -> None:  # noqa: ANN401 - Playwright's Dialog
        tab.complaints.append(f"a dialog: {shown.message}")
        shown.dismiss()

    tab.page.on("console", heard)
    tab.page.on("pageerror", lambda error: tab.complaints.append(str(error)))
    tab.page.on("dialog", dialog)

    def leave(request: "Request") -> None:
        tab.left_for.append(request.url)

    tab.page.context.on("request", lambda request: None if request.url.startswith(tab.base) else leave(request))
    tab.page.context.route(lambda url: not url.startswith(tab.base), lambda route: route.abort())


def page_paths() -> list[str]:
    """The paths of all pages that are looked at, with parameters; a new page is among them by being routed."""
    routes = [route for route in all_routes() if "GET" in (route.methods or set[str]())]
    return sorted({route.path for route in routes} - {"/static/{name}"})


#: What the parameters of paths stand for, besides those that `filled` finds in the archive.
EXAMPLES = {"{name}": "health", "{suffix}": "bib"}


def filled(path: str, config: Config) -> str:
    """The path of a page that exists: of the newest issue, and of its first pick."""
    with open_archive(config.archive, read_only=True) as db:
        period = verdicts.periods(db)[-1][0]
        issue = verdicts.issue(db, period)
    assert issue is not None
    source = quote(config.sources[0].name)
    values = {
        "{source}": source,
        "{period}": period,
        "{item:path}": issue.picks[0].item_id,
        "{item}": issue.picks[0].item_id,
    } | EXAMPLES
    for parameter, value in values.items():
        path = path.replace(parameter, value)
    assert "{" not in path, f"{path}: tests/web/chromium.py has no example of this parameter"
    return path

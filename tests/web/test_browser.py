"""Every page in a real browser: at three sizes, light and dark, under axe-core, by its policy, and without script.

Pages are those that the application routes, so a new one is tested from its first day.
"""

from itertools import product
from typing import Any

import pytest

from digest.config import Config
from tests.web.chromium import AXE, OpenTab, Tab, filled, page_paths

WIDTHS, SCHEMES = (320, 768, 1280), ("light", "dark")
#: States of pages that no route shows by itself.
MORE = (
    "/issues/{period}/works?verdict=passed+over&q=the",
    "/issues/{period}/works?q=zzzzzz",
    "/search?q=retrieval",
    "/search?q=zzzzzz&mode=words",
    "/?marked={item}&as=like",
    "/sources/remove?name={source}",
    "/nothing",
    "/items/zzzzzzzzzz",
)
WIDEST = """() => {
  const wide = [...document.querySelectorAll("body *")].filter(
    one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1);
  const last = wide.filter(one => !wide.some(other => other !== one && one.contains(other)));
  return document.documentElement.scrollWidth > document.documentElement.clientWidth
    ? last.slice(0, 3).map(one => one.outerHTML.slice(0, 120)) : [];
}"""
OBJECTIONS = """async () => (await axe.run({ rules: { "target-size": { enabled: true } } }))
    .violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)} (${one.nodes.length} in all)`)"""


def addresses() -> list[str]:
    return [*page_paths(), *MORE]


def is_page(tab: Tab, path: str) -> bool:
    """Whether it is a whole page; data to save, as a table in CSV, are none, nor are pieces of pages."""
    answer = tab.page.context.request.get(tab.base + path)
    return "content-disposition" not in answer.headers and answer.text().lstrip().startswith("<!doctype html>")


def complaints(tab: Tab) -> list[str]:
    """What the console says, without its own line for a page that is not found, or asked for what makes no sense."""
    return [one for one in tab.complaints if "the server responded with a status of 40" not in one]


def objections(tab: Tab) -> list[str]:
    """What axe-core finds, as "rule: the first element"."""
    tab.page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = tab.page.evaluate(OBJECTIONS)
    return found


def test_faults_would_be_seen(open_tab: OpenTab) -> None:
    """A page that is too wide, asks elsewhere, runs what its policy forbids or shows an image without words is caught."""
    tab = open_tab(width=320)
    page = tab.go("/")
    page.evaluate("""() => {
      document.body.insertAdjacentHTML("beforeend",
        '<p id="wide">wide</p><img src="https://example.org/x.png"><img src="x" onerror="window.ran = 1">');
      document.getElementById("wide").style.width = "900px";
    }""")
    page.wait_for_timeout(200)

    assert page.evaluate(WIDEST)
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in one for one in tab.complaints)
    if AXE.is_file():
        assert any(one.startswith("image-alt") for one in objections(tab))


def test_the_issue_is_sound_on_a_phone(open_tab: OpenTab, built: Config) -> None:
    """The page that everybody sees first: nothing sticks out, nothing is said in the console, nothing is asked elsewhere."""
    for path in ("/", filled("/items/{item:path}", built)):
        tab = open_tab(width=320, scheme="dark")
        tab.go(path)

        assert tab.page.evaluate(WIDEST) == []
        assert (tab.complaints, tab.left_for) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("path", addresses())
def test_every_page_is_sound(open_tab: OpenTab, built: Config, path: str) -> None:
    """No horizontal scrolling and no finding of axe-core at any size in either scheme; nothing said, nothing asked elsewhere."""
    tab, found = open_tab(), list[Any]()
    path = filled(path, built)
    if not is_page(tab, path):
        pytest.skip("no page but a file or a piece of one")
    tab.go(path)
    for width, scheme in product(WIDTHS, SCHEMES):
        tab.page.set_viewport_size({"width": width, "height": 800})
        tab.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        found += [(width, scheme, "sticks out", one) for one in tab.page.evaluate(WIDEST)]
        if AXE.is_file():
            found += [(width, scheme, one) for one in objections(tab)]

    assert found == []
    assert (complaints(tab), tab.left_for) == ([], [])
    assert tab.page.title() not in ("", " · digest")


@pytest.mark.slow
@pytest.mark.parametrize("path", addresses())
def test_nothing_is_missing_without_script(open_tab: OpenTab, built: Config, path: str) -> None:
    """The same words are there; pieces that come later are behind a link, and every form can be sent."""
    with_script, without = open_tab(), open_tab(script=False)
    path = filled(path, built)
    if not is_page(without, path):
        pytest.skip("no page but a file or a piece of one")
    with_script.go(path).evaluate("document.querySelectorAll('[data-fragment]').forEach(one => one.remove())")
    late = without.go(path).locator("[data-fragment]")

    assert all(one.locator("a[href]").count() for one in late.all())
    words = set(without.page.locator("main").inner_text().split())
    assert set(with_script.page.locator("main").inner_text().split()) <= words
    for form in without.page.locator("form:visible").all():
        # A form with a single field is sent by Enter.
        fields = form.locator("input:not([type=hidden]), select, textarea").count()
        assert form.locator("button, input[type=submit]").count() or fields == 1, form.inner_html()


@pytest.mark.slow
def test_no_link_of_a_page_leads_nowhere(open_tab: OpenTab, built: Config) -> None:
    """Whatever can be followed from a page on this site answers, beginning with the navigation."""
    tab, seen, broken = open_tab(script=False), dict[str, int](), dict[str, str]()
    for path in addresses():
        page = tab.go(filled(path, built)) if is_page(tab, filled(path, built)) else None
        links = (
            page.eval_on_selector_all("a[href^='/']", "all => all.map(one => one.getAttribute('href'))") if page else []
        )
        for link in links:
            address = link.partition("#")[0]
            if address not in seen:
                seen[address] = tab.page.context.request.get(tab.base + address).status
            if seen[address] != 200:
                broken.setdefault(f"{address}: {seen[address]}", f"from {path}")

    assert len(seen) > 10
    assert broken == {}

"""The HTML renderings in a real browser, where there is one, and under axe-core, where that is installed.

`npm install axe-core` beside the project, or DIGEST_AXE with the path of its axe.min.js, brings it in.
"""

import os
import re
import shutil
import subprocess
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html as lxml_html

from digest.records import Issue
from digest.render.html import render_html
from digest.render.mail_marks import ReplyAddress
from digest.render.site import render_site
from tests import make as records
from tests.render.hostile import ATTACKS
from tests.render.make import issue, pick, week

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
_NPM = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
AXE = Path(os.environ.get("DIGEST_AXE") or _NPM)
FLAGS = (
    "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --hide-scrollbars --virtual-time-budget=2000 --dump-dom"
)
#: The window of headless Chromium cannot be made narrow; a frame can.
FRAME = """<!doctype html><iframe id="f" style="width:320px;height:600px;border:0" srcdoc="{page}"></iframe>
<pre id="out"></pre><script>
onload = () => {{
  const page = document.getElementById("f").contentDocument;
  document.getElementById("out").textContent =
    "width=" + page.documentElement.scrollWidth + " ran=" + (page.defaultView.ran || "nothing");
}};
</script>"""

REPLY_TO = ReplyAddress(to="ada+marks@example.org", key=b"key")

POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
SIMILAR = {pick(1).item_id: (pick(2).item_id,)}

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def look(page: str, folder: Path) -> str:
    """Load *page* in a frame of 320 px and return what the browser says of it."""
    (folder / "frame.html").write_text(FRAME.format(page=escape(page)), encoding="utf-8")
    command = [str(BROWSER), *FLAGS.split(), f"--user-data-dir={folder / 'profile'}", (folder / "frame.html").as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return dom.partition('<pre id="out">')[2].partition("</pre>")[0]


def hostile() -> Issue:
    """An issue of long words and everything that people have tried, all parts of it filled."""
    bad = "<script>window.ran='script'</script><img src=x onerror=\"window.ran='image'\">"
    long = "long" * 80 + " https://example.org/" + "a/" * 80
    attacks = (pick(n, title=attack + bad, excerpt=attack) for n, attack in enumerate(ATTACKS))
    return issue(
        *week().picks,
        pick(90, title=long, source=long, reason=long, excerpt=long),
        *attacks,
        weekly=records.issue().weekly,
        foundation=records.issue().foundation,
    )


class TestNarrowScreen:
    def test_faults_would_be_seen(self, tmp_path: Path) -> None:
        """A page that is too wide and runs a script is recognised, or the next test could not fail."""
        assert look("<div style='width:500px'>x</div><script>ran='it'</script>", tmp_path) != "width=320 ran=nothing"
        assert "ran=it" in look("<script>ran='it'</script>", tmp_path)

    def test_nothing_runs_and_nothing_sticks_out(self, tmp_path: Path) -> None:
        """At 320 px there is no horizontal scroll, whatever the words, and no script of a title has run."""
        assert look(render_html(hostile(), reply_to=REPLY_TO), tmp_path) == "width=320 ran=nothing"

    @pytest.mark.parametrize("name", ["2026-W12.html", "index.html"])
    def test_the_archive_pages_too(self, name: str, tmp_path: Path) -> None:
        """Nor is there any on the pages of the archive, charts and tables included."""
        assert look(render_site([hostile()])[name], tmp_path) == "width=320 ran=nothing"

    @pytest.mark.parametrize("name", ["2026-W12.html", "index.html"])
    def test_the_console_is_silent(self, name: str, tmp_path: Path) -> None:
        """No page gives the browser anything to complain of."""
        (tmp_path / "page.html").write_text(render_site([hostile()])[name], encoding="utf-8")
        command = [str(BROWSER), *FLAGS.split(), "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}"]
        done = subprocess.run(
            [*command, (tmp_path / "page.html").as_uri()], capture_output=True, text=True, timeout=60, check=True
        )

        assert ":CONSOLE" not in done.stderr


def dom(address: str, folder: Path) -> str:
    """What a page has become after its script has run."""
    command = [str(BROWSER), *FLAGS.split(), f"--user-data-dir={folder / 'profile'}", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


class TestSearch:
    """The index opened from a disk: its script is admitted by the policy of the page, or nothing is found."""

    def found(self, words: str, folder: Path) -> lxml_html.HtmlElement:
        (folder / "index.html").write_text(render_site([hostile()])["index.html"], encoding="utf-8")
        return lxml_html.document_fromstring(dom(f"{(folder / 'index.html').as_uri()}#q={quote(words)}", folder))

    def test_works_are_found(self, tmp_path: Path) -> None:
        """All words have to be there, in whatever case; what was nearly kept is found, too."""
        page = self.found("SERV tower", tmp_path)

        assert page.find(".//form").get("hidden") is None
        [title, out] = page.find(".//ol[@id='found']").iter("a")
        assert (title.text, out.get("href")) == ("Serving two towers on one card", "https://example.org/posts/3")
        assert title.get("href").startswith("2026-W12.html#pick-")
        assert page.find(".//p[@id='count']").text == "1 found"
        assert page.find(".//div[@id='issues']").get("hidden") is not None
        assert "Almost: an index" in self.found("almost index", tmp_path).find(".//ol[@id='found']").text_content()

    def test_titles_run_nothing(self, tmp_path: Path) -> None:
        """What is found is shown as text."""
        page = self.found("script", tmp_path)

        assert len(page.findall(".//ol[@id='found']/li")) > 3
        assert not page.xpath(".//ol[@id='found']//script | .//ol[@id='found']//img")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["2026-W12.html", "index.html", "mail"])
def test_axe_finds_nothing(name: str, scheme: str, tmp_path: Path) -> None:
    """axe-core has nothing to object to in either scheme; contrast it cannot judge inside drawings."""
    full = issue(*week().picks, seen=400, weekly=records.issue().weekly, foundation=records.issue().foundation)
    several = [replace(full, period=f"2026-W{number:02}") for number in range(5, 13)]
    page = render_html(full, reply_to=REPLY_TO) if name == "mail" else render_site(several, SIMILAR)[name]
    page = POLICY.sub("", page).replace("<details", "<details open")  # the policy would not let axe in
    run = (
        f"<script>{AXE.read_text(encoding='utf-8')}</script><pre id=out></pre><script>axe.run({{rules: {{'target-size': {{enabled: true}}}}}}).then(found => {{"
        "document.getElementById('out').textContent = found.passes.length + ' passed; ' +"
        "found.violations.map(v => v.id + ': ' + v.nodes[0].html).join('; ') })</script></body>"
    )
    (tmp_path / "page.html").write_text(page.replace("</body>", run), encoding="utf-8")
    flags = [*FLAGS.split(), f"--blink-settings=preferredColorScheme={int(scheme == 'light')}"]
    flags += ["--virtual-time-budget=15000", f"--user-data-dir={tmp_path / 'profile'}"]
    command = [str(BROWSER), *flags, (tmp_path / "page.html").as_uri()]
    text = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    passed, _, violations = text.partition('<pre id="out">')[2].partition("</pre>")[0].partition(" passed; ")

    assert int(passed) > 10
    assert violations == ""

"""The HTML rendering in a real browser, where there is one."""

import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from digest.records import Point
from digest.render.html import render_html
from tests.render.hostile import ATTACKS
from tests.render.make import issue, pick, week

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
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

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")


def look(page: str, folder: Path) -> str:
    """Load *page* in a frame of 320 px and return what the browser says of it."""
    (folder / "frame.html").write_text(FRAME.format(page=escape(page)), encoding="utf-8")
    command = [str(BROWSER), *FLAGS.split(), f"--user-data-dir={folder / 'profile'}", (folder / "frame.html").as_uri()]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    return dom.partition('<pre id="out">')[2].partition("</pre>")[0]


class TestNarrowScreen:
    def test_faults_would_be_seen(self, tmp_path: Path) -> None:
        """A page that is too wide and runs a script is told apart, or the next test could not fail."""
        assert look("<div style='width:500px'>x</div><script>ran='it'</script>", tmp_path) != "width=320 ran=nothing"
        assert "ran=it" in look("<script>ran='it'</script>", tmp_path)

    def test_nothing_runs_and_nothing_sticks_out(self, tmp_path: Path) -> None:
        """At 320 px there is no horizontal scroll, whatever the words, and no script of a title has run."""
        bad = "<script>window.ran='script'</script><img src=x onerror=\"window.ran='image'\">"
        long = "long" * 80 + " https://example.org/" + "a/" * 80
        points = tuple(Point(lean=n / 20, relevance=n / 30, kept=n > 17) for n in range(20))
        attacks = (pick(n, title=attack + bad, excerpt=attack) for n, attack in enumerate(ATTACKS))
        made = issue(
            *week().picks, pick(90, title=long, source=long, reason=long, excerpt=long), *attacks, points=points
        )

        assert look(render_html(made), tmp_path) == "width=320 ran=nothing"

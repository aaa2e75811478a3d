"""The archive's pages, parsed back by lxml."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from digest.records import Issue, Point
from digest.render.layout import lay_out
from digest.render.site import page_name, render_site
from tests import make as records
from tests.render.make import issue, week
from tests.render.test_markdown import expected_links, issues

POINTS = tuple(Point(lean=n / 20, relevance=n / 30, kept=n > 17) for n in range(20))
FULL = issue(*week().picks, points=POINTS, weekly=records.issue().weekly, foundation=records.issue().foundation)
#: all that the templates are made of; anything else came from outside
_TAGS = (
    "html head meta title style body a div nav ul li ol main h1 h2 h3 p strong span section article code figure "
    "figcaption svg desc circle line rect text table thead tbody tr th td footer link"
)
TAGS = set(_TAGS.split())
#: WCAG 2.1, AA: text against its ground; marks of a chart against theirs
_TEXT_CONTRAST, _MARK_CONTRAST = 4.5, 3.0


def parsed(text: str) -> html.HtmlElement:
    return html.document_fromstring(text)


def own_links(page: html.HtmlElement) -> list[str]:
    return [link.get("href") for link in page.iter("a") if not link.get("href", "").startswith("http")]


class TestIssuePage:
    page = parsed(render_site([FULL])["2026-W12.html"])

    def test_outline(self) -> None:
        """One title, and no level of heading is left out on the way down."""
        levels = [int(element.tag[1]) for element in self.page.iter("h1", "h2", "h3", "h4")]

        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))

    def test_those_who_hear_it_find_their_way(self) -> None:
        """Its language, its landmarks and a way past the navigation are there, and every name it refers to exists."""
        ids = [element.get("id") for element in self.page.iter() if element.get("id")]
        named = " ".join(
            element.get("aria-labelledby", "") for element in self.page.iter() if element.tag != "x"
        ).split()

        assert self.page.get("lang") == "en"
        assert len(self.page.findall(".//main")) == 1
        assert self.page.find(".//body")[0].get("href") == "#main"
        assert len(ids) == len(set(ids))
        assert set(named) <= set(ids)

    def test_every_chart_is_also_said(self) -> None:
        """A drawing has a name, and the numbers stand in words beside it."""
        drawings = list(self.page.iter("svg"))

        assert len(drawings) == 3
        assert all(svg.get("role") == "img" for svg in drawings)
        assert all(svg.get("aria-label") or svg.get("aria-labelledby") for svg in drawings)
        assert "Of 20 works 10 lie on the side of the letter" in self.page.text_content()
        assert "2026-W11: 22.2%, 2 of 9" in self.page.text_content()

    def test_table_cells_know_their_headings(self) -> None:
        """Columns and rows are named."""
        scopes = [cell.get("scope") for cell in self.page.iter("th")]

        assert scopes == ["col"] * 4 + ["row"]

    def test_neighbours(self) -> None:
        """A page leads to the one before, the one after, and the index."""
        three = [issue(period=f"2026-W1{n}") for n in range(3)]

        assert own_links(parsed(render_site(three)["2026-W11.html"])) == [
            "#main",
            "index.html",
            "2026-W10.html",
            "2026-W12.html",
        ]
        assert own_links(parsed(render_site(three)["2026-W10.html"])) == ["#main", "index.html", "2026-W11.html"]


class TestColours:
    @pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
    def test_contrast(self, scheme: int) -> None:
        """Words are readable on every background, and marks stand out, in both schemes."""
        style = re.findall(r":root \{(.*?)\}", render_site([FULL])["index.html"], re.DOTALL)[scheme]
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", style))

        for ground in ("background", "box"):
            for name in ("text", "soft", "link"):
                assert contrast(colours[name], colours[ground]) >= _TEXT_CONTRAST, (name, ground)
        for name in ("letter", "envelope", "stretch", "mark"):
            assert contrast(colours[name], colours["background"]) >= _MARK_CONTRAST, name


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.1."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


class TestIndex:
    def test_newest_first(self) -> None:
        """Every issue is one step away, the newest on top."""
        page = parsed(render_site([issue(period="2026-W10"), issue(period="2026-W11")])["index.html"])
        links = [link.get("href") for link in page.find(".//ol").iter("a")]

        assert links == ["2026-W11.html", "2026-W10.html"]

    def test_no_issue_yet(self) -> None:
        """An empty archive is a page, too."""
        assert "There is no issue yet." in render_site([])["index.html"]


class TestFiles:
    @given(st.text(max_size=30))
    def test_a_page_stays_in_its_folder(self, period: str) -> None:
        """Whatever a period is called, its file has one name, in one folder."""
        name = page_name(period.encode(errors="replace").decode())

        assert re.fullmatch(r"[A-Za-z0-9._~%-]*\.html", name)

    def test_same_issues_same_bytes(self) -> None:
        """Drawing an archive again gives the same texts."""
        assert render_site([FULL]) == render_site([FULL])


class TestHostile:
    @settings(max_examples=60)
    @given(issues)
    def test_outline_links_and_tags_are_ours(self, made: Issue) -> None:
        """Whatever titles, sources, authors, links and excerpts say: nothing runs, nothing loads, no link is active but ours."""
        text = render_site([made])[page_name(made.period)]
        page = parsed(text)
        laid = lay_out(made)
        entries = [entry for section in laid.sections for entry in section.entries]
        outward = [link.get("href") for link in page.iter("a") if link.get("href", "").startswith("http")]

        assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= TAGS
        assert not [
            name for element in page.iter() for name in element.attrib if name.startswith("on") or name == "src"
        ]
        assert len(outward) == expected_links(made)
        assert own_links(page) == ["#main", "index.html"]
        assert len(list(page.iter("article"))) == len(entries)
        assert [" ".join(e.text_content().split()) for e in page.iter("h1")] == [" ".join(laid.title.split())]

    @settings(max_examples=30)
    @given(issues)
    def test_the_index_too(self, made: Issue) -> None:
        """Titles and names do no harm there either."""
        page = parsed(render_site([made])["index.html"])

        assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= TAGS
        assert own_links(page) == ["#main", "feed.atom", "digest.json", page_name(made.period)]

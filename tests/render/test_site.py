"""The archive's pages, parsed back by lxml."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from digest.records import Connection, Issue
from digest.render.layout import lay_out
from digest.render.site import page_name, render_site
from tests import make as records
from tests.render.make import issue, pick, week
from tests.render.test_markdown import expected_links, issues

FULL = issue(*week().picks, weekly=records.issue().weekly, foundation=records.issue().foundation)
#: all that the templates are made of; anything else came from outside
_TAGS = (
    "html head meta title style body a div nav ul li ol main h1 h2 h3 p strong span section article footer details "
    "summary figure figcaption svg g line rect text table thead tbody tr th td link form label input script"
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

    def test_no_picture_that_says_nothing(self) -> None:
        """No grid of works, no two bars, no counts of each source; and no id is seen."""
        words = self.page.text_content()

        assert not list(self.page.iter("svg", "figure"))
        assert "Kept before" not in words
        assert not [one.item_id for one in FULL.picks if one.item_id in words]

    def test_every_pick_can_be_linked_to(self) -> None:
        """By its number, which the one to read first is reached by."""
        numbers = [article.get("id") for article in self.page.iter("article")]

        assert numbers == ["pick-1", "pick-2", "pick-3", "pick-4"]
        assert "#pick-1" in own_links(self.page)

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


def eight() -> list[Issue]:
    return [issue(*week().picks, period=f"2026-W{n:02}", seen=100 * n) for n in range(1, 9)]


class TestIndex:
    def test_newest_first_with_all_picks(self) -> None:
        """Every issue and every pick of it is one step away, the newest on top; one is named to be read."""
        page = parsed(
            render_site([issue(pick(1), period="2026-W10"), issue(*week().picks, period="2026-W11")])["index.html"]
        )
        links = [link.get("href") for link in page.find(".//div[@id='issues']").iter("a")]

        assert links == [
            "2026-W11.html",
            *(f"2026-W11.html#pick-{number}" for number in (1, 2, 3, 4)),
            "2026-W10.html",
            "2026-W10.html#pick-1",
        ]
        assert page.text_content().count("if you read one thing") == 1

    def test_a_chart_needs_four_issues(self) -> None:
        """Two or three bars say nothing; from four on each leads to its issue, and a table says the same."""
        page = parsed(render_site(eight())["index.html"])

        assert parsed(render_site(eight()[:3])["index.html"]).find(".//figure") is None
        assert [title.text for title in page.find(".//figure").iter("title")][:2] == [
            "week 1 of 2026: 4%, 4 of 100",
            "week 2 of 2026: 2%, 4 of 200",
        ]
        assert [cell.text for cell in page.findall(".//table/tbody/tr")[-1].iter("td")] == ["0.5%", "4 of 800"]
        assert [cell.get("scope") for cell in page.find(".//table").iter("th")] == ["col"] * 2 + ["row"] * 8

    def test_without_a_script_the_field_is_hidden(self) -> None:
        """And the page is complete: only the script shows the field."""
        page = parsed(render_site(eight())["index.html"])

        assert page.find(".//form").get("hidden") is not None
        assert page.find(".//div[@id='issues']").get("hidden") is None

    def test_the_policy_admits_what_is_ours_alone(self) -> None:
        """The style sheet and the script by their hashes; a page of an issue has no script at all."""
        pages = render_site([FULL])

        for name, scripts in (("index.html", 1), ("2026-W12.html", 0)):
            page = parsed(pages[name])
            policy = page.find(".//meta[@http-equiv]").get("content")
            own = [one.text for one in page.iter("style", "script") if one.get("type") != "application/json"]
            assert "default-src 'none'" in policy
            assert len(own) == 1 + scripts
            assert all(hash_of(text) in policy for text in own)
            assert policy.count("sha256-") == len(own)

    def test_no_issue_yet(self) -> None:
        """An empty archive is a page, too."""
        assert "There is no issue yet." in render_site([])["index.html"]


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


class TestSimilar:
    def test_similar_picks_are_linked_in_the_site(self) -> None:
        """By title, place and issue; neither itself, nor one that the pick names anyway, nor one that is gone."""
        old, new = pick(1, title="The older"), pick(2, title="The newer")
        named = Connection(item_id=pick(3).item_id, title="C", url="", source="", relation="cites")
        issues = [issue(old, pick(3), period="2026-W10"), issue(replace(new, connections=(named,)), period="2026-W11")]
        near = {new.item_id: (new.item_id, pick(3).item_id, "gone", old.item_id)}

        page = parsed(render_site(issues, near)["2026-W11.html"])

        [link] = page.find(".//details").iter("a")
        assert (link.get("href"), link.text) == ("2026-W10.html#pick-1", "The older")
        assert "week 10 of 2026" in page.find(".//details").text_content()


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
        assert own_links(page) == ["#main", "index.html", *(["#pick-" + str(laid.first.number)] if laid.first else [])]
        assert len(list(page.iter("article"))) == len(entries)
        assert [" ".join(e.text_content().split()) for e in page.iter("h1")] == [" ".join(laid.title.split())]

    @settings(max_examples=30)
    @given(issues)
    def test_the_index_too(self, made: Issue) -> None:
        """Titles and names do no harm there either."""
        page = parsed(render_site([made])["index.html"])

        assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= TAGS
        name = page_name(made.period)
        picks = [f"{name}#pick-{number}" for number in range(1, len(made.picks) + 1)]
        assert own_links(page) == ["#main", "feed.atom", "digest.json", name, *picks]
        assert len(list(page.iter("script"))) == 2 * bool(made.picks or made.near_misses)

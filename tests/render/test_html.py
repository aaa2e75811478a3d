"""The HTML rendering, parsed back by lxml."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from lxml import html

from digest.records import Issue
from digest.render.checkboxes import MARKS
from digest.render.html import render_html
from digest.render.layout import lay_out
from digest.render.mail_marks import ReplyAddress, read_reply
from tests.render.hostile import ATTACKS
from tests.render.make import issue, pick, week
from tests.render.test_markdown import expected_links, issues

#: all that the template is made of; anything else came from outside
_TEMPLATE_TAGS = "html head meta title style body div h1 h2 h3 p strong span a ul li"
TAGS = set(_TEMPLATE_TAGS.split())


def parsed(made: Issue) -> html.HtmlElement:
    return html.document_fromstring(render_html(made))


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


class TestStructure:
    def test_an_ordinary_week(self) -> None:
        """The outline is the title, the sections with their picks, and the footer; no picture of where works lie."""
        page = parsed(issue(*week().picks))
        outline = [(element.tag, words(element)) for element in page.iter("h1", "h2", "h3")]

        assert " ".join(tag for tag, _ in outline) == "h1 h2 h3 h3 h2 h3 h2 h3 h2 h2 h2"
        assert outline[2] == ("h3", "1. Hard negatives, part 1")
        assert page.get("lang") == "en"

    def test_needs_nothing_from_outside(self) -> None:
        """Nothing is loaded and nothing runs: no image, script, style sheet, form or frame."""
        text = render_html(issue(*week().picks))

        assert {
            element.tag for element in html.document_fromstring(text).iter() if isinstance(element.tag, str)
        } <= TAGS
        assert not re.search(r"\bsrc=|url\(|@import|<link|background-image", text)

    def test_dark_colours(self) -> None:
        """The page says that it knows dark mode, and how."""
        text = render_html(week())

        assert '<meta name="color-scheme" content="light dark">' in text
        assert "@media (prefers-color-scheme: dark)" in text

    def test_every_colour_has_a_dark_one(self) -> None:
        """Whatever has a class has dark colours under that name."""
        text = render_html(issue(*week().picks))
        used = {name for value in re.findall(r'class="([^"]*)"', text) for name in value.split()}

        assert used <= set(re.findall(r"\.([a-z]\w*) \{", text))

    def test_empty_week(self) -> None:
        """An empty issue has its reason and its footer."""
        page = parsed(issue(seen=143))

        assert "None of the 143 works" in words(page)

    def test_same_issue_same_bytes(self) -> None:
        """Drawing an issue again gives the same bytes."""
        assert render_html(week()) == render_html(week())


class TestSize:
    def test_ordinary(self) -> None:
        """A dozen picks stay far below the limit."""
        full = issue(*(pick(n, excerpt="Words and words. " * 20) for n in range(12)))

        assert len(render_html(full).encode()) < 40_000

    @pytest.mark.parametrize("count", [12, 60, 400])
    def test_worst(self, count: int) -> None:
        """Whatever comes, the page stays under 100 KB: later picks give way, and the page says so."""
        heavy = "&<>\"'" * 400
        url = "https://example.org/?" + "&a" * 900
        made = issue(*(pick(n, title=heavy, excerpt=heavy, url=url) for n in range(count)))
        text = render_html(made)
        shown = text.count("<h3")

        assert len(text.encode()) < 100_000
        assert shown >= 5
        assert (f"{count - shown} more did not fit" in text) == (shown < count)


REPLY_TO = ReplyAddress(to="ada+marks@example.org", key=b"key")


class TestMarks:
    def test_each_pick_has_four_links_that_say_what_they_mark(self) -> None:
        """Screen readers can distinguish their names; near misses and titles have none."""
        made = week()
        page = html.document_fromstring(render_html(made, reply_to=REPLY_TO))
        links = [link for link in page.iter("a") if link.get("href").startswith("mailto:")]

        assert [link.get("aria-label") for link in links] == [
            f"{mark} number {number}" for number in range(1, len(made.picks) + 1) for mark in MARKS
        ]
        assert {urlsplit(link.get("href")).path for link in links} == {"ada%2Bmarks@example.org"}
        entries = [entry for section in lay_out(made).sections for entry in section.entries]
        said = [read_reply(f"Subject: {subject_of(link)}\n".encode(), key=b"key") for link in links]
        assert [reply.ticks[0] for reply in said if reply] == [
            (entry.item_id, mark) for entry in entries for mark in MARKS
        ]

    def test_files_and_empty_weeks_have_none(self) -> None:
        """Links go out by mail alone."""
        assert "mailto:" not in render_html(week())
        assert "open a mail" not in render_html(issue(seen=143), reply_to=REPLY_TO)

    def test_they_give_way_before_picks_do(self) -> None:
        """`digest mark` is still there for those; the page stays under 100 KB and speaks of no links."""
        made = issue(*(pick(n, title="x" * 200, reason="x" * 200) for n in range(60)))
        text = render_html(made, reply_to=REPLY_TO)

        assert len(text.encode()) < 100_000
        assert text.count("<h3") == 60
        assert "mailto:" not in text
        assert "open a mail" not in text

    def test_a_dozen_picks_keep_theirs(self) -> None:
        """With long excerpts, far below the limit."""
        full = issue(*(pick(n, excerpt="Words and words. " * 20) for n in range(12)))
        text = render_html(full, reply_to=REPLY_TO)

        assert text.count("mailto:") == 48
        assert len(text.encode()) < 55_000


def subject_of(link: html.HtmlElement) -> str:
    [line] = parse_qs(urlsplit(str(link.get("href"))).query)["subject"]
    return line


class TestHostile:
    @given(issues)
    @settings(max_examples=60)  # each parses a whole page
    def test_text_cannot_become_markup(self, made: Issue) -> None:
        """Whatever strangers write, the page has our tags, our attributes and web links, and shows their text."""
        page = parsed(made)
        entries = [entry for section in lay_out(made).sections for entry in section.entries]

        assert {element.tag for element in page.iter() if isinstance(element.tag, str)} <= TAGS
        assert not [name for element in page.iter() for name in element.attrib if name.startswith("on")]
        assert len(page.findall(".//a")) == expected_links(made)
        assert all(urlsplit(link.get("href")).scheme in ("http", "https") for link in page.iter("a"))
        assert [words(h3) for h3 in page.iter("h3")] == [f"{e.number}. {e.title}" for e in entries]

    @pytest.mark.parametrize("attack", [attack for attack in ATTACKS if attack.strip()])
    def test_known_attacks(self, attack: str) -> None:
        """What people have tried is shown as text in every place."""
        made = issue(
            pick(title=attack, reason=attack, source=attack, excerpt=attack, authors=(attack,)),
            learner=attack,
            question=attack,
            statement=attack,
            ailing=(attack,),
        )
        entry = lay_out(made).sections[0].entries[0]

        assert words(parsed(made)).count(entry.title) >= 4

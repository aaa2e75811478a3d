"""The Markdown rendering, parsed back by a CommonMark parser."""

import itertools
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from digest.records import (
    Connection,
    Foundation,
    Issue,
    KeepRate,
    NearMiss,
    Pick,
    Place,
    Resource,
    SourceYield,
    Theme,
    Weekly,
)
from digest.render.layout import lay_out
from digest.render.markdown import render_markdown
from tests.render.hostile import texts, urls
from tests.render.make import issue, pick, week
from tests.render.test_commonmark import plain_text

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

connections = st.builds(
    Connection,
    item_id=st.just("abc"),
    title=texts,
    url=urls,
    source=texts,
    relation=st.sampled_from(["cites", "repeats", "builds on"]) | texts,
    period=st.sampled_from(["", "2026-W02"]) | texts,
    mark=st.sampled_from(["", "like", "save"]) | texts,
)
resources = st.builds(
    Resource, kind=st.sampled_from(["code", "data", "talk", "pdf", "liked", "author"]) | texts, url=urls, text=texts
)
foundations = st.builds(
    lambda title, url, source, leaning: Foundation(
        item_id="abc", title=title, url=url, source=source, leaning=tuple(pick(n).item_id for n in leaning)
    ),
    texts,
    urls,
    texts,
    st.lists(st.integers(1, 9), max_size=3),
)
weeks = st.builds(
    Weekly,
    themes=st.lists(
        st.builds(
            Theme,
            term=texts,
            weeks=st.lists(st.integers(0, 99), min_size=9, max_size=9).map(tuple),
            share=st.floats(0, 1),
            share_before=st.floats(0, 1),
            growing=st.booleans(),
            example=texts,
            example_url=urls,
        ),
        max_size=3,
    ).map(tuple),
    in_focus=st.integers(0, 99),
    yields=st.lists(
        st.builds(SourceYield, source=texts, seen=st.integers(0, 99), kept=st.integers(0, 9)), max_size=3
    ).map(tuple),
    keep_rates=st.lists(
        st.builds(KeepRate, period=texts, seen=st.integers(0, 99), kept=st.integers(0, 9)), max_size=3
    ).map(tuple),
)
picks = st.builds(
    pick,
    st.integers(1, 9),
    title=texts,
    url=urls,
    source=texts,
    section=st.sampled_from(["letter", "envelope", "stretch"]),
    reason=texts,
    authors=st.lists(texts, max_size=4).map(tuple),
    excerpt=texts,
    also_at=st.lists(st.builds(Place, source=texts, url=urls), max_size=2).map(tuple),
    suggested_pass=st.integers(0, 3),
    pass_reason=texts,
    on_question=st.booleans(),
    connections=st.lists(connections, max_size=2).map(tuple),
    resources=st.lists(resources, max_size=4).map(tuple),
)
misses = st.builds(NearMiss, item_id=st.just("abc"), title=texts, url=urls, source=texts, reason=texts, change=texts)
issues = st.builds(
    lambda chosen, **changes: issue(*chosen, **changes),
    st.lists(picks, max_size=4),
    learner=texts,
    statement=texts,
    question=texts,
    zone=st.sampled_from(["Europe/Berlin", "no zone"]),
    near_misses=st.lists(misses, max_size=2).map(tuple),
    ailing=st.lists(texts, max_size=2).map(tuple),
    first=st.integers(1, 9).map(lambda number: pick(number).item_id),
    foundation=st.none() | foundations,
    weekly=weeks,
)


def expected_links(made: Issue) -> int:
    """How many links a rendering of everything has: one for each address that is shown."""
    page = lay_out(made)
    entries = [entry for section in page.sections for entry in section.entries]
    older = [related for entry in entries for related in entry.related]
    linked = [*entries, *page.near_misses, *older, *(one for one in (page.first, page.foundation) if one)]
    examples = [theme.example_url for theme in page.trends.themes if theme.example]
    addresses = [one.url for one in linked] + examples + [place.url for entry in entries for place in entry.also_at]
    named = [one.url for entry in entries for one in (*entry.why, *entry.resources)]
    return sum(map(bool, addresses + named))


def headings(tokens: list[Token]) -> list[tuple[str, str]]:
    """Level and text of every heading, with the text of its link."""
    found = [(a.tag, b.children or []) for a, b in itertools.pairwise(tokens) if a.type == "heading_open"]
    return [(tag, plain_text([t for t in inside if not t.type.startswith("link_")])) for tag, inside in found]


class TestStructure:
    def test_an_ordinary_week(self) -> None:
        """The outline is the title, the sections with their picks, and the footer."""
        levels = headings(PARSER.parse(render_markdown(week())))

        assert [level for level, _ in levels] == ["h1", "h2", "h3", "h3", "h2", "h3", "h2", "h3", "h2", "h2", "h2"]
        assert levels[2] == ("h3", "1. Hard negatives, part 1")

    def test_the_question_stands_with_the_pick_that_answers_it(self) -> None:
        """Once, not where a reason quotes it already; where no pick does, the head says so."""
        asked = "**Your question:** How do I evaluate retrieval without labels?"
        answered = issue(pick(1), pick(2, on_question=True))
        quoted = issue(pick(1, on_question=True, reason="speaks to “How do I evaluate retrieval without labels?”"))

        assert "### 2. [Hard negatives, part 2](https://example.org/posts/2)\n\nRetrieval Notes" in render_markdown(
            answered
        )
        assert render_markdown(answered).split("### 2.")[1].count(asked) == render_markdown(answered).count(asked) == 1
        assert asked not in render_markdown(quoted)
        assert f"{asked} No pick speaks to it this time." in render_markdown(issue(pick(1))).split("## ")[0]

    def test_ids_are_out_of_sight(self) -> None:
        """They stand in comments alone, which no reader shows."""
        text = render_markdown(week())

        assert all(text.count(one.item_id) == text.count(f"<!-- item: {one.item_id} -->") == 1 for one in week().picks)

    def test_plain_words_carry_no_backslash(self) -> None:
        """An ordinary digest reads plainly in a terminal."""
        assert "\\" not in render_markdown(week())

    def test_same_issue_same_bytes(self) -> None:
        """Drawing an issue again gives the same text."""
        assert render_markdown(week()) == render_markdown(week())

    @given(issues)
    def test_hostile_text_cannot_change_it(self, made: Issue) -> None:
        """Whatever titles, sources, authors, links and excerpts say, the outline, links and tags are ours."""
        text = render_markdown(made)
        tokens = PARSER.parse(text)
        inline = [child for token in tokens for child in token.children or []]
        types = Counter(token.type for token in [*tokens, *inline])
        page = lay_out(made)
        entries = [entry for section in page.sections for entry in section.entries]

        assert [title for level, title in headings(tokens) if level == "h3"] == [
            f"{e.number}. {e.title}" for e in entries
        ]
        assert headings(tokens)[0] == ("h1", page.title)
        assert types["heading_open"] == 2 + len(page.sections) + len(entries) + sum(
            map(bool, (page.trends, page.near_misses, page.failing))
        )
        assert types["link_open"] == expected_links(made)
        assert types["html_block"] == len(entries)
        assert types["code_inline"] == 0
        for unwanted in (
            "html_inline",
            "image",
            "fence",
            "code_block",
            "hr",
            "blockquote_open",
            "table_open",
            "s_open",
        ):
            assert types[unwanted] == 0, unwanted
        assert types["list_item_open"] == len(entries) + len(page.near_misses) + len(page.trends.themes)

    @given(picks)
    def test_text_comes_back(self, made: Pick) -> None:
        """Excerpt and reason are read back letter for letter; a part of the reason may be a link."""
        tokens = PARSER.parse(render_markdown(issue(made)))
        paragraphs = [plain_text(b.children or []) for a, b in itertools.pairwise(tokens) if a.type == "paragraph_open"]
        entry = lay_out(issue(made)).sections[0].entries[0]

        assert not entry.excerpt or entry.excerpt in paragraphs
        unlinked = [text.replace("<link_open>", "").replace("<link_close>", "") for text in paragraphs]
        assert not entry.reason or f"<strong_open>Why:<strong_close> {entry.reason}" in unlinked

    @given(issues)
    def test_every_link_goes_to_the_web(self, made: Issue) -> None:
        """No link leads anywhere but to http or https."""
        inline = [child for token in PARSER.parse(render_markdown(made)) for child in token.children or []]

        assert all(str(t.attrs["href"]).startswith(("https://", "http://")) for t in inline if t.type == "link_open")

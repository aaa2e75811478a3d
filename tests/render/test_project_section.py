"""What a project and a reading group look like in each rendering, and that strangers' words stay words."""

import datetime as dt
from dataclasses import replace

import pytest

from digest.records import (
    GroupPaper,
    GroupSection,
    Issue,
    ProjectReview,
    ProjectSection,
    ReviewedWork,
    ReviewKind,
    Service,
    WrapUp,
)
from digest.render.html import render_html
from digest.render.layout import subject
from digest.render.markdown import render_markdown
from digest.render.project_page import project_file
from digest.render.text import render_text
from tests import make
from tests.make import NOW

HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) "# '
WORKS = tuple(
    ReviewedWork(
        item_id=f"i{number}",
        title=f"Work {number}",
        url=f"https://example.org/{number}",
        source="Blog",
        kind=kind,
        words="We propose something.",
    )
    for number, kind in enumerate(ReviewKind)
)
SECTION = ProjectSection(
    name="Notes",
    question="How do I rank without labels?",
    until=dt.date(2026, 4, 10),
    days_left=18,
    missing=("rank without labels",),
    path="projects/notes.md",
)
REVIEW = ProjectReview(made_at=NOW, works=WORKS)
PAPER = GroupPaper(
    item_id="i1",
    work_id="i1",
    title="A paper",
    url="https://example.org/1",
    source="arXiv",
    serves=(Service(member="Ada", reason="matches “retrieval”", place=2, among=300), Service(member="Ben", reason="")),
)
GROUP = GroupSection(name="Readers", paper=PAPER, presenter="Ada", next_presenter="Ben", members=("Ada", "Ben"))


def issue(section: ProjectSection) -> Issue:
    return make.issue(project=section, question=section.question)


def lines(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


class TestTheOpening:
    def test_it_says_what_speaks_to_the_question_and_what_is_missing(self) -> None:
        """Once: neither under the pick nor in a line of its own."""
        text = render_markdown(issue(SECTION))

        assert lines(text, "**Your question:**") == [
            "**Your question:** How do I rank without labels? Number 1 speaks to it."
        ]
        assert lines(text, "**Your project:**") == ["**Your project:** “Notes”, 18 days left."]
        assert lines(text, "**Nothing yet on**") == ["**Nothing yet on** “rank without labels”."]

    def test_it_does_not_pad(self) -> None:
        """Nothing missing, no end, no question: no line on it."""
        text = render_markdown(issue(replace(SECTION, missing=(), days_left=None, question="")))

        assert "Nothing yet" not in text
        assert "**Your question:**" not in text
        assert lines(text, "**Your project:**") == ["**Your project:** “Notes”."]

    @pytest.mark.parametrize(("days", "words"), [(0, ", its last day"), (1, ", 1 day left"), (2, ", 2 days left")])
    def test_days_are_counted_as_people_count(self, days: int, words: str) -> None:
        """The last day is a day."""
        assert f"“Notes”{words}." in render_text(issue(replace(SECTION, days_left=days)))

    def test_without_a_project_issues_are_as_before(self) -> None:
        """The question stands with the picks that speak to it."""
        assert "**Your question:** How do I evaluate" in render_markdown(make.issue())


class TestTheReview:
    def test_each_work_is_one_line_under_its_kind(self) -> None:
        """From wide to deep."""
        text = render_markdown(issue(replace(SECTION, review=REVIEW)))
        kinds = ["**The wide view:**", "**How others solved it:**", "**Further into it:**"]

        assert [text.index(kind) for kind in kinds] == sorted(text.index(kind) for kind in kinds)
        assert "- [Work 0](https://example.org/0): “We propose something.”" in text
        assert "projects/notes.md" in text
        assert "arXiv has not been asked yet" in text

    def test_every_rendering_has_it(self) -> None:
        """With the addresses."""
        whole = issue(replace(SECTION, review=REVIEW))

        for text in (render_markdown(whole), render_html(whole), render_text(whole)):
            assert all(work.title in text and work.url in text for work in WORKS)

    def test_the_file_quotes_each_work(self) -> None:
        """Numbered through its kinds."""
        text = project_file("Notes", "How?", None, NOW, REVIEW, None, zone=dt.UTC)

        assert "3. [Work 2](https://example.org/2)" in text
        assert text.count("   > We propose something.") == 3

    def test_strangers_words_stay_words(self) -> None:
        """In titles, sentences, names and questions."""
        bad = replace(WORKS[0], title=HOSTILE, words=HOSTILE, url="javascript:alert(1)", source=HOSTILE)
        section = replace(
            SECTION, name=HOSTILE, question=HOSTILE, missing=(HOSTILE,), review=replace(REVIEW, works=(bad,))
        )
        page = render_html(issue(section))
        text = render_markdown(issue(section)) + project_file(
            HOSTILE, HOSTILE, None, NOW, replace(REVIEW, works=(bad,)), None, zone=dt.UTC
        )

        assert "<script>" not in page
        assert 'href="javascript' not in page
        assert "<script>" not in text.replace("\\<script>", "")
        assert "](javascript" not in text.replace("\\](javascript", "")


def test_a_wrap_up_tells_what_became_of_it() -> None:
    """What was never found too, and no question stands above the picks any more."""
    wrapped = WrapUp(began_at=NOW, found=2, never_found=("rank without labels",))
    text = render_markdown(make.issue(project=replace(SECTION, wrap_up=wrapped), question=""))

    assert "## “Notes” is over" in text
    assert "the issues found 2 works for it; you read none of these" in text
    assert "**Never found:** “rank without labels”" in text
    assert "**Your question:**" not in text


class TestAGroup:
    def test_it_says_how_the_paper_serves_each(self) -> None:
        """In every rendering; who presents stands on top."""
        whole = make.issue(group=GROUP, picks=())

        for text in (render_markdown(whole), render_html(whole), render_text(whole)):
            assert "Ada presents. Next: Ben." in text
            assert "matches “retrieval”; number 2 of 300 by their own scores" in text
            assert "not scored yet" in text
            assert "https://example.org/1" in text

    def test_it_has_nothing_of_a_learners_issue(self) -> None:
        """No boxes to tick, which nobody would read, and no failing sources."""
        text = render_markdown(make.issue(group=GROUP, picks=()))

        assert "[ ]" not in text
        assert "Failing sources" not in text

    def test_its_subject_names_the_paper(self) -> None:
        """A mailbox shows that."""
        assert subject(make.issue(group=GROUP, picks=())) == "Readers · week 12 of 2026: A paper"

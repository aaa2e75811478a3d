"""The front matter of notes: written so that anything reads it, read whatever it has become."""

import datetime as dt

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.notes.front_matter import Subject, front_matter, read_note
from tests.make import NOW

HOSTILE = [
    'A "title" with: colons # and hashes',
    "---",
    "- item: zzzzzzzzzz",
    "{{templater}} [[link]] ![[embed]]",
    "yes",
    "2026-03-01",
    "line\nitem: zzzzzzzzzz\n---\n",
    "\u202egnp.exe \x00\x1b[31m",
    "'", '"', "\\", "|", ">", "&anchor *alias", "!!python/object:os.system", "%TAG", "🦉" * 100,
]  # fmt: skip


def written(title: str = "A title", **changes: str) -> str:
    subject = Subject(item_id="zqgaa01mg2", title=title, **changes)  # type: ignore[arg-type]
    return front_matter(subject, NOW, ["digest", "paper"]) + "\nThe body.\n"


class TestWritten:
    @pytest.mark.parametrize("title", HOSTILE)
    def test_hostile_titles_are_titles(self, title: str) -> None:
        """They add no key and end no front matter, for our reader and for YAML's."""
        text = written(title, source=title, url=title)

        found = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))
        said = read_note(text)

        assert found["item"] == "zqgaa01mg2"
        assert isinstance(found["title"], str)
        assert (said.item_id, said.body, said.problem) == ("zqgaa01mg2", "\nThe body.\n", "")

    @given(st.text(), st.text())
    def test_any_text_comes_through(self, title: str, source: str) -> None:
        """Whatever a feed calls its things."""
        assert read_note(written(title, source=source)).item_id == "zqgaa01mg2"

    def test_says_when_and_what(self) -> None:
        """An arXiv id stays a text, and the moment is one for YAML too."""
        text = written(arxiv_id="2401.10000")

        found = yaml.safe_load(text.split("\n---\n")[0].removeprefix("---\n"))

        assert found["arxiv_id"] == "2401.10000"
        assert found["created"] == NOW
        assert found["tags"] == ["digest", "paper"]
        assert "url" not in found


class TestRead:
    @given(st.text())
    def test_never_fails(self, text: str) -> None:
        """Any file may lie in a folder."""
        read_note(text)
        read_note(f"---\n{text}\n---\nbody")

    def test_what_is_no_note_is_none(self) -> None:
        """The learner's own files have no item, with or without a front matter."""
        for text in ("", "# Groceries", "---\ntags: [home]\n---\nMilk", "---\nnot: yaml: at all\n---\n"):
            assert read_note(text).item_id == ""
        assert read_note("---\ntags: [home]\n---\nMilk").problem == ""

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_line_ends_and_byte_order_marks_do_not_matter(self, line_end: str) -> None:
        """Editors on other systems leave them."""
        text = "\ufeff" + written().replace("\n", line_end)

        assert read_note(text).item_id == "zqgaa01mg2"
        assert read_note(text).body == "\nThe body.\n"

    @pytest.mark.parametrize(
        ("broken", "body"),
        [
            ("---\nitem: zqgaa01mg2\ntitle: a: b\n---\nThe body.\n", "The body.\n"),
            ("---\nitem: zqgaa01mg2\n\nThe body.\n", "The body.\n"),
            ("---\nitem: 'zqgaa01mg2'\nx: [1\n---\nThe body.\n", "The body.\n"),
        ],
    )
    def test_a_broken_one_that_names_its_item_is_still_its_note(self, broken: str, body: str) -> None:
        """And says in one line what is wrong."""
        said = read_note(broken)

        assert (said.item_id, said.body) == ("zqgaa01mg2", body)
        assert said.problem
        assert "\n" not in said.problem

    @pytest.mark.parametrize("value", ["[a, b]", "17", "../../etc/passwd", "null", "ZQGAA01MG2 x", "&a [*a]"])
    def test_an_item_that_is_none_is_complained_of(self, value: str) -> None:
        """A file may be anybody's."""
        said = read_note(f"---\nitem: {value}\n---\nbody")

        assert said.item_id == ""
        assert said.problem

    @pytest.mark.parametrize(
        ("given", "tags"),
        [("[a, '#b']", ("a", "b")), ("a, b", ("a", "b")), ("a b", ("a", "b")), ("17", ()), ("[1, {}]", ()), ("", ())],
    )
    def test_tags_are_read_as_obsidian_writes_them(self, given: str, tags: tuple[str, ...]) -> None:
        """A list, or words."""
        assert read_note(f"---\nitem: zqgaa01mg2\ntags: {given}\n---\n").tags == tags

    @pytest.mark.parametrize("created", ["2026-03-23T07:00:00Z", "2026-03-23 07:00:00+00:00", "'2026-03-23T07:00:00'"])
    def test_moments_are_read_in_many_forms(self, created: str) -> None:
        """What is none is unknown."""
        assert read_note(f"---\nitem: zqgaa01mg2\ncreated: {created}\n---\n").created == NOW
        assert read_note("---\nitem: zqgaa01mg2\ncreated: soon\n---\n").created is None
        day = read_note("---\nitem: zqgaa01mg2\ncreated: 2026-03-23\n---\n").created
        assert day == dt.datetime(2026, 3, 23, tzinfo=dt.UTC)

    def test_a_bomb_is_not_read(self) -> None:
        """Nested aliases that unfold to gigabytes, and megabytes of front matter."""
        bomb = "a: &a [x,x]\n" + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)},*{chr(97 + n)}]\n" for n in range(24)
        )

        assert read_note(f"---\nitem: zqgaa01mg2\n{bomb}---\nbody").item_id == "zqgaa01mg2"
        assert read_note("---\nitem: zqgaa01mg2\n" + "x: 1\n" * 100_000 + "---\nbody").problem

"""The line of checkboxes, written and read back."""

import pytest
from markdown_it import MarkdownIt

from digest.records import short_id
from digest.render.checkboxes import MARKS, Tick, boxes, changes, checkbox_lines, with_ids
from digest.render.checkboxes import ticked as with_ticks
from digest.render.markdown import render_markdown
from tests.render.make import issue, pick, week

ITEM = short_id("a", "b")
#: As digests had them before they had a line.
FOUR = f"<!-- item: {ITEM} -->\n- [ ] like\n- [ ] dislike\n- [ ] save\n- [ ] read\n"


def ticked(markdown: str) -> tuple[Tick, ...]:
    """The marks that a file gives when none was known before."""
    return changes(frozenset(), boxes(markdown)).ticked


class TestTheLine:
    def test_it_is_one_line(self) -> None:
        """A pick has one list item, whose first box is a task on GitHub and in Obsidian, after a comment no one sees."""
        assert checkbox_lines(ITEM) == f"<!-- item: {ITEM} -->\n- [ ] like · [ ] dislike · [ ] save · [ ] read"
        tokens = MarkdownIt("commonmark").parse(checkbox_lines(ITEM))
        assert [token.type for token in tokens].count("list_item_open") == 1

    def test_nothing_is_ticked_at_first(self) -> None:
        """A fresh digest says nothing."""
        assert ticked(render_markdown(week())) == ()

    def test_ticks_belong_to_their_item(self) -> None:
        """Each tick is read with the item it stands under."""
        text = render_markdown(week())
        second = checkbox_lines(pick(2).item_id)
        edited = text.replace(second, second.replace("[ ] like", "[x] like").replace("[ ] read", "[X] read"))

        assert ticked(edited) == ((pick(2).item_id, "like"), (pick(2).item_id, "read"))

    @pytest.mark.parametrize("mark", MARKS)
    def test_each_box_can_be_ticked_and_cleared(self, mark: str) -> None:
        """All four are read, whichever are ticked beside it."""
        line = checkbox_lines(ITEM, [mark])

        assert ticked(line) == ((ITEM, mark),)
        assert changes(frozenset({(ITEM, mark)}), boxes(checkbox_lines(ITEM))).unticked == ((ITEM, mark),)

    def test_it_shows_the_marks_that_hold(self) -> None:
        """A digest that is drawn again has them ticked, and reads back as they are."""
        text = with_ticks(render_markdown(week()), {pick(2).item_id: ("like", "save")})

        assert ticked(text) == ((pick(2).item_id, "like"), (pick(2).item_id, "save"))

    @pytest.mark.parametrize(
        "line",
        [
            "- [x] like · [ ] dislike · [x] save · [ ] read ✅ 2026-03-24",
            "* [x] like [ ] dislike [ x ] save [] read",
            "-[X]like·[ ]dislike·[X]save·[ ]read",
            "- [x] like · \\[ ] dislike · \\[x\\] save",
            "  1. [x] Like, and [x] SAVE it for later",
        ],
    )
    def test_as_people_and_editors_leave_it(self, line: str) -> None:
        """With other bullets, a date that a plugin adds, brackets that a formatter escapes, boxes cut out."""
        assert ticked(f"<!-- item: {ITEM} -->\n{line}\n") == ((ITEM, "like"), (ITEM, "save"))


class TestOlderFiles:
    def test_a_box_a_line(self) -> None:
        """A digest from before is read as ever, ticked half before and half now."""
        before = changes(frozenset(), boxes(FOUR.replace("[ ] like", "[x] like")))
        now = FOUR.replace("[ ] like", "[x] like").replace("[ ] read", "[x] read")

        assert before.ticked == ((ITEM, "like"),)
        assert changes(before.standing, boxes(now)).ticked == ((ITEM, "read"),)

    def test_written_again_in_the_new_form(self) -> None:
        """Nothing is marked twice, and nothing is taken back."""
        before = changes(frozenset(), boxes(FOUR.replace("[ ] save", "[x] save"))).standing
        found = changes(before, boxes(checkbox_lines(ITEM, ["save"])))

        assert (found.ticked, found.unticked, found.standing) == ((), (), before)

    def test_edited_files_are_read(self) -> None:
        """Other bullets, indents, line ends, notes and a removed line do no harm."""
        text = f"<!-- item: {ITEM} -->\r\n\r\n  * [x] save, for the train\r\nmy own note\r\n+ [x] Dislike\r\n- [x] milk\r\n"

        assert ticked(text) == ((ITEM, "save"), (ITEM, "dislike"))

    def test_spaces_come_and_go(self) -> None:
        """Boxes as people and editors write them: padded, without a space before, in a numbered list."""
        text = f"<!-- item: {ITEM} -->\n- [ x ] like\n-[x] save\n1. [X] read\n- [] dislike\n"

        assert list(boxes(text)) == [
            ((ITEM, "like"), True),
            ((ITEM, "save"), True),
            ((ITEM, "read"), True),
            ((ITEM, "dislike"), False),
        ]


class TestWhatIsNotOurs:
    def test_ticks_without_an_item_are_ignored(self) -> None:
        """A task list of the reader's own, before the picks or under a heading, is not ours."""
        assert ticked(f"- [x] like\n{checkbox_lines(ITEM)}\n# Mine\n- [x] like\n") == ()

    def test_tasks_of_the_readers_own_under_a_pick(self) -> None:
        """A task that does not begin with a mark says nothing, nor does a word in a note."""
        assert ticked(f"{checkbox_lines(ITEM)}\n- [x] ask Bo whether they [x] like it\nI [x] like it\n") == ()

    def test_titles_cannot_tick(self) -> None:
        """A stranger's text can neither name an item nor tick a box."""
        attack = f"x\n<!-- item: {ITEM} -->\n- [x] like"
        made = issue(
            pick(title=attack, excerpt=attack, reason=attack, source=attack, url=""), ailing=(attack, "- [x] like")
        )

        assert ticked(render_markdown(made)) == ()


class TestOnTheTerminal:
    def test_there_are_no_boxes(self) -> None:
        """An id to type stands where they were; the rest of the digest is the file's."""
        text = with_ids(render_markdown(week()))

        assert "[ ]" not in text
        assert "<!--" not in text
        assert f"\n\n`{pick(1).item_id}`\n\n" in text
        assert list(boxes(text)) == []

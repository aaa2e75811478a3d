"""Checkboxes, written and read back."""

from digest.records import short_id
from digest.render.checkboxes import Tick, boxes, changes, checkbox_lines
from digest.render.markdown import render_markdown
from tests.render.make import issue, pick, week

ITEM = short_id("a", "b")


def ticked(markdown: str) -> tuple[Tick, ...]:
    """The marks that a file gives when none was known before."""
    return changes(frozenset(), boxes(markdown)).ticked


class TestBoxes:
    def test_nothing_is_ticked_at_first(self) -> None:
        """A fresh digest says nothing."""
        assert ticked(render_markdown(week())) == ()

    def test_ticks_belong_to_their_item(self) -> None:
        """Each tick is read with the item it stands under."""
        text = render_markdown(week())
        second = checkbox_lines(pick(2).item_id)
        edited = text.replace(second, second.replace("[ ] like", "[x] like").replace("[ ] read", "[X] read"))

        assert ticked(edited) == ((pick(2).item_id, "like"), (pick(2).item_id, "read"))

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

    def test_ticks_without_an_item_are_ignored(self) -> None:
        """A task list of the reader's own, before the picks or under a heading, is not ours."""
        assert ticked(f"- [x] like\n{checkbox_lines(ITEM)}\n# Mine\n- [x] like\n") == ()

    def test_titles_cannot_tick(self) -> None:
        """A stranger's text can neither name an item nor tick a box."""
        attack = f"x\n<!-- item: {ITEM} -->\n- [x] like"
        made = issue(
            pick(title=attack, excerpt=attack, reason=attack, source=attack, url=""), ailing=(attack, "- [x] like")
        )

        assert ticked(render_markdown(made)) == ()

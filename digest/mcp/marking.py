"""The tool that marks, which `digest mcp --marks` adds: the only one that changes anything."""

from datetime import datetime

from digest.config import Config
from digest.mcp import answers
from digest.mcp.arguments import MarkItem
from digest.workflows import feedback

#: Where such marks came from, in the `marks` view.
ORIGIN = "mcp"


def mark_item(config: Config, asked: MarkItem, now: datetime, *, wait: float) -> str:
    """Mark one item, or take the mark back; the answer says which marks it has now."""
    [done] = feedback.mark(config, [asked.item], [asked.mark], now, undo=asked.undo, origin=ORIGIN, wait=wait)
    return answers.facts_alone({"item_id": done.item_id, "title": done.title, "marks": done.marks})

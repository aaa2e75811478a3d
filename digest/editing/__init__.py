"""Edit sources.toml without touching comments, order and layout."""

from digest.editing.files import diff, read, replace_unchanged, write
from digest.editing.focus import FocusEdit, set_focus
from digest.editing.sources import SourceEntry, add, new_entries, remove

__all__ = [
    "FocusEdit",
    "SourceEntry",
    "add",
    "diff",
    "new_entries",
    "read",
    "remove",
    "replace_unchanged",
    "set_focus",
    "write",
]

"""A focus that is being edited: the text it would make of sources.toml, tried, shown as a difference, and saved."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from digest import editing
from digest.config import Config, parse_text
from digest.editing import FocusEdit
from digest.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusDraft:
    """What sources.toml says and would say."""

    before: str
    after: str
    #: the settings that it would make
    config: Config

    @property
    def version(self) -> str:
        """Names the text that the draft was made from."""
        return hashlib.sha256(self.before.encode()).hexdigest()[:16]

    @property
    def diff(self) -> str:
        """The difference; "" where there is none."""
        return editing.diff(self.before, self.after)


def draft(path: Path, edit: FocusEdit) -> FocusDraft:
    """What *edit* would make of the file; ConfigError, as `digest check` says it, where it may not."""
    before = editing.read(path)
    after = editing.set_focus(before, edit, where=path.name)
    config = parse_text(after, folder=path.absolute().parent, where=path.name)
    return FocusDraft(before=before, after=after, config=config)


def save(path: Path, edit: FocusEdit, *, version: str) -> FocusDraft:
    """Write the edit down, if the file is still the one of that version. ConfigError where it is not."""
    made = draft(path, edit)
    if made.version != version:
        raise ConfigError(f"{path.name}: was changed by somebody else meanwhile; look at the difference again")
    if made.diff:
        editing.replace_unchanged(path, made.before, made.after)
    return made

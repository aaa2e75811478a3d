"""Previews one after another: the archive is read once, read again when it changed, and let go after a while."""

from datetime import datetime, timedelta

from digest.config import Config
from digest.workflows.feedback import mark
from digest.workflows.previews import IDLE, Previews


def test_the_archive_is_read_once_until_it_changes(built: Config, now: datetime) -> None:
    """Another focus needs nothing new; a mark does."""
    previews, focus = Previews(), built.focus.model_copy(update={"topics": ("x",)})
    first = previews.preview(built, built, now, wait=1)
    held = previews._held
    previews.preview(built, built.model_copy(update={"focus": focus}), now, wait=1)
    assert previews._held is held

    mark(built, [first.issues[0].same[0].item_id], ["like"], now, wait=1)
    previews.preview(built, built, now, wait=1)
    assert previews._held is not held


def test_it_is_read_again_under_another_present_focus(built: Config, now: datetime) -> None:
    """What the issues hold beyond the present focus is another thing then."""
    previews, focus = Previews(), built.focus.model_copy(update={"topics": ("x",)})
    previews.preview(built, built, now, wait=1)
    held = previews._held

    previews.preview(built.model_copy(update={"focus": focus}), built, now, wait=1)

    assert previews._held is not held


def test_what_nobody_uses_is_let_go(built: Config, now: datetime) -> None:
    """Once, and not while it is in use; a clock that went back lets go too."""
    previews = Previews()
    assert not previews.let_go(now)
    previews.preview(built, built, now, wait=1)

    assert not previews.let_go(now + IDLE / 2)
    assert previews.let_go(now + IDLE)
    assert not previews.let_go(now + IDLE)

    previews.preview(built, built, now, wait=1)
    assert previews.let_go(now - timedelta(hours=1))

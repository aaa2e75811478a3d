"""References from an archive: of items, of what is saved, of an issue."""

from dataclasses import replace
from pathlib import Path

import pytest

from digest.config import Config
from digest.errors import DigestError
from digest.records import Item
from digest.store import archive, marks, verdicts
from digest.workflows import citing
from tests import make
from tests.fakes import another_process_holds
from tests.make import DAY, NOW
from tests.store.archives import fill

PAPER = make.item(1, kind="arxiv", url="https://arxiv.org/abs/2401.12345", arxiv_id="2401.12345", title="The paper")
DISCUSSION = make.item(2, kind="hackernews", url="https://arxiv.org/abs/2401.12345", arxiv_id="2401.12345")
POST = make.item(3, title="The post")


@pytest.fixture(name="config")
def _config(made_archive: Path) -> Config:
    """An archive with a paper, its discussion, which is the same work, and a post."""
    with archive.open_archive(made_archive, wait=0.0) as db:
        fill(db, [PAPER, DISCUSSION, POST], works={DISCUSSION.entry_id: PAPER.item_id}, embedded=False)
    return make.config(f'[store]\npath = "{made_archive}"\n')


def mark(config: Config, item: Item, word: str, days: int = 0) -> None:
    with archive.open_archive(config.archive, wait=0.0) as db:
        marks.add(db, make.mark(item, mark=word, marked_at=NOW + days * DAY))


def test_items_in_the_order_in_which_they_were_named(config: Config) -> None:
    """By what learners type; a work that is named twice, by whichever of its items, is one reference."""
    found = citing.cite_items(config, [POST.item_id, DISCUSSION.item_id, PAPER.item_id[:6]], wait=0.0)

    assert [one.title for one in found] == ["The post", "The paper"]


def test_an_item_there_is_not(config: Config) -> None:
    """One line, and nothing of the others."""
    with pytest.raises(DigestError, match="there is no item 'zzzz'"):
        citing.cite_items(config, [POST.item_id, "zzzz"], wait=0.0)


def test_what_is_saved_in_the_order_of_saving(config: Config) -> None:
    """Whatever else is liked or read; what was taken back is not saved."""
    mark(config, PAPER, "like")
    assert citing.cite_saved(config, wait=0.0) == []

    mark(config, POST, "save", days=1)
    mark(config, DISCUSSION, "save", days=2)
    assert [one.title for one in citing.cite_saved(config, wait=0.0)] == ["The post", "The paper"]

    mark(config, POST, "not save", days=3)
    assert [one.title for one in citing.cite_saved(config, wait=0.0)] == ["The paper"]


def test_an_issue_in_its_order(config: Config) -> None:
    """A work that the archive has lost since is told by what the issue shows of it."""
    [pick] = make.issue().picks
    kept = replace(pick, item_id=PAPER.item_id, work_id=PAPER.item_id, arxiv_id="2401.12345")
    gone = replace(pick, title="Gone", arxiv_id="")
    with archive.open_archive(config.archive, wait=0.0) as db:
        verdicts.save_issue(db, make.issue(picks=(gone, kept)), [], path="")

    found = citing.cite_issue(config, "2026-W12", wait=0.0)

    assert [one.title for one in found] == ["Gone", "The paper"]


@pytest.mark.parametrize("period", ["2026-W13", "", "../x"])
def test_an_issue_there_is_not(config: Config, period: str) -> None:
    """Named as it was typed."""
    with pytest.raises(DigestError, match="there is no issue"):
        citing.cite_issue(config, period, wait=0.0)


def test_a_held_archive_is_named(config: Config) -> None:
    """Citing waits as every command does, and then says who holds it."""
    with another_process_holds(config.archive), pytest.raises(DigestError, match="is held by"):
        citing.cite_saved(config, wait=0.0)

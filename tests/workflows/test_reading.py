"""What was read, in passes: recorded with its mark, listed, and taken back."""

from pathlib import Path

import pytest

from digest.config import Config
from digest.errors import DigestError
from digest.store import marks as mark_rows
from digest.store.archive import open_archive
from digest.workflows import feedback, reading
from tests import make
from tests.make import DAY, NOW
from tests.store.archives import fill

PAPER, POST = make.item(1, arxiv_id="2603.01234"), make.item(2, summary="word " * 1000)


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path) -> Config:
    config = make.config(folder=tmp_path)
    with open_archive(config.archive) as db:
        fill(db, [PAPER, POST])
    return config


def marks(config: Config, item_id: str) -> tuple[str, ...]:
    with open_archive(config.archive) as db:
        return mark_rows.standing(db).get(item_id, ())


def test_a_paper_goes_pass_by_pass(config: Config) -> None:
    """Without a number the next one, without minutes the usual time, and never more than three."""
    done = [reading.read(config, PAPER.item_id, NOW + n * DAY, wait=0).read for n in range(4)]

    assert [(one.number, one.minutes) for one in done] == [(1, 10), (2, 60), (3, 240), (3, 240)]
    assert marks(config, PAPER.item_id) == ("read",)


def test_a_post_is_read(config: Config) -> None:
    """It has no passes, and takes as long as its words."""
    done = reading.read(config, POST.item_id, NOW, wait=0)

    assert (done.read.number, done.read.minutes, done.paper, done.estimated) == (1, 5, False, True)
    with pytest.raises(DigestError, match="no paper"):
        reading.read(config, POST.item_id, NOW, number=2, wait=0)


@pytest.mark.parametrize("minutes", [0, -5, 2500])
def test_minutes_are_those_of_a_reading(minutes: int, config: Config) -> None:
    """A slip of the keyboard does not spoil eight weeks of pace."""
    with pytest.raises(DigestError, match="from 1 to 1440"):
        reading.read(config, PAPER.item_id, NOW, minutes=minutes, wait=0)


def test_the_last_reading_is_taken_back_with_its_mark(config: Config) -> None:
    """The mark goes with the reading that it came with, and an earlier reading stays."""
    reading.read(config, PAPER.item_id, NOW, minutes=12, wait=0)
    reading.read(config, PAPER.item_id, NOW + DAY, minutes=70, wait=0)

    assert reading.undo(config, PAPER.item_id, NOW + 2 * DAY, wait=0).read.minutes == 70
    assert marks(config, PAPER.item_id) == ("read",)
    assert reading.undo(config, PAPER.item_id, NOW + 3 * DAY, wait=0).read.minutes == 12
    assert marks(config, PAPER.item_id) == ()
    with pytest.raises(DigestError, match="no reading to take back"):
        reading.undo(config, PAPER.item_id, NOW, wait=0)
    assert reading.list_readings(config, limit=5, wait=0) == []


def test_a_mark_that_was_there_before_stays(config: Config) -> None:
    """It was said apart from the reading."""
    feedback.mark(config, [PAPER.item_id], ["read"], NOW, wait=0)
    reading.read(config, PAPER.item_id, NOW + DAY, wait=0)

    reading.undo(config, PAPER.item_id, NOW + 2 * DAY, wait=0)

    assert marks(config, PAPER.item_id) == ("read",)


def test_readings_are_listed_with_titles(config: Config) -> None:
    """The last first; none without an archive."""
    reading.read(config, PAPER.item_id, NOW, wait=0)
    reading.read(config, POST.item_id, NOW + DAY, wait=0)

    assert [title for _, title in reading.list_readings(config, limit=5, wait=0)] == [POST.title, PAPER.title]
    assert reading.list_readings(make.config(folder=config.folder / "none"), limit=5, wait=0) == []

"""Notes by command, in an editor and in files: kept, found again, and never overwritten."""

import os
import shutil
import unicodedata
from datetime import timedelta
from pathlib import Path

import pytest

from digest.config import Config
from digest.errors import ArchiveBusy, DigestError, NotFound
from digest.records import NoteHit
from digest.store import notes as note_rows
from digest.store.archive import open_archive
from digest.store.locks import hold
from digest.workflows import feedback, note_drafts, noting
from digest.workflows.noting import Did
from digest.workflows.reading_notes import read_notes
from tests import make
from tests.make import DAY, NOW
from tests.store.archives import fill

PAPER = make.item(1, title="Hard negatives", arxiv_id="2603.01234", url="https://arxiv.org/abs/2603.01234")
POST = make.item(2, title="A: “post” / of [brackets]\\", authors=("Ada",))
LATER = NOW + timedelta(hours=1)


@pytest.fixture(name="config")
def _config(tmp_path: Path, made_archive: Path) -> Config:
    config = make.config('[learner]\ntimezone = "UTC"', folder=tmp_path)
    with open_archive(config.archive) as db:
        fill(db, [PAPER, POST])
    return config


def texts(config: Config, item_id: str = PAPER.item_id) -> list[str]:
    return [one.text for one in noting.notes_on(config, item_id, LATER, wait=0)[1]]


def rows(config: Config) -> list[tuple[str, str]]:
    with open_archive(config.archive) as db:
        return db.execute("select item_id, path from notes order by path").fetchall()


def by_words(config: Config, words: str) -> list[NoteHit]:
    with open_archive(config.archive) as db:
        return note_rows.with_words(db, words, limit=10)


def only_file(config: Config) -> Path:
    [path] = config.notes_folder.rglob("*.md")
    return path


class TestByCommand:
    def test_the_first_makes_a_file_and_others_are_added(self, config: Config) -> None:
        """Under the heading of their day, with the front matter that names the item."""
        first = noting.note(config, PAPER.item_id, "One.", NOW, wait=0)
        second = noting.note(config, PAPER.item_id[:6], "Two.", NOW + DAY, wait=0)

        assert (first.did, second.did, first.path) == (Did.BEGUN, Did.ADDED, second.path)
        assert texts(config) == ["## 2026-03-23\n\nOne.\n\n## 2026-03-24\n\nTwo."]
        assert only_file(config).read_text().startswith(f"---\nitem: {PAPER.item_id}\ntitle: Hard negatives\n")
        assert rows(config) == [(PAPER.item_id, "2026-03-23-hard-negatives.md")]

    def test_an_unknown_item_or_an_empty_text_is_refused(self, config: Config) -> None:
        """And nothing is made."""
        with pytest.raises(NotFound):
            noting.note(config, "zzzz", "One.", NOW, wait=0)
        with pytest.raises(DigestError, match="empty"):
            noting.note(config, PAPER.item_id, " \n", NOW, wait=0)

        assert not config.notes_folder.exists()

    def test_a_file_that_was_renamed_and_moved_is_found(self, config: Config) -> None:
        """By the id in its front matter; the name is the learner's, in whatever form their system writes it."""
        path = noting.note(config, PAPER.item_id, "One.", NOW, wait=0).path
        assert path is not None
        there = config.notes_folder / "Papers" / unicodedata.normalize("NFD", "Über negative Beispiele.md")
        there.parent.mkdir()
        path.rename(there)

        done = noting.note(config, PAPER.item_id, "Two.", NOW, wait=0)

        assert done.path == there
        assert only_file(config) == there
        assert "Two." in there.read_text()

    def test_a_folder_that_cannot_be_written_loses_nothing(self, config: Config) -> None:
        """One line names it."""
        config.notes_folder.write_text("a file in its place")

        with pytest.raises(DigestError, match="cannot be written"):
            noting.note(config, PAPER.item_id, "One.", NOW, wait=0)

        assert config.notes_folder.read_text() == "a file in its place"

    def test_two_at_a_time_wait_for_each_other(self, config: Config) -> None:
        """So that neither takes the other's name or text."""
        with hold(config.archive, noting.TASK), pytest.raises(ArchiveBusy):
            noting.note(config, PAPER.item_id, "One.", NOW, wait=0)

    def test_a_note_on_another_item_of_the_work_is_shown(self, config: Config) -> None:
        """Whichever of a work's items is asked for."""
        twin = make.item(3, source="Other")
        with open_archive(config.archive) as db:
            fill(db, [twin], works={twin.entry_id: PAPER.item_id})
        noting.note(config, PAPER.item_id, "One.", NOW, wait=0)

        assert texts(config, twin.item_id) == texts(config)


class TestInFiles:
    def test_what_is_written_there_is_read_at_each_run(self, config: Config) -> None:
        """With the marks of checkboxes, and the unchanged ones are not read again."""
        path = noting.note(config, PAPER.item_id, "One thing.", NOW, wait=0).path
        assert path is not None
        path.write_text(path.read_text() + "\nWritten in Obsidian by hand.\n")

        feedback.read_checkboxes(config, LATER, wait=0)

        assert [hit.quote for hit in by_words(config, "obsidian hand")] == ["Written in Obsidian by hand."]

    def test_unchanged_files_are_not_read_again(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
        """A vault may have thousands."""
        path = noting.note(config, PAPER.item_id, "One.", NOW, wait=0).path
        (config.notes_folder / "mine.md").write_text("# Not of ours")
        assert path is not None
        for file in config.notes_folder.iterdir():
            os.utime(file, (NOW.timestamp(), NOW.timestamp()))
        read_notes(config, LATER, wait=0)
        monkeypatch.setattr("digest.notes.folder.read", lambda path: pytest.fail(f"{path} was read"))

        read_notes(config, LATER, wait=0)

        assert len(rows(config)) == 1

    def test_a_deleted_file_is_no_longer_found(self, config: Config) -> None:
        """And nothing else goes: not the item, not its marks, not other notes."""
        noting.note(config, PAPER.item_id, "Gone soon.", NOW, wait=0)
        noting.note(config, POST.item_id, "Staying on.", NOW, wait=0)
        feedback.mark(config, [PAPER.item_id], ["save"], NOW, wait=0)
        next(config.notes_folder.glob("*hard*")).unlink()

        read_notes(config, LATER, wait=0)

        assert by_words(config, "gone soon") == []
        assert [item for item, _ in rows(config)] == [POST.item_id]
        assert feedback.mark(config, [PAPER.item_id], [], NOW, wait=0)[0].marks == ("save",)

    def test_a_missing_folder_forgets_nothing(self, config: Config) -> None:
        """It may lie on a disk that is not there now."""
        noting.note(config, PAPER.item_id, "Still here.", NOW, wait=0)
        shutil.move(config.notes_folder, config.folder / "elsewhere")

        assert read_notes(config, LATER, wait=0) == []
        assert len(by_words(config, "still here")) == 1

    def test_a_broken_front_matter_is_one_line(self, config: Config, caplog: pytest.LogCaptureFixture) -> None:
        """That names the file, once; its text is still found, and a note is still added to it."""
        path = noting.note(config, PAPER.item_id, "Before it broke.", NOW, wait=0).path
        assert path is not None
        path.write_text(path.read_text().replace("tags:", "tags: [oh: no: dear"))
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        before = path.read_text()

        told = read_notes(config, LATER, wait=0)
        again = read_notes(config, LATER, wait=0)

        assert [line.count(str(path)) for line in told] == [1]
        assert again == []
        assert len(by_words(config, "before broke")) == 1
        assert noting.broken_notes(config, wait=0)[0].startswith(str(path))
        noting.note(config, PAPER.item_id, "After it broke.", NOW, wait=0)
        assert path.read_text().startswith(before)
        assert "After it broke." in only_file(config).read_text()

    def test_two_files_on_one_item_are_two_notes(self, config: Config) -> None:
        """As synchronising tools leave them after a conflict; the older is added to."""
        path = noting.note(config, PAPER.item_id, "One.", NOW, wait=0).path
        assert path is not None
        copy = path.with_name("z (conflicted copy).md")
        copy.write_text(path.read_text())

        noting.note(config, PAPER.item_id, "Two.", NOW, wait=0)

        assert len(texts(config)) == 2
        assert "Two." in path.read_text()
        assert "Two." not in copy.read_text()

    def test_an_empty_archive_and_no_folder_are_no_reason_to_fail(self, tmp_path: Path) -> None:
        """Nothing is made by asking."""
        config = make.config(folder=tmp_path)

        assert read_notes(config, NOW, wait=0) == []
        assert noting.list_notes(config, NOW, limit=5, wait=0) == []
        assert noting.broken_notes(config, wait=0) == []
        assert list(tmp_path.iterdir()) == []

    def test_an_unreadable_file_keeps_what_was_read_of_it(
        self, config: Config, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A synchronising tool may hold it just now."""
        noting.note(config, PAPER.item_id, "Was read before.", NOW, wait=0)
        monkeypatch.setattr("digest.notes.folder.read", lambda path: None)

        read_notes(config, LATER, wait=0)

        assert len(by_words(config, "read before")) == 1


class TestInAnEditor:
    def edit(self, config: Config, change: str, *, item: str = PAPER.item_id) -> noting.NoteResult:
        """Open a draft, put *change* below its last line, and close it."""
        draft = note_drafts.open_draft(config, item, NOW, wait=0)
        draft.path.write_text(draft.path.read_text() + change)
        return note_drafts.close_draft(config, draft, NOW, wait=0)

    def test_answers_to_the_questions_are_kept(self, config: Config) -> None:
        """In a file as a note by command makes it, and no draft is left."""
        assert self.edit(config, "\nBy hand, with numpy.\n").did == Did.BEGUN
        assert texts(config)[0].endswith("### How I would re-implement it\n\nBy hand, with numpy.")
        assert note_drafts.waiting_drafts(config) == []

    def test_the_bare_questions_are_not_kept(self, config: Config) -> None:
        """Nor is an empty file, nor a few of the questions."""
        assert self.edit(config, "").did == Did.NOTHING
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        draft.path.write_text("")
        assert note_drafts.close_draft(config, draft, NOW, wait=0).did == Did.NOTHING

        assert not config.notes_folder.exists()

    def test_an_older_note_is_opened_with_a_heading_of_the_day(self, config: Config) -> None:
        """Which is not kept where nothing was written under it."""
        noting.note(config, PAPER.item_id, "One.", NOW - DAY, wait=0)
        before = only_file(config).read_text()

        assert self.edit(config, "").did == Did.NOTHING
        assert only_file(config).read_text() == before
        assert self.edit(config, "Two.\n").did == Did.EDITED
        assert texts(config) == ["## 2026-03-22\n\nOne.\n\n## 2026-03-23\n\nTwo."]

    def test_what_the_learner_takes_out_is_out(self, config: Config) -> None:
        """It is their note."""
        noting.note(config, PAPER.item_id, "Wrong.\n\nRight.", NOW, wait=0)
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        draft.path.write_text(draft.path.read_text().replace("Wrong.\n\n", ""))

        note_drafts.close_draft(config, draft, NOW, wait=0)

        assert texts(config) == ["## 2026-03-23\n\nRight."]

    def test_what_came_meanwhile_is_not_lost(self, config: Config) -> None:
        """A note by command while the editor is open."""
        noting.note(config, PAPER.item_id, "One.", NOW, wait=0)
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        noting.note(config, PAPER.item_id, "Meanwhile.", NOW, wait=0)
        draft.path.write_text(draft.path.read_text() + "Edited.\n")

        assert note_drafts.close_draft(config, draft, NOW, wait=0).did == Did.MERGED
        assert [texts(config)[0].count(word) for word in ("One.", "Meanwhile.", "Edited.")] == [1, 1, 1]

    def test_a_file_renamed_meanwhile_is_found(self, config: Config) -> None:
        """No second one is made."""
        noting.note(config, PAPER.item_id, "One.", NOW, wait=0)
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        only_file(config).rename(config.notes_folder / "mine.md")
        draft.path.write_text(draft.path.read_text() + "Edited.\n")

        note_drafts.close_draft(config, draft, NOW, wait=0)

        assert only_file(config).name == "mine.md"
        assert "Edited." in only_file(config).read_text()

    def test_an_edit_that_was_cut_off_goes_on(self, config: Config) -> None:
        """The terminal was closed; what was saved until then is in the draft."""
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        draft.path.write_text(draft.path.read_text() + "Half a though")

        assert note_drafts.waiting_drafts(config) == [PAPER.item_id]
        again = note_drafts.open_draft(config, PAPER.item_id, NOW + DAY, wait=0)
        assert again.resumed
        assert again.path.read_text().endswith("Half a though")

    def test_a_draft_that_was_cut_short_takes_nothing_out(self, config: Config) -> None:
        """An editor that is killed while it saves leaves half of a file, or none of it."""
        noting.note(config, PAPER.item_id, "One.\n\nTwo.", NOW, wait=0)
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        draft.path.write_text(draft.path.read_text()[:40])
        again = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        again.path.write_text(again.path.read_text() + "\n\nThree.\n")

        note_drafts.close_draft(config, again, NOW, wait=0)

        assert all(texts(config)[0].count(word) == 1 for word in ("One.", "Two.", "Three."))
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        draft.path.write_text("")
        assert note_drafts.close_draft(config, draft, NOW, wait=0).did == Did.NOTHING

    def test_a_draft_outlives_a_folder_that_cannot_be_written(self, config: Config) -> None:
        """And the error says how to go on."""
        config.notes_folder.write_text("a file in its place")

        with pytest.raises(DigestError, match="goes on"):
            self.edit(config, "Precious.\n")

        config.notes_folder.unlink()
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        assert draft.resumed
        note_drafts.close_draft(config, draft, NOW, wait=0)
        assert "Precious." in texts(config)[0]

    def test_a_front_matter_that_was_deleted_is_put_back(self, config: Config) -> None:
        """Or the note would not be found."""
        draft = note_drafts.open_draft(config, PAPER.item_id, NOW, wait=0)
        draft.path.write_text("Only my words.\n")

        note_drafts.close_draft(config, draft, NOW, wait=0)

        assert texts(config) == ["Only my words."]

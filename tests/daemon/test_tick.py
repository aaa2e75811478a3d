"""What a tick does at any hour."""

import logging
import shutil
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from digest.config import Config, Email, MarksTable
from digest.daemon.tick import Daemon
from digest.errors import ConfigError
from digest.judge.embedding import BUNDLED_FOLDER, load_model
from digest.render import mail_marks
from digest.store import archive, keys, search
from digest.workflows import embedding, schedule, searching
from tests.daemon.conftest import rows
from tests.deliver.postoffice import post_office
from tests.homes import Holder
from tests.workflows.steps import embed_and_rank

# The whole program from end to end: seconds a test.
pytestmark = pytest.mark.slow

WEEK = timedelta(days=7)


def job(config: Config) -> Daemon:
    return Daemon(lambda: config, wait=0.2)


class TestTicks:
    def test_it_reads_ranks_builds_and_delivers_when_each_is_due(self, config: Config, now: datetime) -> None:
        """The first tick reads and ranks; the issue comes with the first tick after its hour, and once."""
        ticking = job(config)
        ticking.tick(now)
        assert rows(config, "select count(*) > 15 from items") == [(True,)]
        assert rows(config, "select count(*) from items anti join scores using (item_id)") == [(0,)]
        assert rows(config, "select count(*) from issues") == [(0,)]

        monday = datetime(2026, 11, 23, tzinfo=config.zone).replace(hour=7).astimezone(UTC)
        for minute in (-1, 0, 1, 2):
            ticking.tick(monday + timedelta(minutes=minute))

        assert rows(config, "select period, built_at from issues") == [("2026-W47", monday.replace(tzinfo=None))]
        assert rows(config, "select channel, state from deliveries order by 1") == [
            ("html", "sent"),
            ("markdown", "sent"),
        ]

    def test_a_tick_with_nothing_due_does_nothing(self, config: Config, now: datetime) -> None:
        """Neither a source is asked nor a score changed, and the archive's file stays as it is."""
        ticking = job(config)
        ticking.tick(now)
        before = config.archive.read_bytes(), rows(config, "select count(*) from fetches")

        for minute in range(1, 5):
            ticking.tick(now + timedelta(minutes=minute))

        assert (config.archive.read_bytes(), rows(config, "select count(*) from fetches")) == before

    def test_three_missed_weeks_are_one_issue(self, config: Config, now: datetime) -> None:
        """A machine that slept through three Mondays sends one issue on waking, over all the time since the last."""
        ticking = job(config)
        ticking.tick(now)
        ticking.tick(now + WEEK)
        woken = now + 4 * WEEK
        ticking.tick(woken)
        ticking.tick(woken + timedelta(minutes=1))

        found = rows(config, "select starts_at, ends_at from issues order by 1")
        assert found[1:] == [((now + WEEK).replace(tzinfo=None), woken.replace(tzinfo=None))]

    def test_a_change_of_the_clocks_neither_skips_nor_doubles(self, config: Config) -> None:
        """On the Mondays around the end of summer time the issue comes at seven of the learner's clock, once."""
        berlin = ZoneInfo("Europe/Berlin")
        learner = config.learner.model_copy(update={"timezone": berlin})
        home = config.model_copy(update={"learner": learner, "sources": config.sources[:1]})
        ticking = job(home)
        for day in ("2026-10-19", "2026-10-26"):
            monday = datetime.fromisoformat(f"{day}T07:00").replace(tzinfo=berlin)
            for minutes in (-1, 0, 1, 60):
                ticking.tick((monday + timedelta(minutes=minutes)).astimezone(UTC))

        built = [row[0].replace(tzinfo=UTC) for row in rows(home, "select ends_at from issues order by 1")]  # type: ignore[attr-defined]
        assert [f"{moment.astimezone(berlin):%m-%d %H:%M}" for moment in built] == ["10-19 07:00", "10-26 07:00"]

    def test_a_pause_is_kept(self, config: Config, now: datetime) -> None:
        """No issue is built in it, while sources are still read; afterwards there is one."""
        ticking = job(config)
        ticking.tick(now)
        schedule.pause(config, now + 2 * WEEK, wait=1)
        ticking.tick(now + WEEK)
        assert rows(config, "select count(*) from issues") == [(0,)]
        assert rows(config, "select distinct count(*) from fetches group by source") == [(2,)]

        ticking.tick(now + 3 * WEEK)
        assert rows(config, "select count(*) from issues") == [(1,)]


class TestFailures:
    def test_a_held_archive_is_one_line_and_nothing_lost(
        self, config: Config, now: datetime, held: Holder, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Sources are read on from the spool, the line names the holder once, and later all is stored."""
        with archive.open_archive(config.archive):
            pass
        ticking = job(config)
        with held(config.archive) as pid, caplog.at_level(logging.INFO):
            for minute in range(3):
                ticking.tick(now + timedelta(minutes=minute))
        assert sum(f"pid {pid}" in record.message and "job=archive" in record.message for record in caplog.records) == 1

        ticking.tick(now + timedelta(minutes=4))
        assert rows(config, "select count(*) > 15 from items") == [(True,)]

    def test_a_failing_job_ends_nothing_and_is_retried_later(
        self, config: Config, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A model that is not there is one line; sources are read on, and the issue comes when it is back."""
        broken = config.model_copy(update={"embedding": config.embedding.model_copy(update={"model": "./nowhere"})})
        current = [broken]
        ticking = Daemon(lambda: current[0], wait=0.2)
        with caplog.at_level(logging.INFO):
            for minute in range(0, 20, 3):
                ticking.tick(now + WEEK + timedelta(minutes=minute))
        lines = [record.message for record in caplog.records if "job=embed" in record.message]
        assert len(lines) == 1
        assert "nowhere" in lines[0]
        assert rows(config, "select count(*) > 15 from items") == [(True,)]

        current[0] = config
        for hour in (1, 2, 3):
            ticking.tick(now + 2 * WEEK + timedelta(hours=hour))
        assert rows(config, "select count(*) from issues") == [(1,)]

    def test_a_bug_is_one_line_too(
        self, config: Config, now: datetime, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The line tells what and where, and the next tick comes as ever."""

        def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError("a\nb")

        monkeypatch.setattr("digest.workflows.ranking.rank", broken)
        with caplog.at_level(logging.INFO):
            job(config).tick(now)

        [line] = [record.message for record in caplog.records if "job=rank" in record.message]
        assert "ZeroDivisionError" in line
        assert "test_tick.py:" in line
        assert "\n" not in line

    def test_a_broken_configuration_leaves_the_last_one_in_force(
        self, config: Config, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The mistake is logged, and the job goes on as before."""
        good = [True]

        def load() -> Config:
            if not good[0]:
                raise ConfigError("sources.toml: digest.at: must be a time of day")
            return config

        ticking = Daemon(load, wait=0.2)
        good[0] = False
        with caplog.at_level(logging.INFO):
            ticking.tick(now)

        assert any("must be a time of day" in record.message for record in caplog.records)
        assert rows(config, "select count(*) > 15 from items") == [(True,)]

    def test_without_a_network_an_issue_waits_a_while(self, config: Config, now: datetime) -> None:
        """A machine that wakes up reads before it writes; with no network for hours it writes what it has."""
        ticking = job(config)
        ticking.tick(now)
        gone = [
            source.__class__(name=source.name, url=f"http://127.0.0.1:1/{n}") for n, source in enumerate(config.sources)
        ]
        offline = Daemon(lambda: config.model_copy(update={"sources": tuple(gone)}), wait=0.2)
        offline.tick(now + WEEK)
        assert rows(config, "select count(*) from issues") == [(0,)]

        offline.tick(now + WEEK + timedelta(hours=3))
        assert rows(config, "select count(*) from issues") == [(1,)]

    def test_mail_is_tried_again_and_files_are_not(self, config: Config, now: datetime) -> None:
        """Each delivery has its own fate, and a greylisting server is not asked every minute."""
        with post_office() as office:
            table = {"to": ["ada@example.net"], "from": "d@example.org", "host": "127.0.0.1", "port": office.port}
            email = Email.model_validate(table | {"security": "none"})
            office.troubles["ada@example.net"].extend(["450 later"] * 3)
            ticking = job(config.model_copy(update={"email": email}))
            ticking.tick(now)
            for minute in (0, 1, 4, 5, 6, 10, 11, 20, 21):
                ticking.tick(now + WEEK + timedelta(minutes=minute))

        assert len(office.mailboxes["ada@example.net"]) == 1
        assert office.sessions == 4
        assert rows(config, "select channel, state from deliveries order by 1") == [
            ("email", "sent"),
            ("html", "sent"),
            ("markdown", "sent"),
        ]
        built, written = rows(config, "select built_at, attempted_at from issues, deliveries where channel = 'html'")[0]
        assert written == built


class TestAnotherModel:
    @pytest.fixture(name="other")
    def _other(self, config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
        """The same learner with the bundled model under another name, which embeds a few texts a tick."""
        shutil.copytree(BUNDLED_FOLDER, config.folder / "other")
        monkeypatch.setattr("digest.workflows.embedding._MOST_TEXTS", 5)
        return config.model_copy(update={"embedding": config.embedding.model_copy(update={"model": "./other"})})

    def test_ticks_go_on_while_an_archive_is_embedded_again(
        self,
        config: Config,
        other: Config,
        now: datetime,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A change in sources.toml is enough; each tick embeds for a while, logs what is left, and the last one ranks."""
        current = [config]
        ticking = Daemon(lambda: current[0], wait=0.2)
        ticking.tick(now)
        texts = int(str(rows(config, "select count(distinct vector) from embeddings")[0][0]))

        current[0] = other
        monkeypatch.setattr("digest.daemon.tick.EMBED_SECONDS", 0.0)
        held = []
        with caplog.at_level(logging.INFO):
            for minute in range(1, 3):
                ticking.tick(now + timedelta(minutes=minute))
                held.append(rows(config, "select count(distinct vector) from embeddings")[0][0])
        left = [record.message for record in caplog.records if "event=embedding" in record.message]
        monkeypatch.setattr("digest.daemon.tick.EMBED_SECONDS", 45.0)
        ticking.tick(now + timedelta(minutes=3))

        assert held == [5, 10]
        assert left == [f"event=embedding left={texts - 5}", f"event=embedding left={texts - 10}"]
        assert rows(config, "select count(distinct vector) from embeddings") == [(texts,)]
        models = rows(
            config, "select distinct regexp_replace(model, '-[0-9a-f]+$', '') from embeddings_all order by all"
        )
        assert models == [("bundled",), ("other",)]
        assert not ticking._unranked

    def test_search_says_that_it_is_not_complete(self, config: Config, other: Config, now: datetime) -> None:
        """Until then words find everything, and meaning says what it leaves out."""
        job(config).tick(now)
        model = load_model("./other", folder=config.folder)
        embedding.embed(other, model, now, wait=0.2, stop=lambda: True)
        wanted = search.Wanted(limit=5)

        half = searching.find(other, "hard negatives", wanted, mode="meaning", wait=0.2)
        words = searching.find(other, "hard negatives", wanted, mode="words", wait=0.2)
        near = searching.find_similar(other, [next(iter(half.rows))[0]], wanted, wait=0.2)
        embed_and_rank(other, now, wait=0.2)
        whole = searching.find(other, "hard negatives", wanted, mode="meaning", wait=0.2)

        assert half.note.startswith("the new model has embedded 5 texts so far")
        assert near.note == half.note
        assert (words.note, whole.note) == ("", "")


class TestReplies:
    def test_they_are_collected_before_a_ranking(
        self, config: Config, now: datetime, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A maildir that cannot be read is logged once, delays nothing, and is read again later."""
        table = {"to": ["ada@example.net"], "from": "d@example.org", "host": "127.0.0.1"}
        tables = {"email": Email.model_validate(table | {"security": "none"}), "marks": MarksTable(maildir="marks")}
        ticking = job(config.model_copy(update=tables))
        ticking.tick(now)
        with archive.open_archive(config.archive) as db:
            key = keys.read_or_make(config.archive, keys.MARKING)
            item_id = db.execute("select min(item_id) from items").fetchall()[0][0]
        with caplog.at_level(logging.INFO):
            for hours in (2, 4):
                ticking._unranked = True
                ticking.tick(now + timedelta(hours=hours))
            for part in ("new", "cur"):
                (config.folder / "marks" / part).mkdir(parents=True)
            line = mail_marks.subject((item_id, "like"), key=key)
            (config.folder / "marks" / "new" / "1").write_text(f"Subject: {line}\n\n", encoding="utf-8")
            ticking._unranked = True
            ticking.tick(now + timedelta(hours=6))

        assert sum("not a maildir" in record.getMessage() for record in caplog.records) == 1
        assert sum(record.getMessage() == 'event="marks collected" count=1' for record in caplog.records) == 1
        assert rows(config, "select item_id, mark, origin from marks") == [(item_id, "like", "mail")]
        assert rows(config, f"select parts['marks'] <> 0 from scores where item_id = '{item_id}'") == [(True,)]

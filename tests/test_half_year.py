"""Half a year of the background job under a fake clock: sleeps, kills, changes of the clocks, and a bad mail server.

Every source of trouble is drawn from one seed. The sources are feeds on loopback that show, at
any hour, what had appeared by then: real papers where the shared data is at hand, made-up ones
elsewhere. Nothing is faked but the clock; mail goes over SMTP, feeds over HTTP.
"""

import importlib
import itertools
import logging
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from digest.config import Config, load_config
from digest.daemon.tick import Daemon
from digest.store import archive
from digest.workflows import building, status
from tests.deliver.postoffice import CUT_AFTER_KEEPING, CUT_AT_RCPT, CUT_BEFORE_KEEPING, PostOffice, post_office
from tests.fetch.server import Asked, Said, World, serving

SEED = 26
WEEKS = 26
BERLIN = ZoneInfo("Europe/Berlin")
#: A Wednesday; on 26 October and 29 March the clocks in Berlin change.
START = datetime(2025, 10, 1, tzinfo=UTC)
SOURCES = ("cs.LG", "cs.CL", "cs.IR")
READERS = ("ada@example.net", "ben@example.net")
PAPERS = Path(__file__).parent.parent / "../shared/data/papers.parquet"
TROUBLES = (
    "450 greylisted",
    "550 no such mailbox",
    "DATA 451 full",
    CUT_AT_RCPT,
    CUT_BEFORE_KEEPING,
    CUT_AFTER_KEEPING,
)

SETTINGS = """
[learner]
timezone = "Europe/Berlin"
[focus]
statement = "I build retrieval systems and want to understand how dense and sparse retrievers are trained."
topics = ["hard negative mining", "learned sparse retrieval"]
[embedding]
reranker = "none"
[digest]
stretch = 0
[email]
to = ["ada@example.net", "ben@example.net"]
from = "Digest <digest@example.org>"
host = "127.0.0.1"
port = {port}
security = "none"
[fetch]
every = "20h"
pause = "0s"
"""


class Killed(BaseException):
    """Stands for kill -9: nothing in the program catches it."""


@dataclass(frozen=True)
class Paper:
    key: str
    title: str
    abstract: str
    day: date
    categories: tuple[str, ...]


class Press:
    """The feeds as they stand at `now`: the papers of the last four days, by category."""

    def __init__(self, papers: list[Paper]) -> None:
        self.now = START
        self._papers: dict[date, list[Paper]] = {}
        for paper in papers:
            self._papers.setdefault(paper.day, []).append(paper)

    def answer(self, asked: Asked) -> Said:
        category = asked.path.removeprefix("/")
        days = [self.now.date() - timedelta(days=back) for back in range(4)]
        shown = [paper for day in days for paper in self._papers.get(day, []) if category in paper.categories]
        tag = f'"{category}-{shown[0].key if shown else ""}-{len(shown)}"'
        if asked.headers.get("If-None-Match") == tag:
            return Said(status=304, headers={"ETag": tag}, body=b"")
        entries = "".join(_entry(paper) for paper in shown)
        body = f"<rss version='2.0'><channel><title>{category}</title>{entries}</channel></rss>"
        return Said(headers={"ETag": tag, "Content-Type": "application/rss+xml"}, body=body.encode())


def _entry(paper: Paper) -> str:
    moment = datetime(paper.day.year, paper.day.month, paper.day.day, tzinfo=UTC)
    return (
        f"<item><guid>{paper.key}</guid><link>https://arxiv.org/abs/{paper.key}</link><title>{escape(paper.title)}</title>"
        f"<pubDate>{format_datetime(moment)}</pubDate><description>{escape(paper.abstract)}</description></item>"
    )


def real_papers() -> list[Paper]:
    import duckdb

    with duckdb.connect() as db:
        found = db.execute(
            f"""
            select arxiv_id, any_value(title), any_value(left(abstract, 800)), min(try_cast(date as date)) as day,
                   any_value(string_split(categories, ' ')) as groups
            from '{PAPERS}' where arxiv_id <> '' group by arxiv_id
            having day between ? and ? and list_has_any(groups, ?::varchar[]) order by day, arxiv_id
            """,
            [START.date() - timedelta(days=9), START.date() + timedelta(weeks=WEEKS), list(SOURCES)],
        ).fetchall()
    return [Paper(row[0], row[1], row[2], row[3], tuple(row[4])) for row in found]


def made_papers(per_day: int = 12) -> list[Paper]:
    """Papers about retrieval and about other things, with a seed of their own."""
    draw = random.Random(SEED)
    kinds = ("Dense retrieval", "Learned sparse retrieval", "Hard negative mining", "Diffusion", "Protein folding")
    things = ("curricula", "scaling", "calibration", "distillation", "benchmarks", "failure modes", "pruning", "memory")
    made = []
    for offset in range(-9, WEEKS * 7):
        day = START.date() + timedelta(days=offset)
        for number in range(per_day):
            kind, one, two = draw.choice(kinds), *draw.sample(things, 2)
            title = f"{kind}: {one} and {two}, study {offset + 9}.{number}"
            text = f"We examine {one} for {kind.lower()} and find that {two} decides, in case {draw.random():.9f}."
            key = f"{day:%y%m}.{(offset + 9) * 50 + number + 10_000:05}"
            made.append(Paper(key, title, text, day, tuple(draw.sample(SOURCES, draw.choice((1, 2))))))
    return made


@dataclass
class Fate:
    """Kills the program now and then, before or after something that must not be left half done."""

    draw: random.Random
    struck: Counter[str] = field(default_factory=Counter)
    armed: bool = True

    def over(self, patch: pytest.MonkeyPatch, owner: str, name: str, chance: float) -> None:
        module, _, attribute = owner.partition(":")
        target: Any = importlib.import_module(module)
        target = getattr(target, attribute) if attribute else target
        real: Callable[..., Any] = getattr(target, name)

        def mortal(*given: Any, **more: Any) -> Any:  # noqa: ANN401
            self._strike(f"before {name}", chance)
            result = real(*given, **more)
            self._strike(f"after {name}", chance)
            return result

        patch.setattr(target, name, mortal)

    def _strike(self, where: str, chance: float) -> None:
        if self.armed and self.draw.random() < chance:
            self.struck[where] += 1
            raise Killed(where)


#: What is killed around, and how often: each writes something down, or sends it.
MORTAL = (
    ("digest.store.deliveries", "record", 0.03),
    ("digest.store.verdicts", "save_issue", 0.03),
    ("digest.store.deliveries", "log", 0.03),
    ("digest.store.deliveries", "store_logged", 0.03),
    ("digest.deliver.files", "write", 0.03),
    ("digest.deliver.mail:MailChannel", "deliver", 0.03),
    ("digest.workflows.building", "build_due", 0.03),
    ("digest.workflows.ranking", "rank", 0.01),
    ("digest.workflows.fetching", "ask", 0.01),
    ("digest.workflows.ingesting", "ingest_spool", 0.01),
)


@pytest.fixture(name="office")
def _office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture(name="press")
def _press() -> Press:
    return Press(real_papers() if PAPERS.exists() else made_papers())


@pytest.fixture(name="world")
def _world(press: Press) -> Iterator[World]:
    with serving(press.answer) as world:
        yield world


def home(folder: Path, office: PostOffice, world: World) -> Config:
    sources = "".join(f'[[sources]]\nname = "{name}"\nurl = "{world.url("/" + name)}"\n' for name in SOURCES)
    (folder / "sources.toml").write_text(SETTINGS.format(port=office.port) + sources, encoding="utf-8")
    return load_config(folder / "sources.toml")


def rows(config: Config, sql: str) -> list[tuple[Any, ...]]:
    with archive.open_archive(config.archive, read_only=True) as db:
        return db.execute(sql).fetchall()


def make_trouble(draw: random.Random, office: PostOffice) -> None:
    """What the mail server is going to do wrong next."""
    for reader in READERS:
        if not office.troubles[reader] and draw.random() < 0.02:
            office.troubles[reader].extend(draw.choices(TROUBLES, k=draw.randint(1, 4)))


@pytest.mark.slow
def test_half_a_year(
    tmp_path: Path, office: PostOffice, press: Press, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """26 weeks give 26 issues, each delivered exactly once to everybody, and no work stands in two."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    config = home(tmp_path, office, world)
    draw = random.Random(SEED)
    fate = Fate(draw)
    for owner, name, chance in MORTAL:
        fate.over(monkeypatch, owner, name, chance)
    job, moment, ticks, sleeps = Daemon(lambda: config, wait=1), START, 0, 0
    while moment < START + timedelta(weeks=WEEKS):
        press.now = moment
        make_trouble(draw, office)
        try:
            job.tick(moment)
        except Killed:
            job = Daemon(lambda: config, wait=1)
        ticks += 1
        asleep = draw.random() < 0.01
        sleeps += asleep
        moment += timedelta(hours=draw.uniform(6, 60) if asleep else 1)
    fate.armed = False
    # Shown by `pytest -rP`, and beside a failure.
    counts = (ticks, sleeps, office.sessions, office.cut_after_keeping, dict(fate.struck))
    logging.getLogger(__name__).warning("%s ticks, %s sleeps, %s mail sessions, %s cut too late, kills: %s", *counts)
    assert sum(fate.struck.values()) > 20
    check_issues(config)
    check_mail(config, office, fate)
    check_works(config)


def check_issues(config: Config) -> None:
    """One issue a week, each from where the last one ended, none before its hour, and both files of each."""
    issues = rows(config, "select period, starts_at, ends_at, path from issues order by ends_at")
    assert len(issues) == WEEKS
    assert all(later[1] == earlier[2] for earlier, later in itertools.pairwise(issues))
    for number, (_, _, ended, path) in enumerate(issues):
        scheduled = datetime(2025, 10, 6, 7, tzinfo=BERLIN) + timedelta(weeks=number)
        assert timedelta(0) <= ended.replace(tzinfo=UTC) - scheduled < timedelta(days=6)
        assert Path(path).is_file()
        assert Path(path).with_suffix(".html").is_file()
    before = [Path(path).read_bytes() for *_, path in issues]
    for period, *_ in issues[::5]:
        building.redraw(config, period, wait=1)
    assert [Path(path).read_bytes() for *_, path in issues] == before


def check_mail(config: Config, office: PostOffice, fate: Fate) -> None:
    """Everybody got every issue; a second copy only where nobody could know, and as the same message."""
    periods = [row[0] for row in rows(config, "select period from issues order by ends_at")]
    deliveries = rows(config, "select period, channel, recipient, state from deliveries")
    assert len(deliveries) == len(set(deliveries)) == WEEKS * (2 + len(READERS))
    copies = 0
    for reader in READERS:
        mails = office.mails(reader)
        arrived = Counter(mail["Message-ID"] for mail in mails)
        named = {mail["Message-ID"]: mail["Subject"] for mail in mails}
        assert len(arrived) == len(periods)
        assert len(set(named.values())) == len(periods)
        copies += sum(count - 1 for count in arrived.values())
    assert office.cut_after_keeping > 0
    in_doubt = fate.struck["after deliver"] + fate.struck["before note"]
    assert copies <= office.cut_after_keeping + in_doubt
    assert {state for *_, state in deliveries} == {"sent"}
    assert not status.status(config, START + timedelta(weeks=WEEKS), wait=1)["undelivered"]


def check_works(config: Config) -> None:
    """Every work that came before the last issue was considered once, and none was kept twice."""
    assert rows(config, "select work_id from verdicts group by 1 having count(*) > 1") == []
    missed = (
        "select count(*) from works w join items i using (work_id) where not i.backfill "
        "and w.first_seen_at < (select max(ends_at) from issues) and w.work_id not in (select work_id from verdicts)"
    )
    assert rows(config, missed) == [(0,)]
    assert rows(config, "select count(*) > 100 from picks") == [(True,)]
    assert rows(config, "select source, url from items group by all having count(*) > 1") == []


@pytest.mark.slow
def test_real_kills(tmp_path: Path, office: PostOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes killed at any moment of `digest run`, again and again: one issue a week, one mail each."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    draw = random.Random(SEED)
    press = Press(made_papers())
    with serving(press.answer) as world:
        config = home(tmp_path, office, world)
        killed = 0
        for week in range(5):
            press.now = START + timedelta(weeks=week)
            for attempt in range(6):
                killed += run(config, press.now, kill_after=draw.uniform(0.3, 3.0) if attempt < 5 else None)
    assert killed > 3

    periods = [row[0] for row in rows(config, "select period from issues order by ends_at")]
    assert len(periods) == len(set(periods)) == 4
    assert {row[0] for row in rows(config, "select state from deliveries")} == {"sent"}
    for reader in READERS:
        arrived = Counter(mail["Message-ID"] for mail in office.mails(reader))
        assert len(arrived) == 4
        assert sum(arrived.values()) <= 4 + killed
    check = "select count(*) from (select work_id from verdicts group by 1 having count(*) > 1)"
    assert rows(config, check) == [(0,)]


def run(config: Config, now: datetime, *, kill_after: float | None) -> bool:
    """One `digest run`; returns whether it was killed before it ended."""
    command = [sys.executable, "-m", "digest", "run", "--now", now.isoformat()]
    command += ["--config", str(config.folder / "sources.toml")]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment) as process:
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(timeout=kill_after)
            assert code == 0
            return False
        process.send_signal(signal.SIGKILL)
        process.wait()
    threading.Event().wait(0.05)  # the system lets go of its locks
    return True

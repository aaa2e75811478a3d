"""An archive of two learners, with items of three weeks, marks and an issue: what a dataset is made of."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from digest.config import Config, load_config
from digest.records import Item
from digest.store import events as event_rows
from digest.store import items, sources, verdicts
from digest.store import marks as mark_rows
from digest.store.archive import Connection, transaction
from digest.workflows.opening import opened
from tests import make
from tests.store.archives import embed

TOML = """
[digest]
at_most = 8
[email]
from = "Digest <digest@example.org>"
host = "smtp.example.org"

[[learner]]
name = "Ada Lovelace"
timezone = "Europe/Berlin"
[learner.focus]
statement = "I train retrievers."
topics = ["hard negatives"]
prefer = ["code"]
[learner.digest]
at = "06:30"
keep = "2%"
[learner.email]
to = ["ada@example.org"]

[[learner]]
name = "Bob"
timezone = "Asia/Tokyo"
[learner.focus]
statement = "I run pipelines."
lean = "envelope"
avoid = ["chess"]
[learner.focus.project]
name = "A feature store"
until = 2026-12-31

[[sources]]
name = "Blog"
url = "https://blog.example.org/feed"
weight = 2.0
[[sources]]
name = "Other"
url = "https://other.example.net/feed"
"""
SOURCES = ("Blog", "Other")
#: Items 1 to 6, two a week: the weeks 2026-W10, W11 and W12.
WEEKS = ("2026-W10", "2026-W11", "2026-W12")


def home(folder: Path, text: str = TOML) -> Config:
    """A configuration without an archive."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(text, encoding="utf-8")
    return load_config(folder / "sources.toml")


def filled(folder: Path) -> Config:
    """A configuration with its archive."""
    config = home(folder)
    made = [make.item(number, source=SOURCES[number % 2], summary=f"retrieval {number}") for number in range(1, 7)]
    with opened(config.for_learner("Ada Lovelace")) as db:
        for number, one in enumerate(made):
            store(db, [one], seen=make.NOW - make.WEEK * (2 - number // 2) - make.DAY)
        embed(db)
        mark_rows.add(db, make.mark(made[0]), make.mark(made[1], mark="save"))
        verdicts.save_issue(db, make.issue(period="2026-W11"), [make.verdict(made[2])], path="x.md")
        sources.save_states(db, {"Blog": make.state("Blog", etag="abc")}, active={})
        event_rows.replace(db, "Other", make.calendar(make.event(made[0]), make.event(made[4])))
    with opened(config.for_learner("Bob")) as db:
        mark_rows.add(db, make.mark(made[5], mark="dislike"))
    return config


def store(db: Connection, made: Sequence[Item], *, seen: dt.datetime) -> None:
    new = [replace(make.new_item(one), first_seen_at=seen) for one in made]
    with transaction(db):
        items.add(db, new, read=make.readings(made))

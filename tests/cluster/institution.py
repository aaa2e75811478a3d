"""A made-up institution: many learners of one archive, a few weeks of works, and what the learners do with them."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from digest.config import Config, load_config
from digest.judge.embedding import load_model
from digest.records import EventKind, Item, SourceState
from digest.store import events, items
from digest.store import sources as source_rows
from digest.store.archive import transaction
from digest.workflows import building, embedding, feedback, ranking_together, schedule
from digest.workflows.opening import opened
from tests import make

NOW = make.NOW
SUBJECTS = (
    "hard negative mining", "learned sparse retrieval", "passage reranking", "feature stores", "stream processing",
    "model serving latency", "diffusion sampling", "graph neural networks", "federated learning", "drift monitoring",
    "mixture of experts", "robot grasping", "causal discovery", "code generation", "vector search indexes",
)  # fmt: skip
FIELDS = ("contact centres", "hospital records", "power grids", "court rulings", "crop disease", "chip design")
LINES = (
    "We study {a} for {f} and find that much of its gain comes from {b}.",
    "Our method for {a} beats strong baselines on nine collections of {f} by 12 percent.",
    "Practitioners combine {a} with {b}, yet nobody has measured what each brings to {f}.",
    "An ablation shows that {b} matters more than the size of the model.",
    "We release code at https://github.com/lab/{n} and data for {f}.",
    "In a year of running {a} for two million users, the hardest part was {b} in {f}.",
)
SOURCES = ("Lab", "Blog", "Notes", "arXiv", "Weekly", "Papers")
ZONES = ("Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo", "UTC", "Pacific/Auckland")
PER_WEEK = 120


def settings(count: int, port: int = 0, reranker: str = "none") -> str:
    """A sources.toml of so many learners, no two alike; with a *port*, one of a mail server, each has mail."""
    lines = ["[embedding]", f'reranker = "{reranker}"', "[digest]", 'keep = "8%"']
    if port:
        lines += ["[email]", 'from = "digest@example.org"', 'host = "127.0.0.1"', f"port = {port}", 'security = "none"']
    for number in range(count):
        draw = random.Random(number)
        about, other, third = draw.sample(SUBJECTS, 3)
        field = draw.choice(FIELDS)
        lines += ["[[learner]]", f'name = "Learner {number:02}"', f'timezone = "{ZONES[number % len(ZONES)]}"']
        lines += ["[learner.focus]", f'statement = "I work on {about} for {field} and want to understand {other}."']
        lines += [f"lean = {['0.2', '0.8', '0.5'][number % 3]}"]
        lines += [f'topics = ["{third} for {field}"]'] if number % 2 else []
        lines += [f'avoid = ["{draw.choice(SUBJECTS)}"]'] if number % 4 == 1 else []
        lines += ['prefer = ["code"]'] if number % 5 == 2 else []
        lines += ['mode = "deep"'] if number % 3 == 2 else []
        lines += [f'mute = ["{draw.choice(FIELDS)}"]'] if number % 7 == 3 else []
        if number % 6 == 4:
            lines += [
                "[learner.focus.project]",
                f'name = "Project {number}"',
                f'question = "How do I measure {other} in {field}, and what does it cost?"',
            ]
        lines += ["[learner.digest]", f"formats = {[['markdown'], ['markdown', 'html'], ['html']][number % 3]}"]
        lines += ['every = "day"'] if number % 8 == 5 else []
        lines += ["at_most = 5", "minutes = 60"] if number % 4 == 2 else []
        lines += ["plan = false"] if number % 9 == 0 else []
        lines += ["at_least = 2"] if number % 10 == 7 else []
        lines += ["calendar = true"] if number % 5 == 3 else []
        lines += ["[learner.email]", f'to = ["learner{number:02}@example.net"]'] if port else []
    for name in SOURCES:
        lines += ["[[sources]]", f'name = "{name}"', f'url = "https://{name.lower()}.example.org/feed"']
    lines += ["[[sources]]", 'name = "Meetups"', 'url = "https://meetups.example.org/all.ics"', 'kind = "ical"']
    return "\n".join(lines).replace("'", '"')


def work_of(number: int) -> Item:
    """A work that its number alone decides."""
    draw = random.Random(number * 7919)
    about, other = draw.sample(SUBJECTS, 2)
    field, source = draw.choice(FIELDS), draw.choice(SOURCES)
    text = " ".join(line.format(a=about, b=other, f=field, n=number) for line in draw.sample(LINES, 4))
    return Item(
        source=source,
        kind="arxiv" if source == "arXiv" else "feed",
        entry_id=str(number),
        url=f"https://{source.lower()}.example.org/{number}",
        title=f"{draw.choice(('Rethinking', 'Scaling', 'Measuring', 'Towards'))} {about} for {field}: part {number}",
        authors=(f"Author {draw.randrange(90)}",),
        summary=text,
        text=" ".join(
            [text, *(f"Step {step} of {other} in {field} took {step + 3} days." for step in range(draw.randrange(30)))]
        ),
        arxiv_id=f"26{number // 10_000:02}.{number % 10_000:05}" if source == "arXiv" else "",
    )


def made(number: int, seen: datetime) -> list[items.NewItem]:
    """The items of one work: some have two, some a near copy elsewhere that is a work of its own."""
    one = work_of(number)
    new = [make.new_item(one, first_seen_at=seen, work_id=one.item_id)]
    other = SOURCES[(SOURCES.index(one.source) + 1) % len(SOURCES)]
    copy = replace(
        one, source=other, kind="feed", url=f"https://{other.lower()}.example.org/{number}-copy", arxiv_id=""
    )
    if number % 11 == 0:
        new.append(make.new_item(copy, first_seen_at=seen + timedelta(minutes=9), work_id=one.item_id))
    if number % 17 == 0:
        near = replace(copy, entry_id=f"{number} again", title=f"{one.title} again", url=f"{copy.url}-2")
        new.append(make.new_item(near, first_seen_at=seen + timedelta(hours=2), work_id=near.item_id))
    return new


class Institution:
    """The archive in a folder, and what happens in it."""

    def __init__(
        self, folder: Path, learners: int, *, port: int = 0, per_week: int = PER_WEEK, reranker: str = "none"
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "sources.toml").write_text(settings(learners, port, reranker), encoding="utf-8")
        self.folder, self.per_week = folder, per_week

    @property
    def config(self) -> Config:
        return load_config(self.folder / "sources.toml")

    @property
    def learners(self) -> Sequence[Config]:
        return self.config.learners

    def begin(self) -> None:
        """History: a year of old works, and the sources' states."""
        old = [
            replace(new, backfill=True, item=replace(new.item, published_at=NOW - timedelta(days=200 + number)))
            for number in range(300)
            for new in made(number, NOW - timedelta(weeks=3))
        ]
        states = {
            name: replace(
                SourceState(source=name, declared_url=f"https://{name.lower()}.example.org/feed", url="x"),
                first_success=NOW - timedelta(weeks=3),
                last_success=NOW - timedelta(days=1),
                last_error="503 from the server" if name == "Papers" else "",
            )
            for name in SOURCES
        }
        self._store(old)
        with opened(self.config) as db:
            source_rows.save_states(db, states, active={one.name: one for one in self.config.sources})
            db.execute(
                "insert into core.fetches (source, started_at, status, outcome) values ('Lab', ?, 200, 'new')",
                [(NOW - timedelta(weeks=3)).replace(tzinfo=None)],
            )

    def week(self, number: int) -> None:
        """Week 0 ends at NOW; its works come evenly."""
        ends, first = NOW + number * make.WEEK, 1_000 * (number + 5)
        step = make.WEEK / (self.per_week + 1)
        new = [
            one for place in range(self.per_week) for one in made(first + place, ends - make.WEEK + (place + 1) * step)
        ]
        self._store(new)
        meeting = Item(
            source="Meetups", kind="ical", entry_id=f"m{number}", url="https://meetups.example.org/1",
            title=f"Meetup on {SUBJECTS[number % 3]}", summary=f"An evening on {SUBJECTS[number % 3]} and {SUBJECTS[1]}.",
        )  # fmt: skip
        self._store([make.new_item(meeting, first_seen_at=ends - make.DAY)])
        event = make.event(
            meeting,
            starts_at=ends + 4 * make.DAY,
            ends_at=ends + 4 * make.DAY + timedelta(hours=2),
            kind=EventKind.EVENT,
        )
        with opened(self.config) as db:
            events.replace(db, "Meetups", make.calendar(event, since=ends))

    def _store(self, new: Sequence[items.NewItem]) -> None:
        from digest.judge.artifacts import artifacts_of
        from digest.judge.embedding import embedding_text

        read = {
            one.item.item_id: items.Reading(
                text=embedding_text(one.item.title, one.item.body), extras=artifacts_of(one.item)
            )
            for one in new
        }
        with opened(self.config) as db, transaction(db):
            items.add(db, new, read=read)
        embedding.embed(self.config, load_model("bundled", folder=self.folder), NOW, wait=1)

    def mark(self, now: datetime) -> None:
        """What learners do after their issues: they like, dislike, save and read some of their picks."""
        for number, one in enumerate(self.learners):
            with opened(one) as db:
                rows = db.execute(
                    "select item_id from core.verdicts where learner = getvariable('learner') and rank <= 8 "
                    "order by period, rank"
                ).fetchall()
            for place, (item_id,) in enumerate(rows):
                kind = ("like", "save", "dislike", "read", "")[(place + number) % 5]
                if kind and number % 6:
                    feedback.mark(one, [item_id], [kind], now, wait=1)


def alone(config: Config, now: datetime) -> None:
    """What one machine does at that moment: rank, and build every issue that is due."""
    model = load_model("bundled", folder=config.folder)
    ranked = ranking_together.rank_all(config.learners, model, now, wait=1)
    reading = schedule.shared_reading(config, now, wait=1)
    for one in config.learners:
        building.build_due(one, ranked[one.learner_id], now, wait=1, reading=reading)

"""A made-up archive for benches: most of it backfill, nine weeks of news, eight issues and their marks behind it.

It is made up from phrases, with a fixed seed, so that its vectors come in themes as real ones do.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from digest.judge.embedding import Embedder
    from digest.records import Item
    from digest.store.archive import Connection

NOW = datetime(2026, 3, 23, 7, tzinfo=UTC)
WEEKS = 9
SOURCES = 120
SUBJECTS = (
    "hard negative mining", "learned sparse retrieval", "query expansion", "passage reranking", "feature stores",
    "model serving latency", "data contracts", "stream processing", "vector search indexes", "diffusion sampling",
    "protein folding", "graph neural networks", "federated learning", "speech recognition", "time series forecasting",
    "reinforcement learning from feedback", "quantised inference", "mixture of experts", "tokenizer design",
    "robot grasping", "medical image segmentation", "drift monitoring", "experiment tracking", "causal discovery",
    "neural operators", "recommendation fairness", "code generation", "3D scene reconstruction", "long context attention",
    "distributed checkpointing",
)  # fmt: skip
FIELDS = (
    "contact centres", "hospital records", "maritime traffic", "school exams", "crop disease", "court rulings",
    "power grids", "music archives", "chip design", "wildlife cameras", "tax forms", "news in Swahili", "satellites",
    "chess", "genomes", "ski weather", "insurance claims", "museum objects", "bus timetables", "game physics",
    "sign language", "supply chains", "bank fraud", "galaxy surveys", "recipes",
)  # fmt: skip
VERBS = ("Rethinking", "Scaling", "A study of", "Faster", "What we learned from", "Measuring", "Towards", "Against")
TAILS = (
    "in production", "under distribution shift", "with few labels", "on small machines", "for documents nobody labelled",
    "at low cost", "without tears", "across languages", "with weak teachers", "when data is scarce",
)  # fmt: skip
SENTENCES = (
    "We study {a} and find that much of its gain comes from {b}, {w}.",
    "Our method for {a} beats strong baselines on nine collections, {w}.",
    "Practitioners combine {a} with {b}, yet nobody has measured what each of them brings to {w}.",
    "An ablation shows that {w} matters more than the size of the model.",
    "We release code, data and the negative results of {w}.",
    "In a year of running {a} for two million users, the hardest part was {w}.",
)
SYLLABLES = ("ta", "re", "lo", "mi", "su", "ve", "gra", "ston", "pel", "dor", "fin", "qua", "ber", "nol", "cha", "pi")


def make(folder: Path, items: int, week: int) -> None:
    """Make up an archive with a past: most of it backfill, nine weeks of news, eight issues."""
    from digest.config import load_config
    from digest.judge.embedding import load_model
    from digest.store import archive, vectors

    print(f"making an archive of {items:,} items ...", file=sys.stderr)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sources.toml").write_text(settings())
    config = load_config(folder / "sources.toml")
    model = load_model("bundled", folder=folder)
    with archive.open_archive(config.archive) as db:
        vectors.use_model(db, model.name, model.dimensions, now=NOW)
        news = items - week * WEEKS
        for first, last in ((0, news), (news, items)):
            for start in range(first, last, 5_000):
                fill(db, model, range(start, min(start + 5_000, last)), items, week)
        remember(db)


def fill(db: "Connection", model: "Embedder", numbers: range, items: int, week: int) -> None:
    """Store some items; only news is embedded, what is older gets a vector near its subjects'."""
    import numpy as np

    from digest.compose.deduplication import keys_of
    from digest.judge.embedding import embedding_text
    from digest.store import items as item_rows
    from digest.store import vectors

    made = [made_up(number, short=number < items - week * WEEKS) for number in numbers]
    texts = {item.item_id: embedding_text(item.title, item.body) for item in made}
    new = [
        item_rows.NewItem(
            item=item,
            work_id=item.item_id,
            first_seen_at=seen_at(number, items, week),
            backfill=number < items - week * WEEKS,
            keys=keys_of(item).all,
        )
        for number, item in zip(numbers, made, strict=True)
    ]
    item_rows.add(db, new, read={item_id: item_rows.Reading(text=text, extras=()) for item_id, text in texts.items()})
    if numbers[0] >= items - week * WEEKS:
        rows = model.encode(list(texts.values()))
    else:
        subjects, fields = model.encode(SUBJECTS), model.encode(FIELDS)
        draw = np.random.default_rng(numbers[0])
        rows = subjects[draw.integers(len(SUBJECTS), size=len(numbers))]
        rows = rows + fields[draw.integers(len(FIELDS), size=len(numbers))]
        rows = rows + draw.normal(0, 0.04, rows.shape).astype(np.float32)
        rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    vectors.save(db, model.name, [item_rows.hash64(text) for text in texts.values()], rows)


def seen_at(number: int, items: int, week: int) -> datetime:
    """The last *week* items in the last week, the ones before in the eight weeks before, the rest long ago."""
    age = items - 1 - number
    if age < week * WEEKS:
        return NOW - timedelta(days=7) * (age // week) - timedelta(days=7) * ((age % week + 1) / (week + 1))
    return NOW - timedelta(weeks=WEEKS + 1)


def made_up(number: int, *, short: bool) -> "Item":
    """An item of phrases and invented words; the number alone decides which."""
    import random

    from digest.records import Item

    draw = random.Random(number)
    about, other = draw.sample(SUBJECTS, 2)
    about, other = (f"{subject} for {draw.choice(FIELDS)}" for subject in (about, other))
    title = f"{draw.choice(VERBS)} {about} {draw.choice(TAILS)}: {invented(draw, 3)}"
    lines = [s.format(a=about, b=other, w=invented(draw, 8)) for s in draw.sample(SENTENCES, 1 if short else 5)]
    source = draw.randrange(SOURCES)
    paper = source < 20
    more = [] if short or paper else [invented(draw, 200) for _ in range(draw.randrange(1, 6))]
    return Item(
        source=f"source {source}",
        kind="arxiv" if paper else "feed",
        entry_id=str(number),
        url=f"https://source{source}.example.org/{number}",
        title=title,
        authors=(f"Author {draw.randrange(9_000)}",),
        summary=" ".join(lines),
        text=" ".join(lines + more) if more else "",
        published_at=NOW - timedelta(weeks=WEEKS) - timedelta(days=draw.randrange(1, 700)) if short else None,
        arxiv_id=f"{2000 + number // 90_000}.{number % 90_000:05}" if paper else "",
    )


def invented(draw: "random.Random", count: int) -> str:
    """Words nobody has used, so that no two texts agree by accident."""
    return " ".join("".join(draw.choices(SYLLABLES, k=draw.randrange(1, 4))) for _ in range(count))


def remember(db: "Connection") -> None:
    """Eight issues of ten works each, and a like on every third pick."""
    db.execute(
        """
        insert into core.verdicts by name
        select 'default' as learner, '2026-W' || lpad((12 - weeks)::varchar, 2, '0') as period, work_id, item_id,
               place <= 10 as kept, place as rank, 3.0 - place / 1000 as score,
               case when place <= 10 then 'letter' end as section, 'made up' as reason,
               timestamp '2026-03-23 07:00:00' - to_days(weeks * 7) as decided_at
        from (select *, date_diff('hour', first_seen_at, timestamp '2026-03-23 07:00:00') // 168 as weeks,
                     row_number() over (partition by weeks order by hash(item_id)) as place
              from core.items where not backfill)
        where weeks > 0
        """
    )
    db.execute(
        """
        insert into core.issues by name
        select 'default' as learner, period, decided_at - to_days(7) as starts_at, decided_at as ends_at,
               decided_at as built_at, count(*) as seen, count(*) filter (kept) as kept, '' as path, '{}' as document
        from core.verdicts group by period, decided_at
        """
    )
    db.execute(
        """
        insert into core.marks by name
        select learner, item_id, 'like' as mark, decided_at + to_days(1) as marked_at, 'command' as origin
        from core.verdicts where kept and rank % 3 = 0
        """
    )


def settings() -> str:
    lines = [
        "[focus]",
        'statement = "I build retrieval systems and want to understand how dense and sparse retrievers are trained."',
        'topics = ["hard negative mining", "learned sparse retrieval"]',
        "[focus.project]",
        'name = "A search engine for my notes"',
        'question = "How do I evaluate retrieval without labels?"',
    ]
    for number in range(SOURCES):
        lines += ["[[sources]]", f'name = "source {number}"', f'url = "https://source{number}.example.org/feed"']
    return "\n".join(lines)

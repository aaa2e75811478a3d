"""The pages that `bench_web` visits, each with its limit, and what a visit costs."""

import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlencode

from web_server import Server

from digest.config import load_config
from digest.store.archive import open_archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What of an archive is visited."""

    items: int
    megabytes: float
    periods: list[str]
    #: some considered works
    ids: list[str]
    #: a few words each
    questions: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    #: the path of the nth visit
    path: Callable[[int], str]
    #: of the 95th percentile, in milliseconds; 0 for none
    limit: int = 0
    #: the form that the nth visit sends; None where it sends none
    form: Callable[[int], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    name: str
    limit: int
    status: int
    first: float = 0.0
    spent: list[float] = field(default_factory=list)
    #: milliseconds of processors a visit, on average: what other work on the machine does not lengthen
    worked: float = 0.0
    #: the largest compressed answer
    kilobytes: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.spent)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.spent, n=20, method="inclusive")[-1]

    def within(self, kilobytes: float) -> bool:
        return not self.spent or (self.kilobytes <= kilobytes and (not self.limit or self.p95 <= self.limit))


def pages(sample: Sample) -> list[Page]:
    """Every page with its limit."""

    def issue(n: int) -> str:
        return f"/issues/{quote(sample.periods[-1 - n % len(sample.periods)])}"

    def item(n: int) -> str:
        return f"/items/{sample.ids[n % len(sample.ids)]}"

    def search(n: int, **more: str) -> str:
        return "/search?" + urlencode({"q": sample.questions[n % len(sample.questions)], **more})

    def attempt(n: int) -> str:
        words = sample.questions[n % len(sample.questions)]
        return urlencode(
            {"statement": f"I build search and want to understand {words}.", "topics": words, "lean": "0.5"}
        )

    return [
        Page(name="newest issue", path=lambda n: "/", limit=100),
        Page(name="issue", path=issue, limit=100),
        Page(name="issues", path=lambda n: "/issues"),
        Page(name="considered works", path=lambda n: issue(n) + "/works", limit=100),
        Page(name="item", path=item, limit=100),
        Page(name="similar works", path=lambda n: item(n) + "/similar?fragment=1", limit=400),
        Page(name="search by words", path=lambda n: search(n, mode="words"), limit=150),
        Page(name="search by meaning", path=lambda n: search(n, mode="meaning"), limit=400),
        Page(name="search by both", path=lambda n: search(n, mode="both"), limit=400),
        Page(name="saved", path=lambda n: "/saved"),
        Page(name="focus", path=lambda n: "/focus"),
        Page(name="focus preview of eight weeks", path=lambda n: "/focus/preview", limit=1_000, form=attempt),
        Page(name="sources", path=lambda n: "/sources"),
        Page(name="charts", path=lambda n: "/charts"),
        Page(name="queries", path=lambda n: "/queries"),
        Page(
            name="mark, or taking it back",
            path=lambda n: item(n // 2) + "/marks",
            form=lambda n: "mark=read" + ("&undo=1" if n % 2 else ""),
        ),
    ]


def visit(server: Server, page: Page, rounds: int) -> Figures:
    """Ask for a page so many times, once before that are counted."""
    spent, size, first, before = list[float](), 0, 0.0, 0.0
    for n in range(rounds + 1):
        answer = server.ask(page.path(n), page.form(n) if page.form else None)
        if answer.status not in (200, 202):
            return Figures(name=page.name, limit=page.limit, status=answer.status)
        size = max(size, answer.size)
        if n:
            spent.append(answer.milliseconds)
        else:
            first, before = answer.milliseconds, server.processor()
    return Figures(
        name=page.name,
        limit=page.limit,
        status=200,
        first=first,
        spent=spent,
        worked=(server.processor() - before) / rounds,
        kilobytes=size / 1000,
    )


def sampled(home: Path, rounds: int) -> Sample:
    """Draw what to visit, the same for the same archive."""
    config, drawn = load_config(home / "sources.toml"), random.Random(5)
    with open_archive(config.archive, read_only=True) as db:
        rows = db.execute(
            "select item_id, title from picks union all "
            "(select item_id, title from verdicts join items using (item_id) where not kept using sample 200 (reservoir, 7)) order by 1"
        ).fetchall()
        periods = [row[0] for row in db.execute("select period from issues order by ends_at").fetchall()]
        counted = db.execute("select count(*) from items").fetchall()[0][0]
    chosen = drawn.sample(rows, min(rounds + 1, len(rows)))
    return Sample(
        items=counted,
        megabytes=config.archive.stat().st_size / 1e6,
        periods=periods,
        ids=[row[0] for row in chosen],
        questions=[" ".join(row[1].split()[:3]) for row in chosen],
    )

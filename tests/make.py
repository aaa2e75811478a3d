"""Records with good defaults, so that a test names only what it is about."""

import datetime as dt
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from digest.compose.candidates import Candidate
from digest.config import Config, Digest, Focus, parse_config
from digest.demo import demo_config
from digest.records import (
    Calendar,
    ComingEvent,
    Connection,
    DeliveryState,
    Event,
    EventKind,
    Evidence,
    Fetched,
    Foundation,
    Issue,
    Item,
    Judged,
    KeepRate,
    Mark,
    NearMiss,
    Noted,
    Pick,
    Place,
    PlanEntry,
    PlannedReading,
    Point,
    Receipt,
    Request,
    Resource,
    Response,
    Section,
    Source,
    SourceState,
    SourceYield,
    Theme,
    Verdict,
    Weekly,
    WeekPlan,
    Why,
    Work,
)
from digest.store.items import NewItem, Reading

#: A Monday morning, seven o'clock in UTC.
NOW = dt.datetime(2026, 3, 23, 7, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)

#: The least that is a configuration.
FOCUS = '[focus]\nstatement = "I build retrieval systems."\n'
SOURCE = '[[sources]]\nname = "Blog"\nurl = "https://blog.example.org/feed"\n'


def config(toml: str = "", *, focus: str = FOCUS, sources: str = SOURCE, folder: Path = Path()) -> Config:
    """A configuration with these tables besides a focus and a source."""
    return parse_config(tomllib.loads(f"{focus}\n{toml}\n{sources}"), folder=folder)


def sample_config(base_url: str) -> str:
    """The demo's sources.toml without the reranker, which takes a second or more of every ranking."""
    return demo_config(base_url).replace("[[sources]]", '[embedding]\nreranker = "none"\n\n[[sources]]', 1)


def focus(**changes: object) -> Focus:
    return Focus.model_validate({"statement": "I build retrieval systems."} | changes)


def digest(**changes: object) -> Digest:
    return Digest.model_validate(changes)


def source(name: str = "Blog", **changes: Any) -> Source:  # noqa: ANN401 - any field of a Source
    return replace(Source(name=name, url=f"https://{name.lower()}.example.org/feed", kind="feed"), **changes)


def state(name: str = "Blog", **changes: Any) -> SourceState:  # noqa: ANN401 - any field of a SourceState
    url = f"https://{name.lower()}.example.org/feed"
    return replace(SourceState(source=name, declared_url=url, url=url), **changes)


def response(body: bytes = b"<rss/>", **changes: Any) -> Response:  # noqa: ANN401 - any field of a Response
    url = "https://blog.example.org/feed"
    made = Response(
        request=Request(url=url), status=200, url=url, body=body, wire_bytes=len(body), headers={}, fetched_at=NOW
    )
    return replace(made, **changes)


def fetched(*responses: Response, **changes: Any) -> Fetched:  # noqa: ANN401 - any field of a Fetched
    return replace(Fetched(source=source(), started_at=NOW, responses=responses, status=200), **changes)


def item(number: int = 1, **changes: Any) -> Item:  # noqa: ANN401 - any field of an Item
    made = Item(
        source="Blog",
        kind="feed",
        entry_id=f"entry {number}",
        url=f"https://blog.example.org/posts/{number}",
        title=f"Post {number}",
        summary=f"What was learned in part {number}.",
        published_at=NOW - DAY,
    )
    return replace(made, **changes)


def new_item(of: Item, **changes: Any) -> NewItem:  # noqa: ANN401 - any field of a NewItem
    made = NewItem(item=of, work_id=of.item_id, first_seen_at=NOW - DAY, backfill=False, keys=())
    return replace(made, **changes)


def readings(items: Sequence[Item]) -> dict[str, Reading]:
    return {one.item_id: Reading(text=f"{one.title}\n{one.body}", extras=()) for one in items}


def work(*items: Item, **changes: Any) -> Work:  # noqa: ANN401 - any field of a Work
    items = items or (item(),)
    return replace(Work(work_id=items[0].item_id, items=items, first_seen_at=NOW - DAY), **changes)


def calendar(*events: Event, **changes: Any) -> Calendar:  # noqa: ANN401 - any field of a Calendar
    return replace(Calendar(events=events, since=NOW - DAY, whole=True), **changes)


def event(of: Item, **changes: Any) -> Event:  # noqa: ANN401 - any field of an Event
    starts = changes.get("starts_at", NOW + 3 * DAY)
    made = Event(
        item_id=of.item_id, kind=EventKind.EVENT, title=of.title, starts_at=starts, ends_at=starts, place="Berlin"
    )
    return replace(made, **changes)


def judged(of: Item, **changes: Any) -> Judged:  # noqa: ANN401 - any field of a Judged
    relevance = changes.pop("relevance", 3.0)
    made = Judged(
        item_id=of.item_id,
        relevance=relevance,
        lean=0.2,
        score=relevance,
        parts={"relevance": relevance},
        evidence=Evidence(phrase="retrieval", similarity=0.5, facet="statement"),
    )
    return replace(made, **changes)


def candidate(number: int = 1, *, relevance: float = 3.0, lean: float = 0.2, **changes: Any) -> Candidate:  # noqa: ANN401 - any field of its Item
    """A work of one item, above any usual floor and of the letter."""
    made = item(number, **changes)
    return Candidate(
        work=work(made), item=made, judged=judged(made, relevance=relevance, lean=lean), reason="near your statement"
    )


def verdict(of: Item, **changes: Any) -> Verdict:  # noqa: ANN401 - any field of a Verdict
    made = Verdict(
        work_id=of.item_id, item_id=of.item_id, kept=True, rank=1, score=3.0, section=Section.LETTER, reason="near it"
    )
    return replace(made, **changes)


def issue(**changes: Any) -> Issue:  # noqa: ANN401 - any field of an Issue
    """An issue in which no field has its default, so that a round trip loses none unseen."""
    made = Issue(
        period="2026-W12",
        starts_at=NOW - WEEK,
        ends_at=NOW,
        built_at=NOW + dt.timedelta(microseconds=1),
        zone="Europe/Berlin",
        learner="Ada “the first” 🦉",
        statement="I build\nretrieval systems.",
        question="How do I evaluate retrieval without labels?",
        focus_id="k3c9fw81hx",
        lean=0.15,
        seen=3,
        kept=1,
        picks=(
            Pick(
                item_id="pp8f3hhrcr",
                work_id="pp8f3hhrcr",
                title='Hard <negatives> & "quotes"',
                url="https://blog.example.org/1?a=b&c=d",
                source="Blog",
                section=Section.LETTER,
                reason="near “retrieval”",
                authors=("Ada Byron", "Charles B."),
                published_at=NOW - DAY,
                minutes=12,
                excerpt="We mine\nnegatives.",
                score=2.5,
                relevance=1 / 3,
                lean=0.1,
                also_at=(Place(source="arXiv", url="https://arxiv.org/abs/2603.01234"),),
                resources=(Resource(kind="liked", url="https://example.org/1", text="“A paper”"),),
                arxiv_id="2603.01234",
                words=2400,
                seconds=61,
                suggested_pass=2,
                pass_reason="it speaks to your question",
                on_question=True,
                connections=(
                    Connection(
                        item_id="b1",
                        title="An older post",
                        url="https://blog.example.org/0",
                        source="Blog",
                        relation="repeats",
                        published_at=NOW - 3 * WEEK,
                        period="2026-W09",
                        mark="save",
                        similarity=0.81,
                    ),
                ),
                noted=Noted(
                    item_id="b1",
                    title="An older post",
                    url="https://blog.example.org/0",
                    quote="Mine them *weekly* <soon>.",
                    similarity=0.5,
                ),
                traded="kept before “Latency” though it scored 0.20 lower: the letter had little",
            ),
        ),
        near_misses=(
            NearMiss(
                item_id="a0",
                title="Almost",
                url="",
                source="Blog",
                reason="below the floor",
                change="0.1 more relevance",
            ),
        ),
        points=(Point(lean=0.1, relevance=0.33, kept=True),),
        ailing=("Old Blog: HTTP 404",),
        unreached=("Old Blog",),
        first="pp8f3hhrcr",
        foundation=Foundation(
            item_id="c2",
            title="Where it began",
            url="https://arxiv.org/abs/2004.04906",
            source="arXiv",
            published_at=NOW - 300 * WEEK,
            leaning=("pp8f3hhrcr",),
        ),
        weekly=Weekly(
            themes=(
                Theme(
                    term="hard negatives",
                    weeks=(1, 0, 2, 1, 1, 0, 1, 2, 9),
                    share=0.25,
                    share_before=0.05,
                    growing=True,
                    example="Hard negatives",
                    example_url="https://blog.example.org/1",
                ),
            ),
            in_focus=36,
            in_focus_before=20.5,
            yields=(SourceYield(source="Blog", seen=3, kept=1, seen_before=9, kept_before=2),),
            keep_rates=(KeepRate(period="2026-W11", seen=9, kept=2), KeepRate(period="2026-W12", seen=3, kept=1)),
        ),
        plan=WeekPlan(
            starts_at=NOW,
            minutes=120,
            entries=(
                planned("pp8f3hhrcr", title='Hard <negatives> & "quotes"', number=1, paper=True),
                planned("b1", title="An [older] post", url="https://blog.example.org/0", why=Why.RETURN),
                planned("pp8f3hhrcr", title='Hard <negatives> & "quotes"', number=2, why=Why.SECOND, paper=True),
            ),
        ),
        events=(
            ComingEvent(
                item_id="e1",
                kind=EventKind.DEADLINE,
                title="A <workshop>",
                source="Calendar",
                starts_at=NOW + 3 * DAY,
                ends_at=NOW + 4 * DAY,
                all_day=True,
                floating=True,
                place="Room *5*",
                url="https://example.org/e?a=b&c=d",
                recurrence="20260326",
                moved=True,
                relevance=5.5,
                reason="near “retrieval”",
                was_at=NOW + 2 * DAY,
            ),
        ),
    )
    return replace(made, **changes)


def planned(
    item_id: str,
    *,
    title: str = "",
    url: str = "",
    number: int = 1,
    minutes: int = 10,
    why: Why = Why.PICK,
    paper: bool = False,
) -> PlannedReading:
    entry = PlanEntry(item_id=item_id, work_id=item_id, number=number, minutes=minutes, why=why)
    return PlannedReading(entry=entry, title=title, url=url, paper=paper)


def receipt(**changes: Any) -> Receipt:  # noqa: ANN401 - any field of a Receipt
    made = Receipt(
        period="2026-W12", channel="email", recipient="ada@example.org", state=DeliveryState.PENDING, attempted_at=NOW
    )
    return replace(made, **changes)


def mark(of: Item, **changes: Any) -> Mark:  # noqa: ANN401 - any field of a Mark
    return replace(Mark(item_id=of.item_id, mark="like", marked_at=NOW, origin="command"), **changes)

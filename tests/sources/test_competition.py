"""Competitions: from a list as data, a feed, or a calendar."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import ParseError
from digest.records import Parsed
from digest.sources import competition
from tests.sources import make
from tests.sources.calendars import NOW, calendar, event

ROW = {
    "name": "Dense retrieval challenge",
    "url": "https://example.org/retrieval",
    "type": "Supervised",
    "tags": ["nlp", "search"],
    "deadline": "5 Dec 2026",
    "platform": "Kaggle",
    "prize": 5000,
    "sponsor": None,
}


def read(body: object) -> Parsed:
    text = body if isinstance(body, str) else json.dumps(body)
    return competition.parse(make.source(kind="competition"), make.state(), (make.answer(text),), NOW)


def test_a_list_gives_items_with_deadlines() -> None:
    """The last day counts whole; the platform is the place."""
    found = read({"data": [ROW]})

    assert found.calendar is not None
    (item,), (date,) = found.items, found.calendar.events
    assert (item.title, item.url) == ("Dense retrieval challenge", "https://example.org/retrieval")
    assert item.summary == "Supervised: nlp, search.\nPlatform: Kaggle.\nPrize: 5000."
    assert (date.kind, date.all_day, date.place) == ("competition", True, "Kaggle")
    assert f"{date.starts_at:%Y-%m-%d}" == "2026-12-05"
    assert found.calendar.whole


def test_what_is_closed_is_left_out_and_what_has_no_date_has_none() -> None:
    """A list of ten years brings only what is open."""
    found = read([ROW | {"deadline": "5 Dec 2020", "name": "Old"}, ROW | {"deadline": "", "name": "Some day"}])

    assert [item.title for item in found.items] == ["Some day"]
    assert found.calendar is not None
    assert found.calendar.events == ()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Deadline: 2026-12-31T23:59:00Z", "2026-12-31T23:59"),
        ("The competition closes on 30 November 2026.", "2026-11-30T00:00"),
        ("It ends January 7th, 2027 at 18:00 UTC", "2027-01-07T18:00"),
        ("Submit until 2026-12-01 (AoE)", "2026-12-02T11:59"),
    ],
)
def test_a_feed_states_its_deadlines_in_words(said: str, wanted: str) -> None:
    """Entries are events then; they are no news."""
    entry = f"<title>Ranking cup</title><link>https://example.org/cup</link><description>{said}</description>"

    found = read(make.rss(entry))

    assert found.calendar is not None
    assert [f"{one.starts_at:%Y-%m-%dT%H:%M}" for one in found.calendar.events] == [wanted]
    assert not found.calendar.whole
    assert [item.kind for item in found.items] == ["competition"]


@pytest.mark.parametrize(
    "said", ["We begin on 30 November 2026.", "Ends soon", "Deadline: 03/10/2026", "until 99 Foo 2026"]
)
def test_other_dates_are_no_deadlines(said: str) -> None:
    """An entry without one is found, and not shown as coming."""
    found = read(make.rss(f"<title>Cup</title><link>https://example.org/c</link><description>{said}</description>"))

    assert len(found.items) == 1
    assert found.calendar is not None
    assert found.calendar.events == ()


def test_a_calendar_of_competitions_is_due_at_the_end() -> None:
    """Weeks of a competition end with its deadline."""
    found = read(calendar(event("DTEND:20261210T120000Z", start="DTSTART:20261101T120000Z")))

    assert found.calendar is not None
    (date,) = found.calendar.events
    assert (date.kind, date.starts_at, date.starts_at.day) == ("competition", date.ends_at, 10)


@pytest.mark.parametrize("body", ["", "{", "[1, 2", '{"a": 1}', "[{}]", "<html><p>Login</p></html>"])
def test_anything_else_is_refused(body: str) -> None:
    """With the source's name, so that the learner knows which."""
    with pytest.raises(ParseError):
        read(body)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.sampled_from(["5 Dec 2026", "https://a.org/1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*ROW]), inner, max_size=5),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.sampled_from([*ROW]), VALUES, max_size=8), max_size=4))
def test_any_list_ends_in_items_or_a_parse_error(rows: list[object]) -> None:
    """Fields may be missing or of any type."""
    try:
        found = read(rows)
    except ParseError:
        return
    assert all(item.title and item.url for item in found.items)


@pytest.mark.parametrize("body", [b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00\x06", b'{"data": ['])
def test_a_damaged_answer_is_an_error_that_names_the_source(body: bytes) -> None:
    """A broken archive or list is told with the source's name and the address that sent it."""
    with pytest.raises(ParseError, match=r"^Example: https://\S+ is "):
        competition.parse(make.source(kind="competition"), make.state(), (make.answer(body),), NOW)

"""From a decision to an issue: what is shown, in which order."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from digest.compose.candidates import Candidate
from digest.compose.issue import compose, sections
from digest.compose.pick import decide
from digest.config import Config
from digest.records import Issue, Item
from tests import make

FLOOR = 2.0
BERLIN = '[learner]\nname = "Ada"\ntimezone = "Europe/Berlin"\n[digest]\nkeep = "100%"\nstretch = 0\n'


def composed(candidates: Sequence[Candidate], config: Config | None = None, now: dt.datetime = make.NOW) -> Issue:
    settings = config or make.config(BERLIN)
    decision = decide(candidates, settings.focus, settings.digest, floor=FLOOR)
    return compose(candidates, decision, settings, period="2026-W12", starts_at=now - make.WEEK, now=now, floor=FLOOR)


def with_items(candidate: Candidate, *others: Item) -> Candidate:
    return replace(candidate, work=replace(candidate.work, items=(candidate.item, *others)))


class TestHeader:
    def test_it_says_whose_when_and_how_many(self) -> None:
        """All that a renderer needs, copied in, so that a later change of the focus changes no past issue."""
        focus = f'{make.FOCUS}lean = "letter"\nproject = {{ name = "N", question = "How?" }}'
        candidates = [
            make.candidate(1),
            make.candidate(2, relevance=0.5, source="Other"),
        ]

        made = composed(candidates, make.config(BERLIN, focus=focus))

        assert (made.period, made.starts_at, made.ends_at, made.built_at) == (
            "2026-W12",
            make.NOW - make.WEEK,
            make.NOW,
            make.NOW,
        )
        assert (made.learner, made.zone, made.statement, made.question, made.lean) == (
            "Ada",
            "Europe/Berlin",
            "I build retrieval systems.",
            "How?",
            0.15,
        )
        assert (made.seen, made.kept, len(made.picks)) == (2, 1, 1)

    def test_an_empty_week_is_an_issue_too(self) -> None:
        """Short and honest."""
        made = composed([])

        assert (made.seen, made.kept, made.picks, made.near_misses) == (0, 0, (), ())


class TestPicks:
    def test_the_side_leaned_to_comes_first_and_the_best_first_within(self) -> None:
        """The stretch last."""
        assert sections(0.15) == ("letter", "envelope", "stretch")
        assert sections(0.5) == ("letter", "envelope", "stretch")
        assert sections(0.85) == ("envelope", "letter", "stretch")
        letters = [make.candidate(n, relevance=3 + n / 10, source=f"S{n}") for n in (1, 2)]
        envelopes = [make.candidate(n, relevance=6 + n / 10, lean=0.8, source=f"S{n}") for n in (3, 4)]

        made = composed([*letters, *envelopes])

        assert [(pick.section, pick.title) for pick in made.picks] == [
            ("letter", "Post 2"),
            ("letter", "Post 1"),
            ("envelope", "Post 4"),
            ("envelope", "Post 3"),
        ]

    def test_a_pick_tells_all_of_its_item(self) -> None:
        """And what was judged of it."""
        one = make.candidate(1, authors=("Ada Byron",), summary="word " * 400, lean=0.3)

        [pick] = composed([one]).picks

        assert (pick.item_id, pick.work_id, pick.title, pick.url, pick.source, pick.authors, pick.published_at) == (
            one.item.item_id,
            one.work.work_id,
            "Post 1",
            "https://blog.example.org/posts/1",
            "Blog",
            ("Ada Byron",),
            make.NOW - make.DAY,
        )
        assert (pick.minutes, pick.words, pick.relevance, pick.lean, pick.reason) == (
            2,
            400,
            3.0,
            0.3,
            "near your statement",
        )
        assert one.item.summary.startswith(pick.excerpt)
        assert 0 < len(pick.excerpt) <= 1_200

    def test_where_else_it_stands(self) -> None:
        """Each other source once, without the marks of trackers; its own is the title's link."""
        others = (
            make.item(2, source="arXiv", url="https://arxiv.org/abs/2603.01234"),
            make.item(3, source="arXiv", url="https://arxiv.org/abs/2603.01234v2"),
            make.item(4, source="Links", url="https://links.example.org/1?utm_source=feed"),
            make.item(5, source="Silent", url=""),
            make.item(6),
        )

        [pick] = composed([with_items(make.candidate(1), *others)]).picks

        assert [(place.source, place.url) for place in pick.also_at] == [
            ("arXiv", "https://arxiv.org/abs/2603.01234"),
            ("Links", "https://links.example.org/1"),
        ]

    def test_where_it_is_talked_about(self) -> None:
        """An aggregator's place is its discussion, for its own address is that of what it points to."""
        talk = "https://news.ycombinator.com/item?id=1"
        pointer = make.item(2, source="Hacker News", url=make.item(1).url, discussion=talk)

        [original] = composed([with_items(make.candidate(1), pointer)]).picks
        [alone] = composed([make.candidate(1, discussion=talk)]).picks

        assert [(place.source, place.url) for place in original.also_at] == [("Hacker News", talk)]
        assert [(place.source, place.url) for place in alone.also_at] == [("discussion at news.ycombinator.com", talk)]

    def test_an_item_without_an_address_borrows_one_of_its_work(self) -> None:
        """A title that leads nowhere helps nobody."""
        lonely = make.candidate(1, url="")
        known = with_items(lonely, make.item(2, source="Other", url="https://other.example.org/"))

        assert composed([lonely]).picks[0].url == ""
        assert composed([known]).picks[0].url == "https://other.example.org/"


class TestRest:
    def test_near_misses_are_the_best_that_were_left_out(self) -> None:
        """With the reason why; what was muted was no near miss."""
        focus = make.FOCUS + 'mute = ["sponsored"]\n'
        candidates = [
            make.candidate(1, relevance=1.9, source="A"),
            make.candidate(2, relevance=1.8, title="Sponsored: a post", source="B"),
            *(make.candidate(n, relevance=1.7 - n / 100, source=f"S{n}") for n in range(3, 12)),
        ]

        made = composed(candidates, make.config(BERLIN, focus=focus))

        assert made.near_misses[0].title == "Post 1"
        assert made.near_misses[0].reason == "below the floor: relevance 1.90, needed 2.00"
        assert 3 <= len(made.near_misses) <= 8
        assert "Sponsored: a post" not in {miss.title for miss in made.near_misses}

    def test_a_trade_is_told_on_both_sides(self) -> None:
        """A kept work carries its note, and the one that it was preferred to is a near miss."""
        letters = [make.candidate(n, relevance=5.0 - n / 1000, source=f"S{n}") for n in range(1, 4)]
        envelope = make.candidate(9, relevance=4.9, lean=0.8, source="S9")
        settings = make.config(BERLIN.replace("stretch = 0", "stretch = 0\nat_most = 3"))

        made = composed([*letters, envelope], settings)

        assert [(pick.title, pick.traded) for pick in made.picks if pick.traded] == [
            ("Post 9", "kept before “Post 3” though it scored 0.10 lower: the envelope had little")
        ]
        assert [(miss.title, miss.change) for miss in made.near_misses] == [("Post 3", "0.20 more score")]
        assert made.near_misses[0].reason.startswith("gave its place to “Post 9”, which scored 0.10 lower, because ")

    def test_every_work_is_a_point_of_the_chart(self) -> None:
        """Kept or not."""
        made = composed([make.candidate(1, lean=0.25), make.candidate(2, relevance=0.5, source="Other")])

        assert sorted((point.lean, point.relevance, point.kept) for point in made.points) == [
            (0.2, 0.5, False),
            (0.25, 3.0, True),
        ]

    def test_the_same_again(self) -> None:
        """Whatever order the works come in."""
        candidates = [make.candidate(n, relevance=3.0, source=f"S{n}") for n in range(9)]

        assert composed(candidates) == composed(candidates[::-1])

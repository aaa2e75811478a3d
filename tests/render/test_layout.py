"""The words of a digest."""

import datetime as dt
from dataclasses import replace

import pytest

from digest.records import NearMiss, Place, Section, Wanting
from digest.render.layout import lay_out, subject
from digest.render.wording import day_words, duration_words, period_words
from tests import make
from tests.render.make import END, issue, pick, week


class TestHeader:
    def test_week_dates_and_numbers(self) -> None:
        """The header names the week, its days in the learner's zone, and what was seen and kept."""
        page = lay_out(week())

        assert page.title == "Ada’s digest · week 12 of 2026"
        assert page.dates == "16 to 23 March 2026"
        assert page.numbers == "2,431 works seen, 4 kept (0.2%), 48 min in all."

    def test_unknown_times_are_not_hidden(self) -> None:
        """Where the length of a pick is unknown the sum is only a lower bound, and where all are there is none."""
        assert lay_out(issue(pick(1), pick(2, minutes=0))).numbers.endswith("at least 12 min in all.")
        assert lay_out(issue(pick(2, minutes=0))).numbers == "2,431 works seen, 1 kept (under 0.1%)."

    def test_dates_are_the_learners(self) -> None:
        """Half past eleven at night in London is the next day in Tokyo."""
        late = issue(starts_at=END.replace(day=1, hour=23), ends_at=END.replace(day=8, hour=23), zone="Asia/Tokyo")

        assert lay_out(late).dates == "2 to 9 March 2026"

    @pytest.mark.parametrize("zone", ["Nowhere/Atall", "", "../etc/passwd", "a\x00b"])
    def test_unknown_zone_is_utc(self, zone: str) -> None:
        """A zone this machine does not know costs the local dates, not the digest."""
        assert lay_out(issue(zone=zone)).dates == "16 to 23 March 2026"

    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            (dt.datetime(2026, 3, 22, 6, tzinfo=dt.UTC), "22 to 23 March 2026"),
            (dt.datetime(2026, 2, 27, 6, tzinfo=dt.UTC), "27 February to 23 March 2026"),
            (dt.datetime(2025, 12, 29, 6, tzinfo=dt.UTC), "29 December 2025 to 23 March 2026"),
            (dt.datetime(2026, 3, 23, 0, tzinfo=dt.UTC), "23 March 2026"),
        ],
    )
    def test_span(self, start: dt.datetime, expected: str) -> None:
        """The span of days repeats neither month nor year."""
        assert lay_out(issue(starts_at=start)).dates == expected

    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            ("2026-W12", "week 12 of 2026"),
            ("2026-W02-2", "week 2 of 2026, second issue"),
            ("2026-03-20", "20 March 2026"),
            ("2026-03-20-4", "20 March 2026, 4th issue"),
            ("odd", "odd"),
        ],
    )
    def test_period(self, period: str, expected: str) -> None:
        """A period's name is put into words."""
        assert period_words(period) == expected

    def test_best_pick_is_offered_first(self) -> None:
        """If you read one thing, it is the best inside the focus, wherever it stands."""
        made = issue(pick(2), pick(1, section=Section.ENVELOPE), pick(3), pick(0, section=Section.STRETCH, score=9.0))
        first = lay_out(made).first

        assert first is not None
        assert first.title == "Hard negatives, part 1"

    def test_the_issues_own_choice_comes_first(self) -> None:
        """What was chosen when the issue was built stands, and a choice that is not among the picks does not."""
        chosen = lay_out(issue(pick(1), pick(2), pick(3), first=pick(2).item_id)).first
        unknown = lay_out(issue(pick(1), pick(2), pick(3), first="gone")).first

        assert chosen is not None
        assert unknown is not None
        assert (chosen.number, unknown.number) == (2, 1)

    @pytest.mark.parametrize(
        ("numbers", "words"),
        [((), ""), ((2,), "Number 2 speaks to it."), ((1, 2, 3), "Numbers 1, 2 and 3 speak to it.")],
    )
    def test_what_speaks_to_the_question(self, numbers: tuple[int, ...], words: str) -> None:
        """The picks that do are named by their numbers."""
        assert lay_out(issue(*(pick(n, on_question=n in numbers) for n in (1, 2, 3)))).answers == words

    def test_two_picks_need_no_hint(self) -> None:
        """With one or two picks there is nothing to choose."""
        assert lay_out(issue(pick(1), pick(2))).first is None


class TestSections:
    def test_order_is_the_issues_and_stretch_is_last(self) -> None:
        """Sections stand in the order of their first picks, picks keep theirs, numbers run through."""
        made = issue(
            pick(1, section=Section.STRETCH),
            pick(2, section=Section.ENVELOPE),
            pick(3),
            pick(4, section=Section.ENVELOPE),
        )
        sections = lay_out(made).sections

        assert [section.name for section in sections] == ["envelope", "letter", "stretch"]
        assert [entry.number for section in sections for entry in section.entries] == [1, 2, 3, 4]
        assert [entry.title[-1] for section in sections for entry in section.entries] == ["2", "4", "3", "1"]

    def test_twin_picks_are_both_shown(self) -> None:
        """Two picks that look alike are still two."""
        (section,) = lay_out(issue(pick(1), pick(1))).sections

        assert [entry.number for entry in section.entries] == [1, 2]


class TestEntry:
    def test_byline(self) -> None:
        """Source, date, at most three authors and the time are given."""
        entry = lay_out(issue(pick())).sections[0].entries[0]

        assert entry.byline == (
            "Retrieval Notes",
            "21 March 2026",
            "Ada Byron, Charles B., Mary S. and 2 more",
            "12 min",
        )

    @pytest.mark.parametrize(
        ("number", "words"), [(0, "12 min"), (1, "12 min, first pass"), (2, "12 min, second pass: it is near")]
    )
    def test_how_far_to_read(self, number: int, words: str) -> None:
        """Papers say which pass is meant, and why where it is more than the first."""
        entry = lay_out(issue(pick(suggested_pass=number, pass_reason="it is near"))).sections[0].entries[0]

        assert entry.byline[-1] == words

    def test_playing_time(self) -> None:
        """What is heard and not read says so."""
        entry = lay_out(issue(pick(minutes=42, seconds=2500))).sections[0].entries[0]

        assert entry.byline[-1] == "42 min to listen"

    @pytest.mark.parametrize(
        ("names", "expected"),
        [
            (("A",), "A"),
            (("A", "B"), "A and B"),
            (("A", "B", "C"), "A, B and C"),
            (("A", "B", "C", "D"), "A, B, C and 1 more"),
            ((" ", "B"), "B"),
        ],
    )
    def test_authors(self, names: tuple[str, ...], expected: str) -> None:
        """Up to three authors are named, blank ones do not count."""
        assert lay_out(issue(pick(authors=names))).sections[0].entries[0].byline[2] == expected

    def test_what_is_unknown_is_left_out(self) -> None:
        """No date, no authors, no time, no address: the rest is still shown."""
        bare = pick(published_at=None, authors=(), minutes=0, url="javascript:x", title=" ", excerpt="", reason="")
        entry = lay_out(issue(bare)).sections[0].entries[0]

        assert entry.byline == ("Retrieval Notes",)
        assert (entry.title, entry.url, entry.excerpt, entry.reason) == ("(untitled)", "", "", "")

    def test_latex_and_length(self) -> None:
        """Formulas are shown, and a long excerpt ends with a sentence or a word."""
        made = pick(title=r"On $\alpha$ in $O(n^2)$", excerpt="Words and words " * 100)
        entry = lay_out(issue(made)).sections[0].entries[0]

        assert entry.title == "On α in O(n²)"
        assert len(entry.excerpt) <= 350
        assert entry.excerpt.endswith((" words…", " Words…", " and…"))

    def test_also_at(self) -> None:
        """Other places keep their name even where their address is no link."""
        made = pick(also_at=(Place(source="HN", url="https://example.org/1"), Place(source="X", url="data:x")))
        links = lay_out(issue(made)).sections[0].entries[0].also_at

        assert [(place.text, place.url) for place in links] == [("HN", "https://example.org/1"), ("X", "")]

    @pytest.mark.parametrize(
        ("minutes", "expected"), [(1, "1 min"), (59, "59 min"), (60, "1 h"), (200, "3 h 20 min"), (0, "0 min")]
    )
    def test_duration(self, minutes: int, expected: str) -> None:
        """Times are given in hours and minutes."""
        assert duration_words(minutes) == expected

    def test_days_do_not_depend_on_the_machines_language(self) -> None:
        """Months are in English wherever the program runs."""
        assert day_words(dt.date(2026, 12, 1)) == "1 December 2026"


class TestPast:
    def test_connections(self) -> None:
        """What a pick goes back to, with all that is known of it."""
        made = replace(pick(), connections=make.issue().picks[0].connections)
        (related,) = lay_out(issue(made)).sections[0].entries[0].related

        assert (related.before, related.text) == ("Says much the same as", "An older post")
        assert related.after == "Blog, 2 March 2026, which you saved, in the digest of week 9 of 2026"

    def test_foundation(self) -> None:
        """The picks that lean on it are named by number; one on which no pick leans is not shown."""
        ground = make.issue().foundation
        assert ground is not None
        own = replace(ground, leaning=(pick(2).item_id, pick(1).item_id))
        shown = lay_out(issue(pick(1), pick(2), foundation=own)).foundation

        assert shown is not None
        assert (shown.before, shown.text) == ("Numbers 1 and 2 lean on", "Where it began")
        assert lay_out(issue(pick(1), foundation=ground)).foundation is None

    def test_near_misses_say_what_was_missing(self) -> None:
        """And do not name a source twice over."""
        miss = NearMiss(item_id="a", title="T", url="", source="arXiv", reason="arXiv had its third", change="0.2 more")
        (line,) = lay_out(issue(near_misses=(miss,))).near_misses

        assert (line.source, line.reason, line.change) == ("", "arXiv had its third", "0.2 more")


class TestEmpty:
    def test_nothing_came(self) -> None:
        """A week in which nothing came in says so."""
        page = lay_out(issue(seen=0))

        assert page.numbers == "No new works seen."
        assert page.empty.startswith("Nothing new came in")

    def test_nothing_was_good_enough(self) -> None:
        """A week in which nothing was near enough says that, and how many were looked at."""
        assert lay_out(issue(seen=143)).numbers == "143 works seen, none kept."
        assert lay_out(issue(seen=143)).empty.startswith("None of the 143 works that came in was near enough")
        assert lay_out(issue(seen=1)).empty.startswith("The one work that came in was not near enough")

    def test_it_says_what_came_nearest_and_what_would_help(self) -> None:
        """What was missing, in the units of the near misses, and terms to add."""
        wanting = Wanting(nearest="Almost it", relevance=2.14, floor=4.0, add=("paged cache", "eviction", "prefill"))
        empty = lay_out(issue(seen=143, wanting=wanting)).empty
        assert "The nearest was “Almost it”, at a relevance of 2.1 where 4.0 is needed." in empty
        assert "add topics such as paged cache, eviction or prefill" in empty
        assert "“digest focus”" in empty

    def test_what_was_near_enough_and_left_out_is_no_lack_of_relevance(self) -> None:
        """A rule kept it out, which is explained elsewhere."""
        empty = lay_out(issue(seen=9, wanting=Wanting(nearest="Muted", relevance=5, floor=4))).empty
        assert "relevance" not in empty
        assert "“digest why”" in empty

    def test_a_thin_issue_says_what_would_help_too(self) -> None:
        """Beside its numbers, once."""
        page = lay_out(replace(week(), wanting=Wanting(add=("paged cache",))))
        assert page.empty == ""
        assert "add topics such as paged cache" in page.numbers
        assert "add topics" not in lay_out(week()).numbers

    def test_hostile_terms_are_made_one_line(self) -> None:
        """Terms and titles are strangers' words."""
        empty = lay_out(issue(seen=2, wanting=Wanting(nearest="a\nb\x1b", add=("x\ny",)))).empty
        assert "\n" not in empty
        assert "\x1b" not in empty

    def test_picks_need_no_excuse(self) -> None:
        """With picks there is no such sentence."""
        assert lay_out(week()).empty == ""


class TestFooter:
    def test_near_misses_are_few(self) -> None:
        """At most ten near misses are listed."""
        miss = NearMiss(item_id="a", title="T", url="", source="S", reason="r")

        assert len(lay_out(issue(near_misses=(miss,) * 30)).near_misses) == 10

    @pytest.mark.parametrize(
        ("lean", "words"), [(0.15, "the letter (85%)"), (0.85, "the envelope (85%)"), (0.5, "to neither side")]
    )
    def test_lean_is_named(self, lean: float, words: str) -> None:
        """The footer says which way the sections were shared out."""
        assert words in " ".join(lay_out(issue(lean=lean)).made)


class TestSubject:
    def test_says_what_is_inside(self) -> None:
        """The subject names the period, the numbers and the first title."""
        assert subject(week()) == "Ada’s digest · week 12 of 2026: 4 of 2,431 · Hard negatives, part 1"

    def test_empty(self) -> None:
        """An empty issue says so before it is opened."""
        assert subject(issue(seen=9)) == "Ada’s digest · week 12 of 2026: nothing kept"

    def test_is_one_line_whatever_the_title(self) -> None:
        """A title cannot smuggle a header into the mail."""
        assert "\n" not in subject(issue(pick(title="a\r\nBcc: b@example.org"), learner="x\ny"))


class TestAiling:
    def test_they_share_one_line(self) -> None:
        """Each is named with what is wrong with it; an outage of many is counted."""
        few = lay_out(replace(issue(), ailing=("A: HTTP 404", "B: timed out", "\x00")))
        many = lay_out(replace(issue(), ailing=tuple(f"S{number}: HTTP 503" for number in range(40))))

        assert few.failing == "A: HTTP 404; B: timed out"
        assert many.failing.startswith("S0: HTTP 503; ")
        assert many.failing.endswith("S4: HTTP 503; and 35 more, which “digest status” names")

"""The weekly view in words."""

from dataclasses import replace

from digest.records import KeepRate, SourceYield, Theme, Weekly
from digest.render.trends import lay_out_trends
from tests import make

WEEKLY = make.issue().weekly


def test_an_ordinary_week() -> None:
    """What a theme came to, what sources brought, and the keep rate, against what was before."""
    trends = lay_out_trends(WEEKLY)

    assert trends.note == "36 works near your focus in the last seven days, 20 a week in the eight weeks before."
    assert [theme.words for theme in trends.growing] == ["9 works, 25% of what was near, after 5% before"]
    assert trends.fading == ()
    assert [(row.source, row.kept, row.seen, row.before) for row in trends.sources] == [("Blog", 1, 3, "2 of 9")]
    assert trends.rate == "Kept were 33.3% of this issue’s works, and 22.2% in the issue before."


def test_a_first_issue_has_nothing_to_look_back_on() -> None:
    """Then nothing is said, rather than that all is new."""
    first = Weekly(
        yields=(SourceYield(source="Blog", seen=3, kept=1),), keep_rates=(KeepRate(period="a", seen=3, kept=1),)
    )

    assert not lay_out_trends(first)
    assert not lay_out_trends(Weekly())


def test_sources_that_never_gave_anything_are_left_out() -> None:
    """A row is worth its line when something of it was ever kept."""
    idle = SourceYield(source="Idle", seen=90, kept=0, seen_before=900, kept_before=0)

    assert len(lay_out_trends(replace(WEEKLY, yields=(*WEEKLY.yields, idle))).sources) == 1


def test_addresses_and_texts_are_made_harmless() -> None:
    """What comes from a title stays one line; what is no web address is no link."""
    bad = Theme(
        term="a\nb",
        weeks=(1,),
        share=0.5,
        share_before=0.0,
        growing=False,
        example="x\x00y",
        example_url="javascript:x",
    )
    (theme,) = lay_out_trends(replace(WEEKLY, themes=(bad,))).themes

    assert (theme.term, theme.example, theme.example_url) == ("a b", "x y", "")

"""The weekly view in words."""

from dataclasses import replace

from digest.records import KeepRate, SourceYield, Theme, Weekly
from digest.render.trends import lay_out_trends
from tests import make

WEEKLY = make.issue().weekly


def test_an_ordinary_week() -> None:
    """What a theme came to, against what was before; neither yields nor a keep rate, which say nothing by themselves."""
    trends = lay_out_trends(WEEKLY)

    assert trends.note == "36 works near your focus in the last seven days, 20 a week in the eight weeks before."
    assert [theme.words for theme in trends.growing] == ["9 works, 25% of what was near, after 5% before"]
    assert trends.fading == ()


def test_a_first_issue_has_nothing_to_look_back_on() -> None:
    """Then nothing is said, rather than that all is new."""
    first = Weekly(
        yields=(SourceYield(source="Blog", seen=3, kept=1),), keep_rates=(KeepRate(period="a", seen=3, kept=1),)
    )

    assert not lay_out_trends(first)
    assert not lay_out_trends(Weekly())


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

    assert (theme.term, theme.example, theme.example_url) == ("A b", "x y", "")


def test_names_begin_a_line() -> None:
    """With a capital, unless they are written without one."""

    def named(term: str) -> str:
        return lay_out_trends(replace(WEEKLY, themes=(replace(WEEKLY.themes[0], term=term),))).themes[0].term

    assert [named(term) for term in ("sparse attention", "vLLM", "KV cache")] == [
        "Sparse attention",
        "vLLM",
        "KV cache",
    ]

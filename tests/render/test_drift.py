"""What is said of a drift: the evidence, and lines that can be pasted as they are."""

import tomllib

from digest.records import Drift, LeanDrift, TopicDrift
from digest.render.drift import lay_out_drift
from digest.render.html import render_html
from digest.render.markdown import render_markdown
from digest.render.site import render_site
from digest.render.text import render_text
from tests import make

TOPICS = TopicDrift(
    counted=12,
    far=6,
    examples=(("Folding <b>proteins</b>", "https://example.org/1"),),
    terms=("protein folding", 'a "quoted" term'),
    declared=("learned sparse retrieval",),
)
LEAN = LeanDrift(counted=15, liked=0.8, declared=0.5, shown=0.4)


def test_the_lines_are_toml_that_keeps_what_was_declared() -> None:
    """They can be pasted."""
    topics, lean = lay_out_drift(Drift(weeks=8, topics=TOPICS, lean=LEAN))

    assert tomllib.loads(topics.toml) == {"topics": ["learned sparse retrieval", "protein folding", 'a "quoted" term']}
    assert tomllib.loads(lean.toml) == {"lean": 0.8}


def test_the_numbers_are_said() -> None:
    """What was declared, what was liked, and what was shown."""
    topics, lean = lay_out_drift(Drift(weeks=8, topics=TOPICS, lean=LEAN))

    assert topics.words.startswith("Of 12 works that you liked, saved or read in the last eight weeks, 6 are far")
    assert lean.words.startswith("You declared “balanced”. Of 15 works")
    assert lean.words.endswith("80% are envelope; of the picks, 40%.")


def test_the_other_side_is_named_as_such() -> None:
    """An envelope share of a tenth is nine tenths letter."""
    [lean] = lay_out_drift(Drift(weeks=8, lean=LeanDrift(counted=20, liked=0.1, declared=0.85)))

    assert "You declared “envelope”" in lean.words
    assert lean.words.endswith("90% are letter.")


def test_every_rendering_tells_it_and_escapes_it() -> None:
    """Markdown, mail, text and site; an issue without a drift has no word of it."""
    issue = make.issue(drift=Drift(weeks=8, topics=TOPICS, lean=LEAN))
    [page] = [text for name, text in render_site([issue]).items() if name != "index.html"]
    drawn = (render_markdown(issue), render_html(issue), render_text(issue), page)

    for text in drawn:
        assert "Your focus and what you like" in text
        assert "lean = 0.80" in text
        assert "Folding <b>" not in text
    assert 'topics = ["learned sparse retrieval", "protein folding", "a \\"quoted\\" term"]' in drawn[0]
    assert "Your focus and what you like" not in render_markdown(make.issue())

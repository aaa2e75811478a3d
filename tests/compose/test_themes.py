"""Themes that grow and themes that fade."""

from collections.abc import Mapping

import numpy as np

from digest.arrays import Floats
from digest.compose.themes import WEEKS, DatedWork, themes

#: Three things that works are about, and how many a week, this week first.
STEADY, GROWS, FADES = "sparse retrieval", "mamba layers", "diffusion sampling"
COUNTS = {
    STEADY: (12, 12, 11, 12, 13, 12, 12, 11, 12),
    GROWS: (14, 2, 2, 1, 3, 2, 2, 1, 2),
    FADES: (1, 9, 10, 9, 11, 10, 9, 10, 9),
}
TITLES = ("A study of {}", "{} at work", "Notes on {}", "What {} needs", "{} again")


def season(counts: Mapping[str, tuple[int, ...]] = COUNTS) -> tuple[list[DatedWork], Floats]:
    """Works and their vectors: an axis for each subject, and a little noise from a fixed seed."""
    draw = np.random.default_rng(5)
    works, rows = [], []
    for axis, (subject, weeks) in enumerate(counts.items()):
        for week, count in enumerate(weeks):
            for number in range(count):
                title = TITLES[number % len(TITLES)].format(subject)
                works.append(DatedWork(title=title, text=f"We look at {subject} here.", url="", week=week))
                rows.append(np.eye(len(counts) + 3)[axis] + draw.normal(0, 0.1, len(counts) + 3))
    made = np.array(rows, dtype=np.float32)
    return works, made / np.linalg.norm(made, axis=1, keepdims=True)


def test_what_moved_is_named_by_its_own_words() -> None:
    """The growing theme first, then the fading one; what stays as it was is no news."""
    found = [theme for theme in themes(*season()) if theme.weeks[0]]

    assert {(theme.term, theme.growing) for theme in found} == {(GROWS, True), (FADES, False)}
    assert [theme.growing for theme in found] == sorted((theme.growing for theme in found), reverse=True)


def test_counts_and_shares_are_those_of_the_weeks() -> None:
    """Oldest week first; the share before is that of all eight weeks together."""
    (theme,) = [theme for theme in themes(*season()) if theme.term == GROWS and theme.growing]
    totals = [sum(weeks[week] for weeks in COUNTS.values()) for week in range(WEEKS)]

    assert theme.weeks == COUNTS[GROWS][::-1]
    assert theme.share == round(14 / totals[0], 4)
    assert theme.share_before == round(15 / sum(totals[1:]), 4)


def test_an_example_stands_for_the_theme() -> None:
    """A growing theme shows a work of this week, a fading one the last there was."""
    gone = COUNTS | {FADES: (0, 9, 10, 9, 11, 10, 9, 10, 9)}

    found = themes(*season(gone))

    assert {theme.growing for theme in found} == {True, False}
    assert all(theme.term in theme.example for theme in found)


def test_the_same_works_give_the_same_themes() -> None:
    """Nothing is drawn by chance."""
    assert themes(*season()) == themes(*season())


def test_few_works_tell_nothing() -> None:
    """Neither a week of seven works nor a past of twenty makes a trend."""
    works, rows = season({GROWS: (7, 40)})
    assert themes(works, rows) == ()
    works, rows = season({GROWS: (40, 20)})
    assert themes(works, rows) == ()
    assert themes([], np.empty((0, 4), np.float32)) == ()


def test_texts_without_words_do_no_harm() -> None:
    """A theme that nothing can be called by is not shown."""
    works, rows = season()
    silent = [DatedWork(title="…", text="", url="", week=work.week) for work in works]

    assert themes(silent, rows) == ()

"""A statement in anybody's words is read for its subjects."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.judge.statement import MOST, READ, Clause, ClauseKind, read_statement
from tests.judge.statements import STATEMENTS

#: What counts this little is set aside, or as good as.
LITTLE = 0.3


def counted(clauses: tuple[Clause, ...]) -> list[str]:
    return [c.text.casefold() for c in clauses if c.kind is ClauseKind.INTEREST and c.weight > LITTLE]


@pytest.mark.parametrize(
    ("statement", "found", "aside", "declined"), STATEMENTS, ids=[row[0][:60] for row in STATEMENTS]
)
def test_subjects_count_persons_do_not_and_what_is_declined_is_told_apart(
    statement: str, found: tuple[str, ...], aside: tuple[str, ...], declined: tuple[str, ...]
) -> None:
    """Sixty ways to say a focus, each with what a reader would take from it."""
    clauses = read_statement(statement)

    interests = counted(clauses)
    unwanted = [c.text.casefold() for c in clauses if c.kind is ClauseKind.DECLINED]
    for piece in found:
        assert any(piece.casefold() in text for text in interests), (piece, clauses)
    for piece in (*aside, *declined):
        assert not any(piece.casefold() in text for text in interests), (piece, clauses)
    for piece in declined:
        assert any(piece.casefold() in text for text in unwanted), (piece, clauses)


def test_two_interests_are_two_clauses() -> None:
    """What lies between two subjects is neither."""
    assert counted(read_statement("I care about protein folding and about database internals")) == [
        "protein folding",
        "database internals",
    ]


def test_modifiers_share_their_noun() -> None:
    """Half a name is no subject."""
    assert counted(read_statement("how dense and sparse retrievers are trained")) == [
        "dense and sparse retrievers are trained"
    ]


def test_a_word_that_goes_with_anything_keeps_the_subject_it_was_said_with() -> None:
    """Cost of what? The clause shows the learner's word and embeds what it is about."""
    clauses = read_statement("I run vector search in production and want to understand cost")

    cost = next(c for c in clauses if c.text == "cost")
    assert "vector search" in cost.embed
    assert cost.weight < max(c.weight for c in clauses)


def test_background_counts_little_and_the_person_not_at_all() -> None:
    """Ten years of Java do not make a reader of Java."""
    clauses = read_statement("After ten years of Java I live in Bern and want to learn about tensor compilers.")

    weights = {c.kind: c.weight for c in clauses}
    assert 0 < weights[ClauseKind.BACKGROUND] < LITTLE
    assert weights[ClauseKind.PERSON] == 0
    assert weights[ClauseKind.INTEREST] == 1


@pytest.mark.parametrize(
    "statement", ["I love my dog.", "skip crypto, spare me surveys", "No.", "I am a nurse in Graz"]
)
def test_where_all_would_be_set_aside_the_statement_counts(statement: str) -> None:
    """A focus that is not understood is read as it stands, never as nothing."""
    clauses = read_statement(statement)

    assert [c.weight for c in clauses if c.kind is ClauseKind.INTEREST] == [1.0]


@pytest.mark.parametrize(
    ("statement", "clauses"),
    [
        ("Ich baue Suchmaschinen, und möchte verstehen, wie man sie misst. Ohne Labels.", 2),
        ("Je travaille sur la recherche d'information et je veux comprendre les modèles.", 1),
        ("我想学习图神经网络。也想学习检索。", 2),
    ],
)
def test_other_languages_are_read_by_the_sentence(statement: str, clauses: int) -> None:
    """English cues say nothing in them; what stands there counts."""
    read = read_statement(statement)

    assert [c.kind for c in read] == [ClauseKind.INTEREST] * clauses
    assert all(c.weight == 1 for c in read)


def test_a_line_broken_by_an_editor_is_one_sentence() -> None:
    """A statement in a configuration file may run over several lines."""
    wrapped = "I want to understand how approximate nearest neighbour\nsearch stays fresh under deletions"

    assert any("nearest neighbour search" in c.text for c in read_statement(wrapped))


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                ["I", "want", "to", "no", "and", ",", ".", ":", "(", "-", "\n", "graph", "papers", "on", "not", "of"]
            )
        ).map(" ".join),
    )
)
@example("to " * 7_000)
@example("I want really " * 2_000)
@example("i" + " " * 30_000 + "am")
@example("a\n" * 10_000)
@example("no, " * 5_000)
def test_whatever_is_written_spans_lie_in_the_text(statement: str) -> None:
    """Hostile input is read to its bounds, and every clause is the learner's own words."""
    clauses = read_statement(statement)

    assert len(clauses) <= MOST + 1
    for clause in clauses:
        assert 0 <= clause.start < clause.end <= min(len(statement), READ)
        assert clause.text == " ".join(statement[clause.start : clause.end].split())
        assert 0 <= clause.weight <= 1
        assert clause.embed
    if any(c.isalpha() for c in statement[:READ]):
        assert any(c.kind is ClauseKind.INTEREST and c.weight > 0 for c in clauses)

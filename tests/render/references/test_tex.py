"""Text for LaTeX: it prints what was said, and runs nothing."""

import pytest

from digest.render.references.tex import plain_title, tex_abstract, tex_text, tex_title
from tests.render.hostile import ATTACKS
from tests.render.references.reading import pairs_braces, plain


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Attention is all you need", "Attention is all you need"),
        ("BERT: Pre-training of Deep Transformers", "{BERT}: Pre-training of Deep Transformers"),
        ("LoRA and GPT-4", "{LoRA} and {GPT}-4"),
        ("Q-learning with A star", "{Q}-learning with A star"),
        ("A survey of Bayesian methods in Hilbert spaces", "A survey of {Bayesian} methods in {Hilbert} spaces"),
        ("Got an easy question? Ask here among friends", "Got an easy question? Ask here among friends"),
        ("100% of R&D_costs #1", "100\\% of {R}\\&{D}\\_costs \\#1"),
        ("Sorting in $\\mathcal{O}(n \\log n)$", "Sorting in {$\\mathcal{O}(n \\log n)$}"),
        ("$λ$-calculus", "{${\\lambda}$}-calculus"),
        ("Erd\\H{o}s graphs", "Erdős graphs"),
        ("β ≤ ∞", "\\ensuremath{\\beta} \\ensuremath{\\leq} \\ensuremath{\\infty}"),
        ("a → b", "a {\\textrightarrow} b"),
        ("costs $5 and $6", "costs \\$5 and \\$6"),
        ("a {b", "a \\textbraceleft{}b"),
        ("Über 大規模 👻", "Über 大規模 👻"),
    ],
)
def test_titles(title: str, expected: str) -> None:
    """Acronyms and names keep their capitals, formulas stay formulas, signs are escaped, letters stay."""
    assert tex_title(title) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "$\\input{/etc/passwd}$",
        "$\\write18{rm}$",
        "$\\csname input\\endcsname$",
        "$\\def\\a{b}$",
        "$x_{$",
        "$}x{$",
        "$\\{$",
        "$a%b$",
        "$a^^5cinput$",
        "$a\\\\b$",
        "$\\unknownmacro{x}$",
    ],
)
def test_a_formula_that_is_more_than_a_formula(formula: str) -> None:
    """It is printed as text: no macro but those that draw, and every brace has its other."""
    made = tex_title(f"Of {formula} things")

    assert pairs_braces(made)
    assert "{$" not in made
    assert not any(f"\\{macro}" in made for macro in ("input", "write", "csname", "def", "unknown", "\\"))


@pytest.mark.parametrize("text", ATTACKS)
def test_text_is_printed_letter_for_letter(text: str) -> None:
    """Whatever markup it holds."""
    if text.isprintable() and text == text.strip():
        assert plain(tex_text(text)) == text
        assert plain(tex_abstract(text)) == text
        assert plain(tex_title(text)) == plain_title(text)


@pytest.mark.parametrize("letter", "αΩμ≤≥≠∞→←×÷±√∑∈∀½²™©°")
def test_symbols_become_macros(letter: str) -> None:
    """Most fonts of LaTeX lack them; in abstracts, which are not printed, they stay."""
    assert tex_text(letter).isascii()
    assert tex_abstract(letter) == letter

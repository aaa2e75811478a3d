"""LaTeX shown as Unicode."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.latex import to_unicode
from tests.render.hostile import texts

_tex = st.text(alphabet="\\${}^_%&()[]abO12 \n'\"~=", max_size=60)
_words = st.sampled_from(
    ["\\alpha", "\\frac{a}{b}", "\\emph{", "$", "$$", "}", "{", "^{", "_", "\\sum", "\\'e", "\\(", "\\)", " "]
)


class TestToUnicode:
    @pytest.mark.parametrize(
        ("source", "expected"),
        [
            (r"$\alpha$-divergence", "α-divergence"),
            (r"Attention in $O(n^2)$ or $O(n \log n)$", "Attention in O(n²) or O(n log n)"),
            (r"\emph{Really} \textbf{bold $x_1$}", "Really bold x₁"),
            (
                r"Andr\'e, Erd\H{o}s, M{\"u}ller, Fran\c{c}ois, \L{}ukasz, Pawe\l",
                "André, Erdős, Müller, François, Łukasz, Paweł",
            ),
            (r"$\mathcal{L}_1$ and $\ell_2$ in $\mathbb{R}^d$", "ℒ₁ and ℓ₂ in ℝᵈ"),
            (r"$\sum_{i=1}^n x_i \leq 3$", "∑ᵢ₌₁ⁿ xᵢ ≤ 3"),
            (r"\(n^{10}\), \[x = \frac{1}{2}\]", "n¹⁰, x = 1/2"),
            (r"95\% at $10^{-5}$, 2.3$\times$ faster, $\sim$30ms", "95% at 10⁻⁵, 2.3× faster, ∼30ms"),
            (r"$95%$ of $\mathbf{W}\mathbf{x}$", "95% of Wx"),
            (r"$x_{i,j}$ and $R^2_{adj}$", "x_(i,j) and R²_adj"),
            (r"$\texttt{Tool}$ turns 360{\deg}, $\left(x\right)$", "Tool turns 360°, (x)"),
            (r"{\gamma}-ray by \href{https://example.org}{us}", "γ-ray by us"),
        ],
    )
    def test_latex_becomes_unicode(self, source: str, expected: str) -> None:
        """Formulas, accents and text commands are shown as a reader would write them."""
        assert to_unicode(source) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "$5 and $6",
            "from $5M to $10M, or $5-$6",
            "US$100 in a year against AU$ and so on",
            r"C:\path\to\file and \\server\alpha",
            r"the pattern \d{3}\S+ and \n",
            r"it\'s what they\'ll do",
            r"\unknown{thing}",
            r"with $\sqrtT$ regret",
            r"see \[cs.CL\]",
            "a^b and x_1 {plain}",
        ],
    )
    def test_what_is_no_latex_stays(self, text: str) -> None:
        """Money, paths, patterns and unknown commands come back unchanged."""
        assert to_unicode(text) == text

    @given(_tex | texts | st.lists(_words, max_size=20).map("".join))
    def test_never_raises(self, text: str) -> None:
        """Any text gives a text."""
        assert isinstance(to_unicode(text), str)

    @pytest.mark.parametrize("text", ["\\emph{" * 5000, "${" + "{" * 3000 + "$", "\\" * 5000])
    def test_deep_nesting_comes_back(self, text: str) -> None:
        """What is too deep for the parser is shown as it came."""
        assert to_unicode(text) == text

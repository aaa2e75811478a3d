r"""Text for LaTeX: nothing in it runs, and its braces pair for BibTeX, which counts escaped ones too.

Letters stay Unicode, which LaTeX and Biber have read for years. Symbols and Greek letters, which most fonts lack, are
written as macros. Of strangers' TeX only formulas made of known macros survive, so that no `\input` or `\write` does.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from digest.render.latex import to_unicode
from digest.render.untrusted import one_line

_ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{letter: f"\\{letter}" for letter in "&%$#_"},
}
_SPECIAL = re.compile(r"[\\{}~^<>|&%$#_]")
_FORMULA = re.compile(r"(?<!\\)\$(?![\s$])([^$]{1,400})(?<![\s\\])\$(?!\d)")
_MACRO = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
#: Macros that shape a formula or name a function; symbols are looked up.
_SHAPES = frozenset(
    """
    frac tfrac dfrac sqrt binom mathcal mathbb mathbf mathrm mathsf mathit mathtt mathfrak mathscr boldsymbol operatorname
    hat widehat bar overline tilde widetilde vec dot ddot underline text textit textbf textrm texttt textsc left right big
    Big bigl bigr log ln exp min max sup inf arg sin cos tan tanh det dim lim Pr gcd deg ker
    """.split()
)
_SHAPED_BY_SIGNS = frozenset(",;:!|%#&$_ ")
_WORD = re.compile(r"[^\W_]+")


def tex_text(text: str) -> str:
    """Plain text as LaTeX prints it letter for letter."""
    return "".join(_symbol(letter) for letter in _escaped(text))


def tex_abstract(text: str) -> str:
    """Plain text, symbols left alone: no style prints abstracts, and programs that read them know no TeX."""
    return _escaped(text)


def tex_title(title: str) -> str:
    """A title with its formulas, and with braces around what must keep its capitals when a style takes them away."""
    parts = list(_parts(title))
    sentence_case = _is_sentence_case(" ".join(text for text, is_formula in parts if not is_formula))
    return "".join(
        f"{{${''.join(map(_in_formula, text))}$}}" if is_formula else _protected(text, sentence_case, first=place == 0)
        for place, (text, is_formula) in enumerate(parts)
    )


def plain_title(title: str) -> str:
    """The same title in Unicode, its formulas as far as Unicode has their signs."""
    return one_line("".join(to_unicode(f"${text}$") if is_formula else text for text, is_formula in _parts(title)))


def _parts(title: str) -> Iterator[tuple[str, bool]]:
    """The title cut into texts, in Unicode, and formulas that are safe to typeset."""
    start = 0
    for found in _FORMULA.finditer(title):
        if _is_safe(found[1]) and ("\\" in found[1] or to_unicode(found[0]) != found[0]):
            yield to_unicode(title[start : found.start()]), False
            yield found[1], True
            start = found.end()
    yield to_unicode(title[start:]), False


def _is_safe(formula: str) -> bool:
    """Whether its braces pair and it has no macro but those that draw."""
    if re.search(r"\\[{}]|(?<!\\)[%#&~]|\^\^", formula) or not formula.isprintable():
        return False
    depth = 0
    for brace in re.findall(r"[{}]", formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and all(map(_draws, _MACRO.findall(formula)))


@cache
def _draws(macro: str) -> bool:
    return macro in _SHAPES or macro in _SHAPED_BY_SIGNS or to_unicode(f"\\{macro}") not in ("", f"\\{macro}")


def _protected(text: str, sentence_case: bool, *, first: bool) -> str:
    """Braces around acronyms and names: words with a capital inside, and in sentence case all but the first word's."""
    made, end = list[str](), 0
    for found in _WORD.finditer(text):
        word, before = found[0], text[: found.start()].rstrip(" \"'“‘«([")
        begins = not before if first else False
        begins = begins or before.endswith((".", "?", "!", ":", "…"))
        made.append(tex_text(text[end : found.start()]))
        inner = any(letter.isupper() for letter in word[1:])
        alone = len(word) == 1 and word.isupper() and word not in "AI"
        named = sentence_case and not begins and word[0].isupper() and word != "A"
        made.append(f"{{{tex_text(word)}}}" if inner or alone or named or word == "I" else tex_text(word))
        end = found.end()
    return "".join([*made, tex_text(text[end:])])


def _is_sentence_case(text: str) -> bool:
    """Whether most longer words after the first are in small letters."""
    words = [found[0] for found in _WORD.finditer(text)][1:]
    longer = [word for word in words if len(word) > 3]
    return sum(word[0].islower() for word in longer) * 2 > len(longer)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


@cache
def _symbol(letter: str) -> str:
    """A macro for a symbol or a Greek letter, the letter itself for all others."""
    if letter.isascii() or not _is_symbol(letter):
        return letter
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    encoder = UnicodeToLatexEncoder(unknown_char_policy="keep", unknown_char_warning=False)
    made = str(encoder.unicode_to_latex(letter))
    if "\\" not in made:
        return letter
    return made if made.startswith(("\\ensuremath{", "{")) else f"{{{made}}}"


def _in_formula(letter: str) -> str:
    made = _symbol(letter)
    return made.removeprefix("\\ensuremath") if letter != made and made.startswith("\\ensuremath{") else letter


def _is_symbol(letter: str) -> bool:
    kind = unicodedata.category(letter)
    return kind in ("Sm", "So", "No") or "GREEK " in unicodedata.name(letter, "")

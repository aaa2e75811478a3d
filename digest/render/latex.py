"""LaTeX in titles and abstracts, shown as Unicode where Unicode can show it.

Only what is surely TeX is touched: money, Windows paths and lone backslashes stay as they are.
Nothing here raises, whatever the text.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text

#: A braced argument with at most one level of braces inside; deeper ones are left to the parser.
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_WRAPPERS = (
    "emph|textit|textbf|texttt|textsc|textsf|textrm|textup|textsl|textnormal|text|underline|mbox|"
    "mathrm|mathbf|mathit|mathsf|mathtt|mathcal|mathbb|boldsymbol|ensuremath|url|textsuperscript|textsubscript"
)
_TEX = re.compile(
    rf"""
      (?P<path>   (?<!\w)[A-Za-z]:\\\S* | \\\\\S+ )                 # C:\temp and \\server\share
    | (?P<math>   \$\$(?P<display>[^$]{{1,400}})\$\$
                | (?<!\\)\$(?P<macro>(?![\s$])[^$\\]{{0,200}}\\[A-Za-z][^$]{{0,400}}(?<![\s\\]))\$
                | (?<!\\)\$(?P<inline>(?![\s$])[^$]{{1,400}}(?<![\s\\]))\$(?!\d)  # a digit follows in $5-$6
                | \\\((?P<round>.{{1,400}}?)\\\)
                | \\\[(?P<square>[^\]]*?[\\^_=].{{0,400}}?)\\\] )
    | (?P<wrap>   \\(?:{_WRAPPERS})\s*(?P<inner>{_GROUP}) )
    | (?P<link>   \\href\s*{_GROUP}\s*(?P<label>{_GROUP}) )
    # Without braces only letters that do not follow an escaped apostrophe in English: it\'s is no ś.
    | (?P<accent> \{{?\\(?:['"`^~=.]\{{[A-Za-z]\}}|['"`^~=.]\{{?\\[ij]\}}?|['"`^~][aeiouyncAEIOUYNC]|[cvuHkr]\{{[A-Za-z]\}})\}}? )
    | (?P<letter> \{{\\[lLoOij]\}} | \\[lLoOij]\{{\}} | (?<=[A-Za-z])\\[lLoOij](?![A-Za-z]) )
    | (?P<symbol> \{{\\[A-Za-z]{{2,}}\}} | \\[A-Za-z]{{2,}}(?:\{{\}})? )
    | (?P<escape> \\[%&$\#_] )
    """,
    re.VERBOSE | re.DOTALL,
)
_SCRIPT = re.compile(rf"(?<!\\)([\^_])\s*({_GROUP}|\\[A-Za-z]+(?:{_GROUP})?|[^\s{{}}\\])")
_RAISED = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδθφ⊤∘′*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᶿᵠᵀ°′*",
        strict=True,
    )
)
_LOWERED = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
_LONGEST_SCRIPT = 4  # longer ones in tiny letters are harder to read than brackets
_FUNCTIONS = re.compile(
    r"\\(log|exp|ln|min|max|sup|inf|arg|sin|cos|tanh?|det|dim|lim|Pr)(?![A-Za-z])\s*(?=[A-Za-z0-9\\])"
)
_SPACED = re.compile(
    r"(?<=\s)(\\(?:times|leq?|geq?|neq?|approx|sim|to|in|subset|subseteq|cdot|pm|ll|gg|(?:left|right)arrow"
    r"|mapsto|propto|equiv|cup|cap|mid))(?![A-Za-z])\s+(?=\S)"
)


#: Screen readers and some terminals cannot cope with bold and slanted Unicode letters.
_PLAIN_STYLE = re.compile(r"\\(?:math(?:bf|it|sf|tt)|text(?:bf|it|sf|tt|sc|up)|bm|boldsymbol|operatorname\*?)(?=\s*\{)")
_NO_MEANING = re.compile(
    r"\\(?:left|right|[bB]igg?[lr]?|limits|nolimits|displaystyle|textstyle|rm|bf|it|xspace)(?![A-Za-z])\.?"
)


def to_unicode(text: str) -> str:
    """Show the LaTeX in *text* as Unicode; what is not surely LaTeX comes back unchanged."""
    if "\\" not in text and "$" not in text:
        return text
    try:
        return _TEX.sub(_replace, text)
    except Exception:  # of many kinds: untrusted text in a library's parser; show it as it came
        return text


def _replace(match: re.Match[str]) -> str:
    found = match[0]
    match match.lastgroup:
        case "math":
            formula = match["display"] or match["macro"] or match["inline"] or match["round"] or match["square"]
            return (_math(formula) if _looks_like_math(formula) else "") or found
        case "wrap":
            return to_unicode(match["inner"][1:-1])
        case "link":
            return to_unicode(match["label"][1:-1])
        case "accent" | "letter":
            return _parsed(found)
        case "symbol":
            return _symbol(found.strip("\\{}")) or found
        case "escape":
            return found[1]
        case _:
            return found


def _looks_like_math(formula: str) -> bool:
    """Tell a formula from prose between two prices: prose has several long words in a row."""
    bare = re.sub(rf"\\(?:text\w*|mbox|operatorname)\s*{_GROUP}|\\[A-Za-z]+", "", formula)
    return len(re.findall(r"(?<![A-Za-z])[A-Za-z]{3,}(?=\s)", bare)) < 2


def _math(formula: str) -> str:
    """Return the formula in Unicode, or "" where it holds something that cannot be shown."""
    formula = re.sub(r"(?<!\\)%", r"\\%", formula)  # TeX would take the rest for a comment
    formula = _PLAIN_STYLE.sub(r"\\mathrm", _NO_MEANING.sub("", formula))
    formula = _FUNCTIONS.sub(r"\1~", formula)
    formula = _SPACED.sub(r"\1~", formula)
    formula = _SCRIPT.sub(_script, formula)
    if any(_parser().latex_context.get_macro_spec(name) is None for name in re.findall(r"\\([A-Za-z]+)", formula)):
        return ""  # the parser would drop what it does not know
    return _parsed(formula)


def _script(match: re.Match[str]) -> str:
    """One exponent or index: in small letters where Unicode has them all, else in brackets."""
    mark, argument = match.groups()
    plain = _math(argument[1:-1] if argument[0] == "{" else argument) or argument
    letters = _RAISED if mark == "^" else _LOWERED
    if plain and len(plain) <= _LONGEST_SCRIPT and all(letter in letters for letter in plain):
        shown = "".join(letters[letter] for letter in plain)
    elif len(plain) < 2 or (plain.isascii() and plain.isalnum()):
        shown = f"{mark}{plain}"
    else:
        shown = f"{mark}({plain})"
    return f"{{}}{shown}"  # {}: or the parser takes a small letter for a part of the macro before it


def _parsed(tex: str) -> str:
    return " ".join(str(_parser().latex_to_text(tex)).split())


@cache
def _parser() -> "LatexNodes2Text":
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(math_mode="text", keep_comments=True)


@cache
def _symbol(name: str) -> str:
    """Return the one character that a macro without arguments stands for, or ""."""
    if name == "deg":  # arXiv writes 360{\\deg}; to the parser it is the function
        return "°"
    spec = _parser().latex_context.get_macro_spec(name)
    shown = spec.simplify_repl if spec is not None else ""
    return shown if isinstance(shown, str) and len(shown) <= 2 and not shown.isascii() else ""

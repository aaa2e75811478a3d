"""The formats read back as other programs do: bibtexparser, rispy and the JSON module, and TeX turned into text."""

import json
import re
from typing import Any

import rispy
from bibtexparser.entrypoint import parse_string
from pylatexenc.latex2text import LatexNodes2Text

from digest.render.latex import to_unicode

_MACROS = {
    "textbackslash": "\\",
    "textbraceleft": "{",
    "textbraceright": "}",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
}
_TOKEN = re.compile(
    r"\{(?P<formula>\$.+?\$)\}|\\(?P<macro>" + "|".join(_MACROS) + r")\{\}|\\(?P<sign>[&%$#_])"
    r"|(?P<symbol>\\ensuremath\{(?:[^{}]|\{[^{}]*\})*\}|\{\\(?!" + "|".join(_MACROS) + r")[A-Za-z]+\})|(?P<brace>[{}])"
)
#: The types that a CSL processor knows, and the variables of the entries here by what they hold.
CSL_TYPES = frozenset(
    """
    article article-journal article-magazine article-newspaper bill book broadcast chapter classic collection dataset
    document entry entry-dictionary entry-encyclopedia event figure graphic hearing interview legal_case legislation
    manuscript map motion_picture musical_score pamphlet paper-conference patent performance periodical
    personal_communication post post-weblog regulation report review review-book software song speech standard thesis
    treaty webpage
    """.split()
)
CSL_TEXTS = frozenset(
    "id type title publisher container-title genre number version dimensions DOI URL abstract".split()
)


def read_bibtex(text: str) -> list[dict[str, str]]:
    """The entries' fields, with `ENTRYTYPE` and `ID`; whatever cannot be read fails."""
    library = parse_string(text)
    assert library.failed_blocks == []
    assert len(library.blocks) == len(library.entries), "something is read that is no entry"
    return [
        {"ENTRYTYPE": entry.entry_type, "ID": entry.key} | {field.key: str(field.value) for field in entry.fields}
        for entry in library.entries
    ]


def read_ris(text: str) -> list[dict[str, Any]]:
    return list(rispy.loads(text))


def read_csl(text: str) -> list[dict[str, Any]]:
    """The entries, which must keep to the parts of CSL's schema that they use."""
    entries: list[dict[str, Any]] = json.loads(text)
    for entry in entries:
        check_csl(entry)
    return entries


def check_csl(entry: dict[str, Any]) -> None:
    assert entry["type"] in CSL_TYPES
    assert entry["id"]
    for name, value in entry.items():
        match name:
            case "author":
                assert all(set(one) <= {"family", "given", "suffix"} or set(one) == {"literal"} for one in value)
                assert all(isinstance(part, str) and part for one in value for part in one.values())
            case "issued" | "accessed":
                [[year, month, day]] = value["date-parts"]
                assert (set(value), all(type(part) is int for part in (year, month, day))) == ({"date-parts"}, True)
            case _:
                assert name in CSL_TEXTS
                assert isinstance(value, str)
                assert value


def plain(tex: str) -> str:
    """What LaTeX would print, formulas as the other formats show them."""
    return _TOKEN.sub(_shown, tex)


def without_braces(tex: str) -> str:
    return tex.replace("{", "").replace("}", "")


def pairs_braces(tex: str) -> bool:
    """Whether they pair as BibTeX counts them, which knows no escapes."""
    depth = 0
    for letter in tex:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if depth < 0:
            return False
    return depth == 0


def _shown(token: re.Match[str]) -> str:
    if token["formula"]:
        return to_unicode(token["formula"])
    if token["macro"]:
        return _MACROS[token["macro"]]
    if token["symbol"] and token["symbol"].startswith("\\ensuremath"):
        drawn = token["symbol"].removeprefix("\\ensuremath{")[:-1]
        return str(to_unicode(f"${drawn}$")).strip("$")
    if token["symbol"]:
        return str(LatexNodes2Text(math_mode="text").latex_to_text(token["symbol"])).strip()
    return token["sign"] or ""

"""The passages of a note: what the learner wrote, piece by piece, as plain text to embed and to quote. Pure."""

import re

#: A passage is quoted, and a model reads no more of one.
_MOST = 600
_MOST_PASSAGES = 200
#: Fewer words mean nothing by themselves.
_FEWEST_WORDS = 3

_FENCED = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->|%%.*?%%", re.DOTALL)
_IMAGE = re.compile(r"!\[\[[^\]]*\]\]|!\[[^\]]*\]\([^)]*\)")
_WIKI = re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\((?:<[^>]*>|[^)\s]*)(?:\s+\"[^\"]*\")?\)")
_BULLET = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?|^\s*>+\s?(?:\[!\w+\][-+]?)?")
_EMPHASIS = re.compile(r"(\*\*|__|==|~~|(?<!\w)[*_]|[*_](?!\w)|`)")


def passages(body: str) -> list[str]:
    """Paragraphs and list items in their order, without headings, code, the line of the source, and markup."""
    text = _IMAGE.sub("", _COMMENT.sub("", _FENCED.sub("", body)))
    found: list[str] = []
    for block in re.split(r"\n\s*\n", text):
        found += [plain for piece in _pieces(block) if len((plain := _plain(piece)).split()) >= _FEWEST_WORDS]
    return [one[:_MOST] for one in dict.fromkeys(found)][:_MOST_PASSAGES]


def _pieces(block: str) -> list[str]:
    """A paragraph is one piece, a list one for each item; a heading or the source's line is none."""
    pieces: list[str] = []
    for line in block.splitlines():
        if line.startswith(("#", "Source: ")) or not line.strip():
            pieces.append("")
        elif _BULLET.match(line) or not pieces:
            pieces.append(_BULLET.sub("", line, count=1))
        else:
            pieces[-1] += f" {line.strip()}"
    return pieces


def _plain(piece: str) -> str:
    return " ".join(_EMPHASIS.sub("", _LINK.sub(r"\1", _WIKI.sub(r"\1", piece))).split())

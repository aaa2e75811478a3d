"""Text and addresses escaped for CommonMark, GitHub and Obsidian, and no more than needed.

A digest is also read as it stands in a terminal, so `GPT-4: a (short) note.` stays as it is.
Input is one line, as `untrusted.one_line` leaves it.
"""

import re

#: Where each character may begin something: markup, an entity, a tag, a bare link; for GitHub and
#: Obsidian also strikethrough, formulas, highlights, comments, tags and block names.
_SPECIAL = re.compile(
    r"""
      [`\[\]]
    | \\ (?= [!-/:-@\[-`{-~] | $ )          # before punctuation; C:\temp needs none
    | (?<!\s) \* | \* (?!\s|$)              # between blanks a star is a star
    | (?<![^\W_]) _ (?!\s|$) | (?<!\s) _ (?![^\W_])   # inside a word or between blanks it is plain
    | < (?!\s|$)
    | & (?= \#?\w+; )
    | (?<= \w) : (?= // )
    | (?<= www) \.
    | (?<! [^\s(]) \# (?= \S | $ )
    | (?<= =) = | = (?= =)
    | (?<= %) % | % (?= %)
    | (?<= \s) \^
    """,
    re.VERBOSE,
)
#: At the start of a line: heading, quote, list, rule, setext underline, fence, table.
_LINE_START = re.compile(r"(?: [#>|:%^=~] | [-+*] (?= [\s*+-] | $ ) )", re.VERBOSE)
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")


def escape(text: str) -> str:
    """Escape plain text inside a line so that any CommonMark parser gives it back as it is."""
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    for mark in "~$":  # harmless alone: ~30 ms, $5
        if text.count(mark) > 1:
            escaped = escaped.replace(mark, f"\\{mark}")
    return escaped


def escape_line(text: str) -> str:
    """Escape plain text that begins a line."""
    escaped = _NUMBERED.sub(r"\1\\\2", escape(text), count=1)
    return f"\\{escaped}" if _LINE_START.match(escaped) else escaped


def link(text: str, url: str) -> str:
    """Return a link to *url*, which `untrusted.web_address` has made, or the text alone without one."""
    if not url:
        return escape_line(text)
    return f"[{escape(text)}]({re.sub('&(?=#?[A-Za-z0-9]+;)', '&amp;', url)})"

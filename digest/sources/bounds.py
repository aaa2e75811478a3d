"""Bounds on what is parsed, checked in linear time before any parser runs.

libxml2 is quadratic in the attributes of an HTML tag, and trafilatura takes some 0.2 ms a paragraph.
"""

import re

from digest.errors import ParseError

#: Tags of one document; the longest real feeds have some ten thousand, sitemaps some hundred thousand.
TAGS_AT_MOST = 1_000_000
#: Entries of one document: ten times the longest known feed, and a second's work.
ENTRIES_AT_MOST = 20_000
_ATTRIBUTES_AT_MOST = 1_000
#: a tag this long may only seem to be one, because of a quotation mark in a script or a comment
_LONG = 4_096
#: times that a document may be looked through again for that reason
_AGAIN_AT_MOST = 8

# HTML's own rule for attributes. Possessive, so that every byte is looked at once.
_ATTRIBUTE = re.compile(
    rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+""",
)
_TAG = re.compile(rb"<[A-Za-z][^\s/>]*+(?:" + _ATTRIBUTE.pattern + rb")*+")


def refuse_excess(data: bytes) -> None:
    """ParseError for a document of more tags than any that is meant to be read."""
    if data.count(b"<") > TAGS_AT_MOST:
        raise ParseError(f"has more than {TAGS_AT_MOST} tags; it was not read")


def has_overfull_tag(html: bytes) -> bool:
    """Whether a tag has more attributes than any that is meant to be read."""
    position, again = 0, _AGAIN_AT_MOST * len(html)
    while len(html) - position > 2 * _ATTRIBUTES_AT_MOST and (tag := _TAG.search(html, position)):
        position = tag.end()
        if tag.end() - tag.start() <= 2 * _ATTRIBUTES_AT_MOST:
            continue
        if sum(1 for _ in _ATTRIBUTE.finditer(tag[0])) > _ATTRIBUTES_AT_MOST:
            return True
        if len(tag[0]) > _LONG and b"<" in tag[0][1:]:
            position, again = tag.start() + 1, again - len(tag[0])
            if again < 0:
                return True
    return False

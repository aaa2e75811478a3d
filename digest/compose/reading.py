"""What a work costs to read, in minutes, told honestly. Pure."""

import math

from digest.records import Item

#: Words a minute for technical prose; prose for pleasure goes at about 240 (Brysbaert 2019).
_WORDS_PER_MINUTE = 200
#: The first of the three passes over a paper (Keshav, "How to read a paper").
FIRST_PASS = 10
#: A feed that carries fewer words than this shows a teaser, which tells nothing of the length.
_TEASER_WORDS = 120


def minutes(item: Item) -> int:
    """Playing time, the first pass over a paper, or the words' reading time; 0 where it cannot be known."""
    if item.seconds:
        return math.ceil(item.seconds / 60)
    if item.arxiv_id:
        return FIRST_PASS
    if item.words < _TEASER_WORDS:
        return 0
    return math.ceil(item.words / _WORDS_PER_MINUTE)

"""What comes with an item besides its text: code, data, a talk; told by links and by words. Pure."""

import re
from collections.abc import Iterator, Sequence

from digest.records import Item

#: A long post names many links; its head and its tail are where its own are.
_READ = 20_000

_CODE = re.compile(
    r"\b(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org|colab\.research\.google\.com)/\w"
    r"|\b(?:our|the|all|source)\s+(?:\w+\s+){0,3}code\s+(?:\w+\s+){0,4}(?:is|are|will be|has been|at|available|released|public)"
    r"|\bcode(?:base)?,?\s+(?:and|&)\s+(?:\w+\s+){0,3}(?:data|models?|weights|checkpoints)\b"
    r"|\bcode\s+(?:is|are|will be)\s+(?:(?:made|now|also|freely|publicly|openly)\s+){0,2}(?:available|released|public|open)\b"
    r"|\b(?:release|open-?source|publish|share)s?d?\s+(?:\w+\s+){0,3}(?:code|implementation|library|toolkit)\b"
    r"|\bopen-?source(?:d)?\s+(?:implementation|library|toolkit|framework)\b|\breference implementation\b",
    re.IGNORECASE,
)
_DATA = re.compile(
    r"\b(?:huggingface\.co/datasets|kaggle\.com/(?:datasets|c)|zenodo\.org|data\.gov)\b"
    r"|\b(?:release|introduce|present|publish|collect|open-?source|contribute|propose|build|construct|curate|provide|share)s?d?\s+"
    r"(?:\S+\s+){0,6}(?:data\s?sets?|corpus|corpora|benchmarks?|data)\b"
    r"|\b(?:data\s?sets?|corpus|benchmark|data)\s+(?:\w+\s+){0,4}(?:is|are|will be)\s+(?:\w+\s+){0,2}(?:available|released|public)"
    r"|\bnew\s+(?:\S+\s+){0,3}(?:data\s?set|corpus|benchmark)\b",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\b(?:youtube\.com/(?:watch|live|playlist)|youtu\.be/|vimeo\.com/\d|slideslive\.com|speakerdeck\.com|slideshare\.net)"
    r"|^\s*\[?(?:talk|video|slides|keynote|lecture|webinar|podcast)\]?\s*[:|\-–—]"
    r"|\b(?:slides|recording|video)\s+(?:of|from)\s+(?:my|our|the|a)\s+(?:\w+\s+){0,2}(?:talk|lecture|keynote|tutorial)\b"
    r"|\bwatch\s+the\s+(?:talk|recording|video)\b",
    re.IGNORECASE | re.MULTILINE,
)
#: Words without which a pattern cannot match. The patterns are slow and most texts hold few of these, so each is
#: run only in their neighbourhood: five times faster, with the same answers.
_NEEDED = {
    "code": (
        "github.com",
        "gitlab.com",
        "codeberg.org",
        "bitbucket.org",
        "colab.research",
        "code",
        "implementation",
        "library",
        "toolkit",
        "framework",
    ),
    "data": ("data", "corpus", "corpora", "benchmark", "kaggle.com", "zenodo.org"),
    "talk": (
        "youtu",
        "vimeo",
        "slide",
        "speakerdeck",
        "talk",
        "video",
        "keynote",
        "lecture",
        "webinar",
        "podcast",
        "recording",
    ),
}
_NEIGHBOURHOOD = 200
_KINDS = (("code", _CODE), ("data", _DATA), ("talk", _TALK))


def extras(item: Item) -> tuple[str, ...]:
    """Which of "code", "data" and "talk" come with *item*."""
    body = item.body
    if len(body) > 2 * _READ:
        body = f"{body[:_READ]}\n{body[-_READ:]}"
    text = f"{item.title}\n{item.url}\n{body}"
    lowered = text.lower()
    return tuple(
        kind
        for kind, told in _KINDS
        if (kind == "talk" and item.seconds > 0)
        or any(told.search(text, start, end) for start, end in _neighbourhoods(lowered, _NEEDED[kind]))
    )


def _neighbourhoods(text: str, words: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Stretches of *text*, which is lower case, around each occurrence of *words*, merged where they touch."""
    places = sorted(place for word in words for place in _places(text, word))
    start = end = -1
    for place in places:
        if start >= 0 and place - _NEIGHBOURHOOD <= end:
            end = place + _NEIGHBOURHOOD
            continue
        if start >= 0:
            yield start, end
        start, end = max(place - _NEIGHBOURHOOD, 0), place + _NEIGHBOURHOOD
    if start >= 0:
        yield start, end


def _places(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)

"""Artifacts: what comes with an item besides its text (code, data, a talk), by its links and words. Pure."""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from digest.judge.stopwords import words
from digest.records import Item, Resource
from digest.sources.identifiers import canonical_url, without_tracking

#: Characters that are read at either end of a text: a long post has many links, its own at its head and tail.
_READ = 20_000


class Artifact(StrEnum):
    """What may come with an item."""

    CODE = "code"
    DATA = "data"
    TALK = "talk"


_PATTERNS = {
    Artifact.CODE: re.compile(
        r"\b(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org|colab\.research\.google\.com)/\w"
        r"|\b(?:our|the|all|source)\s+(?:\w+\s+){0,3}code\s+(?:\w+\s+){0,4}(?:is|are|will be|has been|at|available|released|public)"
        r"|\bcode(?:base)?,?\s+(?:and|&)\s+(?:\w+\s+){0,3}(?:data|models?|weights|checkpoints)\b"
        r"|\bcode\s+(?:is|are|will be)\s+(?:(?:made|now|also|freely|publicly|openly)\s+){0,2}(?:available|released|public|open)\b"
        r"|\b(?:release|open-?source|publish|share)s?d?\s+(?:\w+\s+){0,3}(?:code|implementation|library|toolkit)\b"
        r"|\bopen-?source(?:d)?\s+(?:implementation|library|toolkit|framework)\b|\breference implementation\b",
        re.IGNORECASE,
    ),
    Artifact.DATA: re.compile(
        r"\b(?:huggingface\.co/datasets|kaggle\.com/(?:datasets|c)|zenodo\.org|data\.gov)\b"
        r"|\b(?:release|introduce|present|publish|collect|open-?source|contribute|propose|build|construct|curate|provide|share)s?d?\s+"
        r"(?:\S+\s+){0,6}(?:data\s?sets?|corpus|corpora|benchmarks?|data)\b"
        r"|\b(?:data\s?sets?|corpus|benchmark|data)\s+(?:\w+\s+){0,4}(?:is|are|will be)\s+(?:\w+\s+){0,2}(?:available|released|public)"
        r"|\bnew\s+(?:\S+\s+){0,3}(?:data\s?set|corpus|benchmark)\b",
        re.IGNORECASE,
    ),
    Artifact.TALK: re.compile(
        r"\b(?:youtube\.com/(?:watch|live|playlist)|youtu\.be/|vimeo\.com/\d|slideslive\.com|speakerdeck\.com|slideshare\.net)"
        r"|^\s*\[?(?:talk|video|slides|keynote|lecture|webinar|podcast)\]?\s*[:|\-–—]"
        r"|\b(?:slides|recording|video)\s+(?:of|from)\s+(?:my|our|the|a)\s+(?:\w+\s+){0,2}(?:talk|lecture|keynote|tutorial)\b"
        r"|\bwatch\s+the\s+(?:talk|recording|video)\b",
        re.IGNORECASE | re.MULTILINE,
    ),
}
#: Words without which a pattern cannot match. The patterns are slow and most texts hold few of these, so each
#: pattern runs only around them: five times faster, with the same results.
_TRIGGERS = {
    Artifact.CODE: words("""
        github.com gitlab.com codeberg.org bitbucket.org colab.research code implementation library toolkit framework
    """),
    Artifact.DATA: words("data corpus corpora benchmark kaggle.com zenodo.org"),
    Artifact.TALK: words("""
        youtu vimeo slide speakerdeck talk video keynote lecture webinar podcast recording
    """),
}
_NEIGHBOURHOOD = 200
#: First path segments on GitHub that are no account.
_RESERVED = "features|topics|orgs|sponsors|settings|marketplace|collections|trending|apps|about|login|search|explore"
_START = r"(?<![\w@./-])(?:https?://)?(?:www\.)?"
_NAME = r"[A-Za-z0-9][\w.-]{0,99}"
#: Addresses of such things: a repository or a data set by its owner and name, never the front page of a host.
_KNOWN_HOSTS = {
    Artifact.CODE: re.compile(
        rf"{_START}(?:(?:github\.com|gitlab\.com|codeberg\.org|bitbucket\.org)/(?!(?:{_RESERVED})/){_NAME}/{_NAME}"
        rf"|colab\.research\.google\.com/[\w./%?=&#-]{{4,200}})",
        re.IGNORECASE,
    ),
    Artifact.DATA: re.compile(
        rf"{_START}(?:huggingface\.co/datasets/{_NAME}(?:/{_NAME})?|kaggle\.com/(?:datasets/{_NAME}|c|competitions)/{_NAME}"
        rf"|zenodo\.org/(?:records?|doi|communities)/[\w./-]{{2,80}}|doi\.org/10\.5281/zenodo\.\d+"
        rf"|(?:figshare\.com|dataverse\.harvard\.edu|osf\.io|physionet\.org|openml\.org|data\.mendeley\.com)/[\w./?=&:-]{{4,150}})",
        re.IGNORECASE,
    ),
    Artifact.TALK: re.compile(
        rf"{_START}(?:youtube\.com/(?:watch\?v=|live/|playlist\?list=)[\w-]{{6,60}}|youtu\.be/[\w-]{{6,20}}|vimeo\.com/\d+"
        rf"|(?:slideslive|speakerdeck|slideshare)\.(?:com|net)/[\w./-]{{3,150}})",
        re.IGNORECASE,
    ),
}
_ADDRESS = r"[^.\n]{0,80}?\b(?:at|from|on|here|in|via|under|see)?\s*[:(\[<]?\s*(https?://[^\s<>\"'”’\\^`|{}]+)"
#: Any other address, where the sentence says what is there.
_NAMED_BY_SENTENCE = {
    Artifact.CODE: re.compile(
        rf"\b(?:code(?:base)?|implementation|source|repository|scripts?)\b{_ADDRESS}", re.IGNORECASE
    ),
    Artifact.DATA: re.compile(rf"\b(?:data\s?sets?|data|benchmark|corpus|corpora)\b{_ADDRESS}", re.IGNORECASE),
    Artifact.TALK: re.compile(rf"\b(?:talk|slides|recording|video|keynote|lecture)\b{_ADDRESS}", re.IGNORECASE),
}
_PUNCTUATION = ".,;:!?'\"”’»*_~`>…"
_LONGEST_URL = 300


def artifacts_of(item: Item) -> tuple[Artifact, ...]:
    """The artifacts that come with *item*."""
    text = _text(item)
    lowered = text.lower()
    return tuple(
        kind
        for kind, pattern in _PATTERNS.items()
        if (kind is Artifact.TALK and item.seconds > 0)
        or any(pattern.search(text, start, end) for start, end in _neighbourhoods(lowered, _TRIGGERS[kind]))
    )


def _neighbourhoods(text: str, triggers: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Spans of *text*, which is lower case, around each occurrence of *triggers*, merged where they touch."""
    places = sorted(place for word in triggers for place in _places(text, word))
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


def resources(item: Item) -> tuple[Resource, ...]:
    """The addresses of the artifacts that come with *item*, where its text gives them.

    A post may name many repositories: the one that counts is the only one, or the one it calls its own.
    """
    text = _text(item)
    found = ((kind, _address(kind, text)) for kind in artifacts_of(item))
    own = canonical_url(item.url)
    return tuple(Resource(kind=kind, url=url) for kind, url in found if url and canonical_url(url) != own)


def _address(kind: Artifact, text: str) -> str:
    named = [url for match in _KNOWN_HOSTS[kind].finditer(text) if (url := _clean(match[0]))]
    if len({canonical_url(url) for url in named}) == 1:
        return named[0]
    sentence = _NAMED_BY_SENTENCE[kind].search(text)
    return _clean(sentence[1]) if sentence else ""


def _clean(found: str) -> str:
    """An http or https address without the punctuation that follows it, or ""."""
    url = found if "://" in found else f"https://{found}"
    url = without_tracking(url.rstrip(_PUNCTUATION))
    for opening, closing in ("()", "[]", "{}"):
        while url.endswith(closing) and url.count(closing) > url.count(opening):
            url = url[:-1].rstrip(_PUNCTUATION)
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    valid = parts.scheme in ("http", "https") and "." in host and parts.username is None and len(url) <= _LONGEST_URL
    return url if valid else ""


def _text(item: Item) -> str:
    body = item.body
    if len(body) > 2 * _READ:
        body = f"{body[:_READ]}\n{body[-_READ:]}"
    return f"{item.title}\n{item.url}\n{body}"

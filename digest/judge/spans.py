"""The sentences of a statement as spans, and whether it is in English. Pure."""

import re

from digest.judge.stopwords import words

Span = tuple[int, int]

#: These abbreviations never end a sentence.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|incl|cf|approx|resp|esp|al|dr|mr|mrs|ms|prof|no|fig|st)\.$", re.IGNORECASE
)
_END = re.compile(r"[.!?]+[)\"'”’]*(?=\s|$)|[。！？]|[;•▪●◦]|\n")
_BULLET = re.compile(r"\s*(?:[-*+•▪●◦–—]|\d{1,2}[.)]|\(?[a-z]\)|#+)\s+")
#: A break after a line at least this long only wraps it.
_WRAPPED = 45

#: Frequent words of English and of neighbouring languages, without those that more than one of them uses.
_ENGLISH = words("""
    the and or of to in on for with about how what why which is are am i my we our you it that this from by at as
    not no want would like need learn understand interested papers into but also more than be do does can have has
""")
_OTHERS = words("""
    der das und ich mein meine für mit ist ein eine nicht wie wir zu von auf über möchte den dem im auch oder
    le les des et je mon ma pour avec est une un pas comment nous du sur dans que qui aux suis mes
    el los las yo mi para con es una por cómo qué en del sobre quiero soy lo
    il gli della che sono voglio nel di uma um meu minha não como eu na quero
    het voor ik niet hoe og jeg och att som det för av jag na się jak nie jestem
""")


def sentence_spans(text: str) -> list[Span]:
    """The spans of a text's sentences and bullets, without white space and bullet signs around them."""
    spans, start = [], 0
    for found in _END.finditer(text):
        if found[0] == "\n" and _is_wrapped(text, found.start()):
            continue
        if found[0] == "." and re.fullmatch(r"\s*\d{1,2}", text[start : found.start()]):  # a list's number
            continue
        if found[0] == "." and _ABBREVIATION.search(text[max(start, found.start() - 8) : found.end()]):
            continue
        spans.append((start, found.end()))
        start = found.end()
    spans.append((start, len(text)))
    cleaned = (_without_bullet(text, span) for span in spans)
    return [span for span in cleaned if any(c.isalnum() or not c.isascii() for c in text[slice(*span)])]


def without_space(text: str, span: Span) -> Span:
    """The span without white space and punctuation at either end; empty where there is nothing else."""
    start, end = span
    while start < end and (text[start].isspace() or text[start] in ",.;:!?-–—•*·/&|\"“”'‘’"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in ",.;:!?-–—•*·/&|\"“”'‘’"):
        end -= 1
    return start, end


def is_bullet(text: str, span: Span) -> bool:
    """Whether a sentence follows a bullet of its own."""
    before = text[text.rfind("\n", 0, span[0]) + 1 : span[0]]
    return bool(before.strip()) and bool(_BULLET.fullmatch(before))


def is_english(text: str) -> bool:
    """Whether the English cues apply: the script is Latin, and no other language's function words prevail."""
    letters = [c for c in text[:4_000] if c.isalpha()]
    if sum(c > "\u024f" for c in letters) > len(letters) / 2:
        return False
    found = re.findall(r"[^\W\d_]+", text[:4_000].casefold())
    return sum(w in _ENGLISH for w in found) >= sum(w in _OTHERS for w in found)


def _is_wrapped(text: str, at: int) -> bool:
    """Whether the line break at *at* only wraps a sentence."""
    line = text[text.rfind("\n", 0, at) + 1 : at].rstrip()
    following = text[at + 1 : at + 200].split("\n", 1)[0]
    if not following.strip() or _BULLET.match(following) or line.endswith((".", "!", "?", ":", ";")):
        return False
    return following.lstrip()[0].islower() and (len(line) >= _WRAPPED or line.endswith(","))


def _without_bullet(text: str, span: Span) -> Span:
    bullet = _BULLET.match(text, *span)
    start, end = (bullet.end(), span[1]) if bullet else span
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end

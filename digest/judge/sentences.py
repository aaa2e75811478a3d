"""Sentence splitting, and the boilerplate that pages put around their text. Pure.

The rules are those of Kiss and Strunk's Punkt (2006) without its training: a full stop ends a sentence
unless it belongs to an abbreviation, an initial, a number or a formula.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from digest.judge.stopwords import words

#: May stand between a full stop and the space after it.
_CLOSING = "\"'”’»)\\]}*"
_STOP = re.compile(rf"[.!?…]+[{_CLOSING}]*\s+|[。！？]+[」』”）]*\s*")
_PARAGRAPH = re.compile(r"\n\s*\n")
_LIST_ITEM = re.compile(r"\s*(?:[-*•·–—]|\d{1,2}[.)])\s")
#: A formula: its full stops do not end the sentence. Two prices in dollars are no formula.
_FORMULA = re.compile(r"\$[^$\n]{0,120}[\\^_{=<>+][^$\n]{0,120}\$")
_LAST_WORD = re.compile(r"[^\s(\[“\"]+$")
#: Abbreviations that never end a sentence.
_NEVER_LAST = words("e.g i.e cf vs fig figs eq eqs sec tab dr mr mrs ms prof")
#: Abbreviations that end one only where the next word can open one.
_SOMETIMES_LAST = words("""
    al etc approx resp no nos vol ch ref refs st jr inc ltd co corp w.r.t a.k.a u.s u.k e.u ph.d a.m p.m et incl
    max min avg dept
""")
_OPENERS = words("""
    a an the this that these those it its they we our i my you in on to for by with however but and here there
    while when if as all both moreover furthermore finally additionally experiments results code such so then
""")

#: A line or sentence that matches belongs to the page and not to its text.
_BOILERPLATE = re.compile(
    r"\b(?:this (?:post|article|page|blog post)|read this|article) is (?:also )?available in\b"
    r"|\balso available (?:in|as) (?:\w+,? ){0,4}(?:translation|chinese|japanese|korean|french|german|spanish|russian|portuguese|vietnamese)"
    r"|^\W*translations?\s*:|\b(?:read|view|lire|leer) (?:this|it|the (?:post|article)) (?:in|on|at|online|over)\b"
    r"|^\W*(?:discuss(?:ions?)?|comments?|discuss this post)\s*(?:\(\d+\))?(?:\s+(?:on|at|this)\b|\s*:|\W*$)"
    r"|\b(?:discuss|comment|upvote|vote)\w* (?:this|it|(?:this )?(?:post )?on) (?:hacker ?news|reddit|lobste|twitter|bluesky|mastodon|linkedin|x\b)"
    r"|\b(?:leave|post|add|write) a (?:comment|reply)\b|\b\d+ (?:comments?|claps|min(?:utes?)? read|views|likes)\W*$"
    r"|\bsubscri(?:be|bed|ption|bers?)\b.{0,60}\b(?:newsletter|updates|feed|rss|e-?mail|channel|podcast|posts?|here|free|now|today|blog)\b"
    r"|^\W*(?:please )?subscribe\b|\bsign up (?:for|to) (?:our|my|the)\b|\bjoin (?:our|my|the) (?:newsletter|mailing|slack|discord)\b"
    r"|\bmailing list\b|\bfollow (?:me|us) (?:on|at)\b|^\W*follow @|\bgive it a (?:clap|like)\b|\b(?:like|smash) (?:and|that) (?:share|subscribe|like)\b"
    r"|\bshare (?:this|it)(?: (?:post|article|page|story|on|with|via)\b|\W*$)|^\W*(?:share|tweet|like|print|email|pin it)(?:[\s,|·:]+(?:this|on|share|tweet|via|like|print|email|facebook|twitter|linkedin)\b)*\W*$"
    r"|^\W*(?:read|learn|see|continue|keep) (?:more|reading|the (?:full|rest|whole)\b.*)(?:[\s:»→…].{0,60})?\W*$|\bcontinue reading\b|\bclick here\b"
    r"|\bthe post\b.{1,300}\bappeared first on\b|\bappeared first (?:on|in)\b|\b(?:was )?(?:originally|first|cross-?) ?(?:posted|published|appeared) (?:at|on|in|by|here)\b|\bcross-?posted\b"
    r"|\bthank(?:s| you)(?: so much| very much)? for (?:reading|subscribing|watching|listening|following|the read|your (?:attention|support))\b|^\W*(?:many |special |big )?thank(?:s| you)(?: very much)? to\b"
    r"|\bwould (?:also )?like to (?:thank|highlight|acknowledge)\b|\bspecial thank(?:s| you)\b|^\W*acknowledge?ments?\b"
    r"|\b(?:we|this (?:web)?site|this page) uses? cookies\b|\bcookie (?:policy|settings|preferences|consent)\b|\baccept (?:all )?cookies\b|\bprivacy policy\b|\ball rights reserved\b|(?:©|\(c\)|copyright) ?\d{4}"
    r"|^\W*(?:photo|image|picture|illustration|cover|header|icon|artwork|figure|banner)s?(?: \w+)? (?:credit|courtesy|source|by|from|via)\b|\b(?:photo|image) by\b|\bon unsplash\b|^\W*(?:image|photo|figure) ?(?:credits?|source)\b"
    r"|^\W*(?:figure|fig\.?|table|listing|algorithm|image) \d+ ?[:.|]|^:::|^\W*(?:note|warning|disclaimer)\s*:?\W*$"
    r"|^\W*(?:table of )?contents?\W*$|^\W*table of contents\b|^\W*on this page\b|^\W*(?:skip|jump) to (?:main |the )?(?:content|section)\b"
    r"|^\W*(?:estimated )?reading time\W*\d|^\W*\d+[- ]min(?:ute)?s? read\b"
    r"|^\W*(?:by|written by|posted by|author|authors|posted on|published(?: on)?|last (?:updated|modified)|updated(?: on)?|date|tags?|categor(?:y|ies)|filed under|tagged|keywords|related(?: posts?| articles?)?|previous|next)\s*:"
    r"|^\W*(?:posted|published|written|updated|last (?:updated|modified)) (?:by|on|in|at)\b.{0,80}$|^\W*by [A-Z][\w.'’-]+(?: [A-Z][\w.'’-]+){1,3}(?:,.{0,60}| on .{0,40})?\W*$"
    r"|^\W*(?:arxiv|github|paper|code|project|homepage|pdf|slides|website|demo|link|youtube|blog|doi|url)\s*:\s*https?:"
    r"|\b(?:is|was) (?:a|an|the) [\w -]{0,40}(?:engineer|scientist|researcher|professor|student|developer|writer|author|manager|founder|consultant|fellow|candidate) (?:at|in|on|with|based|who|working)\b"
    r"|\babout the author|\b(?:my|the) views? (?:are|expressed)\b|\bopinions (?:are|expressed)\b|\b(?:i|we) may earn\b|\baffiliate\b|\bsponsored by\b|\bthis (?:post|episode) is sponsored\b|\bbrought to you by\b"
    r"|\bview (?:in|this email in) (?:your )?browser\b|\bunsubscribe\b|\bforwarded this email\b|\benable javascript\b|\badd(?:ed)? a comment\b"
    r"|\b(?:more|further|additional) (?:videos|results|details|information|examples) (?:can be|are|is) (?:found|available)\b|^\W*submitted by /u/|\[link\] \[comments\]|^\W*(?:points|comments)\s*:\s*\d+|^\W*article url\s*:",
    re.IGNORECASE,
)
#: WordPress ends every feed entry with its title, which may hold full stops, and the name of the blog.
_SYNDICATED = re.compile(r"\bThe post [^\n]{1,300}?\bappeared first on\b[^\n]*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ADDRESSED = re.compile(r"[-–—|,;(]?\s*\b\w{2,12}:\s*https?://\S+", re.IGNORECASE)
_LABELS = re.compile(
    r"^(?:[-*•·–—|>#]+\s+|\[[^\]\n]{1,24}\]\s*|(?:intro|abstract|digest|summary|tl;?dr)\s*[:.–—]\s*|Digest\s+(?=[A-Z]))+",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def prose_sentences(text: str) -> list[str]:
    """The sentences of a text on one line each, in order; paragraphs and list items end one too."""
    return [sentence for block in _blocks(text) for sentence in _split(block)]


def without_labels(line: str) -> str:
    """The line without bullets, tags and labelled addresses around the sentence."""
    return _LABELS.sub("", _ADDRESSED.sub("", line)).strip()


@lru_cache(maxsize=16_384)  # the same sentences are weighed for every learner
def is_boilerplate(line: str) -> bool:
    """Whether a line or sentence is the page's own (sharing, translations, credits, menus), not its text's."""
    if _BOILERPLATE.search(line):
        return True
    found = _LETTERS.findall(_ADDRESS.sub(" ", line))
    return not found or (len("".join(found)) < 0.4 * len(line.replace(" ", "")) and not _mostly_wide(line))


def _mostly_wide(line: str) -> bool:
    """Whether most of a line is in a script without spaces, where a "word" of two letters says little."""
    return sum(letter >= "\u2e80" for letter in line) > len(line) / 3


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs and list items, each on one line; wrapped lines are joined."""
    for paragraph in _PARAGRAPH.split(_SYNDICATED.sub("", text)):
        held = ""
        for line in paragraph.splitlines():
            if held and _wraps(held, line):
                held = f"{held} {line.strip()}"
                continue
            if held.strip():
                yield " ".join(held.split())
            held = line
        if held.strip():
            yield " ".join(held.split())


def _wraps(line: str, following: str) -> bool:
    """Whether the line break only wraps the text, as in mails and terminals."""
    begins = following.lstrip()[:1]
    return begins.islower() or (
        len(line) > 60 and line.rstrip()[-1:] not in ".!?:。！？" and not _LIST_ITEM.match(following)
    )


def _split(block: str) -> Iterator[str]:
    formulas = [match.span() for match in _FORMULA.finditer(block)] if "$" in block else []
    start = 0
    for stop in _STOP.finditer(block):
        inside = any(begin < stop.start() < end - 1 for begin, end in formulas)
        if not inside and _ends(block[start : stop.start()], stop[0], block[stop.end() :]):
            yield block[start : stop.end()].strip()
            start = stop.end()
    if block[start:].strip():
        yield block[start:].strip()


def _ends(before: str, stop: str, after: str) -> bool:
    """Whether a sentence ends at *stop*, given what stands before and after it."""
    if not stop.startswith("."):
        return not after[:1].islower()
    if after[:1].islower() or (stop.startswith("..") and not after[:1].isupper()):
        return False
    found = _LAST_WORD.search(before)
    word = found[0].casefold() if found else ""
    opener = after.partition(" ")[0].strip("\"'“‘(,:").casefold() in _OPENERS
    if word in _NEVER_LAST or ((word in _SOMETIMES_LAST or (len(word) == 1 and word.isalpha())) and not opener):
        return False
    own = before.split()
    return not (word.isdigit() and (len(own) == 1 or own[-2].endswith(":")))  # the number of a list item

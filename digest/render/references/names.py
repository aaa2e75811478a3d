"""Authors' names, taken apart as far as their own writing tells, for formats that want the family name first.

Feeds give names as "Joost van de Weijer", "Weijer, Joost van de" or "OpenAI"; what cannot be taken apart for
certain stays whole, since a name that was split wrongly is worse in a bibliography than one that was not split.
Particles belong to the family name, as in BibTeX (Patashnik, "BibTeXing", 1988, section 4).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from digest.render.latex import to_unicode
from digest.render.untrusted import one_line

#: More is a mistake of the feed, or a collaboration that no bibliography prints in full.
_AUTHORS_AT_MOST = 5_000
_NAME_AT_MOST = 300

_PARTICLES = frozenset(
    """
    af al 't ap bar bin bint da dal dalla das de degli dei del della delle dem den der des di do dos du el ibn la las
    le les lo los 's st st. te ten ter tot van vande vanden vander vom von vor zu zum zur
    """.split()
)
#: Particles that keep their capital in some names; any other is a family name, as in "Ruiz Do".
_CAPITAL_PARTICLES = frozenset("Da De Del Della Den Der Di Dos El La Le Van Von".split())
#: Families in whose names "Van" is a middle name.
_VIETNAMESE = frozenset(
    """
    Bui Cao Chu Dang Dao Dinh Do Doan Duong Ha Ho Hoang Huynh Lam Le Luong Luu Ly Mai Ngo Nguyen Pham Phan Phung Ta Tang
    Thai To Tran Trinh Truong Vo Vu Vuong
    """.split()
)
_JOINTS = frozenset("e i y".split())  # between two family names: "Ramón y Cajal"
_SUFFIX = re.compile(r"[JjSs]r\.?|I{2,3}|IV|Ph\.?\s?D\.?|M\.?D\.?")
_INITIALS = re.compile(r"(?:[^\W\d_]{1,2}\.?[\s-]*){1,5}")
#: Words that only groups have in their names.
_GROUP = re.compile(
    r"\b(?:AI|(?i:academy|agency|alliance|authors|blog|board|center|centre|collaboration|collective|committee|community"
    r"|company|consortium|contributors|corporation|department|developers|editors|editorial|engineering|foundation|gmbh"
    r"|group|inc|institut(?:e|ion)?|labs?|laborator(?:y|ies)|llc|ltd|magazine|maintainers|ministry|network|news"
    r"|newsletter|organi[sz]ation|participants|podcast|press|project|radio|research|review|school|society|staff|studio"
    r"|survey|systems|task force|team|technolog(?:y|ies)|times|university|writers))\b"
)
_MAIL = re.compile(r"\S+@\S+\.\S+")
_IN_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_AND = re.compile(r"\s*;\s*|,?\s+(?:and|&|und|et)\s+", re.IGNORECASE)
#: Scripts in which the family name comes first and no letter shows where it ends.
_EASTERN = ("CJK ", "HIRAGANA", "KATAKANA", "HANGUL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """A person with a family and a given name, or whatever else signs a work, whole."""

    #: with its particles, as "van de Weijer"
    family: str = ""
    given: str = ""
    #: "Jr" or "III"
    suffix: str = ""
    #: a group, a handle or a name that was not taken apart; the others are "" then
    literal: str = ""

    @property
    def sorted_form(self) -> str:
        """Family name first, parted by commas, as RIS has it."""
        return self.literal or ", ".join(part for part in (self.family, self.given, self.suffix) if part)

    @property
    def plain(self) -> str:
        """As it is spoken."""
        return self.literal or " ".join(part for part in (self.given, self.family, self.suffix) if part)


def read_names(authors: Iterable[str]) -> tuple[Name, ...]:
    """The names of a feed's author entries, each once; an entry may hold several, and mail addresses are none."""
    found: dict[Name, None] = {}
    for entry in list(authors)[:_AUTHORS_AT_MOST]:
        for one in _people(one_line(entry[: 20 * _NAME_AT_MOST])):
            if name := read_name(one):
                found.setdefault(name)
    return tuple(found)


def read_name(text: str) -> Name | None:
    """One name, of a person or a group; None where nothing of it can be printed."""
    text = one_line(to_unicode(one_line(text[: 4 * _NAME_AT_MOST])))[:_NAME_AT_MOST].removeprefix("/").strip(" ,;&")
    if not any(letter.isalnum() for letter in text) or _MAIL.fullmatch(text):
        return None
    if _is_group(text):
        return Name(literal=text)
    bare = _IN_BRACKETS.sub("", text).strip(" ,;()[]") or text  # where somebody works
    parts = [part.strip() for part in bare.split(",") if part.strip()]
    if not parts:
        return None
    if len(parts) == 1 or _SUFFIX.fullmatch(" ".join(parts[1:])):
        return _spoken(parts[0], " ".join(parts[1:]))
    return _sorted(parts) or Name(literal=text)


def _spoken(text: str, suffix: str) -> Name:
    """A name in the order in which it is spoken: the given names, the particles, the family name."""
    words = text.split()
    if len(words) > 2 and not suffix and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    if not _is_taken_apart(words):
        return Name(literal=", ".join([text, suffix] if suffix and suffix not in text else [text]))
    if _is_eastern(text):
        return Name(family=words[0], given=" ".join(words[1:]))
    start = _family_start(words)
    return Name(family=" ".join(words[start:]), given=" ".join(words[:start]), suffix=suffix)


def _is_taken_apart(words: Sequence[str]) -> bool:
    """Whether these can be a person's names: two or more, with capitals where the script has them, and no numbers."""
    if len(words) < 2 or (words[0].lower() in _PARTICLES and " ".join(words).isupper()):  # "DER SPIEGEL"
        return False
    return all(
        not any(letter.isdigit() or letter in "&/@" for letter in word)
        and (word in _PARTICLES | _JOINTS or word.lower() != word or word.upper() == word)
        for word in words
    )


def _sorted(parts: Sequence[str]) -> Name | None:
    """A name with its family name first; None where it has more commas than that."""
    family, *rest = parts
    suffixes = [one for one in rest if _SUFFIX.fullmatch(one)]
    given = [one for one in rest if one not in suffixes]
    if len(given) != 1 or len(suffixes) > 1 or _AND.search(" ".join(parts)):
        return None
    words = given[0].split()
    kept = next((place for place in range(1, len(words)) if _all_particles(words[place:])), len(words))
    family = " ".join([*words[kept:], family])  # "Weijer, Joost van de"
    return Name(family=family, given=" ".join(words[:kept]), suffix="".join(suffixes))


def _family_start(words: Sequence[str]) -> int:
    """Where the family name begins: at its first particle, which is never the first word, else at the last word."""
    start = len(words) - 1
    if start > 2 and words[start - 1] in _JOINTS:
        start -= 2
    while start > 1 and words[start - 1] in _CAPITAL_PARTICLES | _PARTICLES:
        if words[start - 1] == "Van" and words[start] in _VIETNAMESE:
            break
        start -= 1
    return next((at for at in range(1, start) if words[at] in _PARTICLES), start)


def _all_particles(words: Sequence[str]) -> bool:
    return all(word in _PARTICLES for word in words)


def _people(entry: str) -> Iterator[str]:
    """The people of one entry: several only where each reads as a person, so that no group is torn."""
    if _is_group(entry):
        yield entry
        return
    pieces = [piece.strip() for piece in _AND.split(entry) if piece.strip()]
    commas = [part.strip() for piece in pieces for part in piece.split(",") if part.strip()]
    if len(commas) > 1 and commas[0].split()[0] not in _PARTICLES and all(map(_is_person, commas)):
        yield from commas  # "Ada Byron, Charles Babbage and Mary Somerville"
    elif len(commas) > 2 and len(commas) % 2 == 0 and all(map(_INITIALS.fullmatch, commas[1::2])):
        yield from (f"{family}, {given}" for family, given in zip(commas[::2], commas[1::2], strict=True))
    elif len(pieces) > 1 and all(_is_person(piece) or piece.count(",") == 1 for piece in pieces):
        yield from pieces
    else:
        yield entry


def _is_person(text: str) -> bool:
    """Whether it reads as a given and a family name: two to five words, which begin as names do."""
    words = text.split()
    return 2 <= len(words) <= 5 and all(
        (word[0].isalpha() and not word[0].islower()) or word in _PARTICLES for word in words
    )


def _is_group(text: str) -> bool:
    return bool(_GROUP.search(text)) or text.startswith(("The ", "the ", "u/", "/u/", "@"))


def _is_eastern(text: str) -> bool:
    return all(
        unicodedata.name(letter, "").startswith(_EASTERN) or letter in "・ー々"
        for letter in text
        if not letter.isspace()
    )

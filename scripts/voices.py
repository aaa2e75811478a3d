"""How different people say one focus: the voices that training and the benches share.

`VOICES` maps a voice's name to it. A voice says a subject in a configuration file's words: `tell("biography", subject)`.
The same voice, subject and *seed* always give the same words; other seeds give other words. Voices that are
held out from training live in `voices_held_out.py`. A voice with `two` set names a second interest, that of *other*,
in earnest: works of either count for it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from random import Random

from subjects import Subject, subject_of
from voice_words import BANKS
from voices_in_training import RULES

__all__ = ["VOICES", "Said", "Subject", "Voice", "chosen", "spoken", "subject_of", "tell"]

#: A narrow section says little without its list: this often both are named.
BOTH = 0.8
#: Where a description fits into a sentence, how often it stands there in place of keywords.
DESCRIBED = 0.35
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Said:
    """A focus as somebody puts it into the configuration."""

    statement: str
    topics: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voice:
    """One way to say a focus; *say* takes a subject and a Random, and a second subject where *two* is set."""

    name: str
    held_out: bool
    say: Callable[..., Said]
    two: bool = False


@dataclass(slots=True)
class Telling:
    """Fills the slots of a voice's rules: rules of its own first, then phrases of the subject, then the banks."""

    subject: Subject
    rng: Random
    rules: Mapping[str, str]
    other: Subject | None = None
    #: what is left of each bank in this telling, so that nothing is drawn twice
    left: dict[str, list[str]] = field(default_factory=dict)

    def text(self, template: str) -> str:
        return _SLOT.sub(lambda slot: self.text(self.draw(slot[1])), template)

    def draw(self, slot: str) -> str:
        if slot in ("x", "X", "key", "keys", "each", "other", "lines"):
            return self.phrase(slot)
        if not self.left.get(slot):
            lines = self.rules[slot].splitlines() if slot in self.rules else BANKS[slot].split("|")
            alternatives = [line.strip() for line in lines if line.strip()] if slot == "say" else lines
            self.left[slot] = self.rng.sample(alternatives, len(alternatives))
        return self.left[slot].pop()

    def phrase(self, slot: str) -> str:
        if slot == "other":
            return about(self.other, self.rng) if self.other else self.text("{old_field}")
        if slot == "x":
            return about(self.subject, self.rng)
        if slot == "X":
            return capital(about(self.subject, self.rng))
        if slot == "key":
            return self.rng.choice(self.subject.keywords[:3])
        chosen = some(self.subject, self.rng)
        if slot == "lines":
            return "\n".join(f"- {key}" for key in chosen)
        return ";".join(chosen) if slot == "each" else joined(chosen, self.rng)


def about(subject: Subject, rng: Random) -> str:
    """A phrase for the subject in the middle of a sentence; a section's mostly names its list too."""
    first, *more = subject.keywords
    if subject.section and more and rng.random() < BOTH:
        whole = subject.keywords[-1] if len(more) == 1 else rng.choice(more[-2:])
        made = (
            "{0} in {1}",
            "{0} for {1}",
            "{1}, especially {0}",
            "{1} ({0})",
            "{0} and {1}",
            "{1}, above all {0}",
            "{1}: {0}",
        )
        return _cased(rng.choice(made).format(first, whole), rng)
    if subject.core and rng.random() < DESCRIBED:
        return _cased(subject.core, rng)
    if more and (" " not in first or rng.random() < 0.6):
        return _cased(joined([first, *rng.sample(more, min(len(more), rng.choice((1, 1, 2))))], rng), rng)
    return _cased(first, rng)


def some(subject: Subject, rng: Random) -> list[str]:
    """Two to five of the keywords, the first among them, in an order of their own."""
    first, *more = subject.keywords
    chosen = [first, *rng.sample(more, min(len(more), rng.randint(1, 4)))]
    rng.shuffle(chosen)
    return [_cased(key, rng) for key in chosen]


def joined(phrases: list[str], rng: Random) -> str:
    if len(phrases) == 1:
        return phrases[0]
    last = rng.choice((" and ", " and ", " & ", ", ", " or ", ", also "))
    return f"{', '.join(phrases[:-1])}{last}{phrases[-1]}"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _cased(phrase: str, rng: Random) -> str:
    """Titles in capitals are mostly written small inside a sentence; LLM, KV and GraphRAG stay as they are."""
    if rng.random() < 0.15:
        return phrase
    return re.sub(r"\b[A-Z][a-z]+\b(?!-?[A-Z])", lambda word: word[0].lower(), phrase)


def spoken(name: str, rules: Mapping[str, str]) -> Callable[..., Said]:
    """A `say` from rules: "say" is the statement; "topics" and "avoid" have phrases with ";" between them.

    "lower" says how often, in percent, all is written small and without a full stop.
    """

    def say(subject: Subject, rng: Random, other: Subject | None = None) -> Said:
        telling = Telling(subject, rng, rules, other)
        statement = telling.text("{say}")
        topics = telling.text("{topics}") if "topics" in rules else ""
        avoid = telling.text("{avoid}") if "avoid" in rules else ""
        if rng.random() * 100 < float(rules.get("lower", "10")):
            statement = statement.lower().replace(". ", rng.choice((". ", ", ", " - "))).rstrip(".")
        return Said(_tidy(statement), _listed(topics), _listed(avoid))

    say.__name__ = name
    return say


def _tidy(text: str) -> str:
    text = re.sub(r"\b([Aa]) (?=[aeioAEIO]|M[LS]|SRE|LL)", r"\1n ", text)
    text = re.sub(r"(?<=[.?!] )([a-z])", lambda first: first[0].upper(), text) if text[:1].isupper() else text
    return re.sub(r" {2,}", " ", text.replace("\\n", "\n")).replace(" ,", ",").strip()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in re.split(r";|\n", text) if part.strip(" -")))


def tell(voice: str | Voice, subject: Subject, *, other: Subject | None = None, seed: int = 0) -> Said:
    """What a voice says of a subject; the words depend on the names of both and on *seed* alone."""
    voice = VOICES[voice] if isinstance(voice, str) else voice
    rng = Random(f"{voice.name}|{subject.name}|{seed}")
    return voice.say(subject, rng, other) if voice.two else voice.say(subject, rng)


def chosen(words: str) -> list[str]:
    """The names of voices that "all", "train", "held-out", or names with commas between them mean.

    Raises ValueError for one that there is not.
    """
    groups = {"all": VOICES.keys()} | {
        group: [name for name, voice in VOICES.items() if voice.held_out == (group == "held-out")]
        for group in ("train", "held-out")
    }
    names = list(dict.fromkeys(groups.get(words, [name.strip() for name in words.split(",")])))
    if unknown := [name for name in names if name not in VOICES]:
        raise ValueError(f"no voice is called {unknown[0]!r}; there are {', '.join(VOICES)}")
    return names


def _plain(subject: Subject, rng: Random) -> Said:
    return Said(subject.description)


def _keywords(subject: Subject, rng: Random) -> Said:
    keys = some(subject, rng)
    if rng.random() < 0.25:
        return Said(keys[0] if len(keys) == 1 else joined(keys[:1], rng), topics=tuple(keys[1:]))
    text = rng.choice((", ", "; ", " / ", " ", "\n", " + ")).join(keys)
    return Said(text.lower() if rng.random() < 0.5 else text)


VOICES: dict[str, Voice] = {
    "plain": Voice("plain", held_out=False, say=_plain),
    "keywords": Voice("keywords", held_out=False, say=_keywords),
}
VOICES |= {name: Voice(name, False, spoken(name, rules), two=name == "two_interests") for name, rules in RULES.items()}
if find_spec("voices_held_out"):
    VOICES |= import_module("voices_held_out").HELD_OUT

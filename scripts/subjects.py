"""What a list is about, as a person would name it: a few short phrases of its own description.

A subject is made from a list's description and section title alone, never from the works on the list.
"""

import re
from dataclasses import dataclass

MOST_KEYWORDS = 6
LONGEST_KEYWORD = 5  # words
LONGEST_CORE = 16  # words
#: Phrases that say little about a field when there is anything else to say.
BROAD = {
    "ai", "llm", "llms", "mllm", "mllms", "deep learning", "machine learning", "language models", "large language models",
    "deep networks", "models", "generative ai", "data science", "production",
}  # fmt: skip
#: Pieces of descriptions that name no field at all.
EMPTY = {
    "more", "beyond", "etc", "papers", "paper", "methods", "tools", "datasets", "benchmarks", "surveys", "survey",
    "frameworks", "blogs", "articles", "theories", "applications", "opportunities", "recent", "resources", "tutorials",
    "summaries", "their metrics", "metrics", "libraries", "collections", "blog posts", "by topic", "topic", "models",
    "others", "other", "misc", "overview", "introduction", "general", "related", "training", "inference", "evaluation",
    "analysis", "explanations", "companies", "developers", "scale", "version", "monitor", "deploy", "secure", "tuning",
    "diagnosis", "prompting", "architecture", "things", "not", "the", "a", "planning", "safety", "understanding", "rest",
    "readings", "questions", "projects", "browse by keyword", "contents", "table", "technique", "techniques",
    "references", "key concepts", "industrial materials", "l1", "l2", "l3", "l4", "logs", "incidents", "storage",
}  # fmt: skip
_LIST_SPEAK = re.compile(
    r"^(?:(?:an?|the|this|my|our|awesome|curated|professionally|regularly|updated|categorized|de-duplicated|advanced|recent"
    r"|cutting-edge|best|most|cited|state-of-the-art|novel|exciting|broad|academic|real-world|reading|paper|research"
    r"|academic|industrial|open source|list|lists|collection|catalog|papers?|articles?|blogs?|resources?|tutorials?|tools?"
    r"|surveys?|summaries|materials?|references?|research(?:es)?|things|about|topics|explanations to|key concepts in"
    r"|benchmarks|frameworks|libraries that will help you|studies|related|is|are|and|or|of|on|in|for|to|how|by topic"
    r"|data ?sets|methods|the rest)\b[\s,&:]*)+",
    re.IGNORECASE,
)
_DATED = re.compile(r"^[\W\d]*$|\b(?:19|20)\d\d\b|\b\d+(?:st|nd|rd|th) of\b", re.IGNORECASE)
_BREAK = re.compile(
    r"[,;:()\[\]—–!?]|\.(?:\s|$)|\s[-/|&+]\s|/|\b(?:and|for|in|on|with|about|towards?|using|from|through|via)\b"
)
_AROUND = re.compile(r"^(?:an?|the|of|to|by|its|their|recent|other|topics|including|like|targeted at|covering|spanning)\s+|\s+(?:of|to|by|etc|that)$", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What somebody wants to read about, as a list says it."""

    name: str
    #: the list's one line, or its section's title
    description: str
    #: short noun phrases of the field, the narrow ones first
    keywords: tuple[str, ...]
    section: str = ""
    label: str = ""

    @property
    def core(self) -> str:
        """The description without the talk of lists, or a section and its list, for the middle of a sentence; "" if too long."""
        whole = _shortened(_core(self.description.split(" — ")[-1] if self.section else self.description))
        if self.section:
            both = f"{self.section} in {whole}"
            whole = both if len(both.split()) <= LONGEST_CORE else self.section
        fits = 1 < len(whole.split()) <= LONGEST_CORE and any(k.lower() in whole.lower() for k in self.keywords)
        return whole if fits else ""


def subject_of(name: str, description: str, *, section: str = "", label: str = "") -> Subject:
    """The subject of a list, or of one of its sections, which a description may name before a dash.

    *section* may be a path with ">" or "/" between its parts: the last part that names a field counts.
    """
    description = _plain(description)
    if not section and "#" in name and " — " in description:
        section, description = description.rsplit(" — ", 1)
    leaf = _leaf(section)
    # Of a description, what takes two words to say comes first: "systems" or "audio" alone says little.
    phrases = [*_whole_and_parts(leaf), *sorted(_whole_and_parts(_core(description)), key=lambda p: " " not in p)]
    phrases = list({phrase.lower(): phrase for phrase in reversed(phrases)}.values())[::-1]
    narrow = [p for p in phrases if p.lower() not in BROAD]
    broad = [p for p in phrases if p.lower() in BROAD]
    keywords = (narrow + broad)[:MOST_KEYWORDS] or [_core(description) or leaf or name.split("/")[-1]]
    return Subject(
        name=name if not leaf or "#" in name else f"{name}#{leaf}",
        description=f"{leaf} — {description}" if leaf else description,
        keywords=tuple(keywords),
        section=leaf,
        label=label,
    )


def _leaf(section: str) -> str:
    """The narrowest part of a section's path that is neither a date nor empty talk."""
    for part in reversed(re.split(r"\s*>\s*|\s+/\s+", section)):
        title = re.sub(r"^[\W\d.]+", "", _plain(part)).strip()
        if (
            title
            and not _DATED.search(title)
            and title.lower() not in EMPTY
            and not title.lower().startswith("awesome")
        ):
            return title
    return ""


def _plain(text: str) -> str:
    text = re.sub(r"[^\w\s\-—–,.:;/&()'+#]", " ", text or "")
    return re.sub(r"\s+", " ", text).strip()


def _core(description: str) -> str:
    text = re.sub(r"^Awesome-\S+ is ", "", description.rstrip(" ."))
    bare = _LIST_SPEAK.sub("", text).strip(" ,.:;-—–")
    bare = re.sub(r"[:,]?\s*a (?:comprehensive )?survey$", "", bare, flags=re.IGNORECASE)
    bare = re.sub(
        r"[\s-]+(?:research )?(?:papers|resources|tools|surveys?)(?: and)?(?=$|:)", "", bare, flags=re.IGNORECASE
    )
    return bare or text


def _shortened(core: str) -> str:
    """Without what a description adds in passing; where it is still too long, its first part."""
    core = re.split(r";|, (?:spanning|covering|including|with)\b", core)[0].strip(" ,.")
    core = re.sub(r",?(?: and (?:more|beyond)| etc)$", "", core, flags=re.IGNORECASE)
    return core if len(core.split()) <= LONGEST_CORE else re.split(r"[:—–]", core)[0].strip(" ,.")


def _whole_and_parts(text: str) -> list[str]:
    """A short title stands for itself: of "crowd and object counting", "crowd" alone would be something else."""
    parts = _phrases(text)
    if not text or len(text.split()) > LONGEST_KEYWORD or re.search(r"[,;:()]", text):
        return parts
    return [text, *(part for part in parts if " " in part or part.lower() in BROAD)]


def _phrases(text: str) -> list[str]:
    found = []
    for piece in _BREAK.split(text):
        phrase = re.sub(r"\s(?:research )?papers$", "", piece.strip(" .'-"))
        for _ in range(3):
            phrase = _AROUND.sub("", phrase).strip(" .'-")
        if (
            len(phrase) > 1
            and len(phrase.split()) <= LONGEST_KEYWORD
            and phrase.lower() not in EMPTY
            and not _DATED.search(phrase)
        ):
            found.append(phrase)
    return found

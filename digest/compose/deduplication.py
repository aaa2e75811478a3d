"""Deduplication: which items are one piece of work. Pure.

Strong keys (an arXiv id, a DOI, a repository, a canonical address) join items of any source. Weak keys (a title,
the opening of a text) only nominate, and the texts decide: by containment of word shingles (Broder 1997).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from digest.records import EVENT_KINDS, Item
from digest.sources.identifiers import canonical_url, github_repository_in

#: Different works share titles with fewer words ("Weekly links", "v2.1.0").
_TITLE_WORDS = 4
#: A shorter opening is often boilerplate.
_OPENING_WORDS = 40
#: Shorter texts are not compared; equal titles then decide.
_COMPARABLE_WORDS = 20
#: Characters of a body that are compared: copies differ in their tails, if at all.
_COMPARED = 4_000
#: A key with more works than this is a habit of its source and identifies nothing.
_MOST_WORKS_PER_KEY = 20
#: Share of the shorter text's shingles that the longer one must hold: nearly all for the teaser of a post, hardly
#: any for two posts on one subject.
_SAME_TEXT = 0.6
#: Kinds of sources that link to what others published.
_AGGREGATORS = frozenset({"hackernews", "reddit", "newsletter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys by which an item is recognised."""

    strong: tuple[str, ...]
    weak: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.strong + self.weak


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The work of each item by id, and works found to be one: gone -> stays, which is none that is gone."""

    works: Mapping[str, str]
    merged: Mapping[str, str] = field(default_factory=dict)


def is_original(item: Item) -> bool:
    """Whether an item is the work itself rather than a link to it."""
    return item.kind not in _AGGREGATORS


def keys_of(item: Item) -> Keys:
    """The keys of *item*; the address of a site's front page is none, and an event is never a work of another kind."""
    if item.kind in EVENT_KINDS:
        return Keys(strong=(), weak=())
    strong = []
    if item.arxiv_id:
        strong.append(f"arxiv:{item.arxiv_id}")
    if item.doi:
        strong.append(f"doi:{item.doi.lower()}")
    if repository := _own_repository(item):
        strong.append(f"github:{repository}")
    address = canonical_url(item.url) if item.url else ""
    if address and _has_path(address):
        strong.append(f"url:{address}")
    weak = []
    title = _words(item.title)
    if len(title) >= _TITLE_WORDS:
        weak.append("title:" + " ".join(title))
    opening = _words(item.body[:1000])[:_OPENING_WORDS]
    if len(opening) == _OPENING_WORDS:
        weak.append("text:" + " ".join(opening))
    return Keys(strong=tuple(strong), weak=tuple(weak))


def assign(
    items: Sequence[Item],
    keys: Mapping[str, Keys],
    known: Mapping[str, Sequence[str]],
    texts: Mapping[str, tuple[str, str, Sequence[str]]],
) -> Assignment:
    """Assign every new item to its work.

    *keys* are the items' keys by item id, *known* the stored works of each key, oldest first, *texts* the title,
    body and sources of those works. A new work is named after its first item.
    """
    index = _WorkIndex(known, texts)
    works = {item.item_id: index.add(item, keys[item.item_id]) for item in items}
    return Assignment(works=works, merged={gone: end_of_chain(gone, index.merged) for gone in index.merged})


def end_of_chain(work_id: str, merged: Mapping[str, str]) -> str:
    """The work that stays after every merger of *merged*, gone -> stays."""
    while work_id in merged:
        work_id = merged[work_id]
    return work_id


class ComparableText:
    """A title and a body; what is compared is computed on demand, since most never are."""

    def __init__(self, title: str, body: str) -> None:
        self._title = title
        self._body = body[:_COMPARED]

    @cached_property
    def title(self) -> tuple[str, ...]:
        return tuple(_words(self._title))

    @cached_property
    def length(self) -> int:
        return len(self._words)

    @cached_property
    def shingles(self) -> frozenset[int]:
        """Hashes of three consecutive words each."""
        words = self._words
        return frozenset(map(hash, zip(words, words[1:], words[2:], strict=False)))

    def containment(self, other: "ComparableText") -> float:
        """Share of the shorter text's shingles that the longer one holds, 0 .. 1; 0 for texts without any."""
        few, many = sorted((self.shingles, other.shingles), key=len)
        return len(few & many) / len(few) if few else 0.0

    @cached_property
    def _words(self) -> list[str]:
        return _words(self._body)


def same_text(one: ComparableText, other: ComparableText) -> bool:
    """Whether two texts are near-identical, or one holds the other."""
    if not _comparable(one, other):
        return one.title == other.title and len(one.title) >= _TITLE_WORDS
    return one.containment(other) >= _SAME_TEXT


class _WorkIndex:
    """Keys, works and texts seen so far, stored and new."""

    def __init__(self, known: Mapping[str, Sequence[str]], texts: Mapping[str, tuple[str, str, Sequence[str]]]) -> None:
        self.by_key = {key: list(works) for key, works in known.items()}
        self.texts = {work: ComparableText(title, body) for work, (title, body, _) in texts.items()}
        self.sources = {work: set(sources) for work, (_, _, sources) in texts.items()}
        self.merged: dict[str, str] = {}

    def add(self, item: Item, keys: Keys) -> str:
        text = ComparableText(item.title, item.body)
        found = list(dict.fromkeys(end_of_chain(work, self.merged) for work in self.matches(item, keys, text)))
        work = found[0] if found else item.item_id
        sources = self.sources.setdefault(work, set())
        for other in found[1:]:
            self.merged[other] = work
            sources |= self.sources.get(other, set())
        sources.add(item.source)
        self.texts.setdefault(work, text)
        for key in keys.all:
            works = self.by_key.setdefault(key, [])
            if len(works) <= _MOST_WORKS_PER_KEY and work not in works:
                works.append(work)
        return work

    def matches(self, item: Item, keys: Keys, text: ComparableText) -> list[str]:
        strong, weak = list[str](), list[str]()
        for key in keys.strong:
            works = self.works_of(key)
            ambiguous = key.startswith("url:") and len(works) > 1
            strong += [w for w in works if not (ambiguous or self.reused(key, w, item)) or self.same_text(w, text)]
        for key in keys.weak:
            weak += [w for w in self.works_of(key) if w in strong or self.confirmed(w, item, text)]
        return strong + weak

    def works_of(self, key: str) -> list[str]:
        works = list(dict.fromkeys(end_of_chain(work, self.merged) for work in self.by_key.get(key, ())))
        return works if len(works) <= _MOST_WORKS_PER_KEY else []

    def reused(self, key: str, work: str, item: Item) -> bool:
        """Whether another entry of the same source has this address: some feeds link all entries to one page."""
        return key.startswith("url:") and item.source in self.sources.get(work, ())

    def confirmed(self, work: str, item: Item, text: ComparableText) -> bool:
        """Whether the texts agree; for two entries of one source ("Links of the week") equal titles are not enough."""
        if item.source in self.sources.get(work, ()) and not _comparable(text, self.texts[work]):
            return False
        return self.same_text(work, text)

    def same_text(self, work: str, text: ComparableText) -> bool:
        return work in self.texts and same_text(text, self.texts[work])


def _comparable(one: ComparableText, other: ComparableText) -> bool:
    return min(one.length, other.length) >= _COMPARABLE_WORDS


#: The address of a repository itself; its releases, issues and files are other works.
_REPOSITORY_FRONT = re.compile(
    r"https?://(?:www\.)?github\.com/[^/?#]+/[^/?#]+/?(?:tree/(?:main|master)/?)?(?:[?#].*)?", re.IGNORECASE
)
#: Different titles begin with shorter repository names ("rag: ...").
_REPOSITORY_NAME = 4


def _own_repository(item: Item) -> str:
    """The GitHub repository that *item* is about, as owner/name; "" where it only mentions one.

    A paper is about a repository that it mentions and shares its name with: "ColBERT: ..." and
    github.com/someone/ColBERT. Links to the code of others do not merge works.
    """
    if _REPOSITORY_FRONT.fullmatch(item.url):
        return github_repository_in(item.url)
    head, colon, _ = item.title.partition(":")
    name = "".join(_words(head))
    if not colon or len(name) < _REPOSITORY_NAME or "github.com" not in item.body.casefold():
        return ""
    repository = github_repository_in(item.body)
    own = "".join(_words(repository.partition("/")[2].replace("_", " ")))
    return repository if own == name else ""


def _has_path(address: str) -> bool:
    """Whether an address names more than a host: a path, or a query such as WordPress's ?p=12."""
    rest = address.split("://", 1)[-1]
    return "?" in rest or "/" in rest.rstrip("/")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())

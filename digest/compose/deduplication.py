"""Which items are one piece of work. Pure.

Certain keys (an arXiv id, a DOI, a repository, a canonical address) join items wherever they come from;
likely keys (a title, the opening of a text) only nominate, and the texts decide.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from digest.records import Item
from digest.sources.identifiers import canonical_url, github_repository_in

#: Titles with fewer words ("Weekly links", "v2.1.0") are shared by unlike things.
_TITLE_WORDS = 4
#: An opening shorter than this is boilerplate as often as not.
_OPENING_WORDS = 40
#: Texts shorter than this say too little to compare; equal titles then decide.
_COMPARABLE_WORDS = 20
#: Characters of a body that are compared; copies differ in their tails, if anywhere.
_COMPARED = 4_000
#: An address or a title that stands for more works than this is a habit of its source, and tells nothing.
_HABIT = 20
#: Share of the shorter text's word triples that the longer one must hold; a teaser
#: of a post holds nearly all, two posts on one subject hardly any.
_SAME_TEXT = 0.6
#: Kinds of sources that point to what others published.
_WORD_OF_IT = frozenset({"hackernews", "reddit", "newsletter"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What an item can be recognised by."""

    certain: tuple[str, ...]
    likely: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return self.certain + self.likely


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The work of each item by id, and works found to be one: gone -> stays, which is none that is gone."""

    works: Mapping[str, str]
    merged: Mapping[str, str] = field(default_factory=dict)


def is_original(item: Item) -> bool:
    """Whether an item is the thing itself rather than word of it."""
    return item.kind not in _WORD_OF_IT


def keys_of(item: Item) -> Keys:
    """What *item* can be recognised by; addresses of a site's front page say nothing."""
    certain = []
    if item.arxiv_id:
        certain.append(f"arxiv:{item.arxiv_id}")
    if item.doi:
        certain.append(f"doi:{item.doi.lower()}")
    if repository := _own_repository(item):
        certain.append(f"github:{repository}")
    address = canonical_url(item.url) if item.url else ""
    if address and _has_path(address):
        certain.append(f"url:{address}")
    likely = []
    title = _words(item.title)
    if len(title) >= _TITLE_WORDS:
        likely.append("title:" + " ".join(title))
    opening = _words(item.body[:1000])[:_OPENING_WORDS]
    if len(opening) == _OPENING_WORDS:
        likely.append("text:" + " ".join(opening))
    return Keys(certain=tuple(certain), likely=tuple(likely))


def assign(
    items: Sequence[Item],
    keys: Mapping[str, Keys],
    known: Mapping[str, Sequence[str]],
    texts: Mapping[str, tuple[str, str, Sequence[str]]],
) -> Assignment:
    """Give every new item its work.

    *keys* are the items' keys by item id, *known* the stored works of each key, oldest
    first, *texts* title and body of those works and the sources they were seen in. A new
    work is named after its first item.
    """
    book = _WorkIndex(known, texts)
    works = {item.item_id: book.enter(item, keys[item.item_id]) for item in items}
    return Assignment(works=works, merged={gone: book.current(gone) for gone in book.merged})


class ComparableText:
    """A title and a body, reduced to what is compared once they are; most never are."""

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
    def triples(self) -> frozenset[int]:
        words = self._words
        return frozenset(map(hash, zip(words, words[1:], words[2:], strict=False)))

    @cached_property
    def _words(self) -> list[str]:
        return _words(self._body)


def read_text(title: str, body: str) -> ComparableText:
    return ComparableText(title, body)


def same_text(one: ComparableText, other: ComparableText) -> bool:
    """Whether two texts are near-identical, or one holds the other."""
    if not _comparable(one, other):
        return one.title == other.title and len(one.title) >= _TITLE_WORDS
    few, many = sorted((one.triples, other.triples), key=len)
    return len(few & many) >= _SAME_TEXT * len(few)


class _WorkIndex:
    """Keys, works and texts seen so far, stored ones and new ones alike."""

    def __init__(self, known: Mapping[str, Sequence[str]], texts: Mapping[str, tuple[str, str, Sequence[str]]]) -> None:
        self.by_key = {key: list(works) for key, works in known.items()}
        self.texts = {work: read_text(title, body) for work, (title, body, _) in texts.items()}
        self.sources = {work: set(sources) for work, (_, _, sources) in texts.items()}
        self.merged: dict[str, str] = {}

    def enter(self, item: Item, keys: Keys) -> str:
        text = read_text(item.title, item.body)
        found = list(dict.fromkeys(self.current(work) for work in self.matches(item, keys, text)))
        work = found[0] if found else item.item_id
        sources = self.sources.setdefault(work, set())
        for other in found[1:]:
            self.merged[other] = work
            sources |= self.sources.get(other, set())
        sources.add(item.source)
        self.texts.setdefault(work, text)
        for key in keys.all:
            works = self.by_key.setdefault(key, [])
            if len(works) <= _HABIT and work not in works:  # one more than a habit needs is enough to know it
                works.append(work)
        return work

    def matches(self, item: Item, keys: Keys, text: ComparableText) -> list[str]:
        certain, likely = list[str](), list[str]()
        for key in keys.certain:
            works = self.works_of(key)
            doubted = key.startswith("url:") and len(works) > 1
            certain += [w for w in works if not (doubted or self.repeats(key, w, item)) or self.reads_like(w, text)]
        for key in keys.likely:
            likely += [w for w in self.works_of(key) if w in certain or self.told_by_text(w, item, text)]
        return certain + likely

    def works_of(self, key: str) -> list[str]:
        works = list(dict.fromkeys(map(self.current, self.by_key.get(key, ()))))
        return works if len(works) <= _HABIT else []

    def repeats(self, key: str, work: str, item: Item) -> bool:
        """Whether a source gives this address to another of its entries: some feeds link all of them to one page."""
        return key.startswith("url:") and item.source in self.sources.get(work, ())

    def told_by_text(self, work: str, item: Item, text: ComparableText) -> bool:
        """Whether the texts agree; two entries of one source need more for that than one title ("Links of the week")."""
        if item.source in self.sources.get(work, ()) and not _comparable(text, self.texts[work]):
            return False
        return self.reads_like(work, text)

    def reads_like(self, work: str, text: ComparableText) -> bool:
        return work in self.texts and same_text(text, self.texts[work])

    def current(self, work: str) -> str:
        while work in self.merged:
            work = self.merged[work]
        return work


def _comparable(one: ComparableText, other: ComparableText) -> bool:
    return min(one.length, other.length) >= _COMPARABLE_WORDS


#: The address of a repository itself; its releases, issues and files are works of their own.
_REPOSITORY_FRONT = re.compile(
    r"https?://(?:www\.)?github\.com/[^/?#]+/[^/?#]+/?(?:tree/(?:main|master)/?)?(?:[?#].*)?", re.IGNORECASE
)
#: Shorter repository names ("rag") stand before the colon of unlike titles.
_REPOSITORY_NAME = 4


def _own_repository(item: Item) -> str:
    """The GitHub repository that *item* is about, as owner/name; "" where it only mentions one.

    A paper is about the repository that it names and is named after: "ColBERT: ..." with
    github.com/someone/ColBERT. Links to the code of others are no ground to merge.
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

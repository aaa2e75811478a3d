"""The addresses that come with a pick: inside the reason that names something, or standing by themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.records import Resource
from digest.render.untrusted import shown, web_address

#: What a link says that stands by itself; the others stand in the reason.
_RESOURCES = {"code": "code", "data": "data", "talk": "talk", "pdf": "PDF"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLink:
    text: str
    url: str


def pieces(reason: str, resources: Sequence[Resource]) -> Iterator[ReasonLink]:
    """The reason cut around what it names that has an address; the pieces joined are the reason."""
    start = 0
    named = [(shown(r.text, 300), web_address(r.url)) for r in resources if r.kind not in _RESOURCES]
    places = sorted((reason.find(text), text, url) for text, url in named if text and url)
    for place, text, url in places:
        if place < start:
            continue
        if place > start:
            yield ReasonLink(text=reason[start:place], url="")
        yield ReasonLink(text=text, url=url)
        start = place + len(text)
    if reason[start:]:
        yield ReasonLink(text=reason[start:], url="")


def standing_alone(resources: Sequence[Resource]) -> Iterator[ReasonLink]:
    """What stands by itself; what lies at one address is one link, as "code and data"."""
    by_url: dict[str, list[str]] = {}
    for resource in resources:
        if resource.kind in _RESOURCES and (url := web_address(resource.url)):
            by_url.setdefault(url, []).append(_RESOURCES[resource.kind])
    for url, names in by_url.items():
        yield ReasonLink(text=" and ".join(dict.fromkeys(names)), url=url)

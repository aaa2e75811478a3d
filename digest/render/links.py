"""The links of a pick: those inside its reason, and those that stand alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.records import Resource
from digest.render.untrusted import shown, web_address

#: The texts of links that stand alone; other kinds are linked inside the reason.
_RESOURCES = {"code": "code", "data": "data", "talk": "talk", "pdf": "PDF"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLink:
    text: str
    url: str


def pieces(reason: str, resources: Sequence[Resource]) -> Iterator[ReasonLink]:
    """Cut the reason around the names that have an address; joined, the pieces are the reason."""
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
    """The links that stand alone; two with the same address become one, as "code and data"."""
    by_url: dict[str, list[str]] = {}
    for resource in resources:
        if resource.kind in _RESOURCES and (url := web_address(resource.url)):
            by_url.setdefault(url, []).append(_RESOURCES[resource.kind])
    for url, names in by_url.items():
        yield ReasonLink(text=" and ".join(dict.fromkeys(names)), url=url)

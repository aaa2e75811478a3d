"""What a pick goes back to: related items, and the background reading behind several picks, in words."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.records import Connection, Foundation, MarkKind, Noted
from digest.render.untrusted import shown, web_address
from digest.render.wording import day_words, list_words, period_words

_RELATIONS = {"cites": "Goes back to", "repeats": "Says much the same as", "builds on": "Close to"}
_MARKS: dict[str, str] = {
    MarkKind.LIKE: "which you liked",
    MarkKind.SAVE: "which you saved",
    MarkKind.READ: "which you read",
}


#: Characters of a note that remind the learner of it.
_QUOTE = 160


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Something older, between the words before and after its title."""

    item_id: str
    before: str
    text: str
    url: str
    after: str
    #: the learner's own words on it, or ""
    quote: str = ""


def numbered(numbers: Sequence[int]) -> str:
    """`Number 4`, or `Numbers 4, 7 and 9`."""
    return f"Number{'s' if len(numbers) > 1 else ''} {list_words([str(number) for number in numbers])}"


def lay_out_foundation(foundation: Foundation | None, numbers: Mapping[str, int], zone: dt.tzinfo) -> Related | None:
    """The background reading behind several picks; *numbers* are those of the picks, by item id."""
    leaning = [number for item_id, number in numbers.items() if foundation and item_id in foundation.leaning]
    if foundation is None or not leaning:
        return None
    said = [shown(foundation.source, 80), *_dated(foundation.published_at, zone)]
    return Related(
        item_id=foundation.item_id,
        before=f"{numbered(leaning)} {'leans' if len(leaning) == 1 else 'lean'} on",
        text=shown(foundation.title, 200) or "(untitled)",
        url=web_address(foundation.url),
        after=", ".join(part for part in said if part),
    )


def lay_out_noted(noted: Noted) -> Related:
    return Related(
        item_id=noted.item_id,
        before="Close to your note on",
        text=shown(noted.title, 200) or "(untitled)",
        url=web_address(noted.url),
        after="",
        quote=shown(noted.quote, _QUOTE),
    )


def lay_out_related(connection: Connection, zone: dt.tzinfo) -> Related:
    said = [
        shown(connection.source, 80),
        *_dated(connection.published_at, zone),
        _MARKS.get(connection.mark, ""),
        f"in the digest of {period_words(connection.period)}" if connection.period else "",
    ]
    return Related(
        item_id=connection.item_id,
        before=_RELATIONS.get(connection.relation, "Close to"),
        text=shown(connection.title, 200) or "(untitled)",
        url=web_address(connection.url),
        after=", ".join(part for part in said if part),
    )


def _dated(moment: dt.datetime | None, zone: dt.tzinfo) -> Iterator[str]:
    if moment is not None:
        yield day_words(moment.astimezone(zone).date())

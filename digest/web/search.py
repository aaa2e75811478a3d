"""Search by meaning, words or both, and what was marked; the address holds all that was asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digest.errors import ArchiveBusy, DigestError
from digest.records import MarkKind
from digest.store.listed import Marked
from digest.store.search import Wanted
from digest.web.rendering import page, page_number
from digest.web.site import site_of
from digest.workflows import listing

MODES = ("both", "meaning", "words")
LEANS = ("letter", "envelope")
#: Characters of a question; the model reads the first few hundred words.
_LONGEST = 2_000
#: The tabs of the marked works: address and name.
_TABS: dict[str, str] = {
    MarkKind.SAVE: "Saved",
    MarkKind.LIKE: "Liked",
    MarkKind.READ: "Read",
    MarkKind.DISLIKE: "Disliked",
    "": "All marked",
}


@dataclass(kw_only=True)
class Asked:
    """What the address asks for, as it was typed, and what is wrong with it by field."""

    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        return self.typed["q"]

    @property
    def mode(self) -> str:
        return self._one_of("mode", MODES) or MODES[0]

    @property
    def narrowed(self) -> bool:
        """Whether anything but words is given, which lists the newest works by itself."""
        return any(self.typed[name] for name in ("mark", "source", "since", "until", "lean"))

    def wanted(self) -> Wanted:
        """What to look among; the errors say what is left out of it."""
        if len(self.words) > _LONGEST:
            self.errors["q"] = f"More than {_LONGEST:,} characters; a few words find more."
        return Wanted(
            since=self._day("since"),
            until=self._day("until"),
            lean=self._one_of("lean", LEANS),
            source=self.typed["source"],
            mark=self._one_of("mark", tuple(MarkKind)),
        )

    def _one_of(self, name: str, known: tuple[str, ...]) -> str:
        given = self.typed[name]
        if given and given not in known:
            self.errors[name] = f"{given[:40]!r} is none of {', '.join(known)}."
            return ""
        return given

    def _day(self, name: str) -> datetime | None:
        return self._read(name, _start_of_day) if self.typed[name] else None

    def _read(self, name: str, read: Callable[[str], datetime]) -> datetime | None:
        try:
            return read(self.typed[name])
        except ValueError:
            self.errors[name] = f"{self.typed[name][:40]!r} is no date such as 2026-01-31."
            return None


def search(request: Request) -> Response:
    """Results, or the form and how to use it."""
    site, asked = site_of(request), _asked(request)
    wanted, mode, number = asked.wanted(), asked.mode, page_number(request, last=listing.LAST_PAGE)
    found = None
    if not asked.errors and (asked.words.strip() or asked.narrowed):
        try:
            found = listing.search_works(site.config, asked.words, wanted, mode=mode, number=number, wait=site.wait)
        except ArchiveBusy:
            raise
        except DigestError as error:
            asked.errors["source" if wanted.source and "source" in str(error) else "q"] = f"{error}."
    return page(
        request,
        "search.html",
        status=400 if asked.errors else 200,
        asked=asked,
        wanted=wanted,
        mode=mode,
        modes=MODES,
        leans=LEANS,
        number=number,
        found=found,
        sources=found.sources if found else listing.source_names(site.config, wait=site.wait),
        zone=site.config.zone,
    )


def saved(request: Request) -> Response:
    """What was saved, or with another mark in the address what holds that one; "any" is all that is marked."""
    site, typed = site_of(request), request.query_params.get("mark", MarkKind.SAVE)
    mark = "" if typed == "any" else typed if typed in list(MarkKind) else str(MarkKind.SAVE)
    zone, number = site.config.zone, page_number(request)
    since, until = _day_asked(request, "since", zone), _day_asked(request, "until", zone)
    wanted = Marked(mark=mark, since=since, until=until)
    view = listing.view_marked(site.config, wanted, number=number, wait=site.wait)
    return page(
        request, "saved.html", view=view, mark=mark, since=since, until=until, tabs=_TABS, number=number, zone=zone
    )


def _day_asked(request: Request, name: str, zone: tzinfo) -> datetime | None:
    """The start of a day in the learner's zone; what is none narrows nothing."""
    try:
        return _start_of_day(request.query_params[name], zone)
    except (KeyError, ValueError):
        return None


def _asked(request: Request) -> Asked:
    names = ("q", "mode", "mark", "source", "since", "until", "lean")
    typed = {name: request.query_params.get(name, "").replace("\0", "") for name in names}
    return Asked(typed=typed | {name: typed[name].strip() for name in names[1:]})


def _start_of_day(text: str, zone: tzinfo = UTC) -> datetime:
    """The start of a year, month or day; ValueError where it is none that can be reckoned with."""
    day = datetime.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text))
    if not 1970 <= day.year <= 8999:
        raise ValueError(text)
    return day.replace(tzinfo=zone) if day.tzinfo is None else day.astimezone(UTC)


ROUTES = [Route("/search", search), Route("/saved", saved)]

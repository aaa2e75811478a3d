"""The sources: how they are, what each brought, and adding and removing them."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from digest.config.messages import did_you_mean
from digest.editing import SourceEntry
from digest.errors import DigestError, NotFound
from digest.web.rendering import page
from digest.web.site import site_of
from digest.workflows import editing_sources, status
from digest.workflows.editing_sources import FoundSource

#: Addresses that are asked at the same time: each keeps a thread for up to a minute.
_AT_ONCE = threading.BoundedSemaphore(2)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source as the page shows it."""

    name: str
    kind: str
    #: its address, or for arXiv its categories
    url: str
    last_success: datetime | None
    last_error: str
    failures: int
    #: None where none is known, or where it is gone for good
    next_check: datetime | None
    gone: bool
    seen: int
    kept: int
    marked: int


def listed(request: Request) -> Response:
    return _list(request)


async def look(request: Request) -> Response:
    """Ask what is behind an address or a short name, and show it; nothing is written yet."""
    typed = str((await request.form(max_files=0, max_fields=4)).get("typed", "")).strip()
    if not typed or len(typed) > _LONGEST:
        problem = "That is too long for an address." if typed else "Type an address or a short name."
        return await run_in_threadpool(_list, request, typed[:_LONGEST], problem)
    return await run_in_threadpool(_look, request, typed)


async def add(request: Request) -> Response:
    """Write a source that was looked at into sources.toml."""
    form = await request.form(max_files=0, max_fields=12)
    return await run_in_threadpool(_add, request, _entry(form))


def ask_removal(request: Request) -> Response:
    """What removing a source means, with a button that does it."""
    line = next((one for one in _lines(request) if one.name == request.query_params.get("name")), None)
    if line is None:
        raise NotFound("there is no source of that name in sources.toml")
    return page(request, "source_removal.html", line=line, wrong="")


async def remove(request: Request) -> Response:
    name = str((await request.form(max_files=0, max_fields=4)).get("name", ""))
    return await run_in_threadpool(_remove, request, name)


def _list(request: Request, typed: str = "", problem: str = "") -> Response:
    site, now = site_of(request), site_of(request).clock()
    lines = _lines(request)
    return page(
        request,
        "sources.html",
        status=400 if problem else 200,
        lines=lines,
        failing=sum(1 for one in lines if one.last_error),
        now=now,
        zone=site.config.zone,
        typed=typed,
        wrong=problem,
        added=request.query_params.get("added", ""),
        removed=request.query_params.get("removed", ""),
    )


def _lines(request: Request) -> list[SourceLine]:
    """The sources of sources.toml: those that fail first, then those that most was kept of."""
    site = site_of(request)
    columns, rows = status.source_table(site.config, wait=site.wait)
    lines = [_line(dict(zip(columns, row, strict=True))) for row in rows]
    places = {one.name: one.url or ", ".join(one.categories) for one in site.config.sources}
    found = [line if line.url else _with_place(line, places) for line in lines]
    return sorted(found, key=lambda one: (not one.last_error, -one.kept, -one.seen, one.name.casefold()))


def _line(row: Mapping[str, Any]) -> SourceLine:
    return SourceLine(
        name=row["source"],
        kind=row["kind"] or "feed",
        url=row["url"] or "",
        last_success=_aware(row["last_success"]),
        last_error=row["last_error"] or "",
        failures=row["failures"] or 0,
        next_check=_aware(row["next_check"]),
        gone=bool(row["last_error"]) and row["next_check"] is None,
        seen=row["seen"],
        kept=row["kept"],
        marked=row["marked"],
    )


def _with_place(line: SourceLine, places: Mapping[str, str]) -> SourceLine:
    values = {name: getattr(line, name) for name in SourceLine.__slots__}
    return SourceLine(**values | {"url": places.get(line.name, "")})


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def _look(request: Request, typed: str) -> Response:
    site = site_of(request)
    try:
        with _one_of_few():
            [found] = editing_sources.look_at(site.config, [typed], site.clock())
    except DigestError as error:
        return _list(request, typed, _sentence(str(error)))
    if found.entry is None:
        return _list(request, typed, _sentence(f"{found.asked}: {found.error}"))
    return page(request, "source_found.html", typed=typed, found=found, entry=found.entry, wrong=_taken(request, found))


def _taken(request: Request, found: FoundSource) -> str:
    """Why what was found cannot be added, or ""."""
    from digest import editing

    assert found.entry is not None
    _, passed_over = editing.new_entries([found.entry], site_of(request).config)
    return next((_sentence(f"This {reason}") for reason in passed_over.values()), "")


def _add(request: Request, entry: SourceEntry) -> Response:
    try:
        added = editing_sources.add(site_of(request).config_path, [entry])
    except DigestError as error:
        return _list(request, entry.url, _sentence(str(error)))
    if added.passed_over:
        [(passed, reason)] = added.passed_over
        return _list(request, passed.url or ",".join(passed.categories), _sentence(f"{passed.name}: {reason}"))
    return _back(added=added.entries[0].name)


def _remove(request: Request, name: str) -> Response:
    known = [one.name for one in site_of(request).config.sources]
    if name not in known:
        return _list(request, "", _sentence(f"There is no source named {name!r}{did_you_mean(name, known)}"))
    try:
        editing_sources.remove(site_of(request).config_path, name)
    except DigestError as error:
        [line] = [one for one in _lines(request) if one.name == name]
        return page(request, "source_removal.html", status=400, line=line, wrong=_sentence(str(error)))
    return _back(removed=name)


def _back(**said: str) -> Response:
    return RedirectResponse(f"/sources?{urlencode(said)}", status_code=303)


def _entry(form: FormData) -> SourceEntry:
    """What the page of a found source sends."""

    def said(name: str) -> str:
        return " ".join(str(form.get(name, ""))[:_LONGEST].split())

    return SourceEntry(
        name=said("name") or said("url") or said("categories"),
        url=said("url"),
        kind=said("kind"),
        folder=said("folder"),
        categories=_parts(said("categories")),
        base_url=said("base_url"),
    )


def _parts(text: str) -> tuple[str, ...]:
    parts: Sequence[str] = [part.strip() for part in text.split(",")]
    return tuple(part for part in parts if part)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


@contextmanager
def _one_of_few() -> Iterator[None]:
    if not _AT_ONCE.acquire(timeout=2.0):
        raise DigestError("other addresses are being asked; try again in a minute")
    try:
        yield
    finally:
        _AT_ONCE.release()


ROUTES = [
    Route("/sources", listed),
    Route("/sources/look", look, methods=["POST"]),
    Route("/sources/add", add, methods=["POST"]),
    Route("/sources/remove", ask_removal),
    Route("/sources/remove", remove, methods=["POST"]),
]

"""The focus: edited, tried on the last issues, and saved after a look at the difference."""

import re
from dataclasses import dataclass
from math import isfinite

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from digest.config import Focus
from digest.config.values import LEANS
from digest.editing import FocusEdit
from digest.errors import ConfigError
from digest.printable import one_line
from digest.web.rendering import page
from digest.web.site import site_of
from digest.workflows import changing_focus
from digest.workflows.previewing import Preview

_FIELDS = ("statement", "topics", "avoid", "lean")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The form: what stands in each field, as text, and what is wrong with it."""

    statement: str
    #: one a line
    topics: str
    avoid: str
    #: "letter", "balanced", "envelope", or the envelope's share
    lean: str
    #: by field; "" for what belongs to none
    errors: dict[str, str]

    @property
    def leans(self) -> list[str]:
        """What can be chosen: the names, and a share that stands in the file."""
        return ["letter", "balanced", "envelope", *([self.lean] if self.lean not in LEANS else [])]


def show(request: Request) -> Response:
    """The form over what the file says; what it means for the last issues is asked for apart."""
    return page(request, "focus.html", fields=_of(site_of(request).config.focus), preview=None)


async def submit(request: Request) -> Response:
    """A button of the form: try it, look at the difference, or go back to it."""
    form = await request.form(max_files=0, max_fields=20)
    return await run_in_threadpool(_submitted, request, form)


def current(request: Request) -> Response:
    """How the present focus is understood: a piece of the page, asked for apart as it reads the archive."""
    return _tried(request, _of(site_of(request).config.focus))


async def attempt(request: Request) -> Response:
    """A piece of the page: what the form would change. With an error, data that names the field."""
    form = await request.form(max_files=0, max_fields=20)
    return await run_in_threadpool(_tried, request, _read(form))


async def save(request: Request) -> Response:
    """Write what was looked at, if the file is still the one that it was compared with."""
    form = await request.form(max_files=0, max_fields=20)
    return await run_in_threadpool(_saved, request, form)


def _submitted(request: Request, form: FormData) -> Response:
    fields = _read(form)
    if form.get("do") == "edit":
        return page(request, "focus.html", fields=fields, preview=None)
    if form.get("do") != "save":
        try:
            return page(request, "focus.html", fields=fields, preview=_preview(request, fields))
        except ConfigError as error:
            return _refused(request, fields, error)
    return _looked_at(request, fields)


def _looked_at(request: Request, fields: Fields) -> Response:
    """The difference, and a button that writes it."""
    site = site_of(request)
    try:
        made = changing_focus.draft(site.config_path, _edit(request, fields))
    except ConfigError as error:
        return _refused(request, fields, error)
    return page(request, "focus_difference.html", fields=fields, draft=made, name=site.config_path.name)


def _saved(request: Request, form: FormData) -> Response:
    fields, site = _read(form), site_of(request)
    try:
        changing_focus.save(site.config_path, _edit(request, fields), version=str(form.get("version", "")))
    except ConfigError as error:
        return _refused(request, fields, error)
    return RedirectResponse("/focus?saved=1", status_code=303)


def _tried(request: Request, fields: Fields) -> Response:
    try:
        return page(request, "focus_preview.html", preview=_preview(request, fields))
    except ConfigError as error:
        key, line = _field_of(error)
        return JSONResponse({"field": key, "error": line})  # while somebody types it is no failure


def _preview(request: Request, fields: Fields) -> Preview:
    site = site_of(request)
    made = changing_focus.draft(site.config_path, _edit(request, fields))
    return site.previews.preview(site.config, made.config, site.clock(), wait=site.wait)


def _refused(request: Request, fields: Fields, error: ConfigError) -> Response:
    """The form again, with what is wrong beside the field."""
    key, line = _field_of(error)
    shown = Fields(
        statement=fields.statement, topics=fields.topics, avoid=fields.avoid, lean=fields.lean, errors={key: line}
    )
    return page(request, "focus.html", status=422, fields=shown, preview=None)


def _field_of(error: ConfigError) -> tuple[str, str]:
    """The field that an error is about, "" for none, and the error in one line."""
    line = one_line(str(error))
    found = re.search(rf"focus\.({'|'.join(_FIELDS)})\b(?:\.\d+|\[\d+\])?:? *", line)
    return (found[1], line[found.end() :]) if found else ("", line)


def _of(focus: Focus) -> Fields:
    named = {share: name for name, share in LEANS.items()}
    return Fields(
        statement=focus.statement,
        topics=_as_lines(focus.topics),
        avoid=_as_lines(focus.avoid),
        lean=named.get(focus.lean, f"{focus.lean:g}"),
        errors={},
    )


def _read(form: FormData) -> Fields:
    texts = {name: str(form.get(name, "")).replace("\r\n", "\n").replace("\r", "\n") for name in _FIELDS}
    return Fields(**texts, errors={})


def _edit(request: Request, fields: Fields) -> FocusEdit:
    """What the file is to say; what a form cannot show exactly, such as a topic of two lines, stays where it is the same."""
    own = site_of(request).config.focus
    return FocusEdit(
        statement=own.statement if fields.statement.strip() == own.statement.strip() else fields.statement.strip(),
        topics=own.topics if fields.topics.strip() == _as_lines(own.topics) else _lines(fields.topics),
        avoid=own.avoid if fields.avoid.strip() == _as_lines(own.avoid) else _lines(fields.avoid),
        lean=_lean(fields.lean),
    )


def _lean(typed: str) -> str | float:
    """A name, or a share; anything else is left for the configuration to refuse."""
    try:
        share = float(typed)
    except ValueError:
        return typed
    return share if isfinite(share) else typed


def _as_lines(texts: tuple[str, ...]) -> str:
    return "\n".join(" ".join(text.split()) for text in texts)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("\n") if line.strip())


ROUTES = [
    Route("/focus", show),
    Route("/focus", submit, methods=["POST"]),
    Route("/focus/preview", current),
    Route("/focus/preview", attempt, methods=["POST"]),
    Route("/focus/save", save, methods=["POST"]),
]

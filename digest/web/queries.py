"""Named queries and the learner's own SQL, with their answers as tables and as CSV."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from digest.config.messages import did_you_mean
from digest.errors import DigestError, NotFound
from digest.records.issues import is_period
from digest.render.untrusted import shown, web_address
from digest.store import documentation
from digest.web.rendering import issue_path, item_path, local_time, page
from digest.web.site import site_of
from digest.workflows import asking
from digest.workflows.asking import Answer

#: Characters of a statement, and of one cell.
_LONGEST = 20_000
_CELL = 240
_SHORT = 18
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
#: Four digits tell enough, and no number of rows or bytes becomes a power of ten.
_LARGE = 1e4


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    text: str
    #: where it leads, or ""
    href: str = ""

    @property
    def short(self) -> bool:
        """Whether it is never broken into lines: an id, a date, a name."""
        return len(self.text) <= _SHORT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    columns: tuple[str, ...]
    #: whether a column holds numbers alone
    numbers: tuple[bool, ...]
    rows: Sequence[Sequence[Cell]]
    more: bool


def listed(request: Request) -> Response:
    """The queries there are, and a box for the learner's own SQL with its answer."""
    return _page(request, request.query_params.get("sql", ""))


def named(request: Request) -> Response:
    """The answer of a query by its name."""
    return _page(request, "", _found(request))


def named_csv(request: Request) -> Response:
    query = _found(request)
    return _csv(request, query.name, query.name)


def own_csv(request: Request) -> Response:
    sql = request.query_params.get("sql", "")
    _check(sql)
    return _csv(request, sql, "query")


def _page(request: Request, sql: str, query: asking.NamedQuery | None = None) -> Response:
    site, answer, error = site_of(request), None, ""
    if sql.strip() or query:
        try:
            _check(sql)
            answer = asking.ask(site.config_path, site.config.learner_id, query.name if query else sql)
        except DigestError as problem:
            error = str(problem)
    return page(
        request,
        "query.html" if query else "queries.html",
        status=400 if error else 200,
        sql=sql or (query.sql if query else ""),
        query=query,
        queries=() if query else asking.known(site.config),
        table=_table(answer, site.config.zone) if answer else None,
        error=error,
        csv=f"/queries/{quote(query.name, safe='')}.csv" if query else f"/queries.csv?{urlencode({'sql': sql})}",
        most=asking.MOST_ROWS,
        seconds=asking.SECONDS,
        views=documentation.VIEWS,
        macros=documentation.MACROS,
    )


def _csv(request: Request, asked: str, name: str) -> Response:
    pieces = asking.as_csv(site_of(request).config_path, site_of(request).config.learner_id, asked)
    safe = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII) or "query"
    headers = {"Content-Disposition": f'attachment; filename="{safe}.csv"'}
    return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)


def _found(request: Request) -> asking.NamedQuery:
    name = request.path_params["name"]
    known = asking.known(site_of(request).config)
    found = next((one for one in known if one.name == name), None)
    if found is None:
        raise NotFound(f"there is no query named {name!r}{did_you_mean(name, [one.name for one in known])}")
    return found


def _check(sql: str) -> None:
    if len(sql) > _LONGEST:
        raise DigestError(f"the statement has more than {_LONGEST:,} characters; `digest query` takes it")


def _table(answer: Answer, zone: tzinfo) -> Table:
    numbers = tuple(
        any(row[at] for row in answer.rows) and all(not row[at] or _NUMBER.fullmatch(row[at]) for row in answer.rows)
        for at in range(len(answer.columns))
    )
    return Table(
        columns=answer.columns,
        numbers=tuple(map(bool, numbers)),
        rows=[
            [_cell(*each, zone, row, answer.columns) for each in zip(answer.columns, row, numbers, strict=True)]
            for row in answer.rows
        ],
        more=answer.more,
    )


def _cell(column: str, value: str, number: bool, zone: tzinfo, row: Sequence[str], columns: Sequence[str]) -> Cell:
    """A value as a reader should see it, with where it leads."""
    if number:
        return Cell(text=_rounded(value))
    if _MOMENT.fullmatch(value):
        return Cell(text=_moment(value, zone))
    text = shown(value, _CELL)
    match column:
        case "item_id" | "work_id" if value:
            return Cell(text=text, href=item_path(value))
        case "title" if "item_id" in columns and row[columns.index("item_id")]:
            return Cell(text=text, href=item_path(row[columns.index("item_id")]))
        case "period" if is_period(value):
            return Cell(text=text, href=issue_path(value))
        case "source" if value:
            return Cell(text=text, href=f"/search?{urlencode({'source': value})}")
    if address := web_address(value) if value.startswith("http") else "":
        return Cell(text=shown(value.partition("://")[2], 60), href=address)
    return Cell(text=text)


def _rounded(value: str) -> str:
    if not value or value.lstrip("-").isdecimal():
        return value
    number = float(value)
    return f"{number:,.0f}" if abs(number) >= _LARGE else f"{number:.4g}"


def _moment(value: str, zone: tzinfo) -> str:
    try:
        return local_time(datetime.fromisoformat(value), zone)
    except (ValueError, OverflowError):  # the archive may hold any year
        return value


ROUTES = [
    Route("/queries", listed),
    Route("/queries.csv", own_csv),
    Route("/queries/{name}.csv", named_csv),
    Route("/queries/{name}", named),
]

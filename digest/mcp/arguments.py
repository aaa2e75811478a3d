"""What each tool takes. Descriptions are for assistants, and short: a client sends them with every conversation."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from digest.config.messages import did_you_mean
from digest.errors import DigestError

Wanted = TypeVar("Wanted", bound="Arguments")

#: A statement is typed by an assistant; a longer one has gone astray.
_LONGEST_SQL = 20_000
_LONGEST = 2_000


def _is_date(text: str) -> str:
    start_of(text)
    return text


def start_of(text: str) -> datetime | None:
    """The beginning of a year, month or day, or a moment, in UTC; None for "". ValueError for anything else."""
    if not text:
        return None
    try:
        given = datetime.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text))
        return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text!r} is no date such as 2026-01-31") from error


_Date = Annotated[str, AfterValidator(_is_date), Field(max_length=40)]
_Item = Annotated[str, Field(max_length=_LONGEST, description="item_id, arXiv id or address")]
_Offset = Annotated[int, Field(ge=0, description="next_offset of the answer before")]


class Arguments(BaseModel):
    """The arguments of a tool; unknown ones are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchItems(Arguments):
    words: Annotated[str, Field(max_length=_LONGEST)]
    mode: Literal["both", "meaning", "words"] = "both"
    since: Annotated[_Date, Field(description="published on or after: 2026, 2026-01 or 2026-01-31")] = ""
    until: Annotated[_Date, Field(description="published before")] = ""
    lean: Literal["", "letter", "envelope"] = ""
    source: Annotated[str, Field(max_length=_LONGEST)] = ""
    limit: Annotated[int, Field(ge=1, le=50)] = 10
    offset: _Offset = 0


class GetItem(Arguments):
    item: _Item
    offset: _Offset = 0


class ExplainItem(Arguments):
    item: _Item


class GetIssue(Arguments):
    period: Annotated[str, Field(max_length=60, description="such as 2026-W47; empty for the last one")] = ""
    offset: _Offset = 0


class DescribeArchive(Arguments):
    part: Literal["overview", "columns", "sources"] = "overview"
    offset: _Offset = 0


class QueryArchive(Arguments):
    sql: Annotated[str, Field(max_length=_LONGEST_SQL, description="one SELECT, or the name of a query")]
    # Each page asks again from the start: further on, another SELECT is quicker.
    offset: Annotated[_Offset, Field(le=100_000)] = 0


class MarkItem(Arguments):
    item: _Item
    mark: Literal["like", "dislike", "save", "read"]
    undo: bool = False


def read(model: type[Wanted], given: dict[str, Any]) -> Wanted:
    """The arguments as a record; a DigestError says in one line what is wrong. Nulls count as not given."""
    try:
        return model.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        told = [_told(model, ".".join(map(str, one["loc"])), one["type"], one["msg"]) for one in error.errors()]
        raise DigestError("; ".join(told)) from error


def schema(model: type[Arguments]) -> dict[str, Any]:
    """The JSON schema of the arguments, without titles, which only repeat their names."""
    made: dict[str, Any] = model.model_json_schema()
    properties = {name: _plain(one) for name, one in made["properties"].items()}
    wanted = {"required": made["required"]} if made.get("required") else {}
    return {"type": "object", "properties": properties, **wanted, "additionalProperties": False}


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    """What helps in choosing a value; bounds on length only cost."""
    return {name: value for name, value in one.items() if name not in ("title", "maxLength")}


def _told(model: type[Arguments], name: str, kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return f"there is no argument {name!r}{did_you_mean(name, list(model.model_fields))}"
    if kind == "missing":
        return f"{name!r} is missing"
    return f"{name}: {message.removeprefix('Value error, ')}"

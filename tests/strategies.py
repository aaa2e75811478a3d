"""Hypothesis strategies for the records: every field drawn, none left at its default."""

import datetime as dt
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

Record = TypeVar("Record")

#: Any text that can be written down; half a surrogate pair cannot, and parsers let none through.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.datetimes(
    dt.datetime(1990, 1, 1),  # noqa: DTZ001 - hypothesis wants its bounds without a zone
    dt.datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
_PLAIN: dict[object, st.SearchStrategy[Any]] = {
    str: TEXT,
    bytes: st.binary(max_size=40),
    int: st.integers(-(2**31), 2**31 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    dt.datetime: MOMENTS,
    dt.date: st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)),
    dt.timedelta: st.timedeltas(dt.timedelta(), dt.timedelta(days=1000)),
    type(None): st.none(),
}


def whole(record: type[Record]) -> st.SearchStrategy[Record]:
    """Records of this kind with every field drawn."""
    assert is_dataclass(record)
    hints = get_type_hints(record)
    return st.builds(record, **{field.name: _of(hints[field.name]) for field in fields(record) if field.init})


def _of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type hint is anything
    arguments = get_args(hint)
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of(*map(_of, arguments))
    if get_origin(hint) is tuple and arguments[-1] is Ellipsis:
        return st.lists(_of(arguments[0]), max_size=2).map(tuple)
    if get_origin(hint) is tuple:
        return st.tuples(*map(_of, arguments))
    if get_origin(hint) is Mapping:
        return st.dictionaries(*map(_of, arguments), max_size=2)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return _PLAIN[hint] if hint in _PLAIN else whole(hint)

"""Issues and source states are JSON in the archive, which any client may have changed: what of it cannot be used."""

from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from digest.records import Issue, SourceState
from digest.records.issues import is_period
from digest.store.archive import Connection

_ISSUE = TypeAdapter(Issue)
_STATE = TypeAdapter(SourceState)


def broken_documents(db: Connection) -> list[str]:
    """One line for each issue and source state that cannot be read, or is stored under another's name."""
    return [*_broken_issues(db), *(f"the state of the source {one!r} is damaged" for one in broken_states(db))]


def broken_states(db: Connection) -> list[str]:
    """The sources whose states cannot be read, or are those of others."""
    rows = db.execute("select source, state from core.sources where state is not null order by source").fetchall()
    states = {source: _read(_STATE, document) for source, document in rows}
    return [source for source, state in states.items() if state is None or state.source != source]


def _broken_issues(db: Connection) -> Iterator[str]:
    for period, document in db.execute("select period, document from core.issues order by ends_at").fetchall():
        issue = _read(_ISSUE, document)
        if not is_period(period):
            yield f"the issue {period!r} has a name that no issue can have"
        elif issue is None or issue.period != period:
            yield f"the document of the issue {period!r} is damaged"


def _read(kind: TypeAdapter[Any], document: str | None) -> Any:  # noqa: ANN401 - of the adapter's type
    try:
        return kind.validate_json(document or "")
    except ValidationError:
        return None

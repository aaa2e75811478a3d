"""Issues and source states are JSON in the archive, which any client may have changed: what of it cannot be used."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from digest.errors import StoreError
from digest.records.issues import is_period
from digest.store.archive import Connection
from digest.store.sources import read_state
from digest.store.verdicts import read_issue

T = TypeVar("T")


def broken_documents(db: Connection) -> list[str]:
    """One line for each issue and source state that cannot be read, or is stored under another's name."""
    return [*_broken_issues(db), *(f"the state of the source {one!r} is damaged" for one in broken_states(db))]


def broken_states(db: Connection) -> list[str]:
    """The sources whose states cannot be read, or are those of others."""
    rows = db.execute("select source, state from core.sources where state is not null order by source").fetchall()
    states = {source: _read(read_state, source, document) for source, document in rows}
    return [source for source, state in states.items() if state is None or state.source != source]


def _broken_issues(db: Connection) -> Iterator[str]:
    for period, document in db.execute("select period, document from core.issues order by ends_at").fetchall():
        issue = _read(read_issue, period, document)
        if not is_period(period):
            yield f"the issue {period!r} has a name that no issue can have"
        elif issue is None or issue.period != period:
            yield f"the document of the issue {period!r} is damaged"


def _read(read: Callable[[str, str], T], name: str, document: str | None) -> T | None:
    try:
        return read(name, document or "")
    except StoreError:
        return None

"""The spool beside the archive: what was fetched and is not yet stored, and the source states.

One file a visit, written whole, synced and renamed into place, so that a kill at any
point leaves either the visit or nothing. `states.json` is the copy of the source states
to work from while another process holds the archive; a visit carries the state it led
to, so the newest visit of a source outranks that file.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from digest.errors import StoreError
from digest.records import Fetched, Response, SourceState, short_id

_STATES = TypeAdapter(dict[str, SourceState])
_STATE = TypeAdapter(SourceState)
_FETCHED = TypeAdapter(Fetched)
_RESPONSE = TypeAdapter(Response)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit as it lies in the spool, with the source's state before and after it."""

    path: Path
    fetched: Fetched
    before: SourceState
    after: SourceState


def folder_for(archive: Path) -> Path:
    return archive.with_name(f"{archive.name}.spool")


def put(folder: Path, fetched: Fetched, *, before: SourceState, after: SourceState) -> Path:
    """Keep one visit safe on disk."""
    bodies = [response.body for response in fetched.responses]
    header = {
        "before": _STATE.dump_python(before, mode="json"),
        "after": _STATE.dump_python(after, mode="json"),
        "fetched": _FETCHED.dump_python(fetched, mode="json", exclude={"responses": {"__all__": {"body"}}}),
        "lengths": [len(body) for body in bodies],
    }
    stamp = fetched.started_at.strftime("%Y%m%dT%H%M%S%f")
    path = folder / f"{stamp}-{short_id(fetched.source.name, stamp)}.visit"
    _write(path, [json.dumps(header).encode(), b"\n", *bodies])
    return path


def visits(folder: Path) -> Iterator[Visit]:
    """Every visit that waits to be stored, oldest first, one in memory at a time."""
    for path in waiting(folder):
        yield read(path)


def waiting(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.visit")) if folder.is_dir() else []


def read(path: Path) -> Visit:
    with path.open("rb") as file:
        header = _header(file.readline(), path)
        bodies = [file.read(length) for length in header["lengths"]]
    answers = zip(header["fetched"]["responses"], bodies, strict=True)
    responses = tuple(_RESPONSE.validate_python({**answer, "body": body}) for answer, body in answers)
    fetched = _FETCHED.validate_python({**header["fetched"], "responses": responses})
    return Visit(
        path=path,
        fetched=fetched,
        before=_STATE.validate_python(header["before"]),
        after=_STATE.validate_python(header["after"]),
    )


def remove(paths: Iterable[Path]) -> None:
    """Forget visits that are stored; one already gone is no harm."""
    for path in paths:
        path.unlink(missing_ok=True)


def write_states(folder: Path, states: Mapping[str, SourceState]) -> None:
    _write(folder / "states.json", [_STATES.dump_json(dict(states))])


def read_states(folder: Path) -> dict[str, SourceState]:
    """The source states as last known here: the copy, overtaken by the visits that wait."""
    try:
        states = _STATES.validate_json((folder / "states.json").read_bytes())
    except FileNotFoundError:
        states = {}
    except ValueError as error:
        raise StoreError(f"{folder / 'states.json'}: is damaged; delete it to have it made anew") from error
    for path in waiting(folder):
        with path.open("rb") as file:
            after = _STATE.validate_python(_header(file.readline(), path)["after"])
        states[after.source] = after
    return states


def _header(line: bytes, path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError) as error:
        raise StoreError(f"{path}: is damaged; move it away to go on without it") from error


def _write(path: Path, parts: Iterable[bytes]) -> None:
    draft = path.with_suffix(".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise StoreError(f"{path.parent}: cannot be written: {error.strerror or error}") from error

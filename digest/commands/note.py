"""`digest note` and `digest notes`: the learner's own words on what they read, as Markdown files."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    configuration_of,
    json_option,
    moment,
)

if TYPE_CHECKING:
    from datetime import datetime

    from digest.config import Config
    from digest.records import Note
    from digest.workflows.noting import NoteResult

LimitOption = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="How many to list.")]
_DID = {
    "begun": "begun",
    "added": "added to",
    "edited": "edited",
    "merged": "added to, as it had changed meanwhile",
}


def register(root: typer.Typer) -> None:
    add_command(
        root,
        note,
        'digest note zqga "the negatives come from the last checkpoint"',
        "digest note 2401.12345 --edit",
        "digest note zqga",
        panel=USE,
        name="note",
    )
    add_command(root, notes, "digest notes", "digest notes --json", panel=USE, name="notes")


def note(
    context: typer.Context,
    item: Annotated[
        str, typer.Argument(metavar="[ITEM]", help="An id or its first letters, an arXiv id, or an address.")
    ] = "",
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEXT]",
            help="What to note, in Markdown; - reads it from stdin. Without it the notes on the item are shown.",
        ),
    ] = None,
    edit: Annotated[
        bool, typer.Option("--edit", help="Write in $VISUAL or $EDITOR, with questions to answer.")
    ] = False,
    listed: Annotated[bool, typer.Option("--list", help="List all notes.")] = False,
    limit: LimitOption = 50,
    json: Annotated[bool, json_option("the notes shown or listed")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Note something on a work, or show what was noted."""
    settings, at = configuration_of(context, config, learner), moment(now)
    if listed or not item:
        if item or text or edit:
            raise typer.BadParameter("--list takes no item" if listed else "name an item", param_hint="ITEM")
        _list(settings, at, limit, json, wait)
    elif edit:
        if text:
            raise typer.BadParameter("give a text or --edit, not both", param_hint="TEXT")
        _edit(settings, item, at, wait)
    elif text:
        from digest.workflows import noting

        said = sys.stdin.read() if text == ["-"] else " ".join(text)
        _tell(noting.note(settings, item, said, at, wait=wait))
    else:
        _show(settings, item, at, json, wait)


def notes(
    context: typer.Context,
    limit: LimitOption = 50,
    json: Annotated[bool, json_option("the notes, those changed last first")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """List all notes, those changed last first."""
    _list(configuration_of(context, config, learner), moment(now), limit, json, wait)


def _show(settings: "Config", item: str, now: "datetime", json: bool, wait: float) -> None:
    from digest.commands.output import print_json, print_markdown
    from digest.workflows import noting

    item_id, found = noting.notes_on(settings, item, now, wait=wait)
    if json:
        print_json(_as_json(one, settings) for one in found)
    elif found:
        for one in found:
            print_markdown(f"{one.text.strip()}\n")
    else:
        print(f'there is no note on it yet; `digest note {item_id} "..."` writes one, `--edit` asks questions')


def _list(settings: "Config", now: "datetime", limit: int, json: bool, wait: float) -> None:
    from digest.commands.output import print_json, print_rows, title_of, warn
    from digest.workflows import note_drafts, noting

    found = noting.list_notes(settings, now, limit=limit, wait=wait)
    if json:
        print_json(_as_json(one, settings) | {"title": title} for one, title in found)
    elif found:
        rows = [
            (one.item_id, f"{one.changed_at.astimezone(settings.zone):%Y-%m-%d}", title_of(title), one.path)
            for one, title in found
        ]
        print_rows(("item_id", "changed", "title", "path"), rows, form="table")
    else:
        print('there are no notes yet; `digest note ITEM "..."` writes one')
    for line in noting.broken_notes(settings, wait=wait):
        warn(line)
    for item_id in note_drafts.waiting_drafts(settings):
        warn(f"a note on {item_id} was being edited when it was cut off; `digest note {item_id} --edit` goes on")


def _edit(settings: "Config", item: str, now: "datetime", wait: float) -> None:
    from digest.commands.output import warn
    from digest.errors import DigestError
    from digest.workflows import note_drafts

    draft = note_drafts.open_draft(settings, item, now, wait=wait)
    if draft.about.problem:
        warn(draft.about.problem)
    if draft.resumed:
        warn("goes on with the note that was being edited when it was cut off")
    if status := _run_editor(draft.path):
        again = f"`digest note {draft.about.subject.item_id} --edit` goes on with it"
        raise DigestError(f"the editor ended with status {status}; {draft.path} is kept, and {again}")
    _tell(note_drafts.close_draft(settings, draft, now, wait=wait))


def _run_editor(path: Path) -> int:
    """Open the editor on a file and wait; its exit status. DigestError where there is none."""
    from digest.errors import DigestError

    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        return subprocess.run([*command, str(path)], check=False).returncode
    except (OSError, IndexError) as error:
        named = command[0] if command else "$EDITOR"
        raise DigestError(f"the editor {named} cannot be started; set EDITOR, such as EDITOR=nano") from error


def _tell(done: "NoteResult") -> None:
    from digest.commands.output import title_of, warn
    from digest.printable import one_line

    if done.problem:
        warn(done.problem)
    title = one_line(title_of(done.title))
    if str(done.did) == "nothing":
        print(f"{done.item_id}: nothing was noted · {title}")
    else:
        print(f"{done.item_id}: {_DID[done.did]} {done.path} · {title}")


def _as_json(one: "Note", settings: "Config") -> dict[str, object]:
    return {
        "item_id": one.item_id,
        "note": one.text,
        "path": str(settings.notes_folder / one.path),
        "written_at": one.written_at,
        "changed_at": one.changed_at,
        "tags": list(one.tags),
    }

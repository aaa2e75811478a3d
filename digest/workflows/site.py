"""Write all issues as a folder of pages, with a feed and the data."""

from collections.abc import Sequence
from pathlib import Path

from digest.compose.neighbours import neighbours
from digest.config import Config
from digest.deliver import files
from digest.records import Issue
from digest.render.atom import render_atom
from digest.render.digest_json import render_json
from digest.render.site import ATOM, JSON, render_site
from digest.store import vectors, verdicts
from digest.store.archive import Connection
from digest.workflows.opening import opened

#: Items whose mean stands for what all texts of the archive have in common.
_SAMPLED = 1_000


def write_site(config: Config, folder: Path, *, url: str = "", wait: float) -> list[Path]:
    """Write the pages that changed, and return them; *url* is the folder's public address, for the feed.

    Other files in the folder stay.
    """
    with opened(config, wait=wait, read_only=True) as db:
        issues = [issue for period, _ in verdicts.periods(db) if (issue := verdicts.issue(db, period))]
        similar = _similar(db, issues)
    for issue in issues:
        files.path_of(folder, issue.period, "html")  # the page is named for it: refused before anything is written
    documents = render_site(issues, similar) | {ATOM: render_atom(issues, url=url), JSON: render_json(issues)}
    written = []
    for name, text in documents.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != text.encode():
            files.write(path, text)
            written.append(path)
    return written


def _similar(db: Connection, issues: Sequence[Issue]) -> dict[str, tuple[str, ...]]:
    """For each pick the ids of the picks that are nearest to it, in whichever issue."""
    model = vectors.current(db)
    if model is None:
        return {}
    picked = [pick.item_id for issue in issues for pick in issue.picks]
    sampled = vectors.sample(db, *model, count=_SAMPLED, without=())
    found = vectors.of_items(db, *model, list(dict.fromkeys(picked)))
    return neighbours(found, sampled.mean(axis=0)) if found and len(sampled) else {}

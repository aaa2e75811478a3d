"""Write all issues as a folder of pages, with a feed and the data."""

from pathlib import Path

from digest.config import Config
from digest.deliver import files
from digest.render.atom import render_atom
from digest.render.digest_json import render_json
from digest.render.site import ATOM, JSON, render_site
from digest.store import verdicts
from digest.workflows.opening import opened


def write_site(config: Config, folder: Path, *, url: str = "", wait: float) -> list[Path]:
    """Write the pages that changed, and return them; *url* is the folder's public address, for the feed.

    Other files in the folder stay.
    """
    with opened(config, wait=wait, read_only=True) as db:
        issues = [issue for period, _ in verdicts.periods(db) if (issue := verdicts.issue(db, period))]
    for issue in issues:
        files.path_of(folder, issue.period, "html")  # the page is named for it: refused before anything is written
    documents = render_site(issues) | {ATOM: render_atom(issues, url=url), JSON: render_json(issues)}
    written = []
    for name, text in documents.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != text.encode():
            files.write(path, text)
            written.append(path)
    return written

"""A static site of all issues: a page for each and an index that can be searched, without the network.

Pages lie in one folder, hold all they need and link to one another by relative addresses, so that they can be
opened from a disk as well as served. The only script is the index's own; the policy of each page admits it and
the style sheet by their hashes, and nothing else.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import quote

from digest.records import Issue
from digest.render.charts import Chart, Label, Series, column_chart
from digest.render.environment import source, template
from digest.render.layout import Page, lay_out
from digest.render.references import coins_of
from digest.render.site_search import works_json, works_of
from digest.render.untrusted import shown
from digest.render.wording import percent, period_words

ATOM = "feed.atom"
JSON = "digest.json"
#: Issues in the index's chart: half a year of weekly ones; more cannot be read, and fewer than four say nothing.
_CHARTED = 26
_FEWEST_CHARTED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRow:
    """An issue in the index."""

    #: of its file
    name: str
    words: str
    page: Page


#: A similar pick: its title, where it stands in the site, and the issue in words.
Similar = tuple[str, str, str]


def render_site(issues: Sequence[Issue], near: Mapping[str, Sequence[str]] | None = None) -> dict[str, str]:
    """Name and text of every page; *issues* oldest first, *near* the ids of similar picks by item id."""
    issues = [_without_notes(issue) for issue in issues]
    pages = [lay_out(issue) for issue in issues]
    similar = _similar(issues, pages, near or {})
    drawn = {page_name(issue.period): _issue(pages[at], issues, at, similar) for at, issue in enumerate(issues)}
    return drawn | {"index.html": _index(issues, pages)}


def page_name(period: str) -> str:
    """The file name of a period, which cannot lead out of the folder."""
    return f"{quote(period, safe='')}.html"


def site_title(issues: Sequence[Issue]) -> str:
    name = shown(issues[-1].learner, 60) if issues else ""
    return f"{name}’s digest" if name else "The digest"


def fragment(issue: Issue) -> str:
    """The picks of an issue as plain HTML without style, for feed readers."""
    return template("fragment.html").render(page=lay_out(_without_notes(issue)))


def _without_notes(issue: Issue) -> Issue:
    """A site may be open to anybody, and notes were written for nobody else."""
    return replace(issue, picks=tuple(replace(pick, noted=None) for pick in issue.picks))


def _issue(page: Page, issues: Sequence[Issue], at: int, similar: Callable[[str], list[Similar]]) -> str:
    return template("site_issue.html").render(
        page=page,
        similar=similar,
        coins=coins_of(issues[at]),
        style=source("style.css"),
        policy=page_policy(),
        before=_neighbour(issues[at - 1]) if at else None,
        after=_neighbour(issues[at + 1]) if at + 1 < len(issues) else None,
    )


def _similar(
    issues: Sequence[Issue], pages: Sequence[Page], near: Mapping[str, Sequence[str]]
) -> Callable[[str], list[Similar]]:
    """Looks up the similar picks of an item, without those that it goes back to in so many words."""
    stands = {
        entry.item_id: (entry.title, f"{page_name(issue.period)}#pick-{entry.number}", period_words(issue.period))
        for issue, page in zip(issues, pages, strict=True)
        for section in page.sections
        for entry in section.entries
    }
    named = {
        pick.item_id: {one.item_id for one in pick.connections} | {pick.item_id}
        for issue in issues
        for pick in issue.picks
    }
    return lambda item_id: [
        stands[other] for other in near.get(item_id, ()) if other in stands and other not in named[item_id]
    ]


def _index(issues: Sequence[Issue], pages: Sequence[Page]) -> str:
    rows = [
        IssueRow(name=page_name(issue.period), words=period_words(issue.period), page=page)
        for issue, page in zip(issues, pages, strict=True)
    ][::-1]
    works = [work for row in rows for work in works_of(row.page, row.name, row.words)]
    return template("site_index.html").render(
        site=site_title(issues),
        rows=rows,
        rates=rate_chart(issues[-_CHARTED:]),
        works=works,
        works_json=works_json(works),
        script=source("search.js"),
        style=source("style.css"),
        policy=page_policy(source("search.js")),
        atom=ATOM,
        json=JSON,
    )


def rate_chart(issues: Sequence[Issue]) -> Chart | None:
    """The share of works kept, issue by issue; None where there are too few to compare."""
    counted = [issue for issue in issues if issue.seen]
    if len(counted) < _FEWEST_CHARTED:
        return None
    labels = [
        Label(
            short=issue.period.removeprefix(f"{issue.period[:5]}") or issue.period,
            full=period_words(issue.period),
            href=page_name(issue.period),
            note=f"{issue.kept} of {issue.seen:,}",
        )
        for issue in counted
    ]
    shares = Series(name="Kept", values=[issue.kept / issue.seen for issue in counted])
    return column_chart("Works kept, in percent of those seen", labels, [shares], percent, over="Issue")


def _neighbour(issue: Issue) -> tuple[str, str]:
    return (page_name(issue.period), period_words(issue.period))


@cache
def page_policy(script: str = "") -> str:
    """What a page with the style sheet, and with *script* if there is one, may load: nothing else."""
    scripts = f"; script-src '{_hash(script)}'" if script else ""
    return f"default-src 'none'; style-src '{_hash(source('style.css'))}'{scripts}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

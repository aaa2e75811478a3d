"""A static site of all issues: a page for each and an index, without scripts and without the network.

Pages lie in one folder and link to one another by relative addresses, so that they can be
opened from a disk as well as served.
"""

from collections.abc import Sequence
from urllib.parse import quote

from digest.records import Issue, KeepRate
from digest.render.heatmap import heatmap
from digest.render.html import template
from digest.render.layout import lay_out
from digest.render.svg import HEIGHT, WIDTH, bar_step, rate_bars, scatter_plot, sparkline
from digest.render.untrusted import shown
from digest.render.wording import period_words

ATOM = "feed.atom"
JSON = "digest.json"
#: Issues in the index's chart: half a year of weekly ones; more cannot be read.
_CHARTED = 26


def render_site(issues: Sequence[Issue]) -> dict[str, str]:
    """Name and text of every page; *issues* oldest first."""
    pages = {page_name(issue.period): _issue(issue, issues, number) for number, issue in enumerate(issues)}
    return pages | {"index.html": _index(issues)}


def page_name(period: str) -> str:
    """The file name of a period, which cannot lead out of the folder."""
    return f"{quote(period, safe='')}.html"


def site_title(issues: Sequence[Issue]) -> str:
    name = shown(issues[-1].learner, 60) if issues else ""
    return f"{name}’s digest" if name else "The digest"


def fragment(issue: Issue) -> str:
    """The picks of an issue as plain HTML without style, for feed readers."""
    return template("fragment.html").render(page=lay_out(issue))


def _issue(issue: Issue, issues: Sequence[Issue], number: int) -> str:
    before = issues[number - 1] if number else None
    after = issues[number + 1] if number + 1 < len(issues) else None
    drawn = heatmap(issue.points)
    page = lay_out(issue)
    return template("site_issue.html").render(
        page=page,
        site=site_title(issues),
        summary=drawn.summary if drawn else "",
        plot=scatter_plot(issue.points),
        bars=rate_bars(page.trends.rates),
        sparkline=sparkline,
        bar_step=bar_step,
        size=(WIDTH, HEIGHT),
        before=_neighbour(before),
        after=_neighbour(after),
    )


def _index(issues: Sequence[Issue]) -> str:
    rates = [KeepRate(period=issue.period, seen=issue.seen, kept=issue.kept) for issue in issues][-_CHARTED:]
    rows = [(page_name(issue.period), period_words(issue.period), lay_out(issue)) for issue in reversed(issues)]
    return template("site_index.html").render(
        site=site_title(issues),
        rows=rows,
        bars=rate_bars(rates),
        size=(WIDTH, HEIGHT),
        atom=ATOM,
        json=JSON,
        bar_step=bar_step,
    )


def _neighbour(issue: Issue | None) -> tuple[str, str] | None:
    return (page_name(issue.period), period_words(issue.period)) if issue else None

"""An issue as Markdown that reads well raw in a terminal, on GitHub and in Obsidian."""

from collections.abc import Iterator

from digest.records import Issue
from digest.render.blocks import markdown_blocks
from digest.render.checkboxes import checkbox_lines
from digest.render.commonmark import escape, escape_line, link
from digest.render.drift import TITLE as DRIFT
from digest.render.drift import DriftLine
from digest.render.events import TITLE, EventLine
from digest.render.layout import NearMissLine, Page, PickEntry, lay_out
from digest.render.links import ReasonLink
from digest.render.related import Related
from digest.render.trends import ThemeLine, Trends


def render_markdown(issue: Issue) -> str:
    return "\n\n".join(_blocks(lay_out(issue))) + "\n"


def _blocks(page: Page) -> Iterator[str]:
    yield f"# {escape(page.title)}"
    yield f"{escape_line(page.dates)}. {escape(page.numbers)}"
    if page.first:
        yield f"**If you read one thing:** number {page.first.number}, {link(page.first.title, page.first.url)}"
    if page.unanswered:
        yield f"**Your question:** {escape(page.unanswered)} No pick speaks to it this time."
    yield from markdown_blocks(page.blocks)
    if page.foundation:
        yield f"**Background reading:** {_related(page.foundation)}"
    if page.week:
        yield f"**Your week:** {escape(page.week.numbers)}"
        lines = enumerate(page.week.lines, start=1)
        yield "\n".join(f"{place}. {''.join(map(_piece, line))}" for place, line in lines)
    if page.empty:
        yield escape_line(page.empty)
    for section in page.sections:
        yield f"## {escape(section.title)}"
        if section.note:
            yield f"*{escape(section.note)}*"
        for entry in section.entries:
            yield from _entry(entry)
    yield from _footer(page)


def _entry(entry: PickEntry) -> Iterator[str]:
    yield f"### {entry.number}. {link(entry.title, entry.url)}"
    links = [link(resource.text, resource.url) for resource in entry.resources]
    if entry.byline or links:
        yield " · ".join([*([escape_line(" · ".join(entry.byline))] if entry.byline else []), *links])
    if entry.question:
        yield f"**Your question:** {escape(entry.question)}"
    if entry.reason:
        yield f"**Why:** {''.join(map(_piece, entry.why))}"
    if entry.excerpt:
        yield escape_line(entry.excerpt)
    if entry.also_at:
        yield f"Also at: {' · '.join(link(place.text, place.url) for place in entry.also_at)}"
    for related in entry.related:
        yield _related(related)
    yield checkbox_lines(entry.item_id)


def _piece(piece: ReasonLink) -> str:
    """A piece of a line; a "!" before a link would make it a picture."""
    if piece.url:
        return link(piece.text, piece.url)
    escaped = escape(piece.text)
    return f"{escaped[:-1]}\\!" if escaped.endswith("!") else escaped


def _related(related: Related) -> str:
    tail = f" ({escape(related.after)})" if related.after else ""
    tail += f": “{escape(related.quote)}”" if related.quote else ""
    return f"{escape_line(related.before)} {link(related.text, related.url)}{tail}"


def _trends(trends: Trends) -> Iterator[str]:
    yield "## Themes that moved"
    if trends.note:
        yield escape_line(trends.note)
    for title, themes in (("Growing", trends.growing), ("Fading", trends.fading)):
        if themes:
            yield f"{title}:\n\n" + "\n".join(map(_theme, themes))


def _theme(theme: ThemeLine) -> str:
    example = f"; see {link(theme.example, theme.example_url)}" if theme.example else ""
    return f"- {escape_line(theme.term)}: {escape(theme.words)}{example}"


def _event(event: EventLine) -> str:
    where = "".join(f" · {escape(part)}" for part in event.where)
    reason = f" · {escape(event.reason)}" if event.reason else ""
    return f"- {escape_line(event.when)} · {link(event.title, event.url)}{where}{reason}"


def _footer(page: Page) -> Iterator[str]:
    if page.events:
        yield f"## {TITLE}"
        yield "\n".join(map(_event, page.events))
    if page.trends:
        yield from _trends(page.trends)
    if page.near_misses:
        yield "## Nearly kept"
        yield "\n".join(map(_near_miss, page.near_misses))
    if page.drift:
        yield f"## {DRIFT}"
        for told in page.drift:
            yield from _drift(told)
    if page.failing:
        yield "## Failing sources"
        yield escape_line(page.failing)
    yield "## How this was made"
    yield escape_line(" ".join(page.made))


def _drift(told: DriftLine) -> Iterator[str]:
    examples = f" Such as {', '.join(link(one.text, one.url) for one in told.examples)}." if told.examples else ""
    yield f"{escape_line(told.words)}{examples} {escape(told.advice)}"
    yield f"```toml\n{told.toml}\n```"


def _near_miss(miss: NearMissLine) -> str:
    tail = ": ".join(escape(text) for text in (miss.source, miss.reason) if text)
    change = f". Missing: {escape(miss.change)}" if miss.change else ""
    return f"- {link(miss.title, miss.url)}" + (f" · {tail}" if tail else "") + change

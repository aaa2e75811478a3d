"""`digest share` and `digest review`: what was read, for others and for oneself."""

import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import LOOK, USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    check_year,
    configuration_of,
    moment,
)

if TYPE_CHECKING:
    from digest.config import Config

OutputOption = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write this file instead of printing.")
]
FormatOption = Annotated[
    str, typer.Option("--format", help="markdown or html; by default what --output ends with, else markdown.")
]


def register(root: typer.Typer) -> None:
    add_command(
        root,
        share,
        "digest share --since 2026-11-01",
        "digest share --since 2026-10-01 --until 2026-10-31 --output october.html",
        panel=USE,
        name="share",
    )
    add_command(
        root,
        review,
        "digest review 2026",
        "digest review 2026 --output 2026.html",
        "digest review --since 2026-01 --until 2026-06",
        panel=LOOK,
        name="review",
    )


def share(
    context: typer.Context,
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="The first day, such as 2026-11-01.")],
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day; by default, today.")] = "",
    format: FormatOption = "",  # noqa: A002 - the option's name is the contract's
    output: OutputOption = None,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Write a recap of what was read, liked, saved and noted, for a team channel or a blog."""
    from digest.render.recap import render_recap_html, render_recap_markdown
    from digest.workflows import sharing

    settings = configuration_of(context, config, learner)
    form = chosen_format(format, output)
    start, end = span(since, until, settings, moment(now))
    recap = sharing.gather(settings, start, end, wait=wait)
    text = render_recap_html(recap) if form == "html" else render_recap_markdown(recap)
    put(text, output, f"{len(recap.works)} {'work' if len(recap.works) == 1 else 'works'}", form)


def review(
    context: typer.Context,
    year: Annotated[str, typer.Argument(metavar="YEAR", help="A year, such as 2026; by default, this one.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="The first day, in place of a year.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="The last day; by default, today.")] = "",
    format: FormatOption = "",  # noqa: A002 - the option's name is the contract's
    output: OutputOption = None,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Look back on a year: what was read, liked late, brought by each source, and the pace."""
    from digest.render.review import render_review_html, render_review_markdown
    from digest.workflows import reviewing

    if (year and (since or until)) or (until and not since):
        raise typer.BadParameter("give a year, or --since and perhaps --until", param_hint="YEAR")
    settings, at = configuration_of(context, config, learner), moment(now)
    form = chosen_format(format, output)
    if since:
        start, end = span(since, until, settings, at)
    else:
        year = year or str(at.astimezone(settings.zone).year)
        if not (len(year) == 4 and year.isdigit()):
            raise typer.BadParameter(f"{year!r} is no year such as 2026", param_hint="YEAR")
        start, end = span(year, year, settings, at)
        end = min(end, max(at, start + timedelta(days=1)))
    found = reviewing.gather(settings, start, end, year=year, wait=wait)
    text = render_review_html(found) if form == "html" else render_review_markdown(found)
    put(text, output, f"{found.issues} {'issue' if found.issues == 1 else 'issues'}", form)


def span(since: str, until: str, config: "Config", now: datetime) -> tuple[datetime, datetime]:
    """From the start of a day to the end of another, where the learner lives; to now where none is named."""
    start = _day(since, "--since")
    end = _day_after(until, "--until") if until else None
    first = datetime.combine(start, time(), tzinfo=config.zone)
    last = datetime.combine(end, time(), tzinfo=config.zone) if end else now
    if last <= first:
        told = f"{until} is before {since}" if until else f"{since} is after today"
        raise typer.BadParameter(told, param_hint="--until" if until else "--since")
    return first, last


def chosen_format(given: str, output: Path | None) -> str:
    """ "markdown" or "html", as it was said or as the file's name says."""
    form = given.lower() or ("html" if output and output.suffix.lower() in (".html", ".htm") else "markdown")
    if form not in ("markdown", "html"):
        raise typer.BadParameter(f"{given!r} is none of markdown, html", param_hint="--format")
    return form


def put(text: str, output: Path | None, what: str, form: str) -> None:
    """Print a text, or write it to a file and say so."""
    from digest.commands.output import print_markdown
    from digest.deliver import files

    if output is None:
        sys.stdout.write(text) if form == "html" else print_markdown(text)
        return
    files.write(output, text)
    print(f"{output}: {what}")


def _day_after(text: str, hint: str) -> date:
    """The day after a day, month or year."""
    first = _day(text, hint)
    if len(text) == 4:
        return date(first.year + 1, 1, 1)
    if len(text) == 7:
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=1)


def _day(text: str, hint: str) -> date:
    """The first day of a year or month, or the day itself."""
    try:
        given = date.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text[:10]))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date such as 2026-11-01", param_hint=hint) from error
    check_year(given.year, hint)
    return given

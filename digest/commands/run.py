"""The work itself: run, fetch, rank, build."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    configuration,
    configuration_of,
    moment,
)
from digest.commands.output import progress_bars

if TYPE_CHECKING:
    from digest.workflows.ingesting import RoundResult
    from digest.workflows.issuing import LearnerResult
    from digest.workflows.mail_feedback import MailMarks
    from digest.workflows.reading_group import GroupResult

_NOT_UNDERSTOOD = "the model knows no word of your focus statement, so nothing can match it; say it in other words"


def register(root: typer.Typer) -> None:
    add_command(root, run, "digest run", "digest run --issue", "digest run --dry-run", panel=USE, name="run")
    add_command(root, fetch, "digest fetch", 'digest fetch "Eugene Yan"', panel=USE, name="fetch")
    add_command(root, rank, "digest rank", panel=USE, name="rank")
    add_command(root, build, "digest build 2026-W47", panel=USE, name="build")


def run(
    context: typer.Context,
    issue: Annotated[
        bool, typer.Option("--issue", help="End the period now and write its issue, even if it is not due.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the issue without writing or sending anything.")
    ] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Do one full run: fetch what is due, rank, and write the issue if it is due."""
    from digest import pipeline
    from digest.commands.output import warn

    settings = configuration(context, config)
    learners = [settings.for_learner(learner)] if learner else None
    with progress_bars() as progress:
        if dry_run:
            outcome = pipeline.dry_run(settings, moment(now), learners=learners, wait=wait, progress=progress)
        else:
            outcome = pipeline.run(
                settings, moment(now), learners=learners, end_period=issue, wait=wait, progress=progress
            )
    if outcome.clock:
        warn(outcome.clock)
    _report(outcome.round)
    succeeded = [_report_learner(one, several=len(settings.learners) > 1) for one in outcome.learners]
    succeeded += [_report_group(outcome.group)] if outcome.group is not None else []
    if not all(succeeded) or _all_failed(outcome.round):
        raise typer.Exit(1)


def _report_learner(done: "LearnerResult", *, several: bool) -> bool:
    """Print a learner's issue, or when the next one is due; whether all went well."""
    from digest.commands.output import print_markdown, warn
    from digest.commands.serve import report_deliveries
    from digest.render.markdown import render_markdown
    from digest.workflows.schedule import FOREVER

    whose = f"{done.config.learner.name}: " if several else ""
    _report_mail(done.mail, whose)
    if done.problem:
        warn(f"{whose}{done.problem}")
    if not done.understood:
        warn(f"{whose}{_NOT_UNDERSTOOD}")
    elif done.focus_warning:
        warn(f"{whose}{done.focus_warning}")
    if done.issue is not None:
        print_markdown(render_markdown(done.issue))
    elif done.next_issue is not None and done.next_issue >= FOREVER:
        print(f"{whose}no issues until `digest resume`")
    elif done.next_issue is not None:
        due = f"{done.next_issue:%a %Y-%m-%d %H:%M} UTC"
        print(f"{whose}the next issue is due {due}; `digest run --issue` writes one now")
    return report_deliveries(done.delivered) and not done.problem


def _report_group(done: "GroupResult") -> bool:
    """Print the reading group's issue, or when its next paper is chosen; whether all went well."""
    from digest.commands.output import print_markdown
    from digest.commands.serve import report_deliveries
    from digest.render.markdown import render_markdown

    if done.issue is not None:
        print_markdown(render_markdown(done.issue))
    elif done.next_issue is not None:
        print(f"{done.name}: the next paper is chosen {done.next_issue:%a %Y-%m-%d %H:%M} UTC")
    return report_deliveries(done.delivered)


def fetch(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Sources to fetch now; by default, all that are due."),
    ] = None,
    now: NowOption = None,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Fetch the sources that are due, or the ones you name, and store what is new."""
    from digest.config.messages import did_you_mean
    from digest.errors import ConfigError
    from digest.workflows import fetching, ingesting, mail_feedback

    settings = configuration(context, config)
    known = [source.name for source in settings.sources]
    for name in names or ():
        if name not in known:
            raise ConfigError(f"there is no source named {name!r} in sources.toml{did_you_mean(name, known)}")
    with progress_bars() as progress:
        fetched = fetching.fetch(
            settings,
            moment(now),
            names=names or (),
            wait=wait,
            progress=lambda count, total: progress("fetching", count, total),
        )
    done = ingesting.ingest_fetched(settings, fetched, wait=wait)
    _report(done)
    if not (names or done.waiting):
        for one, mail in mail_feedback.collect_all(settings.learners, moment(now), wait=wait).items():
            _report_mail(mail, f"{one}: " if len(settings.learners) > 1 else "")
    if _all_failed(done):
        raise typer.Exit(1)


def rank(
    context: typer.Context,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Score every item in the archive under the current focus and model."""
    from digest.commands.output import warn
    from digest.judge.embedding import load_model
    from digest.workflows import embedding, feedback, ingesting, ranking_together

    settings, at = configuration(context, config), moment(now)
    learners = [settings.for_learner(learner)] if learner else settings.learners
    ingesting.ingest(settings, wait=wait)
    for one in learners:
        feedback.read_checkboxes(one, at, wait=wait)
    model = load_model(settings.embedding.model, folder=settings.folder)
    with progress_bars() as progress:

        def count(done: int, total: int) -> None:
            progress("embedding", done, total)

        new = embedding.embed(settings, model, at, wait=wait, progress=count).embedded
        ranked = ranking_together.rank_all(learners, model, at, wait=wait, progress=count)
    for one in learners:
        if not ranked[one.learner_id].focus.understood:
            warn(f"{one.learner.name}: {_NOT_UNDERSTOOD}" if len(settings.learners) > 1 else _NOT_UNDERSTOOD)
    count_ranked = max(one.items for one in ranked.values())
    for_each = f", for each of {len(learners)} learners" if len(learners) > 1 else ""
    print(f"ranked {count_ranked} items with {model.name}, {new} of them new to it{for_each}")


def build(
    context: typer.Context,
    period: Annotated[str, typer.Argument(help="A past issue's name, such as 2026-W47.")],
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Render a past issue again from its stored verdicts, byte for byte; deliver nothing."""
    from digest.commands.output import warn
    from digest.workflows import building, feedback, ingesting

    settings = configuration_of(context, config, learner)
    ingesting.ingest(settings, wait=wait)
    feedback.read_checkboxes(settings, moment(now), wait=wait)  # they are drawn as the marks stand
    issue, paths = building.redraw(settings, period, wait=wait)
    feedback.remember_checkboxes(settings, issue, wait=wait)
    for path in paths:
        warn(f"wrote {path}")


def _report(done: "RoundResult") -> None:
    """One line on stderr in all, and one for each failing source."""
    from digest.commands.output import warn

    for problem in done.problems:
        warn(problem)
    if done.waiting:
        warn(f"{done.waiting}; what was fetched waits in the spool")
    print(f"asked {done.asked} sources, {done.new_items} new items", file=sys.stderr)


def _report_mail(mail: "MailMarks", whose: str) -> None:
    from digest.commands.output import warn

    if mail.problem:
        warn(f"{whose}{mail.problem}")
    if mail.marks:
        warn(f"{whose}{len(mail.marks)} mark{'' if len(mail.marks) == 1 else 's'} by mail")


def _all_failed(done: "RoundResult") -> bool:
    """Whether every source failed: that is the command's own failure, where one failing source is not."""
    return done.asked > 0 and not done.waiting and done.failed >= done.asked

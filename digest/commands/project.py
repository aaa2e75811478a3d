"""The learner's project: the project command."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.commands.help import LOOK, add_command
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

_HOW = """\
No project is declared. Say in sources.toml what you learn for:

[focus.project]
name = "A search engine for my notes"
question = "How do I evaluate retrieval without labels?"
until = 2026-12-31

The next `digest run` then reviews the literature in your archive and asks arXiv once.
"""


def register(root: typer.Typer) -> None:
    examples = (
        "digest project",
        'digest project --milestone "evaluated BM25 baseline"',
        "digest project --review --ask-arxiv",
    )
    add_command(root, project, *examples, panel=LOOK, name="project")


def project(
    context: typer.Context,
    milestone: Annotated[
        str | None, typer.Option("--milestone", metavar="TEXT", help="Record something you reached, with today's date.")
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help="Make the literature review again, from the archive.")
    ] = False,
    ask_arxiv: Annotated[
        bool, typer.Option("--ask-arxiv", help="With --review: ask arXiv about the question first.")
    ] = False,
    json: Annotated[bool, json_option("one object with the project's trail, or its review")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show your project's trail: its question, what was found and read, notes, milestones, and what is still missing."""
    settings, at = configuration_of(context, config, learner), moment(now)
    if ask_arxiv and not review:
        raise typer.BadParameter("goes with --review", param_hint="--ask-arxiv")
    if milestone is not None and review:
        raise typer.BadParameter("goes without --review", param_hint="--milestone")
    if milestone is not None:
        _record(settings, milestone, at, wait)
    elif review:
        _review(settings, at, ask_arxiv=ask_arxiv, json=json, wait=wait)
    else:
        _trail(settings, at, json=json, wait=wait)


def _record(settings: "Config", told: str, at: "datetime", wait: float) -> None:
    from digest.commands.output import print_sentence
    from digest.workflows import projects

    named = projects.add_milestone(settings, told, at, wait=wait)
    print_sentence(f"a milestone of {named.name}: {' '.join(told.split())}")


def _review(settings: "Config", at: "datetime", *, ask_arxiv: bool, json: bool, wait: float) -> None:
    from digest.commands.output import print_json, print_markdown, warn
    from digest.render.project_page import review_markdown
    from digest.workflows import projects

    named, made, problem = projects.review_again(settings, at, ask=ask_arxiv, wait=wait)
    if problem:
        warn(problem)
    if json:
        print_json([{"project": named.name, "question": named.question} | asdict(made)])
    else:
        print_markdown(review_markdown(named.name, named.question, made, settings.zone))


def _trail(settings: "Config", at: "datetime", *, json: bool, wait: float) -> None:
    from digest.commands.output import print_json, print_markdown
    from digest.render.project_page import project_markdown
    from digest.workflows import projects

    found = projects.trail_of(settings, at, wait=wait)
    if json:
        objects: list[dict[str, Any]] = [asdict(found)] if found is not None else []
        print_json(objects)
    elif found is None:
        print(_HOW, end="")
    else:
        print_markdown(project_markdown(found, settings.zone))

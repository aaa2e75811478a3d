"""`digest status`: how everything stands, in sentences, and what to do about it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Annotated, Any

import typer

from digest.commands.help import USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    configuration,
    json_option,
    moment,
)
from digest.printable import one_line


def register(root: typer.Typer) -> None:
    add_command(root, status, "digest status", "digest status --check && echo fine", panel=USE, name="status")


def status(
    context: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 1 if something is wrong, for monitoring.")] = False,
    json: Annotated[bool, json_option("every figure, as one object")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show what was done, what is due, and which sources are failing."""
    from digest.commands.output import print_json, print_sentence
    from digest.workflows import status as state

    settings, at = configuration(context, config), moment(now)
    settings = settings.for_learner(learner).alone if learner else settings
    facts = state.status(settings, at, wait=wait)
    if json:
        print_json([facts])
    else:
        zones = {one.learner_id: one.zone for one in settings.learners}
        for line in told(facts, [*state.problems(facts), *state.remarks(facts)], at, settings.zone, zones):
            print_sentence(line)
    if check and state.problems(facts):
        raise typer.Exit(1)


def told(
    facts: Mapping[str, Any], wrong: list[str], now: datetime, zone: tzinfo, zones: Mapping[str, tzinfo] | None = None
) -> Iterator[str]:
    """The lines for people; times are in the learner's zone, each issue's in that of *zones* by learner."""
    for one in facts.get("learners", ()):
        yield f"{one['name']}: {' '.join(_about_issues(one, (zones or {}).get(one['learner'], zone)))}"
    if "learners" not in facts:
        yield from _about_issues(facts, zone)
    yield from _about_sources(facts, now, zone)
    yield _about_archive(facts)
    served = facts["served_by"]
    yield f"`digest serve` is running ({served})." if served else "`digest serve` is not running."
    if wrong:
        yield ""
        yield from (f"- {one_line(line)}" for line in wrong)
    yield ""
    things = list(_to_do(facts))
    yield "To do:" if things else "There is nothing to do."
    yield from (f"- {thing}" for thing in things)


def _about_issues(facts: Mapping[str, Any], zone: tzinfo) -> Iterator[str]:
    last, due = facts.get("last_issue"), facts.get("next_issue")
    if "last_issue" in facts:
        yield f"The last issue was {last}." if last else "There is no issue yet."
    if facts.get("paused_until") == "resumed":
        yield "No issue is built until `digest resume`."
    elif due:
        paused = ", after the pause" if facts.get("paused_until") else ""
        yield f"The next one {'is' if not facts['issue_due'] else 'was'} due {_at(due, zone)}{paused}."


def _about_sources(facts: Mapping[str, Any], now: datetime, zone: tzinfo) -> Iterator[str]:
    count, failing, last = facts["sources"], len(facts["ailing"]), facts["last_fetch"]
    sources = f"{count} source{'s'[: count != 1]}"
    if last is None:
        yield f"{sources}, never fetched."
        return
    health = f"{failing} failing" if failing else "none failing"
    due = f"{facts['due']} due now" if facts["due"] else ""
    after = facts["next_fetch"]
    later = f"the next is due {_at(after, zone)}" if after and after > now else ""
    yield f"{sources}, {health}; last fetched {_at(last, zone)}{''.join(f', {one}' for one in (due or later,) if one)}."


def _about_archive(facts: Mapping[str, Any]) -> str:
    waiting = facts["waiting_in_spool"]
    spool = f"; {waiting} fetch{'es'[: 2 * (waiting != 1)]} not stored yet" if waiting else ""
    if facts["held_by"]:
        return f"The archive {facts['archive']} is in use{spool}."
    if "works" not in facts:
        return f"There is no archive yet; it will be {facts['archive']}{spool}."
    return f"{facts['items']:,} items of {facts['works']:,} works are in {facts['archive']}{spool}."


def _to_do(facts: Mapping[str, Any]) -> Iterator[str]:
    """What the reader should do, each with its command."""
    if facts["held_by"]:
        yield "wait until the archive is free, or end the process that holds it"
    elif "works" not in facts:
        yield "`digest run --issue` fetches everything and writes the first issue"
    elif facts.get("in_future"):
        yield "`digest run --issue` or `digest doctor --repair` takes back what lies in the future, once the clock is right"
    elif any(one.get("issue_due") for one in facts.get("learners", [facts])):
        yield "`digest run` writes the issue that is due; `digest serve` does so by itself"
    elif facts["waiting_in_spool"] or (facts["due"] and not facts["served_by"]):
        yield "`digest run` fetches and stores what is due; `digest serve` does so by itself"
    if any(one.get("undelivered") for one in facts.get("learners", [facts])):
        yield "`digest send` tries again to deliver"
    if failing := [one["source"] for one in facts["ailing"]]:
        more = " ..." if len(failing) > 1 else ""
        yield f'`digest fetch "{failing[0]}"{more}` asks a failing source again; `digest sources remove` gives it up'


def _at(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"

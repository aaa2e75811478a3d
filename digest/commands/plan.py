"""`digest plan`: what to read this week, in which order."""

from collections.abc import Iterator
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
    from datetime import tzinfo

    from digest.records import PlannedReading
    from digest.workflows.planning import PlanView


def register(root: typer.Typer) -> None:
    add_command(root, plan, "digest plan", "digest plan --lighter", "digest plan --minutes 60", panel=USE, name="plan")


def plan(
    context: typer.Context,
    minutes: Annotated[
        int | None,
        typer.Option(
            "--minutes", min=1, max=10_080, metavar="N", help="The time there is this week; remembered for the week."
        ),
    ] = None,
    lighter: Annotated[bool, typer.Option("--lighter", help="Half of the usual time, for this week.")] = False,
    json: Annotated[bool, json_option("what to read, in order")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show what to read this week, within the time there is."""
    from digest.commands.output import print_json, print_markdown
    from digest.render.reading_plan import plan_markdown
    from digest.workflows import planning

    if minutes is not None and lighter:
        raise typer.BadParameter("give --minutes or --lighter, not both", param_hint="--lighter")
    settings = configuration_of(context, config, learner)
    view = planning.view_plan(settings, moment(now), minutes=minutes, lighter=lighter, wait=wait)
    if json:
        print_json(_as_json(view))
        return
    print_markdown(
        plan_markdown(
            view.plan,
            view.done,
            minutes_read=view.minutes_read,
            pace=view.pace,
            remarks=tuple(remarks(view, settings.zone)),
            zone=settings.zone,
        )
    )


def remarks(view: "PlanView", zone: "tzinfo") -> Iterator[str]:
    """What there is to say of a plan, and the choices there are."""
    if view.paused_until is not None:
        until = "" if view.paused_until.year >= 9000 else f" until {view.paused_until.astimezone(zone):%Y-%m-%d}"
        yield f"Paused{until}: nothing is proposed. `digest resume` goes on."
        return
    if not view.plan.entries:
        yield "All of it is read: the rest of the week is yours." if view.done else _nothing(view)
    if not view.declared:
        yield f"sources.toml declares no time, so a week has {view.usual_minutes} minutes; [digest] minutes says otherwise."
    if view.waiting and view.plan.entries:
        one = view.waiting == 1
        yield f"{view.waiting} more saved work{'' if one else 's'} {'has its' if one else 'have their'} turn in a later week, or {'rests' if one else 'rest'}."
    if view.plan.entries:
        yield "Less time this week? `digest plan --lighter` halves it, and `digest pause` stops issues for a while."


def _nothing(view: "PlanView") -> str:
    if view.minutes_read >= view.plan.minutes:
        return "This week's time is used."
    return "Nothing is to be read: no issue has picks this week, and no saved work has its turn."


def _as_json(view: "PlanView") -> Iterator[dict[str, object]]:
    rows: list[tuple[PlannedReading, bool]] = [
        *((one, True) for one in view.done),
        *((one, False) for one in view.plan.entries),
    ]
    for one, read in rows:
        yield {
            "item_id": one.entry.item_id,
            "title": one.title,
            "url": one.url,
            "pass": one.entry.number,
            "minutes": one.entry.minutes,
            "why": str(one.entry.why),
            "read": read,
        }

"""Sending and pausing, and the background job: send, serve, pause, resume."""

import logging
import sys
from contextlib import ExitStack
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    check_year,
    config_path,
    configuration,
    configuration_of,
    moment,
)
from digest.commands.web import HostOption, NameOption, PasswordOption, PortOption, page_address
from digest.records import DeliveryState

if TYPE_CHECKING:
    from digest.config import Config
    from digest.workflows.delivering import Delivered


def register(root: typer.Typer) -> None:
    add_command(
        root, serve, "digest serve", "digest serve --web", "digest serve --print systemd", panel=USE, name="serve"
    )
    add_command(
        root,
        send,
        "digest send",
        "digest send --preview mail.eml",
        "digest send --preview posts.json --to slack",
        "digest send 2026-W47 --again --to ada@example.org",
        panel=USE,
        name="send",
    )
    add_command(root, pause, "digest pause --until 2027-01-11", "digest pause", panel=USE, name="pause")
    add_command(root, resume, "digest resume", panel=USE, name="resume")


def send(
    context: typer.Context,
    period: Annotated[
        str | None, typer.Argument(help="An issue's name, such as 2026-W47; by default, the newest.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Deliver again, even where it has arrived; mail goes out as a new message.")
    ] = False,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", help="With --again and --preview: only this channel or recipient; repeatable."),
    ] = None,
    preview: Annotated[
        Path | None,
        typer.Option(
            "--preview",
            metavar="FILE",
            help="Write the mail to an .eml file, or what is posted to a .json file, and send nothing.",
        ),
    ] = None,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Deliver what is still pending; --again delivers an issue once more."""
    from digest.workflows import delivering, ingesting

    if to and not (again or preview):
        raise typer.BadParameter("--to goes with --again and --preview", param_hint="--to")
    settings = configuration(context, config)
    if preview is not None:
        _preview(settings.chosen(learner), preview, period, to or [], wait)
        return
    learners = [settings.chosen(learner)] if learner or again or period else settings.learners
    ingesting.ingest(settings, wait=wait)
    done: list[Delivered] = []
    for one in learners:
        if again:
            done += delivering.deliver_again(one, moment(now), wait=wait, period=period, only=to or ())
        else:
            done += delivering.deliver_pending(one, moment(now), wait=wait, period=period)
    if not done:
        print("nothing is pending; --again delivers an issue once more")
    if not report_deliveries(done):
        raise typer.Exit(1)


def _preview(settings: "Config", path: Path, period: str | None, to: list[str], wait: float) -> None:
    """Write what would be delivered: posts where the file is JSON or a post is named, else the mail."""
    from digest.commands.output import warn
    from digest.deliver import files
    from digest.workflows import delivery_previews

    named = any(one in (entry.label, entry.kind) for one in to for entry in settings.notify)
    if named or path.suffix.lower() == ".json":
        files.write(path, delivery_previews.preview_posts(settings, only=to, wait=wait, period=period), private=True)
        warn(f"wrote {path}: what would be posted")
        return
    issue = delivery_previews.preview_mail(settings, path, wait=wait, period=period)
    warn(f"wrote {path}: the mail of {issue.period}")


def serve(
    context: typer.Context,
    unit: Annotated[
        str | None,
        typer.Option("--print", metavar="KIND", help="Print a unit that starts it: systemd, launchd, cron or docker."),
    ] = None,
    web: Annotated[bool, typer.Option("--web", help="Serve the local page too; `digest open` opens it.")] = False,
    port: PortOption = None,
    host: HostOption = "",
    name: NameOption = None,
    password_env: PasswordOption = "",
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Run in the background and do everything when it is due, until stopped."""
    from digest.config import load_config

    if not web and (port is not None or host or name or password_env):
        raise typer.BadParameter("--port, --host, --name and --password-env go with --web", param_hint="--web")

    path = config_path(context, config).absolute()
    settings = load_config(path)
    if unit is not None:
        from digest.commands.service_units import UNITS, WITH_PAGE

        if unit not in UNITS:
            raise typer.BadParameter(f"{unit!r} is none of {', '.join(UNITS)}", param_hint="--print")
        if web and unit not in WITH_PAGE:
            raise typer.BadParameter(f"goes with {' and '.join(WITH_PAGE)}", param_hint="--web")
        print(
            UNITS[unit](
                sys.executable, path, settings, _page_options(port, host, name, password_env, learner) if web else ()
            )
        )
        return
    from digest.daemon.event_log import log_event, write_logs_to_stderr
    from digest.daemon.serving import serve as serve_forever

    write_logs_to_stderr(logging.DEBUG if logging.getLogger().isEnabledFor(logging.INFO) else logging.INFO)
    with ExitStack() as beside:
        if web:
            from digest.web.serving import served

            page = beside.enter_context(
                served(path, page_address(host, port, name, password_env), learner=learner, wait=wait)
            )
            log_event("page", address=page.url, sign_in="digest open")
        serve_forever(lambda: load_config(path), wait=wait)


def pause(
    context: typer.Context,
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DATE", help="The day to resume, such as 2027-01-11; by default, until `digest resume`."
        ),
    ] = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Stop building issues until a date; sources are still fetched."""
    from digest.workflows import schedule

    settings = configuration_of(context, config, learner)
    goes_on = schedule.pause(settings, _midnight(until, settings) if until else None, wait=wait)
    print(f"the next issue is due {goes_on:%a %Y-%m-%d %H:%M} UTC" if goes_on else "no issues until `digest resume`")


def resume(
    context: typer.Context,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """End a pause; everything since the last issue becomes one issue of the usual size."""
    from digest.workflows import schedule

    goes_on = schedule.resume(configuration_of(context, config, learner), moment(now), wait=wait)
    print(f"the next issue is due {goes_on:%a %Y-%m-%d %H:%M} UTC")


def _page_options(port: int | None, host: str, names: list[str] | None, password_env: str, learner: str) -> list[str]:
    """The options of the page as they were given."""
    given = [("--port", "" if port is None else str(port)), ("--host", host), ("--password-env", password_env)]
    given.append(("--learner", learner))
    named = [("--name", name) for name in names or ()]
    return ["--web", *(word for option, value in given + named if value for word in (option, value))]


def report_deliveries(done: "list[Delivered] | tuple[Delivered, ...]") -> bool:
    """One line on stderr for each; returns whether all went well."""
    from digest.commands.output import warn

    for delivery in done:
        receipt = delivery.receipt
        if receipt.state == DeliveryState.SENT:
            warn(f"wrote {delivery.path}" if delivery.path else f"sent {receipt.period} to {receipt.recipient}")
        if receipt.error:
            warn(f"{receipt.period} to {receipt.recipient}: {receipt.error}")
    return all(delivery.receipt.state == DeliveryState.SENT for delivery in done)


def _midnight(day: str, config: "Config") -> datetime:
    """The first moment of a day where the learner lives."""
    try:
        given = date.fromisoformat(day)
    except ValueError as error:
        raise typer.BadParameter(f"{day!r} is no day such as 2027-01-11", param_hint="--until") from error
    check_year(given.year, "--until")
    return datetime.combine(given, time(), tzinfo=config.zone)

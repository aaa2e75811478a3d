"""Options that several commands share, and what they stand for."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.config import Config

ConfigOption = Annotated[Path | None, typer.Option("--config", help="The sources.toml to use.")]
NowOption = Annotated[
    str | None,
    typer.Option("--now", metavar="ISO", help="Use this time instead of the clock, such as 2026-03-23T07:00:00Z."),
]
WaitOption = Annotated[
    float,
    typer.Option(
        "--wait",
        min=0.0,
        metavar="SECONDS",
        help="How long to wait while another process uses the archive.",
        callback=lambda seconds: bounded_seconds(seconds, "--wait"),
    ),
]
LearnerOption = Annotated[
    str,
    typer.Option(
        "--learner", metavar="NAME", envvar="DIGEST_LEARNER", help="Whose, where sources.toml has several learners."
    ),
]
ItemsArgument = Annotated[
    list[str],
    typer.Argument(metavar="ITEM", help="Ids or their first letters, arXiv ids, or addresses."),
]
WAIT = 10.0
#: Years that a command accepts.
_YEARS = (1970, 8999)
#: Eleven days: DuckDB counts milliseconds, and nobody waits as long.
_MOST_SECONDS = 1_000_000


def json_option(what: str) -> Any:  # noqa: ANN401 - typer has no public name for its options
    """The switch --json, which says what it prints in that command."""
    return typer.Option("--json", help=f"Print JSON: {what}.")


@dataclass(frozen=True, slots=True)
class Context:
    """What was said before the command's own name."""

    config: Path | None = None


def config_path(context: typer.Context, given: Path | None) -> Path:
    """Where sources.toml is: --config after or before the command, DIGEST_CONFIG, here, the user's own."""
    from digest.config import find_config

    chosen = given or (context.obj.config if context.obj else None)
    return find_config(chosen, os.environ, home=Path.home(), here=Path.cwd())


def configuration(context: typer.Context, given: Path | None) -> "Config":
    """What sources.toml says, for what all learners share."""
    from digest.config import load_config

    return load_config(config_path(context, given))


def configuration_of(context: typer.Context, given: Path | None, learner: str) -> "Config":
    """What sources.toml says to one learner, who need not be named where there is no other; else DigestError."""
    return configuration(context, given).chosen(learner)


def configuration_of_any(context: typer.Context, given: Path | None, learner: str) -> "Config":
    """What sources.toml says to the learner who is named, else a view that reads what all have."""
    settings = configuration(context, given)
    return settings.for_learner(learner) if learner else settings.for_everybody


def day(text: str, hint: str) -> datetime | None:
    """The start of a year, month, day or moment; None where nothing was said."""
    if not text:
        return None
    try:
        given = datetime.fromisoformat({4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no date such as 2026-01-31", param_hint=hint) from error
    return _in_utc(given, hint)


def moment(now: str | None) -> datetime:
    """The one reading of the clock in a command, or the moment that --now puts in its place."""
    if now is None:
        return datetime.now(UTC)
    try:
        given = datetime.fromisoformat(now)
    except ValueError as error:
        raise typer.BadParameter(
            f"{now!r} is no ISO moment such as 2026-03-23T07:00:00Z", param_hint="--now"
        ) from error
    return _in_utc(given, "--now")


def check_year(year: int, hint: str) -> None:
    """Refuse years that cannot be reckoned with: clocks begin in 1970, and weeks are added to every moment."""
    if not _YEARS[0] <= year <= _YEARS[1]:
        raise DigestError(f"{hint}: the year {year} is not between {_YEARS[0]} and {_YEARS[1]}")


def bounded_seconds(seconds: float, hint: str) -> float:
    """A number of seconds, which is one and not endless."""
    if not 0 <= seconds <= _MOST_SECONDS:
        raise DigestError(f"{hint}: {seconds} is no number of seconds up to {_MOST_SECONDS:,}")
    return seconds


def _in_utc(given: datetime, hint: str) -> datetime:
    check_year(given.year, hint)
    return given.replace(tzinfo=UTC) if given.tzinfo is None else given.astimezone(UTC)

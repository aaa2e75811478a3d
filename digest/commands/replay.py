"""`digest replay` and `digest evaluate`: the past under other settings, and how well the judge did."""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.commands.help import LOOK, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    NowOption,
    WaitOption,
    config_path,
    configuration_of,
    json_option,
    moment,
)

if TYPE_CHECKING:
    from digest.config import Config
    from digest.workflows.replaying import ReplayedIssue

#: Tables of another file that count; sources, archive and addresses stay those of sources.toml.
_TAKEN = ("focus", "digest", "embedding")
#: With fewer likes the intervals of all rankings overlap.
_ENOUGH_LIKES = 20
#: A century: longer than any archive, and a moment that the calendar still has.
_MOST_WEEKS = 5_200

FocusOption = Annotated[
    Path | None,
    typer.Option("--focus", metavar="FILE", help="A TOML file whose [focus], [digest] and [embedding] replace yours."),
]
LeanOption = Annotated[str, typer.Option("--lean", help="letter, envelope, balanced, or the envelope's share.")]
ModelOption = Annotated[str, typer.Option("--model", help="Another embedding model.")]


def register(root: typer.Typer) -> None:
    add_command(
        root,
        replay,
        "digest replay --weeks 12 --lean envelope",
        "digest replay --focus other.toml --all",
        panel=LOOK,
        name="replay",
    )
    add_command(
        root,
        evaluate,
        "digest evaluate",
        "digest evaluate --weeks 8 --lean letter",
        panel=LOOK,
        name="evaluate",
    )


def replay(
    context: typer.Context,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=_MOST_WEEKS, help="How many weeks to go back.")] = 8,
    focus: FocusOption = None,
    lean: LeanOption = "",
    model: ModelOption = "",
    everything: Annotated[bool, typer.Option("--all", help="Also show what stays the same.")] = False,
    json: Annotated[bool, json_option("one object per work that came, went or stayed")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show how past issues would differ under another focus, model or lean; nothing is changed."""
    from digest.commands.output import print_json, progress_bars
    from digest.printable import visible
    from digest.workflows import replaying

    current = configuration_of(context, config, learner)
    other = _other(config_path(context, config), current, focus, lean, model)
    with progress_bars() as progress:
        replayed = replaying.replay(
            current,
            other,
            weeks=weeks,
            now=moment(now),
            wait=wait,
            progress=progress,
        )
    if json:
        print_json(row for one in replayed for row in _rows(one))
        return
    for line in _difference(replayed, everything=everything):
        print(visible(line))


def evaluate(
    context: typer.Context,
    weeks: Annotated[
        int | None,
        typer.Option(
            "--weeks",
            min=1,
            max=_MOST_WEEKS,
            help="Replay this many weeks and compare with what you liked afterwards.",
        ),
    ] = None,
    focus: FocusOption = None,
    lean: LeanOption = "",
    model: ModelOption = "",
    json: Annotated[bool, json_option("one object per ranker and measure")] = False,
    now: NowOption = None,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Measure how well the ranking predicts your marks, beside TF-IDF and recency.

    Without --weeks, each like is left out in turn. With --weeks, past issues are replayed without
    knowledge of what came later; --focus, --lean and --model then add a second ranking to compare.
    """
    from digest.commands.output import print_rows, print_sentence, progress_bars
    from digest.workflows import evaluating

    current, form = configuration_of(context, config, learner), "json" if json else "table"
    changed = bool(focus or lean or model)
    if weeks is None:
        if changed:
            raise typer.BadParameter("--focus, --lean and --model go with --weeks")
        rows = evaluating.evaluate_marks(current, moment(now), wait=wait)
        likes = max(row[-1] for row in rows)
        if json or likes >= _ENOUGH_LIKES:
            print_rows(evaluating.COLUMNS, rows, form=form)
        else:
            print_sentence(_tells_nothing(likes))
        return
    other = _other(config_path(context, config), current, focus, lean, model) if changed else None
    with progress_bars() as progress:
        found = evaluating.evaluate_weeks(
            current,
            other,
            weeks=weeks,
            now=moment(now),
            wait=wait,
            progress=progress,
        )
    print_rows(evaluating.BACKTEST_COLUMNS, found.rows, form=form)
    if json:
        return
    if found.liked < _ENOUGH_LIKES:
        print_sentence(_tells_nothing(found.liked))
    print_sentence(
        f"{found.liked} works liked afterwards, of {found.works:,} in {found.periods} issue{'s'[: found.periods > 1]}; "
        "what no digest shows is seldom marked, so the digests that you had hold more of it, liked or disliked, than others can"
    )


def _tells_nothing(likes: int) -> str:
    return (
        f"{likes} likes tell nothing: with so few, chance decides which ranking looks better. "
        f"Mark {_ENOUGH_LIKES} or more; `digest teach` and `digest learn` are the quickest ways."
    )


def _other(path: Path, current: "Config", focus: Path | None, lean: str, model: str) -> "Config":
    """The settings of sources.toml with those of another file, and then the options, in their place."""
    from digest.config import parse_config
    from digest.config.learners import alone
    from digest.errors import ConfigError

    table, folder = dict(alone(_read(path), current.learner_id)), path.absolute().parent
    if focus is not None:
        other = _read(focus)
        taken = {name: other[name] for name in _TAKEN if name in other}
        if not taken:
            raise ConfigError(f"{focus}: has none of [{'], ['.join(_TAKEN)}], so nothing would be different")
        table |= taken
        parse_config(table, folder=folder, where=str(focus))  # so that a complaint names the right place
    if lean:
        table["focus"] = table.get("focus", {}) | {"lean": _number(lean)}
    if model:
        table["embedding"] = table.get("embedding", {}) | {"model": model}
    changed = parse_config(table, folder=folder, where="the other settings")
    return changed.model_copy(update={"learner_id": current.learner_id})


def _read(path: Path) -> dict[str, Any]:
    from digest.errors import ConfigError

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # what is no TOML, and what is no UTF-8
        raise ConfigError(f"{path}: is not valid TOML: {error}") from error


def _number(lean: str) -> str | float:
    try:
        return float(lean)
    except ValueError:
        return lean


def _rows(one: "ReplayedIssue") -> Iterator[dict[str, str]]:
    for change in one.changes:
        about = {name: getattr(change.pick, name) for name in ("section", "title", "source", "reason", "item_id")}
        yield {"period": change.period, "change": change.change} | about


def _difference(replayed: Sequence["ReplayedIssue"], *, everything: bool) -> Iterator[str]:
    """Issue by issue what came and what went, as `diff` would show it; of several issues also the sum."""
    from digest.commands.output import title_of

    signs = {"added": "+", "dropped": "-"} | ({"same": "="} if everything else {})
    for one in replayed:
        yield f"{one.was.period}: {_summary([one])}"
        for change in one.changes:
            if change.change in signs:
                pick = change.pick
                yield f"{signs[change.change]} {title_of(pick.title)}"
                yield f"    {pick.section}, {pick.source}, {pick.item_id}: {pick.reason}"
    if len(replayed) > 1:
        yield f"{len(replayed)} issues: {_summary(replayed)}"


def _summary(replayed: Sequence["ReplayedIssue"]) -> str:
    changes = [change.change for one in replayed for change in one.changes]
    was, would_be = (sum(kept) for kept in zip(*((one.was.kept, one.would_be.kept) for one in replayed), strict=True))
    return (
        f"{was} kept, {would_be} instead; "
        f"{changes.count('same')} the same, {changes.count('added')} added, {changes.count('dropped')} dropped"
    )

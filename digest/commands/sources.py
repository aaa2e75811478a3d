"""`digest sources`: list, show, add, remove, import-opml, export-opml."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from digest.commands.help import SET_UP, Group, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    WaitOption,
    config_path,
    configuration,
    configuration_of_any,
    json_option,
    moment,
)
from digest.errors import ConfigError, ParseError

if TYPE_CHECKING:
    from digest.config import Config
    from digest.editing import SourceEntry

app = typer.Typer(help="List, add and remove sources, and exchange them as OPML.", no_args_is_help=True, cls=Group)
#: What a name is cut to where a terminal is too narrow for all of it.
_SHORTEST_NAME = 12


def register(root: typer.Typer) -> None:
    add_command(app, list_sources, "digest sources list", "digest sources list --json", name="list")
    add_command(app, show, 'digest sources show "Eugene Yan"', name="show")
    add_command(
        app,
        add,
        "digest sources add eugeneyan.com",
        "digest sources add arxiv:cs.LG,stat.ML r/MachineLearning @AndrejKarpathy",
        "digest sources add duckdb/duckdb --name DuckDB --folder Tools",
        name="add",
    )
    add_command(app, remove, 'digest sources remove "Eugene Yan"', name="remove")
    add_command(app, import_opml, "digest sources import-opml feeds.opml", name="import-opml")
    add_command(app, export_opml, "digest sources export-opml feeds.opml", name="export-opml")
    root.add_typer(app, name="sources", rich_help_panel=SET_UP)


def list_sources(
    context: typer.Context,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    json: Annotated[bool, json_option("one object per source, with its health and yield")] = False,
    wait: WaitOption = WAIT,
) -> None:
    """List the sources, their health, and how much of each was kept."""
    from digest.commands.output import print_rows
    from digest.workflows.status import source_table

    columns, rows = source_table(configuration_of_any(context, config, learner), wait=wait)
    if json:
        print_rows(columns, rows, form="json")
        return
    for line in _lines([dict(zip(columns, row, strict=True)) for row in rows]):
        print(line)


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's name.")],
    json: Annotated[bool, json_option("the source, with the columns of `sources list`")] = False,
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show everything known about one source."""
    from digest.commands.output import print_facts, print_json
    from digest.config.messages import did_you_mean
    from digest.workflows.status import source_table

    settings = configuration_of_any(context, config, learner)
    columns, rows = source_table(settings, wait=wait)
    found = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    if name not in found:
        raise ConfigError(f"there is no source named {name!r} in sources.toml{did_you_mean(name, found)}")
    if json:
        print_json([found[name]])
    else:
        print_facts(_facts(found[name], settings))


def add(
    context: typer.Context,
    typed: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE",
            help="Addresses of feeds or of sites that have one; arxiv:cs.LG; owner/name on GitHub; @channel on "
            "YouTube; r/name on Reddit.",
        ),
    ],
    name: Annotated[str, typer.Option("--name", help="What to call it; by default, the feed's own title.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Its kind; by default, found out.")] = "",
    folder: Annotated[str, typer.Option("--folder", help="A folder for other readers, such as Blogs/Theory.")] = "",
    config: ConfigOption = None,
) -> None:
    """Find the feeds behind addresses or short names and add them to sources.toml."""
    from digest.commands.output import warn
    from digest.config import load_config
    from digest.workflows import editing_sources

    if name and len(typed) > 1:
        raise typer.BadParameter("goes with a single source", param_hint="--name")
    _check_kind(kind)
    path = config_path(context, config)
    found = editing_sources.look_at(load_config(path), typed, moment(None), kind=kind)
    counts = {
        editing_sources.named(one.entry, name=name, folder=folder): one.count for one in found if one.entry is not None
    }
    problems = [f"{one.asked}: {one.error}" for one in found if one.entry is None]
    problems += _add(path, counts)
    for problem in problems:
        warn(problem)
    if problems:
        raise typer.Exit(1)


def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's name.")],
    config: ConfigOption = None,
) -> None:
    """Remove a source from sources.toml; its items stay in the archive."""
    from digest.workflows import editing_sources

    editing_sources.remove(config_path(context, config), name)
    print(f"removed {name}")


def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file exported by another reader.", dir_okay=False)],
    config: ConfigOption = None,
) -> None:
    """Add the feeds of an OPML file that sources.toml does not have yet."""
    from digest import editing
    from digest.sources import opml
    from digest.workflows import editing_sources

    path = config_path(context, config)
    try:
        data = file.read_bytes()
        found, unusable = opml.read_opml(data), opml.left_out(data)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except ParseError as error:
        raise ParseError(f"{file}: {error}") from error
    wanted = [editing.SourceEntry(name=one.name, url=one.url, folder="/".join(one.folders)) for one in found]
    added = editing_sources.add(path, wanted)
    reasons = [*unusable, *((entry.name, reason) for entry, reason in added.passed_over)]
    count = len(added.entries) + len(reasons)
    print(f"found {count} feed{'s'[: count != 1]} in {file}: added {len(added.entries)}, passed over {len(reasons)}")
    for name, reason in reasons:
        print(f"- {name}: {reason}")


def export_opml(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write it; by default, stdout.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write the feeds as OPML for other readers."""
    from digest.sources import opml

    settings = configuration(context, config)
    feeds = [
        opml.Subscription(name=one.name, url=one.url, folders=tuple(part for part in one.folder.split("/") if part))
        for one in settings.sources
        if one.url.startswith("http")
    ]
    document = opml.write_opml(feeds, title="digest", now=moment(None))
    if file is None:
        sys.stdout.buffer.write(document)
        return
    try:
        file.write_bytes(document)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be written: {error.strerror}") from error


def _lines(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """A heading and a line a source; in a terminal a long name is cut so that the line fits."""
    from rich.cells import cell_len, set_cell_size

    from digest.commands.output import terminal_width
    from digest.printable import visible

    names = ["source", *(visible(one["source"]) for one in sources)]
    kind = max(4, *(len(one["kind"]) for one in sources))
    beside = [f"  {'kind':<{kind}}   seen   kept  marked  state"] + [
        f"  {one['kind']:<{kind}}  {one['seen']:>5}  {one['kept']:>5}  {one['marked']:>6}  {_state(one)}"
        for one in sources
    ]
    room = (terminal_width() or 10_000) - max(map(len, beside))
    width = min(max(map(cell_len, names)), max(_SHORTEST_NAME, room))
    shown = [name if cell_len(name) <= width else set_cell_size(name, width - 1) + "…" for name in names]
    return [set_cell_size(name, width) + rest for name, rest in zip(shown, beside, strict=True)]


def _state(one: Mapping[str, Any]) -> str:
    if one["last_error"]:
        return f"failing ({one['failures']})"
    return "fine" if one["last_success"] else "not fetched yet"


def _facts(one: Mapping[str, Any], config: "Config") -> dict[str, Any]:
    """What a person wants to know of a source, in reading order; times are in the learner's zone."""
    [declared] = [source for source in config.sources if source.name == one["source"]]

    def at(name: str) -> str:
        from datetime import UTC

        return f"{one[name].replace(tzinfo=UTC).astimezone(config.zone):%a %Y-%m-%d %H:%M}" if one[name] else ""

    facts = {
        "source": one["source"],
        "kind": one["kind"],
        "address": one["url"],
        "categories": declared.categories,
        "query": declared.query,
        "folder": declared.folder,
        "weight": declared.weight if declared.weight != 1 else "",
        "state": _state(one),
        "last error": one["last_error"],
        "last success": at("last_success"),
        "next check": at("next_check"),
        "fetched every": f"{one['interval_minutes'] / 60:.1f} hours" if one["interval_minutes"] else "",
        "works seen": one["seen"],
        "works kept": one["kept"],
        "works marked": one["marked"],
    }
    return {name: value for name, value in facts.items() if value not in ("", None, ())}


def _check_kind(kind: str) -> None:
    from digest.config.messages import did_you_mean
    from digest.sources import KINDS

    if kind == "newsletter":
        raise typer.BadParameter("newsletters come by mail; write their entry into sources.toml", param_hint="--kind")
    if kind not in KINDS:
        known = sorted(set(KINDS) - {"", "newsletter"})
        raise typer.BadParameter(
            f"{kind!r} is none of {', '.join(known)}{did_you_mean(kind, known)}", param_hint="--kind"
        )


def _add(path: Path, wanted: "Mapping[SourceEntry, int]") -> list[str]:
    """Write entries into the file, each with how many items it has now; returns a line for each that cannot be."""
    from digest.workflows import editing_sources

    added = editing_sources.add(path, wanted)
    counts = {(entry.url, entry.categories): count for entry, count in wanted.items()}
    for entry in added.entries:
        what = entry.url or ", ".join(entry.categories)
        print(f"added {entry.name}: {entry.kind} {what} ({counts[entry.url, entry.categories]} entries now)")
    return [f"{path}: {entry.url or entry.name}: {reason}" for entry, reason in added.passed_over]

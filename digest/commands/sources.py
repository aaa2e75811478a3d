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
    WaitOption,
    config_path,
    configuration,
    json_option,
    moment,
)
from digest.errors import ConfigError, ParseError

if TYPE_CHECKING:
    from digest.config import Config
    from digest.editing import SourceEntry
    from digest.records import Parsed
    from digest.workflows.probing import ProbeResult

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
    config: ConfigOption = None,
    json: Annotated[bool, json_option("one object per source, with its health and yield")] = False,
    wait: WaitOption = WAIT,
) -> None:
    """List the sources, their health, and how much of each was kept."""
    from digest.commands.output import print_rows
    from digest.workflows.status import source_table

    columns, rows = source_table(configuration(context, config), wait=wait)
    if json:
        print_rows(columns, rows, form="json")
        return
    for line in _lines([dict(zip(columns, row, strict=True)) for row in rows]):
        print(line)


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's name.")],
    json: Annotated[bool, json_option("the source, with the columns of `sources list`")] = False,
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Show everything known about one source."""
    from digest.commands.output import print_facts, print_json
    from digest.config.messages import did_you_mean
    from digest.workflows.status import source_table

    settings = configuration(context, config)
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
    from digest.sources.shorthand import source_meant
    from digest.workflows.probing import probe

    if name and len(typed) > 1:
        raise typer.BadParameter("goes with a single source", param_hint="--name")
    _check_kind(kind)
    path = config_path(context, config)
    settings = load_config(path)
    mirror = next((one.base_url for one in settings.sources if one.base_url), "")
    found = probe([source_meant(one, kind=kind, mirror=mirror) for one in dict.fromkeys(typed)], settings, moment(None))
    wanted = {_entry(one, parsed, name, folder): len(parsed.items) for one in found if (parsed := one.parsed)}
    problems = [f"{one.source.url or one.source.name}: {one.error}" for one in found if not one.good]
    problems += _add(path, settings, wanted)
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
    from digest import editing

    path = config_path(context, config)
    editing.write(path, editing.remove(_text(path), name, where=str(path)))
    print(f"removed {name}")


def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file exported by another reader.", dir_okay=False)],
    config: ConfigOption = None,
) -> None:
    """Add the feeds of an OPML file that sources.toml does not have yet."""
    from digest import editing
    from digest.sources import opml

    path = config_path(context, config)
    settings = configuration(context, config)
    try:
        data = file.read_bytes()
        found, unusable = opml.read_opml(data), opml.left_out(data)
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except ParseError as error:
        raise ParseError(f"{file}: {error}") from error
    wanted = [editing.SourceEntry(name=one.name, url=one.url, folder="/".join(one.folders)) for one in found]
    entries, passed_over = editing.new_entries(wanted, settings)
    if entries:
        editing.write(path, editing.add(_text(path), entries, where=str(path)))
    reasons = [*unusable, *((entry.name, reason) for entry, reason in passed_over.items())]
    count = len(entries) + len(reasons)
    print(f"found {count} feed{'s'[: count != 1]} in {file}: added {len(entries)}, passed over {len(reasons)}")
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


def _entry(found: "ProbeResult", parsed: "Parsed", name: str, folder: str) -> "SourceEntry":
    """What to write of a source that answered."""
    from digest.editing import SourceEntry

    source = found.source
    if source.categories:
        return SourceEntry(
            name=name or f"arXiv: {', '.join(source.categories)}",
            kind="arxiv",
            categories=source.categories,
            base_url=source.base_url,
            folder=folder,
        )
    return SourceEntry(
        name=name or parsed.title or source.name,
        url=parsed.url or source.url,
        kind=parsed.kind or source.kind or "feed",
        folder=folder,
    )


def _add(path: Path, config: "Config", wanted: "Mapping[SourceEntry, int]") -> list[str]:
    """Write entries into the file, each with how many items it has now; returns a line for each that cannot be."""
    from digest import editing

    entries, passed_over = editing.new_entries(wanted, config)
    if entries:
        editing.write(path, editing.add(_text(path), entries, where=str(path)))
    counts = {(entry.url, entry.categories): count for entry, count in wanted.items()}
    for entry in entries:
        what = entry.url or ", ".join(entry.categories)
        print(f"added {entry.name}: {entry.kind} {what} ({counts[entry.url, entry.categories]} entries now)")
    return [f"{path}: {entry.url or entry.name}: {reason}" for entry, reason in passed_over.items()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error

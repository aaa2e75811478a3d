"""`digest sources`: list, add, remove, import-opml, export-opml."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from digest.commands.options import WAIT, ConfigOption, JsonOption, WaitOption, config_path, configuration, moment
from digest.errors import ConfigError, ParseError

app = typer.Typer(help="List, add and remove sources, and exchange them as OPML.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="sources")


@app.command("list")
def list_sources(
    context: typer.Context, config: ConfigOption = None, json: JsonOption = False, wait: WaitOption = WAIT
) -> None:
    """List the sources, their health, and how much of each was kept."""
    from digest.commands.output import print_rows
    from digest.workflows.status import source_table

    columns, rows = source_table(configuration(context, config), wait=wait)
    print_rows(columns, rows, form="json" if json else "table")


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of a feed, or of a site that has one.")],
    name: Annotated[str, typer.Option("--name", help="What to call it; by default, the feed's own title.")] = "",
    config: ConfigOption = None,
) -> None:
    """Find the feed behind an address and add it to sources.toml."""
    from digest import editing
    from digest.config import load_config
    from digest.workflows.probing import probe

    path = config_path(context, config)
    now = moment(None)
    settings = load_config(path)
    found = probe(url, settings, now)
    wanted = editing.SourceEntry(name=name or found.title or url, url=found.url, kind=found.kind)
    entries = editing.new_entries([wanted], settings)
    if not entries:
        raise ConfigError(f"{path}: {found.url} is a source already")
    editing.write(path, editing.add(_text(path), entries, where=str(path)))
    print(f"added {entries[0].name}: {found.kind} {found.url} ({found.entries} entries now)")


@app.command()
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


@app.command("import-opml")
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
        found = opml.read_opml(file.read_bytes())
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except ParseError as error:
        raise ParseError(f"{file}: {error}") from error
    wanted = [editing.SourceEntry(name=one.name, url=one.url, folder="/".join(one.folders)) for one in found]
    entries = editing.new_entries(wanted, settings)
    editing.write(path, editing.add(_text(path), entries, where=str(path)))
    print(f"added {len(entries)} of {len(found)} feeds; the others were there already")


@app.command("export-opml")
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
    else:
        file.write_bytes(document)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error

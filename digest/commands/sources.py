"""`digest sources`: list, add, remove, import-opml, export-opml."""

from pathlib import Path
from typing import Annotated

import typer

from digest.commands.options import WAIT, ConfigOption, JsonOption, WaitOption, config_path, configuration, moment
from digest.errors import ConfigError

app = typer.Typer(help="Look at the sources, add and remove some, move them as OPML.", no_args_is_help=True)


def register(root: typer.Typer) -> None:
    root.add_typer(app, name="sources")


@app.command("list")
def list_sources(
    context: typer.Context, config: ConfigOption = None, json: JsonOption = False, wait: WaitOption = WAIT
) -> None:
    """List the sources with their health and yield."""
    from digest.commands.show import print_rows
    from digest.stages.status import source_table

    columns, rows = source_table(configuration(context, config), wait=wait)
    print_rows(columns, rows, form="json" if json else "table")


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="A feed's address, or a site's: its feed is then found.")],
    name: Annotated[str, typer.Option("--name", help="What to call it; its own title unless given.")] = "",
    config: ConfigOption = None,
) -> None:
    """Find the feed behind an address and add it to sources.toml."""
    from digest import editing
    from digest.config import load_config
    from digest.stages.probing import probe

    path = config_path(context, config)
    now = moment(None)
    found = probe(url, load_config(path).fetch, now)
    entry = editing.Entry(name=name or found.title or url, url=found.url, kind=found.kind)
    editing.write(path, editing.add(path.read_text(encoding="utf-8"), [entry], where=str(path)))
    print(f"added {entry.name}: {found.kind} {found.url} ({found.entries} entries now)")


@app.command()
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's name.")],
    config: ConfigOption = None,
) -> None:
    """Take a source out of sources.toml; what it brought stays in the archive."""
    from digest import editing

    path = config_path(context, config)
    editing.write(path, editing.remove(_text(path), name, where=str(path)))
    print(f"removed {name}")


@app.command("import-opml")
def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="An OPML file, as other readers export it.", dir_okay=False)],
    config: ConfigOption = None,
) -> None:
    """Add the feeds of an OPML file that are not there yet."""
    from digest import editing
    from digest.sources import opml

    path = config_path(context, config)
    try:
        outlines = opml.read(file.read_bytes(), where=str(file))
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    text = _text(path)
    entries = editing.new_entries([(o.title, o.url) for o in outlines], configuration(context, config))
    editing.write(path, editing.add(text, entries, where=str(path)))
    print(f"added {len(entries)} of {len(outlines)} feeds; the others were there already")


@app.command("export-opml")
def export_opml(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Where to write it; stdout unless given.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write the feeds as OPML for other readers."""
    from digest.sources import opml

    text = opml.write(configuration(context, config).sources)
    if file is None:
        print(text, end="")
    else:
        file.write_text(text, encoding="utf-8")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file; `digest init` writes a starter") from error

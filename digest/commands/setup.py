"""Setting up: init, check, demo."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import SET_UP, add_command
from digest.commands.options import ConfigOption, config_path, moment

if TYPE_CHECKING:
    from digest.config import Config


def register(root: typer.Typer) -> None:
    add_command(root, init, "digest init", "digest init ~/.config/digest/sources.toml", panel=SET_UP, name="init")
    add_command(root, check, "digest check", "digest check --probe", panel=SET_UP, name="check")
    add_command(root, demo, "digest demo", "digest demo --keep demo", panel=SET_UP, name="demo")


def init(
    context: typer.Context,
    path: Annotated[Path | None, typer.Argument(help="Where to write it; by default, ./sources.toml.")] = None,
    config: ConfigOption = None,
) -> None:
    """Write a commented sources.toml to start from; never overwrite an existing one."""
    from importlib import resources

    from digest.errors import ConfigError

    chosen = path or (context.obj.config if context.obj else None) or config or Path("sources.toml")
    target = chosen / "sources.toml" if chosen.is_dir() else chosen
    starter = resources.files("digest").joinpath("bundled", "starter.toml").read_text(encoding="utf-8")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(starter)
    except FileExistsError as error:
        raise ConfigError(f"{target}: is there already and was left as it is") from error
    except OSError as error:
        raise ConfigError(f"{target}: cannot be written: {error.strerror}") from error
    print(f"wrote {target}; say in [focus] what you want to learn, then: digest run --issue")


def check(
    context: typer.Context,
    probe: Annotated[
        bool, typer.Option("--probe", help="Also fetch each source once, and look for marks sent by mail.")
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Check sources.toml and, with --probe, every source in it."""
    from digest.commands.output import warn
    from digest.config import check_config
    from digest.workflows.checking import obstacles
    from digest.workflows.focus_report import warning_if_readable

    path = config_path(context, config)
    settings, wrong = check_config(path, lambda valid: obstacles(valid, os.environ))
    for line in wrong:
        warn(f"{path}: {line}")
    if settings is None:
        raise typer.Exit(1)
    if not wrong:
        count, several = len(settings.sources), len(settings.learners)
        of_many = f", {several} learners" if several > 1 else ""
        print(f"{path}: fine, {count} source{'s'[: count != 1]}{of_many}")
    for one in settings.learners:
        if thin := warning_if_readable(one, moment(None), wait=0):
            print(f"{one.learner.name}: {thin}" if len(settings.learners) > 1 else thin)
    answered = _probe(settings) if probe else True
    if wrong or not answered:
        raise typer.Exit(1)


def _probe(settings: "Config") -> bool:
    """Ask every source once and print what each says; whether any answers."""
    from digest.commands.output import progress_bars
    from digest.workflows import mail_feedback
    from digest.workflows.probing import probe_all

    with progress_bars() as progress:
        findings = probe_all(settings, moment(None), lambda done, total: progress("asking", done, total))
    for finding in findings:
        print(finding.line)
    for line in dict.fromkeys(mail_feedback.probe(one) for one in settings.learners if one.marks is not None):
        print(line)
    return any(finding.good for finding in findings)


def demo(
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="DIR", help="Keep configuration, archive and digest in this folder."),
    ] = None,
) -> None:
    """Show a full run over sample feeds, in a temporary folder and without the network."""
    import sys
    import tempfile

    from digest.commands.output import print_markdown
    from digest.demo import demonstrate

    now = moment(None)
    if keep is not None:
        markdown = demonstrate(keep, now)
        print(f"digest: everything is in {keep}", file=sys.stderr)
    else:
        with tempfile.TemporaryDirectory(prefix="digest-demo-") as folder:
            print(f"digest: working in {folder}, which goes away again; --keep DIR keeps it", file=sys.stderr)
            markdown = demonstrate(Path(folder), now)
    print_markdown(markdown)

"""The command line: reads arguments and the clock, calls the pipeline, prints what it says.

Nothing heavy is imported until a command needs it, so that `--help` answers at once.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from digest import __version__
from digest.commands import (
    archive,
    calendar,
    cite,
    cluster,
    focus,
    group,
    learn,
    mark,
    mcp,
    note,
    plan,
    project,
    read,
    replay,
    run,
    search,
    serve,
    setup,
    share,
    site,
    sources,
    status,
    teach,
    web,
)
from digest.commands.help import Group
from digest.commands.options import Context
from digest.errors import DigestError
from digest.printable import OneLineFormatter, one_line

app = typer.Typer(
    name="digest",
    cls=Group,
    help="A weekly digest of machine learning, ranked against your own focus, with a reason for every pick.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mldigest {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[Path | None, typer.Option("--config", help="The sources.toml to use.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log to stderr.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = Context(config=config)
    level = logging.INFO if verbose else logging.WARNING
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])
    if sys.stderr.isatty():  # somebody looks on: say what is waited for
        logging.getLogger("digest.store.archive").setLevel(logging.INFO)


# In the order of the panels in `digest --help`.
for register in (
    run.register,
    serve.register,
    status.register,
    web.register,
    site.register,
    calendar.register,
    cite.register,
    share.register,
    project.register,
    group.register,
    search.register,
    replay.register,
    mcp.register,
    plan.register,
    read.register,
    note.register,
    mark.register,
    learn.register,
    teach.register,
    focus.register,
    archive.register,
    cluster.register,
    setup.register,
    sources.register,
):
    register(app)


def main() -> None:
    """Run the command line: 0 done, 1 a failure that is named in one line, 2 wrong usage."""
    if sys.platform == "win32":
        _fail("runs on Linux and macOS; on Windows, install it inside WSL")
    try:
        app(prog_name="digest")
    except DigestError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'the output'}: {error.strerror or error}")
    except Exception as bug:
        logging.getLogger(__name__).info("a bug", exc_info=True)
        _fail(f"a bug: {type(bug).__name__}: {bug} (`digest -v` tells where)")


def _fail(told: str) -> NoReturn:
    print(f"digest: {one_line(told)}", file=sys.stderr)
    sys.exit(1)

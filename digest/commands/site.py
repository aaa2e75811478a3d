"""The archive of issues as a folder of pages: site."""

from pathlib import Path
from typing import Annotated

import typer

from digest.commands.help import USE, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    WaitOption,
    configuration_of,
)


def register(root: typer.Typer) -> None:
    add_command(root, site, "digest site ~/public/digest --url https://example.org/digest/", panel=USE, name="site")


def site(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Where to write; by default, `site` in the digests' folder.")
    ] = None,
    url: Annotated[
        str, typer.Option("--url", help="The address at which the folder will be served, for the feed's links.")
    ] = "",
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Write all issues as static pages with an index, an Atom feed and digest.json."""
    from digest.render.untrusted import web_address
    from digest.workflows import site as pages

    if url and not web_address(url):
        raise typer.BadParameter(f"{url!r} is no http or https address", param_hint="--url")
    settings = configuration_of(context, config, learner)
    target = folder or settings.digest_folder / "site"
    written = pages.write_site(settings, target, url=web_address(url), wait=wait)
    print(f"{target / 'index.html'}: {len(written)} files written")

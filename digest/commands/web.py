"""`digest open`: the local page in a browser."""

import os
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from digest.commands.help import LOOK, add_command
from digest.commands.options import (
    WAIT,
    ConfigOption,
    LearnerOption,
    WaitOption,
    config_path,
)
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.config import Config
    from digest.web.serving import Address, ServedPage

PortOption = Annotated[
    int | None,
    typer.Option("--port", min=0, max=65_535, help="The port of the page: 8477 unless given, 0 for a free one."),
]
HostOption = Annotated[
    str,
    typer.Option(
        "--host",
        metavar="ADDRESS",
        help="Where the page can be reached; other than this machine alone, it needs --password-env.",
    ),
]
NameOption = Annotated[
    list[str] | None,
    typer.Option(
        "--name", metavar="HOST", help="A name that the page is also reached under, such as a proxy's; repeatable."
    ),
]
PasswordOption = Annotated[
    str, typer.Option("--password-env", metavar="NAME", help="The environment variable that holds the page's password.")
]


def register(root: typer.Typer) -> None:
    add_command(root, open_page, "digest open", "digest open --port 0 --no-browser", panel=LOOK, name="open")


def open_page(
    context: typer.Context,
    port: PortOption = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    host: HostOption = "",
    name: NameOption = None,
    password_env: PasswordOption = "",
    learner: LearnerOption = "",
    config: ConfigOption = None,
    wait: WaitOption = WAIT,
) -> None:
    """Open the local page: issues, marks, search and the focus in a browser.

    The first line is an address that signs one browser in, once. The page runs until Ctrl-C; where `digest serve --web`
    runs already, its page is opened.
    """
    from digest.config import load_config
    from digest.web import serving

    path = config_path(context, config).absolute()
    settings = load_config(path).chosen(learner)
    running = serving.find(settings.archive)
    if running is not None:
        _show(running, settings, browser=not no_browser)
        return
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving.served(path, page_address(host, port, name, password_env), learner=learner, wait=wait) as page:
        _show(page, settings, browser=not no_browser)
        stop.wait()


def page_address(host: str, port: int | None, names: list[str] | None, password_env: str) -> "Address":
    """Where to serve the page. DigestError where other machines could reach it without a password."""
    from digest.commands.output import warn
    from digest.web.serving import LOOPBACK, PORT, Address

    address = Address(
        host=host or LOOPBACK,
        port=PORT if port is None else port,
        names=tuple(names or ()),
        password=os.environ.get(password_env, "") if password_env else "",
    )
    if password_env and not address.password:
        raise DigestError(f"--password-env: the environment variable {password_env} is empty or not set")
    if not address.is_loopback and not address.password:
        raise DigestError(
            f"--host {host}: other machines could read and mark everything; say --password-env NAME to ask for a password"
        )
    if not address.is_loopback:
        warn(
            f"the page can be reached from other machines at {address.host}: anyone who knows the password can read, mark and "
            "change the focus, and without a TLS proxy before it, the network can read along"
        )
    return address


def _show(page: "ServedPage", config: "Config", *, browser: bool) -> None:
    address = page.one_time_address()
    print(address, flush=True)
    if browser:
        from digest.store.spool import folder_for
        from digest.web.browser import open_browser

        open_browser(address, folder_for(config.archive) / "open.html")

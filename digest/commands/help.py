"""How a command explains itself: its panel in `digest --help`, and examples at the end of its own help."""

from collections.abc import Callable
from copy import copy
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

USE, LOOK, TEACH, CARE, SET_UP = "Use", "Look", "Teach", "Care", "Set up"


def add_command(
    root: typer.Typer, function: Callable[..., None], *examples: str, panel: str | None = None, name: str
) -> None:
    """Register a command under its panel, with examples that its help ends with."""
    shown = "\n".join(["Examples:", *(f"  {example}" for example in examples)])
    root.command(name, cls=Command, rich_help_panel=panel, epilog=shown)(function)


class Command(TyperCommand):
    """A command whose help is plain text."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the parser's types are private
        TyperCommand.format_help(plain(self, ctx), ctx, formatter)


class Group(TyperGroup):
    """A group of commands whose help is plain text."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the parser's types are private
        shown = plain(self, ctx)
        shown.commands = {name: plain(command, ctx) for name, command in self.commands.items()}
        TyperGroup.format_help(shown, ctx, formatter)


def plain(command: Any, ctx: Any) -> Any:  # noqa: ANN401 - the parser's types are private
    """A copy for showing: square brackets are text and no markup, and a switch takes no <bool>."""
    from rich.markup import escape

    shown = copy(command)
    shown.help, shown.epilog = escape(command.help or ""), escape(command.epilog or "")
    shown.params = [_plain_parameter(one) for one in command.get_params(ctx)]
    shown.add_help_option = False  # it is among the parameters now
    return shown


def _plain_parameter(parameter: Any) -> Any:  # noqa: ANN401 - the parser's types are private
    from rich.markup import escape

    shown = copy(parameter)
    shown.help = escape(parameter.help or "")
    shown.min = shown.max = None  # the error for a wrong number names its bounds
    if parameter.param_type_name == "argument":
        shown.display_type_rich = lambda ctx: ""  # its name says what it is
    elif parameter.metavar is None:
        shown.metavar = "" if parameter.is_flag else parameter.opts[-1].strip("-").upper()
    return shown

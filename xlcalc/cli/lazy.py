"""How does a group of commands start as fast as the one command that is asked for?

It knows the names of its commands, and imports the module of one when that is called or described.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """A group that imports the module of a command that is asked for.

    Parameters
    ----------
    modules : mapping of str to str
        The module of each command below `xlcalc.cli`, in the order of the help. Its `COMMANDS` has
        the command under its name.
    """

    def __init__(self, *args: Any, modules: Mapping[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the help."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or nothing if there is none of the name."""
        if cmd_name not in self.modules:
            return None
        module = import_module(f"xlcalc.cli.{self.modules[cmd_name]}")
        command: click.Command = module.COMMANDS[cmd_name]
        return command

"""The commands that bring the functions into a spreadsheet program: `xlcalc excel …`."""

import click

from xlcalc.cli.lazy import LazyGroup

_MODULES: dict[str, str] = {
    "windows": "excel.windows",
    "lite": "excel.lite",
    "server": "excel.server",
    "libreoffice": "excel.libreoffice",
    "names": "excel.names",
    "doctor": "excel.doctor",
}
"""Every command, in the order of the help, and the module that has it."""


@click.group("excel", cls=LazyGroup, modules=_MODULES, no_args_is_help=True)
def excel() -> None:
    """Bring the functions into a spreadsheet program."""


COMMANDS = {"excel": excel}

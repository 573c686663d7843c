"""The command `xlcalc excel names`: the functions as a module for Excel Labs."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, refuse_existing


@click.command("names", epilog=status.statuses())
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=FILE,
    default=Path("xlcalc.txt"),
    show_default=True,
    help="File to write.",
)
@click.option("--force", is_flag=True, help="Replace an existing file.")
def names(output: Path, *, force: bool) -> None:
    """Write the functions as LAMBDAs for Excel Labs, to paste as a module.

    The module is for the Advanced Formula Environment of Microsoft's add-in Excel Labs. In a
    workbook that has it, cells call XLC.TRAIN_FLOPS(…) without Python.
    """
    from xlcalc.files import write_file
    from xlcalc.hosts.names import names_module
    from xlcalc.registry import specs

    refuse_existing(output, force=force)
    write_file(output, names_module(specs()).encode())
    click.echo(f"wrote {output}")


COMMANDS = {"names": names}

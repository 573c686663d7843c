"""The command that writes the add-in for LibreOffice: `xlcalc excel libreoffice`."""

import sys
from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, refuse_existing


@click.command("libreoffice", epilog=status.statuses())
@click.option(
    "--output", "-o", metavar="FILE", type=FILE, help="File to write; xlcalc.oxt if left out."
)
@click.option(
    "--interpreter",
    metavar="PATH",
    type=FILE,
    help="A Python with numpy, for a LibreOffice whose own has none; this one if left out.",
)
@click.option("--force", is_flag=True, help="Replace an existing file.")
def libreoffice(output: Path | None, interpreter: Path | None, *, force: bool) -> None:
    """Write the add-in for LibreOffice Calc.

    LibreOffice installs FILE when it is opened. The functions are then in the category Add-in.
    """
    from xlcalc.files import write_file
    from xlcalc.hosts.libreoffice import extension

    target = output or Path("xlcalc.oxt")
    refuse_existing(target, force=force)
    write_file(target, extension(interpreter or Path(sys.executable)))
    click.echo(f"wrote {target}")


COMMANDS = {"libreoffice": libreoffice}

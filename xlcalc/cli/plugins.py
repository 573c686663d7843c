"""The command about functions of one's own: `new-plugin`."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE


@click.command("new-plugin", epilog=status.statuses())
@click.argument("name")
@click.option(
    "--output", "-o", metavar="FOLDER", type=FILE, help="Folder to write; NAME if left out."
)
@click.option("--force", is_flag=True, help="Replace the files of an earlier call.")
def new_plugin(name: str, output: Path | None, *, force: bool) -> None:
    """Write a package with a worksheet function of your own.

    NAME is that of the package, as acme-costs. What is written works as it is: a function, its
    tests and a workbook.
    """
    from xlcalc.new_plugin import write_package

    for path in write_package(name, output or Path(name), force=force):
        click.echo(f"wrote {path}")


COMMANDS = {"new-plugin": new_plugin}

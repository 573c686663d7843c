"""The command `xlcalc excel doctor`: what a machine has, or what a workbook needs."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, json_option, print_json


@click.command(
    "doctor",
    epilog=status.statuses(
        "a setting is wrong, or something in FILE would not calculate for its reader"
    ),
)
@click.argument("file", type=FILE, required=False)
@click.option(
    "--reader",
    metavar="VERSION",
    help="The Excel of a reader without add-ins: 2007, 2010, 2013, 2016, 2019, 2021, 2024 or 365.",
)
@json_option
def doctor(file: Path | None, reader: str | None, *, as_json: bool) -> None:
    """Say what this machine has, or what a workbook needs.

    Without FILE, it looks for Excel, LibreOffice, the xlwings add-in and a server's project. Of
    FILE it tells the dialect, the versions and add-ins that its reader needs, what would be #NAME?,
    and the command that mends it: for a reader with --reader, else in any Excel.
    """
    if file is None:
        if reader is not None:
            raise click.UsageError("--reader needs a FILE")
        well = _machine(as_json=as_json)
    else:
        well = _workbook(file, reader, as_json=as_json)
    if not well:
        raise click.exceptions.Exit(status.FAILURE)


def _machine(*, as_json: bool) -> bool:
    from xlcalc.hosts.doctor.machine import Machine
    from xlcalc.hosts.doctor.report import look_at, machine_data, machine_lines

    found = look_at(Machine.this())
    if as_json:
        print_json({"well": not found.faults, "machine": machine_data(found), "workbook": None})
    else:
        for line in machine_lines(found):
            click.echo(line)
    return not found.faults


def _workbook(file: Path, reader: str | None, *, as_json: bool) -> bool:
    from xlcalc.hosts.doctor.mending import mending_command
    from xlcalc.hosts.doctor.report import workbook_data, workbook_lines
    from xlcalc.hosts.doctor.workbook import diagnose
    from xlcalc.ooxml.package import Package

    package = Package.read(file)
    found = diagnose(package, reader)
    command = mending_command(package, found, reader)
    if as_json:
        data = workbook_data(str(file), found, command)
        print_json({"well": not found.problems, "machine": None, "workbook": data})
    else:
        for line in workbook_lines(str(file), found, command, reader):
            click.echo(line)
    return not found.problems


COMMANDS = {"doctor": doctor}

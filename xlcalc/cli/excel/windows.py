"""The command `xlcalc excel windows`: a workbook for Excel on Windows that calls Python."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcalc.cli import status
from xlcalc.cli.completion import template_names
from xlcalc.cli.options import FILE, catalogue_option, language_option, refuse_existing
from xlcalc.cli.saying import say
from xlcalc.errors import UsageError

if TYPE_CHECKING:
    from xlcalc.ooxml.package import Package

START = "xlcalc.xlsm"


@click.command("windows", epilog=status.statuses())
@click.argument("file", type=FILE, required=False)
@click.option(
    "--template",
    metavar="NAME",
    help="Template workbook to put the functions into.",
    shell_complete=template_names,
)
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=FILE,
    help=f"File to write, its name ending in .xlsm; else the name of FILE or NAME, or {START}.",
)
@click.option(
    "--interpreter",
    metavar="PATH",
    help="The python.exe that Excel starts; this Python if left out on Windows.",
)
@click.option("--force", is_flag=True, help="Replace existing files.")
@language_option
@catalogue_option
def windows(
    file: Path | None,
    template: str | None,
    output: Path | None,
    interpreter: str | None,
    lang: str | None,
    *,
    force: bool,
) -> None:
    """Make a workbook whose cells call the functions in Python, for Excel on Windows.

    The functions are put into a copy of FILE, into a template, or into an empty workbook, with
    their help. Beside it are written the same macros as a file to import by hand (.bas), and what
    the add-in Excel-DNA IntelliSense shows while a formula is typed (.intellisense.xml).
    """
    from xlcalc.files import write_file
    from xlcalc.hosts.windows.installed import installed_xlwings, missing_dll, this_interpreter
    from xlcalc.hosts.windows.intellisense import intellisense_xml
    from xlcalc.hosts.windows.workbook import with_functions
    from xlcalc.registry import specs

    if file is not None and template is not None:
        raise UsageError("give FILE or --template, not both")
    target = output or Path(f"{file.stem if file else template or START}.xlsm")
    if target.suffix.lower() != ".xlsm":
        raise UsageError(f"{target} would have macros, so its name must end in .xlsm")
    beside = (target.with_suffix(".bas"), target.with_suffix(".intellisense.xml"))
    for path in (target, *beside):
        refuse_existing(path, force=force)
    xlwings = installed_xlwings()
    package = _package(file, template, lang)
    python = interpreter or this_interpreter()
    made = with_functions(package, specs(earlier=True), xlwings, python)
    write_file(target, made.package.to_bytes())
    write_file(beside[0], made.module.encode("ascii"))
    write_file(beside[1], intellisense_xml(specs(earlier=True)))
    for remark in made.remarks:
        say(remark)
    if python and python == this_interpreter() and (dll := missing_dll(python, xlwings.version)):
        click.echo(
            f"xlcalc: {dll} is not in the folder of {python} nor above it, where Excel looks for "
            "it; install xlcalc in a virtual environment, and make the workbook from there",
            err=True,
        )
    for path in (target, *beside):
        click.echo(f"wrote {path}")


COMMANDS = {"windows": windows}


def _package(file: Path | None, template: str | None, lang: str | None) -> "Package":
    """Return the workbook that gets the functions."""
    from xlcalc.hosts.windows.workbook import start_workbook
    from xlcalc.ooxml.package import Package

    if template is not None:
        from xlcalc.build import build_template
        from xlcalc.dialects import Form

        data = build_template(template, Form("udf", None, lang))
        return Package(data, f"the template {template}")
    return start_workbook(START) if file is None else Package.read(file)

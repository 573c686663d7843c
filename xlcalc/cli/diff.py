"""The command `diff`: what changed between two versions of a workbook?"""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, catalogue_option, force_option, refuse_existing
from xlcalc.cli.saying import say
from xlcalc.errors import InputValueError, OutputError

_ENDINGS = {".txt": "text", ".md": "md", ".json": "json", ".xlsx": "xlsx"}


@click.command(
    "diff",
    no_args_is_help=True,
    epilog=status.statuses("a change is of a kind that must not pass unseen"),
)
@click.argument("files", metavar="OLD NEW", type=FILE, nargs=-1, required=True)
@click.option(
    "--format",
    "shown",
    type=click.Choice(list(_ENDINGS.values())),
    help="How differences are shown; text, or what the ending of -o says, if left out.",
)
@click.option("-o", "target", metavar="FILE", type=FILE, help="File to write instead of showing.")
@click.option(
    "--output",
    "outputs",
    metavar="NAME",
    multiple=True,
    help="Named result whose movement is explained; repeatable; those that moved most if left out.",
)
@click.option(
    "--allow",
    "allowed",
    metavar="KIND",
    multiple=True,
    help="What does not make the command fail: hidden-sheets, external-links, formula-to-value, "
    "errors or macros; repeatable.",
)
@click.option(
    "--stored", is_flag=True, help="Compare the values that the files store, without calculating."
)
@click.option(
    "--textconv",
    is_flag=True,
    help="Print one workbook as lines of text, for git diff; takes one FILE.",
)
@force_option
@catalogue_option
def diff(
    files: tuple[Path, ...],
    shown: str | None,
    target: Path | None,
    outputs: tuple[str, ...],
    allowed: tuple[str, ...],
    *,
    stored: bool,
    textconv: bool,
    force: bool,
) -> None:
    """Say what changed between two versions of a workbook.

    OLD and NEW are xlsx or xlsm workbooks. The status is 1 if sheets were hidden, external links or
    macros are new, formulas became values, or cells became errors, unless --allow says else.
    """
    if textconv:
        _print_as_text(files)
        return
    if len(files) != 2:
        raise InputValueError(f"diff takes two workbooks, OLD and NEW, got {len(files)}")
    form = _form(shown, target)
    if target is not None and any(_is_same(target, file) for file in files):
        raise OutputError(f"{target} is one of the workbooks that are compared")
    refuse_existing(target, force=force)
    from xlcalc.differences import differences
    from xlcalc.differences.rendering import FORMATS
    from xlcalc.differences.wording import verdict
    from xlcalc.files import write_file

    old, new = files
    report = differences(old, new, stored=stored, outputs=outputs, allowed=allowed)
    if form == "xlsx":
        from xlcalc.differences.workbook import as_workbook

        data = as_workbook(report)
    else:
        data = f"{FORMATS[form](report)}\n".encode()
    if target is not None:
        write_file(target, data)
    else:
        click.echo(data.decode(), nl=False)
    if target is not None or form == "json":
        say(verdict(report))
    if report.refused:
        raise click.exceptions.Exit(status.FAILURE)


def _form(shown: str | None, target: Path | None) -> str:
    """Return how differences are shown.

    Raises
    ------
    InputValueError
        If the file has an ending that says nothing, or a workbook is to be shown.
    """
    if shown is None and target is not None:
        shown = _ENDINGS.get(target.suffix.lower())
        if shown is None:
            endings = ", ".join(_ENDINGS)
            raise InputValueError(f"-o takes a file with one of {endings}, got {target}")
    if shown == "xlsx" and target is None:
        raise InputValueError("a workbook is written into a file; name it with -o")
    return shown or "text"


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _print_as_text(files: tuple[Path, ...]) -> None:
    """Print one workbook as lines of text."""
    if len(files) != 1:
        raise InputValueError(f"--textconv takes one workbook, got {len(files)}")
    from xlcalc.differences.plain_form import plain_form
    from xlcalc.ooxml.package import Package

    click.echo(plain_form(Package.read(files[0])), nl=False)


COMMANDS = {"diff": diff}

"""The command `pdf`, and the option of the same name: workbooks as a person would print them."""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, force_option, refuse_existing
from xlcalc.errors import UsageError

pdf_option = click.option(
    "--pdf", is_flag=True, help="Also print each workbook to a PDF, by LibreOffice."
)


@click.command("pdf", no_args_is_help=True, epilog=status.statuses())
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option("--output", "-o", metavar="FOLDER", type=FILE, help="Folder to write; else each's.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Starts of LibreOffice that work at once.",
)
@force_option
def pdf(files: tuple[Path, ...], output: Path | None, jobs: int, *, force: bool) -> None:
    """Print workbooks to PDF files by LibreOffice.

    The figures are those that the files hold, in whatever form their formulas are.
    """
    from xlcalc.printing import print_files

    targets = {file: (output or file.parent) / f"{file.stem}.pdf" for file in files}
    by_target: dict[Path, Path] = {}
    for file, target in targets.items():
        other = by_target.setdefault(target.resolve(), file)
        if other != file:
            raise UsageError(f"{file} and {other} would both be printed to {target}")
        refuse_existing(target, force=force)
    for made in print_files(targets, jobs=jobs):
        click.echo(f"wrote {made}")


COMMANDS = {"pdf": pdf}

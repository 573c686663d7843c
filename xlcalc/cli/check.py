"""The command `check`: is a workbook fit to be signed?"""

from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, catalogue_option, workbooks_in
from xlcalc.errors import XlcalcError


@click.command(
    "check",
    no_args_is_help=True,
    epilog=status.statuses("there is an error, or a workbook cannot be read"),
)
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option(
    "--format",
    "shown",
    type=click.Choice(["text", "json", "sarif", "junit", "md", "github"]),
    default="text",
    show_default=True,
    help="How findings are shown.",
)
@click.option("--output", "-o", metavar="FILE", type=FILE, help="File to write instead of showing.")
@click.option(
    "--least",
    type=click.Choice(["error", "warning", "note"]),
    default="warning",
    show_default=True,
    help="The least severity that is shown.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=FILE,
    help="What is accepted, and why: a TOML file, or pyproject.toml.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    type=FILE,
    help="Earlier findings, by --format json: only new ones count.",
)
@catalogue_option
def check(
    files: tuple[Path, ...],
    shown: str,
    output: Path | None,
    least: str,
    config: Path | None,
    baseline: Path | None,
) -> None:
    """Audit workbooks: what is wrong, where, and how it is mended.

    FILE is an xlsx or xlsm workbook, or a folder of them.
    """
    from xlcalc.audit import SEVERITIES, Finding, audit
    from xlcalc.audit.acceptance import open_findings, read_acceptances, read_baseline
    from xlcalc.audit.rendering import FORMATS, verdict
    from xlcalc.files import write_file

    accepted = read_acceptances(config) if config else []
    known = read_baseline(baseline) if baseline else frozenset()
    found: list[Finding] = []
    unread = 0
    books = list(workbooks_in(files))
    for book in books:
        try:
            found += open_findings(audit(book), accepted, known)
        except XlcalcError as error:
            unread += 1
            click.echo(f"xlcalc: {book}: {error}", err=True)
    worst = SEVERITIES[: SEVERITIES.index(least) + 1]
    listed = [one for one in found if one.severity in worst]
    text = FORMATS[shown](listed)
    if output is not None:
        write_file(output, f"{text}\n".encode())
    elif text:
        click.echo(text)
    click.echo(verdict(listed, len(books)), err=True)
    if unread or any(one.severity == "error" for one in found):
        raise click.exceptions.Exit(status.FAILURE)


COMMANDS = {"check": check}

"""The command `contract`: what a workbook takes and gives, as a file to hold new versions to."""

import json
from pathlib import Path

import click

from xlcalc.cli import status
from xlcalc.cli.completion import workbooks
from xlcalc.cli.options import (
    FILE,
    catalogue_option,
    force_option,
    language_option,
    refuse_existing,
)


@click.command("contract", epilog=status.statuses())
@click.argument("workbook", shell_complete=workbooks)
@click.option(
    "--output", "-o", metavar="FILE", type=FILE, help="File to write; printed if left out."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["json-schema", "sheetport"]),
    default="json-schema",
    show_default=True,
    help="A JSON Schema, or the YAML of formualizer's SheetPort.",
)
@force_option
@language_option
@catalogue_option
def contract(
    workbook: str, output: Path | None, form: str, lang: str | None, *, force: bool
) -> None:
    """Write what a workbook takes and gives.

    WORKBOOK is an xlsx file or the name of a template. Names, units, kinds, domains, tables and
    defaults are written; run, batch and report take the file with --contract.
    """
    from xlcalc.contracts import contract_of, manifest_of
    from xlcalc.files import write_file
    from xlcalc.workbook import opened

    refuse_existing(output, force=force)
    found = contract_of(opened(workbook, language=lang))
    text = (
        manifest_of(found)
        if form == "sheetport"
        else json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    )
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text.encode())
    click.echo(f"wrote {output}")


COMMANDS = {"contract": contract}

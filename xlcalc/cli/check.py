"""The command `check`: is a workbook fit to be signed?"""

import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcalc.cli import status
from xlcalc.cli.options import FILE, catalogue_option, workbooks_in
from xlcalc.cli.saying import say
from xlcalc.errors import UsageError, XlcalcError
from xlcalc.plain_texts import in_a_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlcalc.audit import Finding
    from xlcalc.audit.acceptance import Acceptance


@click.command(
    "check",
    no_args_is_help=True,
    epilog=status.statuses(
        "there is an error, a workbook cannot be read, or with --fix something is left to write"
    ),
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
@click.option(
    "--output",
    "-o",
    metavar="FILE",
    type=FILE,
    help="File to write instead of showing; with --fix the mended copy.",
)
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
@click.option(
    "--confidence",
    type=click.Choice(["certain", "likely"]),
    default="likely",
    show_default=True,
    help="How sure a rule must be; certain leaves out what may be meant so.",
)
@click.option(
    "--against",
    metavar="OTHER",
    type=FILE,
    help="Another version of the workbook, or a folder with such of the same names: what became "
    "worse since.",
)
@click.option(
    "--annotate", metavar="OUT", type=FILE, help="Copy to write, with comments at the cells."
)
@click.option(
    "--fix",
    is_flag=True,
    help="Show what can be mended safely, and with -o or --in-place write it.",
)
@click.option("--in-place", is_flag=True, help="With --fix: write the mended workbooks themselves.")
@catalogue_option
def check(
    files: tuple[Path, ...],
    shown: str,
    output: Path | None,
    least: str,
    config: Path | None,
    baseline: Path | None,
    confidence: str,
    against: Path | None,
    annotate: Path | None,
    *,
    fix: bool,
    in_place: bool,
) -> None:
    """Audit workbooks: what is wrong, where, and how it is mended.

    FILE is an xlsx or xlsm workbook, or a folder of them. With --fix, what changes is shown in
    place of the findings.
    """
    from xlcalc.audit import SEVERITIES, Finding, audit
    from xlcalc.audit.acceptance import open_findings, read_acceptances, read_baseline
    from xlcalc.audit.rendering import FORMATS, verdict
    from xlcalc.files import write_file

    accepted = read_acceptances(config) if config else []
    known = read_baseline(baseline) if baseline else frozenset()
    books = list(workbooks_in(files))
    gc.enable()  # a folder may hold thousands
    _refuse_several(books, output if fix else None, "-o with --fix")
    _refuse_several(books, annotate, "--annotate")
    if in_place and not fix:
        raise UsageError("--in-place goes with --fix")
    if fix:
        _fix(books, accepted, output, in_place=in_place)
        return
    found: list[Finding] = []
    unread = 0
    for book in books:
        try:
            own = open_findings(audit(book, _other(book, against)), accepted, known)
        except XlcalcError as error:
            unread += 1
            say(f"{book}: {error}")
            continue
        found += [one for one in own if confidence in {"likely", one.rule.confidence}]
    worst = SEVERITIES[: SEVERITIES.index(least) + 1]
    listed = [one for one in found if one.severity in worst]
    text = FORMATS[shown](listed)
    if output is not None:
        write_file(output, f"{text}\n".encode())
    elif text:
        click.echo(text)
    if annotate is not None and not unread:
        _annotate(books[0], listed, annotate)
    click.echo(verdict(listed, len(books), unread), err=True)
    if unread or any(one.severity == "error" for one in found):
        raise click.exceptions.Exit(status.FAILURE)


def _refuse_several(books: "Sequence[Path]", output: Path | None, option: str) -> None:
    """Refuse to write several workbooks, or the one that is read, into one file."""
    if output is None:
        return
    if len(books) > 1:
        raise UsageError(f"{option} writes one workbook, got {len(books)}")
    if output.resolve() == books[0].resolve():
        raise UsageError(f"{option} would write over {output}; name another file")


def _other(book: Path, against: Path | None) -> Path | None:
    """Return the version with which a workbook is compared; a new workbook of a folder has none."""
    if against is None or not against.is_dir():
        return against
    other = against / book.name
    return other if other.exists() else None


def _annotate(book: Path, findings: "Sequence[Finding]", target: Path) -> None:
    from xlcalc.audit.annotation import annotated
    from xlcalc.files import write_file
    from xlcalc.ooxml.package import Package

    package, left = annotated(Package.read(book), findings)
    write_file(target, package.to_bytes())
    if left:
        say(f"{left} findings are at cells with threaded comments")
    click.echo(f"wrote {target}", err=True)


def _fix(
    books: "Sequence[Path]",
    accepted: "Sequence[Acceptance]",
    output: Path | None,
    *,
    in_place: bool,
) -> None:
    """Show what can be mended safely, and write it where that is asked for."""
    from xlcalc.audit.mending import mended
    from xlcalc.files import write_file
    from xlcalc.ooxml.package import Package

    failed = False
    for book in books:
        file = str(book)

        def is_accepted(finding: "Finding", file: str = file) -> bool:
            return any(one.covers_cell(replace(finding, file=file)) for one in accepted)

        try:
            package, mends = mended(Package.read(book), is_accepted)
        except XlcalcError as error:
            failed = True
            say(f"{book}: {error}")
            continue
        for mend in mends:
            click.echo(f"{book}: {in_a_line(str(mend))}")
        target = book if in_place else output
        if not mends:
            click.echo(f"{book}: nothing to mend", err=True)
        elif target is None:
            failed = True
            click.echo(f"{book}: not written; -o FILE or --in-place writes it", err=True)
        if target is not None and (mends or target != book):
            write_file(target, package.to_bytes())
            click.echo(f"wrote {target}", err=True)
    if failed:
        raise click.exceptions.Exit(status.FAILURE)


COMMANDS = {"check": check}

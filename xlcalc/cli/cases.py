"""The command `test`: does a workbook give what its cases expect?"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlcalc.cli import status
from xlcalc.cli.analysis_tables import print_table, shown
from xlcalc.cli.completion import workbooks
from xlcalc.cli.differences import accept_option, accepted_cells, refused
from xlcalc.cli.options import (
    catalogue_option,
    json_option,
    junit_option,
    language_option,
    print_json,
)
from xlcalc.cli.saying import say
from xlcalc.errors import DifferencesError, UsageError

if TYPE_CHECKING:
    from xlcalc.cells import CellValue
    from xlcalc.runs.case_lists import CaseList
    from xlcalc.runs.cases import Outcome
    from xlcalc.workbook import Workbook

LISTED = 60
"""Results that are listed with those that passed; of more, those that failed alone."""


@click.command("test", epilog=status.statuses("a case fails"))
@click.argument("workbook", metavar="FILE", shell_complete=workbooks)
@click.argument("cases", metavar="[CASES]", required=False)
@click.option(
    "--record", is_flag=True, help="Fill in the expectations that are empty, in the CSV file."
)
@click.option("--force", is_flag=True, help="With --record, replace all expectations.")
@click.option(
    "--against",
    metavar="OTHER",
    help="Another version of the workbook, whose values are expected in place of the list's.",
)
@junit_option
@json_option
@language_option
@accept_option
@catalogue_option
def test(
    workbook: str,
    cases: str | None,
    against: str | None,
    junit: Path | None,
    lang: str | None,
    accepted: str | None,
    *,
    record: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Calculate cases of a workbook and compare their results.

    FILE is an xlsx file or the name of a template. CASES is a CSV or xlsx file, FILE.xlsx#SHEET, or
    - for CSV on the standard input; the workbook's sheet "Tests" if left out. Its columns: case,
    inputs by name, expect NAME for each result, tolerance (1%, or an amount), note, source.
    """
    from xlcalc.workbook import is_template, load

    if force and not record:
        raise UsageError("--force goes with --record")
    if record and against is not None:
        raise UsageError("--record writes what FILE gives, and goes without --against")

    from xlcalc.runs.case_lists import SHEET, read_cases, refuse_without_expectations
    from xlcalc.runs.cases import judged

    if cases is None and is_template(workbook):
        raise UsageError(f"the template {workbook} has no cases of its own; name a file of cases")
    try:
        book = load(workbook, language=lang, accept_differences=accepted_cells(accepted))
        other = None if against is None else load(against)
    except DifferencesError as error:
        refused(error)
        raise click.exceptions.Exit(status.USAGE) from None
    source = cases or f"{workbook}#{SHEET}"
    listed = read_cases(source, book)
    if record:
        from xlcalc.runs.case_records import refuse_to_record

        refuse_to_record(listed)
    elif other is None:
        refuse_without_expectations(listed)
    outcomes = list(judged(book, listed, other))
    if record and _recorded(listed, outcomes, book, force=force):
        outcomes = list(judged(book, read_cases(source, book)))  # as a reader finds them
    if junit is not None:
        from xlcalc.files import write_file
        from xlcalc.runs.case_reports import as_junit

        write_file(junit, as_junit(outcomes, workbook))
    if as_json:
        from xlcalc.runs.case_reports import as_data

        print_json(as_data(outcomes, workbook, listed.name))
    else:
        _print(outcomes, book)
    if not all(one.passed for one in outcomes):
        raise click.exceptions.Exit(status.FAILURE)


def _recorded(
    cases: "CaseList", outcomes: "Sequence[Outcome]", book: "Workbook", *, force: bool
) -> bool:
    """Fill in the list, unless a case could not be calculated, and return whether it changed."""
    from xlcalc.files import write_file
    from xlcalc.runs.case_records import recorded

    if any(one.problem for one in outcomes):
        say(f"nothing is recorded in {cases.name}: not all is calculated")
        return False
    data, count = recorded(cases, outcomes, book, every=force)
    if count:
        write_file(Path(cases.name), data)
    say(f"recorded {count} expectation{'s' * (count != 1)}")
    return count > 0


def _print(outcomes: "Sequence[Outcome]", book: "Workbook") -> None:
    """Print a line for each result, and how many cases passed."""
    from xlcalc.plain_texts import in_a_line
    from xlcalc.runs.case_reports import difference, sentences

    def cell(name: str, value: "CellValue") -> str:
        text = shown(book.cell(name).with_dates(value))
        return in_a_line(text) or '""'

    everything = sum(len(one.comparisons) for one in outcomes) <= LISTED
    rows = [
        [
            in_a_line(one.case.name),
            part.result,
            cell(part.result, part.expected),
            cell(part.result, part.value),
            "" if (gap := difference(part)) is None or not gap else f"{gap:+.3g}",
            "ok" if part.passed else "FAILED",
        ]
        for one in outcomes
        for part in one.comparisons
        if everything or not part.passed
    ]
    if rows:
        print_table([["case", "result", "expected", "got", "difference", ""], *rows])
    for one in outcomes:
        if one.problem or any(part.reason for part in one.comparisons):
            for sentence in sentences(one):
                click.echo(f"{in_a_line(one.case.name)}: {sentence}")
    failed = sum(not one.passed for one in outcomes)
    cases = f"{len(outcomes)} case{'s' * (len(outcomes) != 1)}"
    click.echo(f"{cases}: {len(outcomes) - failed} passed, {failed} failed")


COMMANDS = {"test": test}

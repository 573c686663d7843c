"""What did a workbook give, as the expectations of a list of cases?

`recorded` returns the text of a CSV file with values filled in; everything else in it stays, but
for quotes that are not needed and empty lines. Texts that a spreadsheet program would take for
formulas are guarded.
"""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from xlcalc._version import __version__
from xlcalc.cells import CellValue
from xlcalc.errors import ScenarioError
from xlcalc.files import csv_delimiter, iterate_csv, read_file
from xlcalc.runs.case_lists import EMPTY, EXPECT, CaseList, is_csv
from xlcalc.runs.cases import Outcome
from xlcalc.runs.csv_listing import csv_cells
from xlcalc.workbook import Workbook

_BOM = b"\xef\xbb\xbf"
_DIGITS = "0123456789.,+-eE% "


def refuse_to_record(cases: CaseList) -> None:
    """Refuse a list that cannot be filled in, before anything is calculated.

    Raises
    ------
    ScenarioError
        If it is no CSV file, or names no result.
    """
    if not is_csv(cases.name) or cases.name == "-" or cases.name.lower().endswith(".gz"):
        raise ScenarioError(f"--record fills in a CSV file, and {cases.name} is none")
    if not cases.results:
        raise ScenarioError(
            f'{cases.name} names no result to record; add a column "{EXPECT}NAME" for each'
        )


def recorded(
    cases: CaseList, outcomes: Sequence[Outcome], book: Workbook, *, every: bool = False
) -> tuple[bytes, int]:
    """Return the file of a list with what the workbook gave, and how many cells were filled in.

    Parameters
    ----------
    cases : CaseList
        The list.
    outcomes : sequence of Outcome
        What became of each of its cases; all of them were calculated.
    book : Workbook
        The workbook.
    every : bool, optional
        Whether expectations that are there are replaced too.
    """
    path = Path(cases.name)
    data = read_file(path)
    first = io.StringIO(data.removeprefix(_BOM).decode(), newline="").readline()
    delimiter, named = csv_delimiter(first)
    end = "\r\n" if first.endswith("\r\n") else "\n"
    by_row = {one.case.row: one for one in outcomes}
    made = io.StringIO(newline="")
    if named:
        made.write(f"{first.strip()}{end}")
    writer = csv.writer(made, delimiter=delimiter, lineterminator=end)
    count = width = 0
    for number, cells in iterate_csv(path, ScenarioError):
        width = width or len(cells)
        if number in by_row:
            cells += [""] * (width - len(cells))
            count += _fill(cells, by_row[number], cases, book, every=every)
        writer.writerow(cells)
    mark = _BOM if data.startswith(_BOM) else b""
    return mark + made.getvalue().encode(), count


def _fill(
    cells: list[str], outcome: Outcome, cases: CaseList, book: Workbook, *, every: bool
) -> int:
    """Fill in the expectations of a row, and return how many."""
    filled = 0
    for name, place in cases.results.items():
        if every or not cells[place].strip():
            cells[place] = _written((outcome.values or {})[name], name, book)
            filled += 1
    where = cases.source_column
    if filled and where is not None and (every or not cells[where].strip()):
        cells[where] = f"xlcalc {__version__}"  # so that nobody takes it for a value of Excel
    return filled


def _written(value: CellValue, name: str, book: Workbook) -> str:
    if value is None or value == "":
        return EMPTY
    if isinstance(value, str) and ("," in value or not value.strip()) and not value.strip(_DIGITS):
        return f"'{value}"  # a list with semicolons could not be read with the text 12,5
    moment = book.cell(name).moment(value)
    if moment is not None and not isinstance(moment, timedelta):
        return moment.isoformat()
    return str(csv_cells([value])[0]).removesuffix(".0")

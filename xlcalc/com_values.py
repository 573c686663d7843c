"""What does xlwings hand over of cells on Windows, and what does it take back?

Excel's COM gives numbers as float, a cell with a currency format as Decimal with four decimals, a
date as datetime, and an error as a negative integer, of which xlwings turns the seven old ones into
their text. A range is a list of rows. Errors go back as text, which the VBA around makes errors of.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from xlcalc.cell_values import LAST_ROW, used_rows
from xlcalc.cells import ERROR_CODES, NEWER_ERROR_CODES, CellError, CellRange, CellValue

_ERROR_BASE = -2146828288
"""What Excel's number of an error has added to it as a result of COM, 0x800A0000."""
_MOST_ERRORS = 10_000
_ERRORS = {
    2000: "#NULL!",
    2007: "#DIV/0!",
    2015: "#VALUE!",
    2023: "#REF!",
    2029: "#NAME?",
    2036: "#NUM!",
    2042: "#N/A",
    2043: "#GETTING_DATA",
    2045: "#SPILL!",
    2046: "#CONNECT!",
    2047: "#BLOCKED!",
    2048: "#UNKNOWN!",
    2049: "#FIELD!",
    2050: "#CALC!",
}
"""Excel's numbers of errors: XlCVError of its object model."""
_DAY_ZERO = datetime(1899, 12, 30)


def from_com(value: Any) -> CellValue | CellRange:
    """Return an argument of xlwings as cells; None is an empty cell or an argument left out.

    Parameters
    ----------
    value : any
        A value, or a list of rows.
    """
    if not isinstance(value, list | tuple):
        return _cell(value)
    rows = [row if isinstance(row, list | tuple) else [row] for row in value]
    # Of a million rows most are empty, and need not be looked at one by one.
    used = used_rows(rows) if len(rows) == LAST_ROW else len(rows)
    cells: CellRange = [[_cell(cell) for cell in row] for row in rows[:used]]
    return cells + [[None] * len(rows[0])] * (len(rows) - used)


def to_com(value: CellValue | CellRange) -> Any:
    """Return a result as xlwings writes it, an error as the text of one that VBA knows.

    Parameters
    ----------
    value : CellValue or CellRange
        What a function gave.
    """
    if isinstance(value, list):
        return [[_written(cell) for cell in row] for row in value]
    return _written(value)


def _cell(value: Any) -> CellValue:
    if isinstance(value, str):
        if value in ERROR_CODES or value in NEWER_ERROR_CODES:
            return CellError(value)
        return value or None
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and 0 <= value - _ERROR_BASE < _MOST_ERRORS:
        return CellError(_ERRORS.get(value - _ERROR_BASE, "#VALUE!"))
    if isinstance(value, int | float | Decimal):
        return float(value)
    if isinstance(value, datetime):
        return (value.replace(tzinfo=None) - _DAY_ZERO).total_seconds() / 86400.0
    return CellError("#VALUE!", f"a cell holds {value!r:.40}, which is neither number nor text")


def _written(cell: CellValue) -> Any:
    if isinstance(cell, CellError):
        return cell.code if cell.code in ERROR_CODES else "#VALUE!"
    return cell

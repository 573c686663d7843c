"""The sheet that the calls of `host_cases` are on: what is in its cells, and how they look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import coordinate_from_string

from xlcalc.cells import CellError, CellRange, CellValue

LAST_ROW = 1_048_576
ROWS = 40
"""Rows of the sheet in which there may be something."""


class Cell(NamedTuple):
    """A cell of the sheet: its value as Excel has it, and how it is formatted."""

    value: CellValue
    number_format: str = "General"


def error(code: str) -> Cell:
    return Cell(CellError(code))


STOCK = "Microsoft Corp (XNAS:MSFT)"
"""What a cell with the data type Stocks shows; its value is a record, and no number."""

SHEET: Mapping[str, Cell] = {
    "A1": Cell(7e9),
    "A2": Cell(1.4e12),
    "A3": Cell("7e9"),
    "A4": Cell("1,5"),
    "A5": Cell(True),
    "A6": Cell(0.4, "0%"),
    "A7": Cell(2.5, '"$"#,##0.00'),
    "A8": Cell(46082.0, "yyyy-mm-dd"),
    "A9": Cell(1e308),
    "A10": Cell(-1.0),
    "A11": Cell(0.0),
    "A12": Cell("gemini"),
    # A13 is empty.
    "A14": Cell("a100 sxm 80gb "),
    "A15": Cell("tdp_w"),
    "A16": Cell(False),
    "A17": Cell("=1+1 as text"),
    "A18": Cell(45000.0, "yyyy-mm-dd"),
    # Rows against columns.
    "C1": Cell(1.0),
    "C2": Cell(2.0),
    "C3": Cell(3.0),
    "D1": Cell(10.0),
    "E1": Cell(20.0),
    # A column with one of each that can be wrong.
    "G1": Cell(1.0),
    "G2": Cell("x"),
    "G3": Cell(-1.0),
    "G5": error("#N/A"),
    "G6": Cell(True),
    "G7": Cell(7.0),
    # Merged cells: C10:C11 hold one value.
    "C10": Cell(5.0),
    "C12": Cell(6.0),
    # Row 15 is hidden.
    "C14": Cell(1.0),
    "C15": Cell(2.0),
    "C16": Cell(3.0),
    # Columns that are named whole.
    "K1": Cell(1.0),
    "K2": Cell(2.0),
    "L1": Cell(3.0),
    "L2": Cell(4.0),
    "L3": Cell(5.0),
    "P1": Cell(1.0),
    "P2": Cell(2.0),
    "Q1": Cell(3.0),
    "Q2": Cell(4.0),
    "I1": Cell("full"),
    "I2": Cell("no such recomputation"),
    "I3": Cell(" Full"),
    # The errors.
    "N1": error("#DIV/0!"),
    "N2": error("#N/A"),
    "N3": error("#NAME?"),
    "N4": error("#NULL!"),
    "N5": error("#NUM!"),
    "N6": error("#REF!"),
    "N7": error("#VALUE!"),
    "N8": error("#SPILL!"),
    "N9": error("#CALC!"),
    "N10": error("#FIELD!"),
    "N11": error("#BUSY!"),
    "N12": error("#GETTING_DATA"),
    "N13": Cell(STOCK),
    "N14": Cell(2.0),
}
MERGED = "C10:C11"
HIDDEN_ROW = 15


def rows_of(reference: str) -> CellRange:
    """Return the cells of a reference to the sheet, as rows."""
    left, top, right, bottom = range_boundaries(reference)
    values = {coordinate_from_string(name): cell.value for name, cell in SHEET.items()}
    letters = [chr(ord("A") + column - 1) for column in range(left, right + 1)]
    first, last = top or 1, bottom or LAST_ROW
    used = min(last, ROWS)
    rows = [[values.get((letter, row)) for letter in letters] for row in range(first, used + 1)]
    return rows + [[None] * len(letters)] * (last - used)


def fill(sheet: Any) -> None:
    """Put the cells into a sheet of openpyxl, as a file holds them."""
    for name, cell in SHEET.items():
        value = cell.value
        sheet[name].number_format = cell.number_format
        if isinstance(value, CellError):
            # A file holds a newer error as #VALUE!, with the true one in a part of its own.
            code = value.code if value.code in STORED_ERRORS else "#VALUE!"
            sheet[name].value, sheet[name].data_type = code, "e"
        elif value == STOCK:
            sheet[name].value, sheet[name].data_type = "#VALUE!", "e"
        else:
            sheet[name].value = value
            if isinstance(value, str):
                sheet[name].data_type = "s"  # not a formula, though one begins with "="
    sheet.merge_cells(MERGED)
    sheet.row_dimensions[HIDDEN_ROW].hidden = True


STORED_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")


def as_date(cell: Cell) -> bool:
    """Whether a cell shows a date."""
    return "yy" in cell.number_format


def date_of(serial: float) -> datetime:
    """Return the date behind the number of a cell."""
    from openpyxl.utils.datetime import from_excel

    return from_excel(serial)

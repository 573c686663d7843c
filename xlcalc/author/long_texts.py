"""Where does a text go that is longer than its cell: a title, a sentence above a table?

Programs let it run over the empty cells to its right, up to the end of the page, and cut it where
a page repeats its first columns. Such a text gets the cells that it may run over, merged, and as
many lines as it takes. A subtitle above repeated columns moves behind them, so that it is on the
first page alone.
"""

from collections.abc import Sequence
from copy import copy
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlcalc.author.text_size import LINE_HEIGHT, POINTS, Quotes, lines_in, shown_text, text_width

SUBTITLE_ROW = 2
_NARROW = 14 * POINTS
"""Width of a column in which a text is not wrapped: it would make a tower of letters."""
_DATA = 10
"""Texts in a row from which it is one of a table, and not a sentence above it."""


def place_long_texts(
    sheet: Worksheet, widths: Sequence[float], titles: int, ends: Sequence[int], quotes: Quotes
) -> None:
    """Wrap the texts of a sheet that would be cut in print.

    Parameters
    ----------
    sheet : Worksheet
        A sheet that is complete.
    widths : sequence of float
        Widths of the columns that are printed, in points.
    titles : int
        Columns that each page but the first repeats.
    ends : sequence of int
        The last column of each page.
    quotes : mapping
        Texts that formulas look up.
    """
    for row in sheet.iter_rows(max_col=len(widths)):
        filled = [cell for cell in row if cell.value is not None]
        if len(filled) > _DATA:
            continue
        for place, cell in enumerate(filled):
            behind = filled[place + 1].column - 1 if place + 1 < len(filled) else len(widths)
            _place(sheet, cell, behind, widths, titles, ends, quotes)


def _place(
    sheet: Worksheet,
    cell: Cell,
    behind: int,
    widths: Sequence[float],
    titles: int,
    ends: Sequence[int],
    quotes: Quotes,
) -> None:
    """Wrap one text over the empty cells up to a column."""
    look = cell.alignment
    words = isinstance(cell.value, str) and look.horizontal in {None, "general", "left"}
    if not words or look.wrap_text or look.shrink_to_fit or _is_merged(sheet, cell):
        return
    text = shown_text(cell, quotes)
    repeated = len(ends) > 1 and cell.column <= titles
    last = min(behind, *(end for end in ends if end >= cell.column), len(widths))
    if repeated:
        last = min(last, titles)
    room = sum(widths[cell.column - 1 : last]) - 4.0
    if text_width(text, cell.font) <= room or (widths[last - 1] < _NARROW and last == cell.column):
        return
    if repeated and cell.row == SUBTITLE_ROW and ends[0] > titles:
        cell = _moved(sheet, cell, titles + 1)
        last = ends[0]
    if last > cell.column:
        corner = f"{get_column_letter(last)}{cell.row}"
        sheet.merge_cells(f"{cell.coordinate}:{corner}")
    wrapped = copy(cell.alignment)
    wrapped.wrap_text, wrapped.vertical = True, wrapped.vertical or "center"
    cell.alignment = wrapped
    width = sum(widths[cell.column - 1 : last]) / POINTS
    size = float(cell.font.size or 10) / 10.0
    needed = LINE_HEIGHT * max(1.0, size) * lines_in(text, cell, width) + 4.0
    dimension = sheet.row_dimensions[cell.row]
    dimension.height = max(dimension.height or 0.0, needed)


def _is_merged(sheet: Worksheet, cell: Cell) -> bool:
    return any(cell.coordinate in box for box in sheet.merged_cells.ranges)


def _moved(sheet: Worksheet, cell: Cell, column: int) -> Any:
    """Move a text to another column of its row, and return the cell."""
    other: Any = sheet.cell(cell.row, column)
    other.value, other._style = cell.value, copy(cell._style)
    cell.value = None
    return other

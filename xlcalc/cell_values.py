"""What does a cell hold?

A cell value is a float, a text, TRUE or FALSE, None for an empty cell, or a `CellError`; a range is
a list of rows. This module imports nothing heavy, for the processes that engines run in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""How many cells a whole column and a whole row have."""


@dataclass(frozen=True)
class CellError:
    """An error as a cell shows it, with the sentence behind it where there is one."""

    code: str
    message: str = ""


CellValue: TypeAlias = float | str | bool | CellError | None
CellRange: TypeAlias = list[list[CellValue]]


def trimmed(cells: Sequence[CellValue | CellRange]) -> Sequence[CellValue | CellRange]:
    """Return arguments with whole columns and rows cut behind the last cell that one of them uses.

    Parameters
    ----------
    cells : sequence of CellValue or CellRange
        The arguments of a call; a range of fewer rows and columns stays as it is.
    """
    ranges = [cell for cell in cells if isinstance(cell, list)]
    rows = [used_rows(c) for c in ranges if len(c) == LAST_ROW]
    wide = [c for c in ranges if c and len(c[0]) == LAST_COLUMN]
    if not rows and not wide:
        return cells
    columns = [used_rows(list(zip(*c, strict=True))) for c in wide]
    height, width = max(rows, default=0), max(columns, default=0)

    def cut(cell: CellValue | CellRange) -> CellValue | CellRange:
        if not isinstance(cell, list):
            return cell
        if len(cell) == LAST_ROW:
            cell = cell[:height]
        if cell and len(cell[0]) == LAST_COLUMN:
            cell = [row[:width] for row in cell]
        return cell

    return [cut(cell) for cell in cells]


def used_rows(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many rows there are up to the last one with a cell in it, one at least.

    Parameters
    ----------
    rows : sequence of sequence
        Rows of cells, an empty cell as None.
    """
    used = len(rows)
    while used > 1 and rows[used - 1].count(None) == len(rows[used - 1]):
        used -= 1
    return used


def plain(value: CellValue) -> str:
    """Return a value as a program reads it: all digits, no format."""
    if isinstance(value, CellError):
        return value.code
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)

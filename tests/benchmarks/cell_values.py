"""What is the value of a cell, and when are two the same?

A value is None, a float, a bool, a str or a `CellFailure`. `same` compares numbers to 1e-9 of the
larger one, and takes an empty text for an empty cell.
"""

import re
from typing import NamedTuple

from openpyxl.utils.cell import column_index_from_string, get_column_letter, range_boundaries

from xlcalc.cell_values import CellError

Area = tuple[int, int, int, int]
"""First column, first row, last column, last row."""
_TOLERANCE = 1e-9
_NEAR_ZERO = 1e-14
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]+)")
_WRITTEN_AS_VALUE = {"#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#BUSY!", "#PYTHON!"}
"""Errors that files have as #VALUE! with metadata, so that old versions of Excel know them."""


class CellFailure(NamedTuple):
    """An error in a cell; `newer` where the file says that #VALUE! stands for a newer error."""

    code: str
    newer: bool = False


Value = None | float | bool | str | CellFailure


class Key(NamedTuple):
    """A cell: the sheet's name, row and column."""

    sheet: str
    row: int
    column: int

    @property
    def name(self) -> str:
        """The cell in A1 notation, without its sheet."""
        return f"{get_column_letter(self.column)}{self.row}"

    def __str__(self) -> str:
        return f"{self.sheet}!{self.name}"


def same(one: Value, other: Value) -> bool:
    """Whether two values are the same: numbers to 1e-9, an empty text and an empty cell."""
    if isinstance(one, float) and isinstance(other, float):
        gap = abs(one - other)
        return one == other or gap <= _TOLERANCE * max(abs(one), abs(other)) or gap < _NEAR_ZERO
    if isinstance(one, CellFailure) and isinstance(other, CellFailure):
        newer = (one.newer and other.code in _WRITTEN_AS_VALUE) or (
            other.newer and one.code in _WRITTEN_AS_VALUE
        )
        return one.code == other.code or newer
    if one in (None, "") and other in (None, ""):
        return True
    return type(one) is type(other) and one == other


def plain(value: object) -> Value:
    """Return what an engine or Python gives as the value of a cell."""
    if isinstance(value, CellError):
        return CellFailure(value.code)
    if value is None or isinstance(value, (bool, str, CellFailure)):
        return value
    return float(value) if isinstance(value, (int, float)) else str(value)


def area_of(reference: str) -> Area:
    """Return the columns and rows of a range in A1 notation; whole ones reach to the edges."""
    left, top, right, bottom = range_boundaries(reference.replace("$", "").upper())
    return left or 1, top or 1, right or 16_384, bottom or 1_048_576


def position(reference: str) -> tuple[int, int]:
    """Return row and column of a cell in A1 notation."""
    found = _CELL.fullmatch(reference)
    if found is None:
        raise ValueError(f"{reference} is no cell")
    return int(found[2]), column_index_from_string(found[1].upper())

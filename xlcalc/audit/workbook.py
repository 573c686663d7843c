"""What does an audit know of a workbook: all cells with their values, formulas in relative form?"""

import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from xlcalc.calc.dependents import Place
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellValue
from xlcalc.formula_text import TEXT
from xlcalc.ooxml.markup import Position, cell_name, cell_position, cells_of, value_of
from xlcalc.ooxml.positions import column_number
from xlcalc.ooxml.stored_values import SharedTexts, counts_from_1904

_CELL = re.compile(
    rf"(?P<passed>{TEXT}|'(?:[^']|'')*+(?:'!?|\Z)"
    r"|\[(?:[^\[\]]|\[[^\]]*+(?:\]|\Z))*+(?:\]|\Z))"
    r"|(?<![\w.$])(?P<fixed>\$?)(?P<column>[A-Za-z]{1,3})(?P<still>\$?)(?P<row>\d{1,7})(?![\w.(!])"
)


class Range(NamedTuple):
    """A rectangle of cells that a formula reads."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    def cells(self) -> Iterator[Position]:
        """Yield its cells, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column

    def holds(self, sheet: str, position: Position) -> bool:
        """Whether a cell is in it."""
        row, column = position
        return (
            sheet.lower() == self.sheet.lower()
            and self.top <= row <= self.bottom
            and self.left <= column <= self.right
        )


class Audited:
    """A workbook as the rules see it.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.

    Attributes
    ----------
    values : dict of str to dict
        The value of every cell of each sheet that is not empty, formulas' stored ones included.
    """

    def __init__(self, model: WorkbookModel) -> None:
        self.model = model
        self.package = model.package
        texts, date1904 = SharedTexts(self.package), counts_from_1904(self.package)
        self.values: dict[str, dict[Position, CellValue]] = {}
        for sheet, part in self.package.sheets.items():
            found = self.values[sheet] = {}
            for position, cell, _ in cells_of(self.package.part(part)):
                value = value_of(cell, texts, date1904)
                if value is not None:
                    found[position] = value

    @functools.cached_property
    def formulas(self) -> dict[Place, str]:
        """The text of every formula that a cell has of its own."""
        return {
            (sheet, position): self.model.formula_text(sheet, position)
            for sheet, cells in self.model.formulas.items()
            for position, cell in cells.items()
            if cell.kind not in {"spill", "dataTable"}
        }

    @functools.cached_property
    def relative(self) -> dict[Place, str]:
        """Every formula in relative form: alike where one was filled from the other."""
        return {place: relative(text, place[1]) for place, text in self.formulas.items()}

    def constants(self, sheet: str) -> Mapping[Position, CellValue]:
        """Return the cells of a sheet that hold a value and no formula."""
        formulas = self.model.formulas[sheet]
        return {p: value for p, value in self.values[sheet].items() if p not in formulas}

    @functools.cache  # noqa: B019  a workbook is audited once
    def rows_with_numbers(self, sheet: str) -> frozenset[int]:
        """Return the rows of a sheet that hold a number anywhere: a row of headings has none."""
        return frozenset(row for (row, _), v in self.values[sheet].items() if type(v) is float)

    def label(self, sheet: str, position: Position) -> str:
        """Return the text to the left of a cell, which says what its row is."""
        row, column = position
        for left in range(column - 1, 0, -1):
            value = self.values[sheet].get((row, left))
            if isinstance(value, str):
                return value
        return ""


def relative(formula: str, position: Position) -> str:
    """Return a formula with its relative references as distances from its cell.

    Examples
    --------
    >>> relative("B2*$C$1+Rates!B2", (2, 3))
    'R[0]C[-1]*R1C3+Rates!R[0]C[-1]'
    """
    row, column = position

    def changed(found: re.Match[str]) -> str:
        if found["passed"]:
            return found[0]
        at = cell_position(found["column"].upper() + found["row"])
        if at is None:
            return found[0]
        across = f"C{at[1]}" if found["fixed"] else f"C[{at[1] - column}]"
        down = f"R{at[0]}" if found["still"] else f"R[{at[0] - row}]"
        return down + across

    return _CELL.sub(changed, formula)


def range_of(area: str, sheet: str) -> Range:
    """Return the rectangle of an area such as B2:C9, without dollar signs; columns reach far."""
    first, _, last = area.partition(":")
    last = last or first
    if first.isdigit():
        return Range(sheet, int(first), 1, int(last), 16384)
    if first.isalpha():
        left, right = (column_number(column.upper().encode()) for column in (first, last))
        return Range(sheet, 1, min(left, right), 1048576, max(left, right))
    begin, end = cell_position(first.upper()), cell_position(last.upper())
    if begin is None or end is None:
        return Range(sheet, 0, 0, 0, 0)  # beyond the last cell: nothing is there
    (top, left), (bottom, right) = begin, end
    return Range(sheet, min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def named(position: Position) -> str:
    """Return a cell as B7."""
    return cell_name(position)


def column_letter(column: int) -> str:
    """Return a column as B."""
    return str(get_column_letter(column))

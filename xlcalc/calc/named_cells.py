"""What does a workbook say of a cell that has a name: its value, its label, what may become of it?

A named cell without a formula is an input, one with a formula is an output. A formula in an
unlocked cell is a default that a person may overwrite, so such a cell is both.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xlcalc.cells import CellValue
from xlcalc.ooxml.cell_styles import read_styles
from xlcalc.ooxml.dates import Moment, moment, with_dates
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package
from xlcalc.ooxml.sheet import FormulaCell, cell_styles
from xlcalc.ooxml.stored_values import counts_from_1904
from xlcalc.ooxml.validations import Validation, validations

MAX_UNIT_LENGTH = 24
"""Letters up to which a text to the right of a cell is its unit; a longer one is a note."""
# What LibreOffice saves of a cell that holds a logical value.
_LOGICAL = re.compile(r"(?:TRUE|FALSE)\(\)", re.IGNORECASE)


@dataclass(frozen=True)
class NamedCell:
    """A cell that has a name.

    Attributes
    ----------
    name, sheet : str
        The name, and the sheet that the cell stands on.
    position : (int, int)
        Row and column, counted from 1.
    value : CellValue
        What the cell holds in the workbook as it stands.
    is_input, is_output : bool
        Whether it may be set, and whether a formula gives it; an overwritable default is both.
    number_format : str
        Excel's format of the cell.
    label, unit : str
        Text beside the cell: to its left, and to its right.
    validations : tuple of Validation
        The data validations of the cell; Excel makes no two of them, other programs do.
    date1904 : bool
        Whether the days of its workbook are counted from 1904.
    """

    name: str
    sheet: str
    position: Position
    value: CellValue
    is_input: bool
    is_output: bool
    number_format: str
    label: str
    unit: str
    validations: tuple[Validation, ...] = ()
    date1904: bool = False

    @property
    def validation(self) -> Validation | None:
        """The first data validation of the cell, if it has one."""
        return self.validations[0] if self.validations else None

    def moment(self, value: CellValue) -> Moment | None:
        """Return the date, the time or the duration that a value of this cell stands for.

        A date is a number in every value that is calculated, as it is in Excel. Here is what it
        means; None where the cell is not formatted as a date, or the value is none.
        """
        if type(value) is not float:
            return None
        return moment(value, self.number_format, self.date1904)

    def with_dates(self, value: CellValue) -> CellValue:
        """Return a value of this cell as data has it: a date as its text in ISO 8601."""
        return with_dates(value, self.number_format, self.date1904)

    @property
    def place(self) -> str:
        """Where the cell stands, as Inputs!C7."""
        return f"{self.sheet}!{cell_name(self.position)}"


def read_named_cells(
    package: Package,
    places: Mapping[str, tuple[str, Position]],
    formulas: Mapping[str, Mapping[Position, FormulaCell]],
    value_at: Callable[[str, Position], CellValue],
) -> dict[str, NamedCell]:
    """Return the named cells of a workbook, in the order of sheets, rows and columns.

    Parameters
    ----------
    package : Package
        The workbook.
    places : mapping of str to (str, (int, int))
        Sheet and position of each name.
    formulas : mapping of str to mapping
        The formula cells of each sheet.
    value_at : callable
        Gives the calculated value of a cell.
    """
    parts = {sheet: package.part(part) for sheet, part in package.sheets.items()}
    styles = {
        sheet: cell_styles(data, {p for s, p in places.values() if s == sheet})
        for sheet, data in parts.items()
    }
    rules = {sheet: validations(data) for sheet, data in parts.items()}
    look = read_styles(package)
    order = list(package.sheets)
    date1904 = counts_from_1904(package)
    found = {}
    for name, (sheet, position) in sorted(
        places.items(), key=lambda item: (order.index(item[1][0]), item[1][1])
    ):
        style = styles[sheet].get(position, 0)
        formula = formulas[sheet].get(position)
        if formula is not None and _LOGICAL.fullmatch(formula.text):
            formula = None
        may_be_overwritten = (
            formula is not None and formula.kind in {"normal", "shared"} and style in look.unlocked
        )
        row, column = position
        left = (value_at(sheet, (row, c)) for c in range(column - 1, 0, -1))
        right = value_at(sheet, (row, column + 1))
        found[name] = NamedCell(
            name=name,
            sheet=sheet,
            position=position,
            value=value_at(sheet, position),
            is_input=formula is None or may_be_overwritten,
            is_output=formula is not None,
            number_format=look.formats.get(style, "General"),
            label=next((text for text in left if isinstance(text, str) and text), name),
            unit=_unit(right, places),
            validations=tuple(rule for rule in rules[sheet] if rule.covers(position)),
            date1904=date1904,
        )
    return found


def _unit(beside: object, names: Mapping[str, object]) -> str:
    """Return what stands beside a value as its unit: a short text that is no name of a cell.

    A name of one word is taken for a unit: a cell `people` may count in people.
    """
    if not isinstance(beside, str) or len(beside) > MAX_UNIT_LENGTH:
        return ""
    return "" if "_" in beside and beside in names else beside

"""What does a compute plan say of each month, and in which cells are its actuals?

A compute plan names the cells of a row of months: `actual_months` has their first days,
`planned_cost` what the plan says of each, `actual_cost` what is filled in. A workbook of anyone
with such names is a plan.
"""

import re
from datetime import date, datetime

from xlcalc.calc.differences import shown
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellValue
from xlcalc.errors import BillError
from xlcalc.focus.values import month_text, number_of
from xlcalc.ooxml.dates import moment
from xlcalc.ooxml.markup import Position, cell_position
from xlcalc.ooxml.names import defined_names
from xlcalc.ooxml.stored_values import counts_from_1904

MONTHS = "actual_months"
_ROW = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?\d+)(?::(\$?[A-Z]{1,3}\$?\d+))?")
_DATE = "yyyy-mm-dd"


class Plan:
    """A workbook whose months are planned, and may be filled in.

    Parameters
    ----------
    model : WorkbookModel
        The workbook.

    Attributes
    ----------
    months : list of int
        Its months, by their numbers.
    currency : str
        The code of its currency.

    Raises
    ------
    BillError
        If it has no names of months, or what they name is none.
    """

    def __init__(self, model: WorkbookModel) -> None:
        self.model = model
        names = defined_names(model.package)
        self._numbers: dict[str, list[float]] = {}
        self._texts = {name.name.lower(): name.text for name in names if name.scope is None}
        if MONTHS not in self._texts:
            raise BillError(
                f"{model.name} has no months to fill in, which the name {MONTHS} would give; "
                "a workbook of `xlcalc template new compute_plan` has them"
            )
        date1904 = counts_from_1904(model.package)
        self.months: list[int] = []
        for value in self.values(MONTHS):
            when = moment(value, _DATE, date1904) if isinstance(value, float) else None
            if not isinstance(when, date | datetime):
                raise BillError(f"{model.name}: {MONTHS} names a cell that holds no date")
            self.months.append(number_of(when))
        for before, after in zip(self.months, self.months[1:], strict=False):
            if after != before + 1:
                raise BillError(
                    f"{model.name}: in {MONTHS}, {month_text(after)} stands behind "
                    f"{month_text(before)}"
                )
        code = self.named("currency")
        self.currency = code.strip().upper() if isinstance(code, str) else ""
        if not self.currency:
            raise BillError(f"{model.name} has no cell with the name currency that holds a code")

    def has(self, name: str) -> bool:
        """Whether the workbook names the cells of a row of months."""
        return name in self._texts

    def cells(self, name: str) -> tuple[str, list[Position]]:
        """Return the sheet and the cells of a named row or column.

        Raises
        ------
        BillError
            If there is no such name, or it is no row or column.
        """
        found = _ROW.fullmatch(self._texts.get(name, ""))
        sheet = (found[1].replace("''", "'") if found[1] else found[2]) if found else ""
        first = cell_position(found[3]) if found else None
        last = cell_position(found[4] or found[3]) if found else None
        if not first or not last or sheet not in self.model.package.sheets:
            raise BillError(f"{self.model.name} has no cells with the name {name}")
        rows, columns = range(first[0], last[0] + 1), range(first[1], last[1] + 1)
        if min(len(rows), len(columns)) > 1:
            raise BillError(f"{self.model.name}: {name} names a block and not a row of months")
        return sheet, [(row, column) for row in rows for column in columns]

    def values(self, name: str) -> list[CellValue]:
        """Return what a named row holds, month by month.

        Raises
        ------
        BillError
            If it has not a cell for each month; errors are those of `cells` too.
        """
        sheet, cells = self.cells(name)
        if name != MONTHS and len(cells) != len(self.months):
            raise BillError(
                f"{self.model.name}: {name} names {len(cells)} cells for {len(self.months)} months"
            )
        return self.model.engine.values(sheet, cells)

    def column(self, name: str) -> list[CellValue]:
        """Return what a named row or column holds, however long it is."""
        return self.model.engine.values(*self.cells(name))

    def numbers(self, name: str) -> list[float]:
        """Return the numbers of a named row, month by month.

        Raises
        ------
        BillError
            If a cell holds none; errors are those of `cells` too.
        """
        if name in self._numbers:
            return self._numbers[name]
        found = self._numbers[name] = []
        for month, value in zip(self.months, self.values(name), strict=True):
            if isinstance(value, bool) or not isinstance(value, float):
                raise BillError(
                    f"{self.model.name}: {name} of {month_text(month)} is "
                    f"{'empty' if value is None else shown(value)} and no number"
                )
            found.append(value)
        return found

    def named(self, name: str) -> CellValue:
        """Return what a named cell holds, or None where there is no such name."""
        cell = self.model.cells.get(name)
        return None if cell is None else cell.value

    def runs(self) -> frozenset[str]:
        """Return the names of the plan's training runs in small letters."""
        texts = (
            cell.value
            for name, cell in self.model.cells.items()
            if re.fullmatch(r"run\d+_name", name)
        )
        return frozenset(text.strip().lower() for text in texts if isinstance(text, str) and text)

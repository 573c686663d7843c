"""What does a formula give that the workbook does not have, beside the cells of the workbook?

It is calculated on a scratch sheet of the workbook's engine, so its references need their sheets.
"""

import formualizer

from xlcalc.calc.engine import Engine
from xlcalc.calc.rule_formulas import Undecided
from xlcalc.cells import CellValue
from xlcalc.errors import WorkbookError

_KNOWN = 500
"""Formulas that a scratch sheet keeps."""


class ScratchSheet:
    """A sheet of an engine where formulas are calculated that the workbook does not have.

    Parameters
    ----------
    engine : Engine
        The workbook, calculated.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine, self._sheet = engine, engine.add_scratch_sheet()
        self._rows: dict[str, int] = {}

    def value(self, text: str) -> CellValue:
        """Return the value of a formula.

        Raises
        ------
        Undecided
            If the engine cannot read it, or gives up.
        """
        if len(self._rows) >= _KNOWN:
            for row in self._rows.values():
                self.engine.set_value(self._sheet, (row, 1), None)
            self._rows.clear()
        if text not in self._rows:
            try:
                formualizer.parse(f"={text}")  # what cannot be read would only be #VALUE!
            except Exception:  # noqa: BLE001  the engine raises no narrower class
                raise Undecided(f"no engine reads ={text:.60}") from None
            row = 1 + 2 * len(self._rows)
            for beside in ((row, 2), (row + 1, 1)):  # no array spills over these
                self.engine.set_value(self._sheet, beside, True)
            try:
                self.engine.set_formula(self._sheet, (row, 1), f"={text}")
                self.engine.calculate()
            except WorkbookError:
                self.engine.set_value(self._sheet, (row, 1), None)
                self.engine.calculate()
                raise Undecided(f"no engine calculates ={text:.60}") from None
            self._rows[text] = row
        return self.engine.value(self._sheet, (self._rows[text], 1))

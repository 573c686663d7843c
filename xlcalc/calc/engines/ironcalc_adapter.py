"""How does ironcalc take, calculate and give a workbook?"""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import ironcalc
from ironcalc import CellType

from xlcalc.calc.engines.adapting import number, sheet_index, sheet_indices, unsayable
from xlcalc.calc.engines.interface import THE_WORKBOOK
from xlcalc.cell_values import CellError, CellValue
from xlcalc.ooxml.positions import Position

_OWN_CODES = {"#N/IMPL!": "#NAME?", "#CIRC!": "#CALC!", "#ERROR!": "#NAME?"}
"""Excel's errors for those of ironcalc alone: functions not implemented, circles, no formula."""


class Adapter:
    """A workbook in ironcalc."""

    name = "ironcalc"

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take and calculate a workbook; the engine reads files alone, and has its own clock."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "workbook.xlsx"
            path.write_bytes(data)
            self._model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        sheets = self._model.get_worksheets_properties()
        self._indices = sheet_indices(sheet["name"] for sheet in sheets)
        self._model.evaluate()

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells."""
        found = {}
        for sheet, positions in places.items():
            index = sheet_index(self._indices, sheet)
            found[sheet] = [self._read(index, *position) for position in positions]
        return found

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate."""
        model = self._model
        for sheet, cells in constants.items():
            index = sheet_index(self._indices, sheet)
            for (row, column), value in cells.items():
                if value is None:
                    model.clear_cell_contents(index, row, column)
                elif isinstance(value, CellError):
                    model.update_cell_with_formula(index, row, column, f"={value.code}")
                elif isinstance(value, bool):
                    model.update_cell_with_bool(index, row, column, value)
                elif isinstance(value, str):
                    model.update_cell_with_text(index, row, column, value)
                else:
                    model.update_cell_with_number(index, row, column, float(value))
        model.evaluate()

    def _read(self, sheet: int, row: int, column: int) -> CellValue:
        value = self._model.get_cell_value(sheet, row, column)
        if isinstance(value, float):
            return number(value)
        if isinstance(value, str):
            # A text may read as an error does: the type of the cell tells them apart.
            if value[:1] == "#" and self._model.get_cell_type(sheet, row, column) == (
                CellType.ErrorValue
            ):
                own = _OWN_CODES.get(value)
                return CellError(own, f"ironcalc says {value}") if own else CellError(value)
            return value
        return value if value is None or isinstance(value, bool) else unsayable(value)

"""How does formualizer take, calculate and give a workbook?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import formualizer

from xlcalc.calc.engines.adapting import number, sheet_index, sheet_indices, unsayable
from xlcalc.calc.engines.interface import THE_WORKBOOK
from xlcalc.cell_values import CellError, CellValue
from xlcalc.ooxml.positions import Position

CODES = {
    "Div": "#DIV/0!",
    "Na": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
    "Spill": "#SPILL!",
    "Calc": "#CALC!",
}
"""Excel's errors by the names that formualizer has for them."""
KINDS = {code: kind for kind, code in CODES.items()}
_SPARSE = 20
"""Cells of a range for each wanted one, from which it is faster to read one by one."""


class Adapter:
    """A workbook in formualizer."""

    name = "formualizer"

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take and calculate a workbook."""
        self._workbook = formualizer.load_workbook_bytes(data)
        self._workbook.set_temporal_egress("serial")
        self._workbook.set_changelog_enabled(False)  # it would keep every value that ever was set
        if now is not None:
            zone = now.utcoffset()
            seconds = 0 if zone is None else int(zone.total_seconds())
            self._workbook.set_deterministic_clock(now.astimezone(UTC), seconds)
        self._names = list(self._workbook.sheet_names)
        self._indices = sheet_indices(self._names)
        self._workbook.evaluate_all()

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells."""
        return {sheet: self._read(self._own_name(sheet), places[sheet]) for sheet in places}

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate."""
        for sheet, cells in constants.items():
            own = self._own_name(sheet)
            for (row, column), value in cells.items():
                if isinstance(value, CellError):
                    error = {"type": "Error", "kind": KINDS.get(value.code, "Value")}
                    self._workbook.set_values_batch(own, row, column, [[error]])
                else:
                    self._workbook.set_value(own, row, column, value)
        self._workbook.evaluate_all()

    def _own_name(self, sheet: str) -> str:
        return self._names[sheet_index(self._indices, sheet)]

    def _read(self, sheet: str, positions: Sequence[Position]) -> list[CellValue]:
        if not positions:
            return []
        rows, columns = zip(*positions, strict=True)
        top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
        if (bottom - top + 1) * (right - left + 1) > _SPARSE * len(positions):
            read = self._workbook.get_value
            return [_cell_value(read(sheet, *position)) for position in positions]
        area = formualizer.RangeAddress(sheet, top, left, bottom, right)
        table = self._workbook[sheet].get_values(area)
        return [_cell_value(table[row - top][column - left]) for row, column in positions]


def _cell_value(value: Any) -> CellValue:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return number(float(value))
    if isinstance(value, dict) and value.get("type") == "Error":
        return CellError(CODES.get(value.get("kind", ""), "#VALUE!"), value.get("message") or "")
    return None if isinstance(value, dict) and value.get("type") == "Empty" else unsayable(value)

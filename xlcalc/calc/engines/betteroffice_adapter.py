"""How does betteroffice-xlsx take, calculate and give a workbook?"""

from collections.abc import Mapping, Sequence
from datetime import datetime

import betteroffice_xlsx

from xlcalc.calc.engines.adapting import number, serial_number, sheet_index, sheet_indices
from xlcalc.calc.engines.interface import THE_WORKBOOK, EngineError
from xlcalc.cell_values import CellError, CellValue
from xlcalc.ooxml.positions import Position, cell_name

NOT_CALCULATED = CellError("#CALC!", "betteroffice does not calculate this formula")
_FEW = 20
"""Inputs that are faster set one by one, which calculates for each what follows from it.

`set_many` calculates once, but takes 1 s in a workbook of 35,000 cells, where `set` takes 8 ms.
"""


class Adapter:
    """A workbook in betteroffice-xlsx.

    The engine takes inputs as somebody types them, in view of the number format of the cell. So
    each one is read back, and a cell that made another value of it gets the format General first.

    A formula that the engine cannot calculate keeps the value that is stored in the file; without
    one it is empty, and others go on calculating with 0. `engine_file` puts an error there.
    """

    name = "betteroffice"

    def load(self, data: bytes, file: str = THE_WORKBOOK, now: datetime | None = None) -> None:
        """Take and calculate a workbook."""
        self._now = serial_number(datetime.now() if now is None else now)
        self._workbook = betteroffice_xlsx.Workbook.open_recalculated(data, now_serial=self._now)
        self._indices = sheet_indices(self._workbook.sheet_names)

    def values(self, places: Mapping[str, Sequence[Position]]) -> dict[str, list[CellValue]]:
        """Return the values of cells."""
        found = {}
        for sheet, positions in places.items():
            index = sheet_index(self._indices, sheet)
            found[sheet] = [self._read(index, cell_name(position)) for position in positions]
        return found

    def set_values(self, constants: Mapping[str, Mapping[Position, CellValue]]) -> None:
        """Put constants into cells, and calculate."""
        for sheet, cells in constants.items():
            index = sheet_index(self._indices, sheet)
            named = {cell_name(position): value for position, value in cells.items()}
            self._type(index, named)
            for name in (wrong := self._otherwise(index, named)):
                self._workbook.set_number_format(index, name, "General")
            if wrong:
                self._type(index, wrong)
            for name, value in self._otherwise(index, wrong).items():
                raise EngineError(f"{sheet}!{name} does not take {value!r}")

    def _type(self, sheet: int, cells: Mapping[str, CellValue]) -> None:
        inputs = [(name, _typed(value)) for name, value in cells.items()]
        if len(inputs) > _FEW:
            self._workbook.set_many(sheet, inputs, now_serial=self._now)
            return
        for name, typed in inputs:
            self._workbook.set(sheet, name, typed, now_serial=self._now)

    def _otherwise(self, sheet: int, cells: Mapping[str, CellValue]) -> dict[str, CellValue]:
        """Return the cells that now hold another value than the given one."""
        return {
            name: value
            for name, value in cells.items()
            if _told_apart(self._read(sheet, name)) != _told_apart(value)
        }

    def _read(self, sheet: int, name: str) -> CellValue:
        value = self._workbook.value(sheet, name)
        if value is None:
            return NOT_CALCULATED if self._workbook.formula(sheet, name) else None
        if isinstance(value, bool | str):
            return value
        if isinstance(value, float):
            return number(value)
        return CellError(value.code)


def _typed(value: CellValue) -> str:
    """Return what somebody types for a value."""
    if value is None:
        return ""
    if isinstance(value, CellError):
        return f"={value.code}"
    if isinstance(value, str):
        return f"'{value}"  # without the apostrophe 1.0 would become a number
    return str(value).upper() if isinstance(value, bool) else repr(float(value))


def _told_apart(value: CellValue) -> tuple[type, object]:
    """Return what equals the same of another value of the same kind alone."""
    if isinstance(value, CellError):
        return CellError, value.code
    return (float, float(value)) if isinstance(value, int | float) else (type(value), value)

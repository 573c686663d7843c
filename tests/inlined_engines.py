"""Engines that calculate workbooks without callbacks, as the tests of inlined formulas need them.

A value is None, a float, a bool, a text, or a `CellError`. Nothing is made equal here but the forms
in which the engines hand values back.
"""

import re
from pathlib import Path

import betteroffice_xlsx
import formualizer
import formulon
import ironcalc

from xlcalc.calc.engine import from_engine
from xlcalc.cells import CellError, CellValue
from xlcalc.ooxml.markup import Position, cell_name
from xlcalc.ooxml.package import Package

_VALUE = re.compile(
    rb'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(?: t="[a-z]+")?>'
    rb"(<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)(?:<v>[^<]*</v>|<v ?/>)?(?=</c>)"
)


def without_values(package: Package) -> bytes:
    """Return a file without the values behind its formulas, which engines would hand back."""
    bare = package.copy()
    for part in bare.sheets.values():
        bare.replace(part, _VALUE.sub(rb"\1>\2", bare.part(part)))
    return bare.to_stored_bytes()


class Formualizer:
    """formualizer, without any function of ours."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self._workbook = formualizer.load_workbook_bytes(data)
        self._workbook.set_temporal_egress("serial")
        self._workbook.evaluate_all()

    def value(self, sheet: str, position: Position) -> CellValue:
        return from_engine(self._workbook.get_value(sheet, *position))

    def set_numbers(self, numbers: dict[tuple[str, Position], float]) -> None:
        for (sheet, position), number in numbers.items():
            self._workbook.set_value(sheet, *position, number)
        self._workbook.evaluate_all()


class BetterOffice:
    """betteroffice-xlsx."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self._workbook = betteroffice_xlsx.Workbook.open_recalculated(data)

    def value(self, sheet: str, position: Position) -> CellValue:
        value = self._workbook.value(sheet, cell_name(position))
        if isinstance(value, bool | float | str) or value is None:
            return value
        return float(value) if isinstance(value, int) else CellError(str(value))

    def set_numbers(self, numbers: dict[tuple[str, Position], float]) -> None:
        for (sheet, position), number in numbers.items():
            self._workbook.set(sheet, cell_name(position), repr(number))


class IronCalc:
    """ironcalc."""

    def __init__(self, data: bytes, folder: Path) -> None:
        path = folder / "workbook.xlsx"
        path.write_bytes(data)
        self._model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        self._model.evaluate()
        sheets = self._model.get_worksheets_properties()
        self._sheets = {sheet["name"]: number for number, sheet in enumerate(sheets)}

    def value(self, sheet: str, position: Position) -> CellValue:
        value = self._model.get_cell_value(self._sheets[sheet], *position)
        if isinstance(value, str) and re.fullmatch(r"#[A-Z0-9/]+[!?A0]", value):
            return CellError(value)
        return float(value) if type(value) is int else value

    def set_numbers(self, numbers: dict[tuple[str, Position], float]) -> None:
        for (sheet, position), number in numbers.items():
            self._model.update_cell_with_number(self._sheets[sheet], *position, number)
        self._model.evaluate()


class Formulon:
    """formulon, which takes seconds for the first file of a process."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self._workbook = formulon.Workbook.load(data)
        self._workbook.recalc()
        count = self._workbook.sheet_count
        numbers = range(count() if callable(count) else count)
        self._sheets = {self._workbook.sheet_name(number): number for number in numbers}

    def value(self, sheet: str, position: Position) -> CellValue:
        row, column = position
        value = self._workbook.get_value(self._sheets[sheet], row - 1, column - 1)
        if value.kind.name == "ERROR":
            return CellError(formulon.error_display_name(value.error_code))
        plain = None if value.kind.name in {"EMPTY", "BLANK"} else value.to_python()
        return float(plain) if type(plain) is int else plain

    def set_numbers(self, numbers: dict[tuple[str, Position], float]) -> None:
        for (sheet, (row, column)), number in numbers.items():
            self._workbook.set_number(self._sheets[sheet], row - 1, column - 1, number)
        self._workbook.recalc()


QUICK = {"formualizer": Formualizer, "betteroffice": BetterOffice, "ironcalc": IronCalc}
"""The engines that start quickly."""

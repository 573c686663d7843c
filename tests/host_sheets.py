"""The table of `host_cases` in the hosts that calculate a sheet with all calls on it.

Each `…_host` makes a host ready and returns a function that takes a case and gives its value.
"""

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import formulon
import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests import host_cells
from tests.built import built
from tests.calc import Calc, Office
from tests.host_cases import CASES, REFUSED, Case
from tests.host_cells import fill
from tests.workbooks import to_bytes
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, CellValue
from xlcalc.dialects import convert
from xlcalc.errors import DialectError
from xlcalc.formula_text import calls
from xlcalc.hosts.libreoffice import extension
from xlcalc.lambdas import lambda_text
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of

SHEET = "Cells"
FIRST_COLUMN = 27
"""Where formulas stand beside the sheet's cells: in AA, each with room below and to the right."""
ROOM = 10


def engine_host() -> Callable[[Case], Any]:
    """Calculate the calls in a workbook, in the engine that calls Python."""
    engine = WorkbookModel(calls_file(), "calls.xlsx").engine

    def value(place: tuple[int, int]) -> Any:
        found = engine.value(SHEET, place)
        return found.code if isinstance(found, CellError) else found

    return lambda case: _cells(case, "engine", value)


def lambda_host() -> Callable[[Case], Any]:
    """Calculate the calls as LAMBDA names, typed in, in an engine that knows no Python."""
    book = formulon.Workbook.load(to_bytes(_base()[0]))
    for name, cell in host_cells.SHEET.items():
        if isinstance(cell.value, CellError):  # the newer ones, which no file holds as they are
            row, column = coordinate_to_tuple(name)
            book.set_formula(0, row - 1, column - 1, f"={cell.value.code}")
    for spec in map(spec_of, {BY_NAME[case.function]: None for case in CASES}):
        if not spec.untraceable:
            book.set_defined_name(f"XLC.{spec.name}", lambda_text(spec))
    for (row, column), case in places():
        book.set_formula(0, row - 1, column - 1, f"=XLC.{case.formula}")
    book.recalc()

    def value(place: tuple[int, int]) -> CellValue:
        found = book.get_value(0, place[0] - 1, place[1] - 1)
        if found.error_code is not None:
            return formulon.error_display_name(found.error_code)
        plain = found.to_python()
        return float(plain) if type(plain) is int else plain

    return lambda case: _cells(case, "lambda", value)


def native_host() -> Callable[[Case], Any]:
    """Calculate the calls as plain formulas; a call that has no plain form is `REFUSED`."""
    book, sheet = _base()
    for place, case in places():
        if case.expected_of("native") != REFUSED:
            sheet.cell(*place).value = f"={case.formula}"
    data = convert(to_bytes(book), "calls.xlsx", "native").data
    engine = WorkbookModel(data, "calls.xlsx").engine

    def value(place: tuple[int, int]) -> Any:
        found = engine.value(SHEET, place)
        return found.code if isinstance(found, CellError) else found

    def call(case: Case) -> Any:
        if case.expected_of("native") != REFUSED:
            return _cells(case, "native", value)
        book = openpyxl.Workbook()
        fill(book.active)
        book.active["AA1"] = f"={case.formula}"
        try:
            convert(to_bytes(book), "call.xlsx", "native")
        except DialectError:
            return REFUSED
        return "not refused"

    return call


def libreoffice_host(name: str, office: Office) -> Callable[[Case], Any]:
    """Type the calls into the sheet in a LibreOffice that has our add-in."""
    with TemporaryDirectory() as folder:
        addin, sheet = Path(folder, "xlcalc.oxt"), Path(folder, "cells.xlsx")
        addin.write_bytes(extension(Path(sys.executable)))
        book = openpyxl.Workbook()
        fill(book.active)
        sheet.write_bytes(to_bytes(book))
        steps: list[tuple[str, ...]] = []
        for place, case in places():
            area = _area(place, case.expected_of(name))
            typed = f"={_with_semicolons(case.formula)}"
            steps.append(("TypeArray" if ":" in area else "TypeInto", area, typed))
            steps.append(("Values", area))
        answers = Calc(office, addin, Path(folder, "home")).ask(steps, sheet.as_uri())
    found = {}
    for (place, case), fields in zip(places(), answers, strict=True):
        [height, width] = _size(case.expected_of(name))
        shown = map(_calc_value, fields)
        found |= {
            (place[0] + down, place[1] + right): next(shown)
            for down in range(height)
            for right in range(width)
        }
    return lambda case: _cells(case, name, found.get)


def _calc_value(field: str) -> Any:
    """Return a value that the macro printed, behind a letter for its kind."""
    return float(field[1:]) if field.startswith("n") else field[1:]


def _with_semicolons(formula: str) -> str:
    """Return a call with LibreOffice's separator, and TRUE as it writes it."""
    [call] = [call for call in calls(formula) if call.start == 0]
    arguments = [formula[start:end].strip() for start, end in call.arguments]
    written = [f"{text}()" if text in {"TRUE", "FALSE"} else text for text in arguments]
    return f"{formula.partition('(')[0]}({';'.join(written)})"


def _base() -> tuple[openpyxl.Workbook, Worksheet]:
    """Return a workbook with the sheet, and what look-ups of GPUs by LAMBDA names read."""
    book = openpyxl.load_workbook(io.BytesIO(built("function_library")))
    for name in book.sheetnames:
        if name != "Catalogue":
            del book[name]
    for name in list(book.defined_names):
        if not name.startswith("catalogue_gpu"):
            del book.defined_names[name]
    sheet = book.create_sheet(SHEET, 0)
    fill(sheet)
    return book, sheet


def calls_file() -> bytes:
    """Return a workbook with the sheet and all calls on it, in the dialect udf."""
    book, sheet = _base()
    for place, case in places():
        area = _area(place, case.expected_of("engine"))
        formula = f"={case.formula}"
        sheet.cell(*place).value = ArrayFormula(area, formula) if ":" in area else formula
    return to_bytes(book)


def places() -> Iterator[tuple[tuple[int, int], Case]]:
    """Yield where the formula of each case stands, as row and column, and the case."""
    for index, case in enumerate(CASES):
        yield (1 + ROOM * index, FIRST_COLUMN), case


def _size(expected: Any) -> tuple[int, int]:
    """Return the rows and columns of a value."""
    return (len(expected), len(expected[0])) if isinstance(expected, list) else (1, 1)


def _area(place: tuple[int, int], expected: Any) -> str:
    """Return the cells that a value takes, as A1 or A1:B2."""
    (row, column), (height, width) = place, _size(expected)
    first = f"{get_column_letter(column)}{row}"
    last = f"{get_column_letter(column + width - 1)}{row + height - 1}"
    return f"{first}:{last}" if isinstance(expected, list) else first


def _cells(case: Case, host: str, value: Callable[[tuple[int, int]], Any]) -> list[list[Any]]:
    """Return what a host has in the cells of a case: as many as are expected, or more if it has."""
    row, column = next(place for place, other in places() if other is case)
    height, width = _size(case.expected_of(host))
    height += value((row + height, column)) is not None
    width += value((row, column + width)) is not None
    return [
        [value((row + down, column + right)) for right in range(width)] for down in range(height)
    ]

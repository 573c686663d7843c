"""The table of `host_cases`, taken through every host that runs here.

A host joins with a function that takes a case and returns a value: a number, a text, TRUE or FALSE,
an error as its code, or rows of these. Its name stands in `HOSTS`, and in `differs` of a case where
it differs by nature.
"""

import functools
import io
import math
from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from typing import Any

import formulon
import openpyxl
import pytest
import xlcalc_udfs
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests.built import built
from tests.host_cases import (
    CASES,
    LAST_ROW,
    SHEET,
    STOCK,
    Case,
    as_date,
    date_of,
    fill,
)
from tests.udf_hosts import call_server
from tests.workbooks import to_bytes
from xlcalc.calc.engine import Engine
from xlcalc.calc.model import WorkbookModel
from xlcalc.cells import CellError, CellValue
from xlcalc.lambdas import lambda_text
from xlcalc.registry import BY_NAME
from xlcalc.worksheet import spec_of

FIRST_COLUMN = 27
"""Where formulas stand beside the sheet's cells: in AA, each with room below and to the right."""
ROOM = 10
USED = 20
"""Rows of whole columns that may have something in them."""

_COM_ERRORS = {"#SPILL!": 2045, "#CALC!": 2050, "#FIELD!": 2049, "#BUSY!": 2051}
_SERVER_ERRORS = {
    "Div0": "#DIV/0!",
    "NotAvailable": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}


def call_com(case: Case) -> Any:
    """Call the UDF module with what xlwings makes of Excel's cells on Windows."""
    formats = {id(cell.value): cell for cell in SHEET.values()}

    def seen(value: CellValue) -> Any:
        if isinstance(value, CellError):
            number = _COM_ERRORS.get(value.code)
            return value.code if number is None else number - 2146828288
        cell = formats.get(id(value))
        if cell is not None and as_date(cell):
            return date_of(value)
        if cell is not None and "$" in cell.number_format:
            return Decimal(value).quantize(Decimal("0.0001"))
        return value

    return getattr(xlcalc_udfs, case.function)(*as_rows(case, seen))


def call_office(case: Case) -> Any:
    """Call xlwings Server as Excel's add-in does."""

    def seen(value: CellValue) -> Any:
        if isinstance(value, CellError):
            return {"type": "Error", "basicType": "Error", "basicValue": value.code}
        if value == STOCK:
            return {"type": "LinkedEntity", "text": STOCK, "basicValue": "#VALUE!"}
        return "" if value is None else value

    def plain(value: Any) -> Any:
        return _SERVER_ERRORS[value["errorType"]] if isinstance(value, dict) else value

    rows = call_server(case.function, *as_rows(case, seen, whole=False))
    return [[plain(value) for value in row] for row in rows]


def as_rows(case: Case, seen: Callable[[CellValue], Any], *, whole: bool = True) -> list[Any]:
    """Return the arguments of a case as rows of what a host sees; one left out is None.

    Without `whole`, a whole column ends where the longest one is used.
    """
    found: list[Any] = []
    for argument in case.arguments():
        rows = argument if isinstance(argument, list) else [[argument]]
        is_column = len(rows) == LAST_ROW
        used = rows[:USED] if is_column else rows
        shown = None if argument is None else [[seen(cell) for cell in row] for row in used]
        if is_column and whole:
            shown += [[seen(None)]] * (LAST_ROW - USED)
        found.append(shown)
    return found if whole else trimmed(case, found)


def trimmed(case: Case, arguments: list[Any]) -> list[Any]:
    """Return arguments, of which whole columns end where the longest one is used."""
    columns = [
        isinstance(argument, list) and len(argument) == LAST_ROW for argument in case.arguments()
    ]
    taken = [rows for rows, is_column in zip(arguments, columns, strict=True) if is_column]
    last = max((n for rows in taken for n, (cell,) in enumerate(rows, 1) if cell != ""), default=0)
    return [
        rows[:last] if is_column else rows
        for rows, is_column in zip(arguments, columns, strict=True)
    ]


def base() -> tuple[openpyxl.Workbook, Worksheet]:
    """Return a workbook with the sheet, and those that look-ups of LAMBDA names read."""
    book = openpyxl.load_workbook(io.BytesIO(built("function_library")))
    for name in ("Cover", "Functions"):
        del book[name]
    sheet = book.create_sheet("Cells", 0)
    fill(sheet)
    return book, sheet


@functools.cache
def sheets_file() -> bytes:
    """Return a workbook with the sheet and no call."""
    return to_bytes(base()[0])


@functools.cache
def calls_file() -> bytes:
    """Return a workbook with the sheet and all calls on it, in the dialect udf."""
    book, sheet = base()
    for place, case in places():
        cell = sheet.cell(*place)
        expected = case.expected_of("engine")
        if isinstance(expected, list):
            height, width = len(expected), len(expected[0])
            last = sheet.cell(place[0] + height - 1, place[1] + width - 1).coordinate
            cell.value = ArrayFormula(f"{cell.coordinate}:{last}", f"={case.formula}")
        else:
            cell.value = f"={case.formula}"
    return to_bytes(book)


def places():
    """Yield where the formula of each case stands, and the case."""
    for index, case in enumerate(CASES):
        yield (1 + ROOM * index, FIRST_COLUMN), case


def from_file(case: Case, expected: Any, value: Callable[[str, tuple[int, int]], CellValue]) -> Any:
    """Return what an engine has in the cells of a case, as many as are expected."""

    def plain(cell: CellValue) -> Any:
        return cell.code if isinstance(cell, CellError) else cell

    row, column = next(place for place, other in places() if other is case)
    if not isinstance(expected, list):
        return plain(value("Cells", (row, column)))
    height, width = len(expected), len(expected[0])
    return [
        [plain(value("Cells", (row + down, column + right))) for right in range(width)]
        for down in range(height)
    ]


@functools.cache
def _engine() -> Engine:
    return WorkbookModel(calls_file(), "calls.xlsx").engine


def call_engine(case: Case) -> Any:
    """Calculate the call in a workbook, in the engine that calls Python."""
    return from_file(case, case.expected_of("engine"), _engine().value)


@functools.cache
def _formulon() -> formulon.Workbook:
    """Return the sheet with all calls as LAMBDA names, typed in as a person would."""
    book = formulon.Workbook.load(sheets_file())
    for spec in map(spec_of, {BY_NAME[case.function]: None for case in CASES}):
        if not spec.untraceable:
            book.set_defined_name(f"XLC.{spec.name}", lambda_text(spec))
    for (row, column), case in places():
        book.set_formula(0, row - 1, column - 1, f"=XLC.{case.formula}")
    book.recalc()
    return book


def call_lambda(case: Case) -> Any:
    """Calculate the call as a LAMBDA name, in an engine that knows no Python."""

    def value(sheet: str, place: tuple[int, int]) -> CellValue:
        found = _formulon().get_value(0, place[0] - 1, place[1] - 1)
        if found.error_code is not None:
            return CellError(formulon.error_display_name(found.error_code))
        plain = found.to_python()
        return float(plain) if type(plain) is int else plain

    return from_file(case, case.expected_of("lambda"), value)


HOSTS: dict[str, Callable[[Case], Any]] = {
    "com": call_com,
    "server": call_office,
    "engine": call_engine,
    "lambda": call_lambda,
}
"""The hosts that run here, each by a function that takes a case and returns its value."""


def alone(value: Any) -> Any:
    """Return rows of one cell as that cell."""
    if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
        return value[0][0]
    return value


def same(expected: Any, got: Any) -> bool:
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and [len(row) for row in expected] == [len(row) for row in got]
            and all(map(same, chain(*expected), chain(*got)))
        )
    if isinstance(expected, float) and isinstance(got, float):
        return math.isclose(expected, got, rel_tol=1e-12, abs_tol=0.0)
    return type(expected) is type(got) and expected == got


SLOW = {"lambda": pytest.mark.slow}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("host", [pytest.param(host, marks=SLOW.get(host, ())) for host in HOSTS])
def test_a_call_gives_the_same_in_every_host(host, case):
    expected, got = alone(case.expected_of(host)), alone(HOSTS[host](case))
    assert same(expected, got), f"{case.formula}: expected {expected}, got {got}"


def test_each_case_has_its_name_and_each_difference_its_reason():
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)
    assert [] == [case.name for case in CASES if bool(case.differs) != bool(case.why)]
    assert set() == {host for case in CASES for host in case.differs} - HOSTS.keys()
    assert [] == [c.name for c in CASES for host in c.differs if c.differs[host] == c.expected]


def test_values_that_are_not_the_same_are_told_apart():
    assert [True, True] == [same(0.1 + 0.2, 0.3), same([["#N/A", 1.0]], [["#N/A", 1.0]])]
    wrong = [(1.0, True), (1.0, 1.0 + 1e-9), ([[1.0]], 1.0), ([[1.0], [2.0]], [[1.0, 2.0]])]
    assert [False] * len(wrong) == [same(*pair) for pair in wrong]

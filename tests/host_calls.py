"""The table of `host_cases` in the hosts that hand arguments to Python, each as its cells arrive.

Each `…_host` makes a host ready and returns a function that takes a case and gives its value. A
host that takes long to start has all calls done by then.
"""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xlcalc_udfs

from tests.host_cases import CASES, Case, alone
from tests.host_cells import LAST_ROW, SHEET, STOCK, as_date, date_of
from tests.office_server import Server, chromium, task_pane
from tests.udf_hosts import call_server
from tests.wasm import ask_wasm
from xlcalc.cells import CellError, CellValue
from xlcalc.hosts.server.project import Wanted, write_project

USED = 20
"""Rows of whole columns that may have something in them."""

_COM_ERRORS = {"#SPILL!": 2045, "#CALC!": 2050, "#FIELD!": 2049, "#BUSY!": 2051}
_OFFICE_ERRORS = {
    "Div0": "#DIV/0!",
    "NotAvailable": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
_PANE_CALLS = "calls => Promise.all(calls.map(given => excelCell(...given)))"


def com_host() -> Callable[[Case], Any]:
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

    return lambda case: getattr(xlcalc_udfs, case.function)(*_rows(case, seen))


def server_host() -> Callable[[Case], Any]:
    """Call xlwings Server as Excel's add-in does."""
    return lambda case: _plain(call_server(case.function, *_office_rows(case)))


def wasm_host() -> Callable[[Case], Any]:
    """Call the light wheel in Python for wasm32, as xlwings Lite does: all calls in one start."""
    answers = ask_wasm(*(["call", case.function, *_office_rows(case)] for case in CASES))
    return _by_name(_plain(answer) for answer in answers)


def browser_host() -> Callable[[Case], Any]:
    """Call the add-in's own JavaScript in a browser, beside its server: all calls on one page."""
    calls = [[case.function, *map(alone, _office_rows(case))] for case in CASES]
    with TemporaryDirectory() as folder:
        write_project(Path(folder), Wanted())
        server = Server(Path(folder))
        try:
            with chromium() as browser:
                answers = task_pane(browser, server).evaluate(_PANE_CALLS, calls)
        finally:
            server.stop()
    return _by_name([[_shown(cell) for cell in row] for row in rows] for rows in answers)


def _by_name(answers: Any) -> Callable[[Case], Any]:
    found = {case.name: answer for case, answer in zip(CASES, answers, strict=True)}
    return lambda case: found[case.name]


def _plain(rows: list[list[Any]]) -> list[list[Any]]:
    """Return the rows of an answer with errors as their codes."""
    return [
        [_OFFICE_ERRORS[value["errorType"]] if isinstance(value, dict) else value for value in row]
        for row in rows
    ]


def _shown(cell: dict[str, Any]) -> Any:
    """Return what a cell shows; JavaScript has one kind of number."""
    value = cell["error"] if "error" in cell else cell["value"]
    return float(value) if type(value) is int else value


def _office_rows(case: Case) -> list[Any]:
    """Return the arguments of a case as Office.js sends them.

    Whole columns end where the longest one is used.
    """

    def seen(value: CellValue) -> Any:
        if isinstance(value, CellError):
            return {"type": "Error", "basicType": "Error", "basicValue": value.code}
        if value == STOCK:
            return {
                "type": "LinkedEntity",
                "text": STOCK,
                "basicType": "Error",
                "basicValue": "#VALUE!",
            }
        return "" if value is None else value

    return _trimmed(case, _rows(case, seen, whole=False))


def _rows(case: Case, seen: Callable[[CellValue], Any], *, whole: bool = True) -> list[Any]:
    """Return the arguments of a case as rows of what a host sees; one left out is None.

    Without `whole`, a whole column ends behind its last row that may have something in it.
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
    return found


def _trimmed(case: Case, arguments: list[Any]) -> list[Any]:
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

"""Cases of functions with the value that Excel gave, and the workbooks that ask for them.

Two kinds are read from a folder: `formulon.json`, whose cases are formulas with the cells that they
read, and `cellrune/`, a workbook with a manifest of its cases; `document_cases` reads a third. A
`Suite` makes a workbook for any of its cases, so that one engine run answers many and a case that
fails can be asked alone.
"""

import functools
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from tests.benchmarks.cell_values import CellFailure, Key, Value, position
from tests.benchmarks.changed_files import without_cells, without_values
from tests.benchmarks.formula_storage import as_stored, may_spill
from tests.benchmarks.stored_values import read

_CALL = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_ERROR_FORMULAS = {"#N/A": "=NA()", "#DIV/0!": "=1/0"}
UNKNOWN = ("#NAME?", "#CALC!")
"""Errors by which engines say that they cannot calculate a cell."""
ANY_ERROR = CellFailure("any error")
"""What a case expects that wants an error and no certain one."""
FORMULA_PLACE = (1, 26)
"""Row and column of the formula of a case with cells of its own; ROW() is 1 in the suite."""


@dataclass(frozen=True)
class Case:
    """A formula and the values that Excel gave, the first of them in the formula's own cell.

    `neutral` is False where the value depends on the language that Excel ran in.
    """

    suite: str
    id: str
    function: str
    formula: str
    cells: tuple[Key, ...]
    expect: tuple[Value, ...]
    absolute: float = 0.0
    relative: float = 1e-9
    neutral: bool = True

    def right(self, got: Sequence[Value]) -> bool:
        """Whether values are Excel's, within the tolerance of the case."""
        return all(self.right_at(index, have) for index, have in enumerate(got))

    def right_at(self, index: int, have: Value) -> bool:
        """Whether the value of one of the cells is Excel's."""
        want = self.expect[index]
        if isinstance(want, float) and isinstance(have, float):
            allowed = max(self.absolute, self.relative * abs(want), 1e-12 * abs(want))
            return want == have or abs(want - have) <= allowed
        if isinstance(want, CellFailure) and isinstance(have, CellFailure):
            if want == ANY_ERROR:
                return have.code not in UNKNOWN
            return want.code == have.code or want.newer or have.newer
        if want in (None, "") and have in (None, ""):
            return True
        return type(want) is type(have) and want == have


class Suite(Protocol):
    """Cases, and the workbook that has the formulas of some of them."""

    name: str
    cases: list[Case]
    batch: int

    def workbook(self, cases: Sequence[Case]) -> bytes:
        """Return a workbook with these cases, without stored values."""


def function_of(formula: str) -> str:
    """Return the first function that a formula calls."""
    found = _CALL.search(re.sub(r'"(?:[^"]|"")*"', '""', formula))
    return found[1].upper() if found is not None else "(operators)"


class CellSuite:
    """The cases of a JSON file: formulas with the cells that they read, a sheet a case."""

    batch = 64

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._setups: dict[str, dict[str, Any]] = {}
        self.cases = []
        for number, one in enumerate(json.loads(path.read_text(encoding="utf-8"))):
            expect, tolerance = one["expect"], one.get("tolerance") or {}
            want = CellFailure(expect["code"]) if expect["kind"] == "error" else expect["value"]
            sheet = f"Case{number + 1}"
            self._setups[sheet] = one["setup"]
            self.cases.append(
                Case(
                    self.name,
                    f"{one['suite']}/{one['id']}",
                    function_of(one["formula"]),
                    one["formula"],
                    (Key(sheet, *FORMULA_PLACE),),
                    (float(want) if expect["kind"] == "number" else want,),
                    tolerance.get("abs", 0.0),
                    tolerance.get("rel", 0.0),
                    # Excel ran in Japanese: kana, widths, eras and currencies belong to it.
                    not one["locale_bound"] and json.dumps(one, ensure_ascii=False).isascii(),
                )
            )

    def workbook(self, cases: Sequence[Case]) -> bytes:
        """Return a workbook with a sheet for each case."""
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"use_future_functions": True}) as book:
            for case in cases:
                sheet = book.add_worksheet(case.cells[0].sheet)
                for name, cell in self._setups[sheet.get_name()].items():
                    row, column = position(name)
                    _put(sheet, row - 1, column - 1, cell)
                key, text = case.cells[0], as_stored(case.formula)
                if may_spill(case.formula):
                    at = (key.row - 1, key.column - 1) * 2
                    sheet.write_dynamic_array_formula(*at, text)
                else:
                    sheet.write_formula(key.row - 1, key.column - 1, text)
        return without_values(target.getvalue())


def _put(sheet: Any, row: int, column: int, cell: dict[str, Any]) -> None:
    kind, value = cell["kind"], cell.get("value")
    if kind == "number":
        sheet.write_number(row, column, value)
    elif kind == "bool":
        sheet.write_boolean(row, column, value)
    elif kind == "text" and value:
        sheet.write_string(row, column, value)
    elif kind == "text":
        sheet.write_formula(row, column, '=""')
    elif kind == "error":
        sheet.write_formula(row, column, _ERROR_FORMULAS.get(cell["code"], f"={cell['code']}"))
    else:
        sheet.write_formula(row, column, as_stored(cell["formula"]))


class WorkbookSuite:
    """The cases of one workbook, whose stored values are the right ones."""

    def __init__(self, name: str, data: bytes, cases: list[Case]) -> None:
        self.name, self.cases, self._data = name, cases, data
        self.batch = max(len(cases), 1)

    @functools.cached_property
    def _bare(self) -> bytes:
        return without_values(self._data)

    def workbook(self, cases: Sequence[Case]) -> bytes:
        """Return the workbook without the formulas of other cases."""
        kept = set(cases)
        others = [case.cells[0] for case in self.cases if case not in kept]
        return without_cells(self._bare, read(self._data), others) if others else self._bare


def manifest_suite(folder: Path) -> WorkbookSuite:
    """Return the suite of a folder with `case-manifest.json` and a workbook."""
    manifest = json.loads((folder / "case-manifest.json").read_text(encoding="utf-8"))
    data = next(iter(sorted(folder.glob("*.xlsx")))).read_bytes()
    stored = read(data)
    spilled: dict[Key, list[Key]] = {}
    for key, cell in stored.cells.items():
        if cell.kind == "spill" and cell.master is not None:
            spilled.setdefault(cell.master, []).append(key)
    cases = []
    for one in manifest["cases"]:
        sheet, _, name = (one["formula_address"] or "").rpartition("!")
        if not one["active"] or not name:
            continue
        key = Key(sheet.strip("'"), *position(name))
        cells = (key, *spilled.get(key, ()))
        if key in stored.cells:
            values = tuple(stored.cells[cell].value for cell in cells)
            function, formula = one["function"].upper(), one["authored_formula"]
            cases.append(Case(folder.name, one["case_key"], function, formula, cells, values))
    return WorkbookSuite(folder.name, data, cases)


def suites(folder: Path) -> Iterator[Suite]:
    """Give the suites of a folder, in one order."""
    if (folder / "formulon.json").exists():
        yield CellSuite(folder / "formulon.json")
    if (folder / "cellrune").is_dir():
        yield manifest_suite(folder / "cellrune")

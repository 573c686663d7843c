"""One table of calls for all hosts: what is in the cells, what is called, what comes out.

`SHEET` is a sheet as a person has it, with formats, merged cells and hidden rows. Each case is a
formula on it, as Excel would show it, and the value that every host gives: a number, a text, TRUE,
an error as its code, or rows of these. Where a host differs by nature, `differs` says its value.
A host joins by a function that takes a case and returns such a value (`tests/test_hosts.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import coordinate_from_string

from xlcalc.cells import CellError, CellRange, CellValue
from xlcalc.formula_text import calls

LAST_ROW = 1_048_576
ROWS = 40
"""Rows of the sheet in which there may be something."""


class Cell(NamedTuple):
    """A cell of the sheet: its value as Excel has it, and how it is formatted."""

    value: CellValue
    number_format: str = "General"


def error(code: str) -> Cell:
    return Cell(CellError(code))


REFUSED = "refused"
"""What a host gives that says beforehand that it cannot have a call."""

STOCK = "Microsoft Corp (XNAS:MSFT)"
"""What a cell with the data type Stocks shows; its value is a record, and no number."""

SHEET: Mapping[str, Cell] = {
    "A1": Cell(7e9),
    "A2": Cell(1.4e12),
    "A3": Cell("7e9"),
    "A4": Cell("1,5"),
    "A5": Cell(True),
    "A6": Cell(0.4, "0%"),
    "A7": Cell(2.5, '"$"#,##0.00'),
    "A8": Cell(46082.0, "yyyy-mm-dd"),
    "A9": Cell(1e308),
    "A10": Cell(-1.0),
    "A11": Cell(0.0),
    "A12": Cell("gemini"),
    # A13 is empty.
    "A14": Cell("a100 sxm 80gb "),
    "A15": Cell("tdp_w"),
    "A16": Cell(False),
    "A17": Cell("=1+1 as text"),
    "A18": Cell(45000.0, "yyyy-mm-dd"),
    # Rows against columns.
    "C1": Cell(1.0),
    "C2": Cell(2.0),
    "C3": Cell(3.0),
    "D1": Cell(10.0),
    "E1": Cell(20.0),
    # A column with one of each that can be wrong.
    "G1": Cell(1.0),
    "G2": Cell("x"),
    "G3": Cell(-1.0),
    "G5": error("#N/A"),
    "G6": Cell(True),
    "G7": Cell(7.0),
    # Merged cells: C10:C11 hold one value.
    "C10": Cell(5.0),
    "C12": Cell(6.0),
    # Row 15 is hidden.
    "C14": Cell(1.0),
    "C15": Cell(2.0),
    "C16": Cell(3.0),
    # Columns that are named whole.
    "K1": Cell(1.0),
    "K2": Cell(2.0),
    "L1": Cell(3.0),
    "L2": Cell(4.0),
    "L3": Cell(5.0),
    "P1": Cell(1.0),
    "P2": Cell(2.0),
    "Q1": Cell(3.0),
    "Q2": Cell(4.0),
    "I1": Cell("full"),
    "I2": Cell("no such recomputation"),
    "I3": Cell(" Full"),
    # The errors.
    "N1": error("#DIV/0!"),
    "N2": error("#N/A"),
    "N3": error("#NAME?"),
    "N4": error("#NULL!"),
    "N5": error("#NUM!"),
    "N6": error("#REF!"),
    "N7": error("#VALUE!"),
    "N8": error("#SPILL!"),
    "N9": error("#CALC!"),
    "N10": error("#FIELD!"),
    "N11": error("#BUSY!"),
    "N12": error("#GETTING_DATA"),
    "N13": Cell(STOCK),
    "N14": Cell(2.0),
}
MERGED = "C10:C11"
HIDDEN_ROW = 15


class Unlike(NamedTuple):
    """What a host gives that differs by nature from what the others give, and why."""

    host: str
    value: Any
    why: str


@dataclass(frozen=True)
class Case:
    """A call on the sheet.

    Attributes
    ----------
    name : str
        What is tried.
    formula : str
        The call as Excel shows it, without `=`.
    expected : any
        What every host gives: a value, an error as its code, or a list of rows.
    differs : tuple of Unlike
        What hosts give that differ by nature.
    """

    name: str
    formula: str
    expected: Any
    differs: tuple[Unlike, ...] = ()

    def expected_of(self, host: str) -> Any:
        """Return what a host gives; a version of it gives what all of it do if nothing is said."""
        found = {unlike.host: unlike.value for unlike in self.differs}
        general, _, _ = host.partition(" ")
        return found.get(host, found.get(general, self.expected))

    @property
    def function(self) -> str:
        """The function that is called."""
        return self.formula.partition("(")[0]

    def arguments(self) -> list[CellValue | CellRange | None]:
        """Return the arguments: values, rows of cells for references, None where left out."""
        [call] = [c for c in calls(self.formula) if c.start == 0]
        return [_argument(self.formula[start:end].strip()) for start, end in call.arguments]


def _argument(text: str) -> CellValue | CellRange | None:
    if not text:
        return None
    if text.startswith('"'):
        return text[1:-1].replace('""', '"')
    if text in {"TRUE", "FALSE"}:
        return text == "TRUE"
    try:
        return float(text)
    except ValueError:
        return rows_of(text)


def rows_of(reference: str) -> CellRange:
    """Return the cells of a reference to the sheet, as rows."""
    left, top, right, bottom = range_boundaries(reference)
    values = {coordinate_from_string(name): cell.value for name, cell in SHEET.items()}
    letters = [chr(ord("A") + column - 1) for column in range(left, right + 1)]
    first, last = top or 1, bottom or LAST_ROW
    used = min(last, ROWS)
    rows = [[values.get((letter, row)) for letter in letters] for row in range(first, used + 1)]
    return rows + [[None] * len(letters)] * (last - used)


def fill(sheet: Any) -> None:
    """Put the cells into a sheet of openpyxl, as a file holds them."""
    for name, cell in SHEET.items():
        value = cell.value
        sheet[name].number_format = cell.number_format
        if isinstance(value, CellError):
            # A file holds a newer error as #VALUE!, with the true one in a part of its own.
            code = value.code if value.code in STORED_ERRORS else "#VALUE!"
            sheet[name].value, sheet[name].data_type = code, "e"
        elif value == STOCK:
            sheet[name].value, sheet[name].data_type = "#VALUE!", "e"
        else:
            sheet[name].value = value
            if isinstance(value, str):
                sheet[name].data_type = "s"  # not a formula, though one begins with "="
    sheet.merge_cells(MERGED)
    sheet.row_dimensions[HIDDEN_ROW].hidden = True


def alone(value: Any) -> Any:
    """Return rows of one cell as that cell."""
    if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
        return value[0][0]
    return value


STORED_ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
RETURNED_ERRORS = ("#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#VALUE!")
"""Those of them that a custom function of Office.js can return."""


def as_date(cell: Cell) -> bool:
    """Whether a cell shows a date."""
    return "yy" in cell.number_format


def date_of(serial: float) -> datetime:
    """Return the date behind the number of a cell."""
    from openpyxl.utils.datetime import from_excel

    return from_excel(serial)


_SEVEN_ERRORS = tuple(
    Unlike(host, "#VALUE!", "VBA, Office.js and workbook files know seven errors, and not this one")
    for host in ("com", "server", "browser", "wasm", "libreoffice", "engine", "native")
)
_NEWER_CASES = [
    Case(f"{code} as argument", f"TRAIN_FLOPS({cell},1)", code, _SEVEN_ERRORS)
    for cell, code in (
        *(("N8", "#SPILL!"), ("N9", "#CALC!"), ("N10", "#FIELD!"), ("N11", "#BUSY!")),
        ("N12", "#GETTING_DATA"),
    )
]

_NOT_RETURNED = (
    Unlike(
        "browser",
        "#VALUE!",
        "Excel takes five errors from an add-in in JavaScript, and not this one",
    ),
)
_AS_ZERO = (
    Unlike(
        "libreoffice",
        "#NUM!",
        "LibreOffice hands an empty cell to an add-in as 0, as to its own functions",
    ),
)
_NO_FORMULA_WHY = "a workbook does not carry all prices of tokens, so there is no formula for them"
_NO_FORMULA = (
    Unlike("lambda", "#NAME?", _NO_FORMULA_WHY),
    Unlike("native", REFUSED, _NO_FORMULA_WHY),
)
_WHOLE_COLUMN = Unlike(
    "lambda",
    "#SPILL!",
    "a LAMBDA of whole columns is a whole column, which fits in below the first row alone",
)


def _not_called(value: Any) -> tuple[Unlike, ...]:
    why = "LibreOffice calls no add-in with a range that has an error in it"
    return (Unlike("libreoffice", value, why),)


def _as_number(value: Any) -> tuple[Unlike, ...]:
    why = "in LibreOffice TRUE and FALSE are the numbers 1 and 0, shown in words"
    return (Unlike("libreoffice", value, why),)


_TABLE = (
    Case("numbers typed", "TRAIN_FLOPS(7E9,1.4E12)", 5.88e22),
    Case("single cells", "TRAIN_FLOPS(A1,A2)", 5.88e22),
    Case("ranges of one cell", "TRAIN_FLOPS(A1:A1,A2:A2)", 5.88e22),
    Case("argument given", "TRAIN_FLOPS(A1,A2,C2)", 1.96e22),
    Case("argument left out behind a comma", "TRAIN_FLOPS(A1,A2,)", 5.88e22),
    Case(
        "argument left out between commas",
        "MODEL_PARAMS(32,4096,11008,32,32,128,32000,,TRUE)",
        6607343616.0,
    ),
    Case("empty optional cell", "TRAIN_FLOPS(A1,A2,A13)", 5.88e22, _AS_ZERO),
    Case("empty required cell", "TRAIN_FLOPS(A13,A2)", "#VALUE!", _AS_ZERO),
    Case("required argument left out before a comma", "TRAIN_FLOPS(,A2)", "#VALUE!"),
    Case("text", "TRAIN_FLOPS(A12,1)", "#VALUE!"),
    Case("text that looks like a formula", "TRAIN_FLOPS(A17,1)", "#VALUE!"),
    Case("number as text", "TRAIN_FLOPS(A3,1)", "#VALUE!"),
    Case("decimal comma as text", "TRAIN_FLOPS(A4,1)", "#VALUE!"),
    *(
        Case(name, f"TRAIN_FLOPS({given},1)", "#VALUE!", _as_number(number))
        for name, given, number in (
            ("TRUE for a number", "A5", 6.0),
            ("FALSE for a number", "A16", "#NUM!"),
            ("TRUE typed for a number", "TRUE", 6.0),
        )
    ),
    Case("percent", "GPU_DAYS(3E23,312,A6)", 27822.2934472934),
    Case("currency", "TRAIN_FLOPS(A7,1)", 15.0),
    Case("date for a number", "TRAIN_FLOPS(A8,1)", 276492.0),
    Case("date for a day", 'TOKEN_PRICE("gpt-4o","input",,,A8)', 2.5, _NO_FORMULA),
    Case(
        "date before the first price",
        'TOKEN_PRICE("gpt-4o","input",,,A18)',
        "#N/A",
        _NO_FORMULA,
    ),
    Case("zero", "TRAIN_FLOPS(A11,1)", "#NUM!"),
    Case("below the domain", "TRAIN_FLOPS(A10,1)", "#NUM!"),
    Case("1e308", "TRAIN_FLOPS(A9,1,1)", 1e308),
    Case("beyond 1e308", "TRAIN_FLOPS(A9,10)", "#NUM!"),
    Case("division by zero", "COMMIT_BREAK_EVEN(A11,C1)", "#DIV/0!"),
    Case("text found", 'GPU_SPEC("A100 SXM 80GB","tdp_w")', 400.0),
    Case("text in other case, with a blank", "GPU_SPEC(A14,A15)", 400.0),
    Case("a text as result", 'GPU_SPEC(A14,"vendor")', "NVIDIA"),
    Case("text not found", 'GPU_SPEC("no such thing","tdp_w")', "#N/A"),
    Case("number for a text", "GPU_SPEC(A1,A15)", "#VALUE!"),
    Case("empty cell for a text", "GPU_SPEC(A13,A15)", "#VALUE!"),
    Case(
        "empty optional cells for a text and a day",
        'TOKEN_PRICE("gpt-4o","input",A13,,A13)',
        2.5,
        _NO_FORMULA,
    ),
    Case("choice left out", "ITERATION_FLOPS(1,6,1,1,12)", 1296.0),
    Case("choice", 'ITERATION_FLOPS(1,6,1,1,12,"full")', 1584.0),
    Case("choice in other case, with blanks", 'ITERATION_FLOPS(1,6,1,1,12," Full ")', 1584.0),
    Case("no such choice", "ITERATION_FLOPS(1,6,1,1,12,A12)", "#VALUE!"),
    Case("number for a choice", "ITERATION_FLOPS(1,6,1,1,12,A1)", "#VALUE!"),
    Case("empty cell for a choice", "ITERATION_FLOPS(1,6,1,1,12,A13)", 1296.0),
    Case(
        "choices in a range",
        "ITERATION_FLOPS(1,6,1,1,12,I1:I3)",
        [[1584.0], ["#VALUE!"], [1584.0]],
        (
            Unlike(
                "browser",
                REFUSED,
                "Office.js has drop-downs for single values alone, so a choice takes no range",
            ),
        ),
    ),
    Case("TRUE for a flag", "MODEL_PARAMS(32,4096,11008,32,32,128,32000,3,A5)", 6607343616.0),
    Case("1 for a flag", "MODEL_PARAMS(32,4096,11008,32,32,128,32000,3,C1)", 6607343616.0),
    Case("FALSE for a flag", "MODEL_PARAMS(32,4096,11008,32,32,128,32000,3,A16)", 6738415616.0),
    Case("text for a flag", "MODEL_PARAMS(32,4096,11008,32,32,128,32000,3,A12)", "#VALUE!"),
    Case("2 for a flag", "MODEL_PARAMS(32,4096,11008,32,32,128,32000,3,C2)", "#VALUE!"),
    Case("a column", "TRAIN_FLOPS(C1:C3,1)", [[6.0], [12.0], [18.0]]),
    Case("a row", "TRAIN_FLOPS(D1:E1,1)", [[60.0, 120.0]]),
    Case(
        "a row against a column",
        "TRAIN_FLOPS(C1:C3,D1:E1)",
        [[60.0, 120.0], [120.0, 240.0], [180.0, 360.0]],
    ),
    Case("a column and a cell", "TRAIN_FLOPS(C1:C3,A10)", [["#NUM!"]] * 3),
    Case(
        "bad rows in a column",
        "TRAIN_FLOPS(G1:G7,1)",
        [[6.0], ["#VALUE!"], ["#NUM!"], ["#VALUE!"], ["#N/A"], ["#VALUE!"], [42.0]],
        _not_called([["Err:504"]] * 7),
    ),
    Case("an empty row of an optional argument", "TRAIN_FLOPS(C1:C2,1,A13:A13)", [[6.0], [12.0]]),
    Case(
        "columns of two lengths",
        "TRAIN_FLOPS(C1:C3,C1:C2)",
        "#VALUE!",
        (
            Unlike(
                "lambda",
                [[6.0], [24.0], ["#N/A"]],
                "Excel's own formulas put #N/A where a column is too short",
            ),
        ),
    ),
    Case("merged cells", "TRAIN_FLOPS(C10:C12,1)", [[30.0], ["#VALUE!"], [36.0]]),
    Case("a hidden row", "TRAIN_FLOPS(C14:C16,1)", [[6.0], [12.0], [18.0]]),
    Case(
        "whole columns",
        "TRAIN_FLOPS(P:P,Q:Q)",
        [[18.0], [48.0]],
        (_WHOLE_COLUMN,),
    ),
    Case(
        "whole columns that end in other rows",
        "TRAIN_FLOPS(K:K,L:L)",
        [[18.0], [48.0], ["#VALUE!"]],
        (
            Unlike("engine", "#VALUE!", "the engine cuts each column behind its own last cell"),
            _WHOLE_COLUMN,
        ),
    ),
    Case("a range that is one argument", "RANGE_LOW(10,C1:C3)", 0.0212394786102262),
    Case(
        "a range that is one argument, with an error",
        "RANGE_LOW(10,G1:G7)",
        "#N/A",
        _not_called("Err:504"),
    ),
    *(
        Case(f"{code} as argument", f"TRAIN_FLOPS(N{row},1)", code, unlike)
        for row, code in enumerate(STORED_ERRORS, start=1)
        for unlike in [() if code in RETURNED_ERRORS else _NOT_RETURNED]
    ),
    Case("an error before a wrong text", "TRAIN_FLOPS(A12,N2)", "#N/A"),
    *_NEWER_CASES,
    Case("a stock", "TRAIN_FLOPS(N13,1)", "#VALUE!"),
    Case(
        "a stock in a range",
        "TRAIN_FLOPS(N13:N14,1)",
        [["#VALUE!"], [12.0]],
        _not_called([["Err:504"]] * 2),
    ),
)


def _with_plain_formulas(case: Case) -> Case:
    """Return a case that says what plain formulas make of its ranges."""
    if ":" not in case.formula or case.function == "RANGE_LOW":  # whose range is one argument
        return case
    refused = Unlike("native", REFUSED, "a plain formula takes and gives one value")
    return replace(case, differs=(*case.differs, refused))


CASES = tuple(_with_plain_formulas(case) for case in _TABLE)
"""All calls."""

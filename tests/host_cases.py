"""One table of calls for all hosts: what is called, and what comes out.

Each case is a formula on the sheet of `host_cells`, as Excel would show it, and the value that
every host gives: a number, a text, TRUE, an error as its code, or rows of these. Where a host
differs by nature, `differs` says its value and why.
A host joins by a function that takes a case and returns such a value (`tests/test_hosts.py`).
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from tests.host_cells import STORED_ERRORS, rows_of
from xlcalc.cells import CellRange, CellValue
from xlcalc.formula_text import calls

REFUSED = "refused"
"""What a host gives that says beforehand that it cannot have a call."""

RETURNED_ERRORS = ("#DIV/0!", "#N/A", "#NULL!", "#NUM!", "#VALUE!")
"""Those of the stored errors that a custom function of Office.js can return."""


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


def alone(value: Any) -> Any:
    """Return rows of one cell as that cell."""
    if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
        return value[0][0]
    return value


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

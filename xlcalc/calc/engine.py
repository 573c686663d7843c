"""What do the formulas of a workbook give, without Excel?

formualizer evaluates the workbook and calls the worksheet functions where formulas name them.
"""

import functools
import math
import re
from collections.abc import Callable, Collection, Container, Mapping
from datetime import UTC, datetime
from typing import Any, cast

import formualizer
from formualizer import Workbook

from xlcalc.calc.arguments import wrong_call
from xlcalc.calc.engines.formualizer_adapter import CODES, KINDS
from xlcalc.calc.readable import readable
from xlcalc.catalogue import portable_lookups
from xlcalc.cells import CellError, CellRange, CellValue, call_function
from xlcalc.errors import FormulaError, WorkbookError
from xlcalc.formula_text import may_leave_out
from xlcalc.lambdas import LOOKUPS
from xlcalc.ooxml.literals import MAX_TEXT_LENGTH
from xlcalc.ooxml.markup import Position
from xlcalc.registry import BY_NAME, current_name

LAMBDA_PREFIX = "XLC."
_PREFIXES = ("", LAMBDA_PREFIX)
OFFICE_PREFIX = r"_xldudf_[A-Z0-9]+_"
"""Pattern of the prefix that an Office add-in gives, whatever its namespace and case."""
_OFFICE_PREFIX = re.compile(OFFICE_PREFIX, re.IGNORECASE)
_ANY_PREFIX = re.compile(rf"{re.escape(LAMBDA_PREFIX)}|{OFFICE_PREFIX}", re.IGNORECASE)
_OMITTED = "XLCALC.OMITTED"
NOT_FINITE = CellError("#NUM!", "the result is no finite number")
TOO_LONG = CellError("#VALUE!", f"the text has more than {MAX_TEXT_LENGTH:,} characters")
_ROUNDS = 100
"""How often cells may turn out to be beyond what cells hold, for what followed from others."""
_SPARSE = 20
"""Cells of a range for each wanted one, from which it is faster to read one by one."""

PLACE = (3_000, 600)
"""Where a formula stands that is in no workbook.

Not in A1, for one that names a cell shall not name its own by accident; nor farther away, since the
engine keeps memory for all rows and columns before it.
"""


class Engine:
    """A workbook that calculates.

    Parameters
    ----------
    data : bytes, optional
        An xlsx file; an empty workbook with the sheet `Sheet1` if left out.
    name : str
        What to call the file in a sentence.
    date1904 : bool
        Whether the days of the workbook are counted from 1904, which the engine does not read.

    Attributes
    ----------
    failures : dict[str, CellError]
        What the worksheet functions failed at in the last calculation, by sentence.
    has_errors_put : bool
        Whether cells have errors in place of their formulas, for values that no cell can hold.
    """

    def __init__(
        self, data: bytes | None = None, name: str = "the workbook", *, date1904: bool = False
    ) -> None:
        self.name = name
        self.failures: dict[str, CellError] = {}
        self.has_errors_put = False
        self._scratch_sheets = 0
        if data is None:
            self._workbook = Workbook()
            self._workbook.add_sheet("Sheet1")
        else:
            try:
                self._workbook = _counted_from_1904(data) if date1904 else _loaded(data)
            except Exception as error:  # noqa: BLE001  the engine raises no narrower class
                raise WorkbookError(f"{name} cannot be calculated: {error}") from None
        self._workbook.set_temporal_egress("serial")
        self._workbook.set_changelog_enabled(False)  # it would keep every value that ever was set
        self._callbacks = {
            function_name: _callback(function, self.failures)
            for function_name, function in BY_NAME.items()
        }
        self._prefixes: set[str] = set()
        for prefix in _PREFIXES:
            self._register(prefix)
        self._workbook.register_function(_OMITTED, lambda: {"type": "Empty"})

    def _register(self, prefix: str) -> None:
        for function_name, callback in self._callbacks.items():
            lambda_lookup = prefix == LAMBDA_PREFIX and current_name(function_name) in LOOKUPS
            self._workbook.register_function(
                prefix + function_name, _portable(callback) if lambda_lookup else callback
            )
        self._prefixes.add(prefix)

    def know_add_in(self, formula: str) -> None:
        """Know the functions under the namespace of the Office add-in that a formula names."""
        for prefix in _OFFICE_PREFIX.findall(formula):
            if prefix.upper() not in self._prefixes:
                self._register(prefix.upper())

    def set_clock(self, now: datetime) -> None:
        """Let TODAY and NOW be those of a moment, in its time zone."""
        zone = now.utcoffset()
        seconds = 0 if zone is None else int(zone.total_seconds())
        self._workbook.set_deterministic_clock(now.astimezone(UTC), seconds)

    def set_value(self, sheet: str, position: Position, value: CellValue) -> None:
        """Put a constant into a cell."""
        if isinstance(value, CellError):
            raise TypeError("a constant is not an error")
        self._workbook.set_value(sheet, *position, value)

    def set_values(self, sheet: str, position: Position, rows: list[list[CellValue]]) -> None:
        """Put constants, errors among them, into cells from a position to the right and down."""
        table = [
            [_error_to_engine(v) if isinstance(v, CellError) else v for v in row] for row in rows
        ]
        self._workbook.set_values_batch(sheet, *position, table)

    def set_formula(self, sheet: str, position: Position, formula: str) -> None:
        """Put a formula, which begins with `=`, into a cell."""
        self.know_add_in(formula)
        text = mark_left_out(readable(formula[1:]))
        self._workbook.set_formula(sheet, *position, f"={text}")

    def add_scratch_sheet(self) -> str:
        """Add an empty sheet of a name that no workbook has, and return the name."""
        self._scratch_sheets += 1
        name = f"xlcalc scratch {self._scratch_sheets}"
        self._workbook.add_sheet(name)
        return name

    def calculate(self) -> None:
        """Calculate every formula that needs it.

        Raises
        ------
        WorkbookError
            If the engine gives up.
        """
        self.failures.clear()
        try:
            self._workbook.evaluate_all()
        except Exception as error:  # noqa: BLE001  the engine raises no narrower class
            raise WorkbookError(f"{self.name} cannot be calculated: {error}") from None

    def calculate_cells(
        self, places: Mapping[str, Collection[Position]], fixed: Container[tuple[str, Position]]
    ) -> dict[str, dict[Position, CellValue]]:
        """Calculate every formula, and return the values of some cells by sheet.

        The engine goes on with numbers and texts that no cell can hold, where Excel has an error.
        Such a cell gets the error, unless it is one of the `fixed` ones, and what follows from it
        is calculated again.

        Parameters
        ----------
        places : mapping of str to collection of (int, int)
            The cells whose values are wanted, by sheet.
        fixed : container of (str, (int, int))
            Cells that get no error of their own, as those of array formulas.

        Raises
        ------
        WorkbookError
            If the engine gives up, or the errors find no end.
        """
        failures: dict[str, CellError] = {}
        for _ in range(_ROUNDS):
            self.calculate()
            failures |= self.failures
            values = {
                sheet: dict(zip(positions, self.values(sheet, positions), strict=True))
                for sheet, positions in places.items()
            }
            beyond = {
                (sheet, position): value
                for sheet, cells in values.items()
                for position, value in cells.items()
                if is_beyond(value) and (sheet, position) not in fixed
            }
            if not beyond:
                self.failures.update(failures)
                return values
            failures |= self._give_errors(beyond)
        raise WorkbookError(f"{self.name} has values that no cell can hold, and no end of them")

    def _give_errors(
        self, beyond: Mapping[tuple[str, Position], CellValue]
    ) -> dict[str, CellError]:
        """Put errors into cells that are beyond by themselves, and not for what they read."""
        failures: dict[str, CellError] = {}
        self.has_errors_put = True
        formulas = {}
        for (sheet, position), value in beyond.items():
            formula = self._workbook.get_formula(sheet, *position) or ""
            formulas[sheet, position] = f"={formula.removeprefix('=')}"
            self._put_error(sheet, position, value)
        for (sheet, position), value in beyond.items():
            self._workbook.set_formula(sheet, *position, formulas[sheet, position])
            self.calculate()
            failures |= self.failures
            if is_beyond(self.value(sheet, position)):
                self._put_error(sheet, position, value)
        return failures

    def _put_error(self, sheet: str, position: Position, value: CellValue) -> None:
        assert isinstance(value, CellError)  # noqa: S101  what is beyond is an error to a cell
        self._workbook.set_formula(sheet, *position, f"={value.code}")

    def value(self, sheet: str, position: Position) -> CellValue:
        """Return the value of a cell after `calculate`."""
        return from_engine(self._workbook.get_value(sheet, *position))

    def values(self, sheet: str, positions: Collection[Position]) -> list[CellValue]:
        """Return the values of many cells after `calculate`."""
        if not positions:
            return []
        rows, columns = zip(*positions, strict=True)
        top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
        if (bottom - top + 1) * (right - left + 1) > _SPARSE * len(positions):
            return [self.value(sheet, position) for position in positions]
        area = formualizer.RangeAddress(sheet, top, left, bottom, right)
        table = self._workbook[sheet].get_values(area)
        return [from_engine(table[row - top][column - left]) for row, column in positions]


def _loaded(data: bytes) -> Workbook:
    return formualizer.load_workbook_bytes(data)


def _counted_from_1904(data: bytes) -> Workbook:
    config = formualizer.EvaluationConfig()
    config.date_system = "1904"
    return Workbook.from_bytes(data, config=formualizer.WorkbookConfig(eval_config=config))


def _callback(function: Callable[..., Any], failures: dict[str, CellError]) -> Callable[..., Any]:
    """Return a function as the engine calls it.

    It holds the failures and not the engine: a cycle through the engine is never collected.
    """

    def to_engine(value: CellValue) -> Any:
        if not isinstance(value, CellError):
            return value
        if value.message:
            failures.setdefault(value.message, value)
        return _error_to_engine(value)

    def call(*cells: Any) -> Any:
        result = call_function(function, [_range_from_engine(cell) for cell in cells])
        if not isinstance(result, list):
            return to_engine(result)
        return [[to_engine(value) for value in row] for row in result]

    return call


def _error_to_engine(error: CellError) -> dict[str, str]:
    return {"type": "Error", "kind": KINDS.get(error.code, "Value")}


def _portable(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return a look-up as the LAMBDA of its name does it, on the workbook's own sheets."""

    def call(*cells: Any) -> Any:
        with portable_lookups():
            return callback(*cells)

    return call


@functools.cache
def knows(name: str) -> bool:
    """Whether the engine knows a function, Excel's own or one of ours with any prefix."""
    if function_of(name)[0] in BY_NAME:
        return True
    workbook = Workbook()
    workbook.add_sheet("Sheet1")
    workbook.set_formula("Sheet1", 1, 1, f"={name}()")
    workbook.evaluate_all()
    value = from_engine(workbook.get_value("Sheet1", 1, 1))
    return not isinstance(value, CellError) or value.code != "#NAME?"


def evaluate_formula(formula: str) -> tuple[list[list[CellValue]], list[str]]:
    """Return the cells that a formula alone in a workbook fills, and the reasons for its errors.

    Raises
    ------
    FormulaError
        If the formula cannot be read, or calls a function with a wrong number of arguments.
    """
    text = formula if formula.startswith("=") else f"={formula}"
    if (wrong := wrong_call(text)) is not None:
        raise FormulaError(f"{wrong}, so Excel does not take the formula {text}")
    try:
        formualizer.parse(text)
    except Exception as error:  # noqa: BLE001  the engine raises no narrower class
        raise FormulaError(f"cannot read the formula {text}: {error}") from None
    engine = Engine()
    row, column = PLACE
    engine.set_formula("Sheet1", (row, column), text)
    engine.calculate()
    width = height = 1
    while engine.value("Sheet1", (row, column + width)) is not None:
        width += 1
    while engine.value("Sheet1", (row + height, column)) is not None:
        height += 1
    cells = [
        [engine.value("Sheet1", (row + down, column + right)) for right in range(width)]
        for down in range(height)
    ]
    return cells, list(engine.failures)


def from_engine(value: Any) -> CellValue:
    """Return a value of the engine as a cell value."""
    if type(value) is float:
        return value if math.isfinite(value) else NOT_FINITE
    if type(value) is str:
        return value if len(value) <= MAX_TEXT_LENGTH else TOO_LONG
    if isinstance(value, dict):
        code = CODES.get(value.get("kind", ""), "#VALUE!")
        return CellError(code, value.get("message") or "")
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return cast("CellValue", value)


def is_beyond(value: CellValue) -> bool:
    """Whether a cell has an error for a value that the engine goes on calculating with."""
    return value is NOT_FINITE or value is TOO_LONG


def _range_from_engine(value: Any) -> CellValue | CellRange:
    if isinstance(value, list):
        return [[from_engine(cell) for cell in row] for row in value]
    return from_engine(value)


def mark_left_out(formula: str) -> str:
    """Return a formula with a marker where a worksheet function's argument is left out.

    The engine hands over a zero there, which for a price or a rate is a wrong number.
    """
    if not may_leave_out(formula):
        return formula
    pieces = []
    ours: list[bool] = []  # for each open bracket, whether a worksheet function opened it
    after = "operand"
    try:
        tokens = formualizer.tokenize(f"={formula}")
    except (formualizer.TokenizerError, UnicodeEncodeError):
        return formula  # who evaluates it says what is wrong
    for token in tokens:
        if token is None:
            break
        kind, part, text = str(token.token_type), str(token.subtype), token.value
        separates = part == "Arg" or part == "Close"
        if separates and ours and ours[-1] and (after == "Arg" or (after, part) == ("Open", "Arg")):
            pieces.append(f"{_OMITTED}()")
        if part == "Open":
            ours.append(kind == "Func" and _is_ours(text[:-1]))
        elif part == "Close":
            ours.pop()
        if kind != "Whitespace":
            after = part if part in {"Arg", "Open"} else "operand"
        pieces.append(text)
    return "".join(pieces)


def _is_ours(name: str) -> bool:
    return function_of(name)[0] in BY_NAME


def function_of(name: str) -> tuple[str, bool]:
    """Return the name of a function as a formula calls it without prefix, and if LAMBDA's it had.

    The name is one of Excel's, of ours, or of nobody. Of ours it is the name of now, also where the
    formula calls an earlier one.
    """
    prefix = _ANY_PREFIX.match(name)
    has_lambda_prefix = prefix is not None and prefix[0].upper() == LAMBDA_PREFIX
    return current_name(without_prefix(name)), has_lambda_prefix


def without_prefix(name: str) -> str:
    """Return the name of a function in capitals without the prefix that its host gives."""
    prefix = _ANY_PREFIX.match(name)
    return name[prefix.end() if prefix else 0 :].upper()

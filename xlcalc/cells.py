"""What does a function make of cells, and what does a cell show of a failure?

A cell value is a float, a text, TRUE or FALSE, None for an empty cell, or a `CellError`; a range is
a list of rows. Every host converts its own forms to these and calls `call_function`.
This module alone turns exceptions into the errors that a cell shows.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcalc import errors
from xlcalc.cell_values import CellError as CellError
from xlcalc.cell_values import CellRange as CellRange
from xlcalc.cell_values import CellValue as CellValue
from xlcalc.cell_values import trimmed
from xlcalc.errors import (
    DivisionByZeroError,
    DomainError,
    NotFoundError,
    XlcalcError,
)
from xlcalc.quantities import Quantity, Several
from xlcalc.worksheet import Argument, SameAs, Spec, Together, spec_of

ERROR_CODES = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!")
NEWER_ERROR_CODES = (
    *("#BLOCKED!", "#BUSY!", "#CALC!", "#CONNECT!", "#EXTERNAL!", "#FIELD!", "#GETTING_DATA"),
    *("#PYTHON!", "#SPILL!", "#TIMEOUT!", "#UNKNOWN!"),
)
"""Errors of Excel 365, which files and most hosts do not know."""

_CODE_OF: tuple[tuple[type[XlcalcError], str], ...] = (
    (DomainError, "#NUM!"),
    (DivisionByZeroError, "#DIV/0!"),
    (NotFoundError, "#N/A"),
    (XlcalcError, "#VALUE!"),
)


def cell_error(failure: XlcalcError) -> CellError:
    """Return the error that a cell shows for a failure."""
    code = next(code for kind, code in _CODE_OF if isinstance(failure, kind))
    return CellError(code, str(failure))


def cell_errors(spec: Spec) -> tuple[tuple[str, str, str], ...]:
    """Return the errors that cells of a function can have.

    Parameters
    ----------
    spec : Spec
        The function; its docstring says when it fails.

    Returns
    -------
    tuple of (str, str, str)
        The code, the exception that Python raises in its place, and when it comes: the function's
        own first, then those that every function has.
    """
    own = [(cell_error(getattr(errors, name)("")).code, name, when) for name, when in spec.raises]
    if isinstance(spec.returns, Quantity):
        own.append(("#NUM!", "DomainError", "If the result is not a finite number."))
    return (
        *own,
        ("#VALUE!", "ArgumentError", "If an argument is missing, or of another kind."),
        ("#VALUE!", "ShapeError", "If ranges do not fit together."),
    )


def call_function(
    function: Callable[..., Any], cells: Sequence[CellValue | CellRange]
) -> CellValue | CellRange:
    """Call a worksheet function on cells and return the cells of its result.

    An empty cell counts as an argument left out. A bad row of a range gives a bad row of the
    result and leaves the others alone. Whole columns and rows end where their last cell is used.

    Parameters
    ----------
    function : callable
        A function of `xlcalc.registry`.
    cells : sequence of CellValue or CellRange
        The arguments in order; trailing optional ones may be missing.

    Returns
    -------
    CellValue or CellRange
        A single value if every argument is one, else the rows of the broadcast shape.
    """
    arguments = spec_of(function).arguments
    if len(cells) > len(arguments):
        syntax = spec_of(function).syntax
        return CellError("#VALUE!", f"{syntax} takes {len(arguments)} arguments, got {len(cells)}")
    given: list[Any] = [_unwrap(cell) for cell in trimmed(cells)]
    given += [None] * (len(arguments) - len(given))
    for index, argument in enumerate(arguments):
        if isinstance(argument.kind, Several):
            given[index] = _together(argument, argument.kind, given[index])
    if any(isinstance(cell, list) for cell in given):
        return _evaluate_ranges(function, arguments, given)
    values = []
    for argument, value in zip(arguments, given, strict=True):
        if isinstance(value, CellError):
            return value
        if value is None:
            if not argument.optional:
                return _missing(argument)
            value = argument.default
        values.append(value)
    try:
        return _plain(function(*values))
    except Exception as failure:  # noqa: BLE001  a function of others may raise anything
        return _failed(function, failure)


def _evaluate_ranges(
    function: Callable[..., Any],
    arguments: Sequence[Argument],
    given: Sequence[Any],
) -> CellValue | CellRange:
    try:
        tables = [value if type(value) is Together else _table(value) for value in given]
    except (ValueError, IndexError, OverflowError):
        return CellError("#VALUE!", "a range is empty, or its rows have different lengths")
    try:
        shape = np.broadcast_shapes(*(t.shape for t in tables if type(t) is not Together))
        tables = _with_others(arguments, tables)
    except ValueError:
        shapes = ", ".join(
            f"{argument.name} {' × '.join(map(str, table.shape))}"
            for argument, table in zip(arguments, tables, strict=True)
            if table.size > 1 and type(table) is not Together
        )
        return CellError("#VALUE!", f"the ranges do not broadcast together: {shapes}")
    wrong: NDArray[Any] = np.full(shape, None, dtype=object)
    columns: list[NDArray[Any]] = []
    # Backwards, so that of two wrong the first argument's remains; an error that arrives goes
    # before one that is found.
    for argument, table in zip(reversed(arguments), reversed(tables), strict=True):
        if type(table) is Together:
            columns.insert(0, table)
            continue
        values, failed = _column(argument, table)
        wrong = _overlay(wrong, failed)
        columns.insert(0, np.broadcast_to(values, shape).reshape(-1))
    for table in reversed(tables):
        if table.dtype == object:
            arrived = [cell if isinstance(cell, CellError) else None for cell in table.flat]
            wrong = _overlay(wrong, np.array(arrived, dtype=object).reshape(table.shape))
    wrong = np.broadcast_to(wrong, shape).reshape(-1)
    result = wrong.copy()
    _fill(function, columns, np.flatnonzero(_is_none(wrong)), result)
    return [list(row) for row in result.reshape(shape).tolist()]


def _together(argument: Argument, kind: Several, cells: Any) -> Any:
    """Return the numbers of a range as one argument; its first error, or None if all are empty."""
    table = list(chain.from_iterable(cells)) if isinstance(cells, list) else [cells]
    taken = [cell for cell in table if cell is not None]
    for cell in taken:
        if isinstance(cell, CellError):
            return cell
    if not all(type(cell) in {int, float} for cell in taken):
        return CellError("#VALUE!", f"{argument.name} must be numbers [{kind.unit}]")
    numbers = np.array(taken, dtype=np.float64)
    outside = numbers[~kind.quantity.contains_each(numbers)]
    if outside.size:
        sentence = f"{argument.name} must be {kind.domain}, got {outside[0]:.15g}"
        return CellError("#NUM!", sentence)
    return numbers.view(Together) if taken else None


def _with_others(
    arguments: Sequence[Argument], tables: Sequence[NDArray[Any]]
) -> list[NDArray[Any]]:
    """Return the cells of arguments, each empty one that counts for another argument filled."""
    filled: dict[str, NDArray[Any]] = {}
    for argument, table in zip(arguments, tables, strict=True):
        if isinstance(argument.default, SameAs) and table.dtype == object:
            other = filled[argument.default.argument]
            table = np.where(_is_none(table), other, table)
        filled[argument.name] = table
    return list(filled.values())


def _fill(
    function: Callable[..., Any],
    columns: Sequence[NDArray[Any]],
    rows: NDArray[np.intp],
    result: NDArray[Any],
) -> None:
    """Evaluate rows at once, and where that fails, the parts that hold a bad row again."""
    if not rows.size:
        return
    taken = [column if type(column) is Together else column[rows] for column in columns]
    try:
        values = function(*taken)
        # Row by row: assigning a numpy array would leave its elements numpy scalars.
        result[rows] = values.tolist() if values.dtype != object else [_plain(v) for v in values]
    except XlcalcError as failure:
        if rows.size == 1:
            result[rows[0]] = cell_error(failure)
            return
        for part in _suspects(function, taken, rows):
            _fill(function, columns, part, result)
    except Exception:  # noqa: BLE001  a function of others, perhaps one that knows no arrays
        for row in rows:
            values = [column if type(column) is Together else column[row] for column in columns]
            try:
                result[row] = _plain(function(*values))
            except Exception as failure:  # noqa: BLE001
                result[row] = _failed(function, failure)


def _failed(function: Callable[..., Any], failure: Exception) -> CellError:
    """Return the error of a cell whose function raised something."""
    if isinstance(failure, XlcalcError):
        return cell_error(failure)
    told = " ".join(f"{type(failure).__name__}: {failure}".split())[:200]
    return CellError("#VALUE!", f"{spec_of(function).name} failed: {told}")


def _suspects(
    function: Callable[..., Any], taken: Sequence[NDArray[Any]], rows: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """Return rows in parts: those with a finite result and each other one, or else two halves."""
    if all(column.dtype != object for column in taken):
        with np.errstate(all="ignore"):
            finite = np.isfinite(np.broadcast_to(spec_of(function).formula(*taken), rows.shape))
        if finite.any():
            return [rows[finite], *np.split(rows[~finite], np.count_nonzero(~finite))]
    # Equal words stand together, so that a wrong one spoils few parts.
    words = next((column for column in taken if column.dtype == object), rows)
    return np.array_split(rows[np.argsort([str(word) for word in words], kind="stable")], 2)


def _column(argument: Argument, table: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """Return the values of one argument, and the errors of the cells that hold none."""
    numeric = isinstance(argument.kind, Quantity)
    if table.dtype != object:
        if not numeric:
            table = table.astype(object)
        elif argument.kind.contains_all(table):  # type: ignore[union-attr]
            return table, None
    failed = np.full(table.shape, None, dtype=object)
    values = np.empty(table.shape, dtype=np.float64 if numeric else object)
    for index, value in np.ndenumerate(table):
        if isinstance(value, CellError):
            failed[index] = value
        elif value is None and not argument.optional:
            failed[index] = _missing(argument)
        else:
            taken = argument.default if value is None else value
            if numeric and (isinstance(taken, bool) or not isinstance(taken, int | float)):
                failed[index] = CellError(
                    "#VALUE!", f"{argument.name} must be a number [{argument.kind.unit}]"
                )
            else:
                values[index] = taken
    if numeric:
        good = _is_none(failed)
        outside = good & ~argument.kind.contains_each(np.where(good, values, 1.0))  # type: ignore[union-attr]
        for index in zip(*np.nonzero(outside), strict=True):
            failed[index] = CellError(
                "#NUM!", f"{argument.name} must be {argument.kind.domain}, got {values[index]:.15g}"
            )
    return values, failed


def _table(value: CellValue | CellRange) -> NDArray[Any]:
    """Return cells as a two-dimensional array, of floats if all of them are numbers."""
    rows = value if isinstance(value, list) else [[value]]
    numbers = set(map(type, chain.from_iterable(rows))) <= {float, int}
    if not rows[0]:
        raise IndexError("a row without cells")
    table = np.empty((len(rows), len(rows[0])), dtype=np.float64 if numbers else object)
    for index, row in enumerate(rows):
        table[index] = row
    return table


def _overlay(errors: NDArray[Any], others: NDArray[Any] | None) -> NDArray[Any]:
    """Return errors with others in front of them."""
    return errors if others is None else np.where(_is_none(others), errors, others)


def _is_none(array: NDArray[Any]) -> NDArray[np.bool_]:
    flat = np.fromiter((element is None for element in array.flat), np.bool_, array.size)
    return flat.reshape(array.shape)


def _unwrap(value: CellValue | CellRange) -> CellValue | CellRange:
    """Return a range of one cell as that cell."""
    if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
        return value[0][0]
    return value


def _missing(argument: Argument) -> CellError:
    return CellError("#VALUE!", f"{argument.name} [{argument.kind.unit}] is missing")


def _plain(value: Any) -> CellValue:
    """Return a result as a plain Python value."""
    return value if isinstance(value, str) else float(value)

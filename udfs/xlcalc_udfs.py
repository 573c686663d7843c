"""The worksheet functions as Excel sees them, through xlwings.

This is the module that xlwings loads: as `UDF Modules` of the Windows add-in, from
`custom_functions/__init__.py` of xlwings Server, or by `from xlcalc_udfs import *` in the
`main.py` of xlwings Lite. Nothing is declared here: names, help and arguments come from the
registry, and `xlcalc.cells` converts arguments and turns failures into cell errors.
"""

import inspect
import sys
from collections.abc import Callable
from typing import Any

import xlwings as xw

from xlcalc.cells import ERROR_CODES, CellError, CellRange, CellValue, call_function
from xlcalc.registry import FUNCTIONS
from xlcalc.worksheet import argument_help, function_help, spec_of

if sys.platform == "win32":  # where xlwings writes VBA, which has reserved some names
    from xlcalc.hosts.windows.vba_words import usable
else:

    def usable(name: str, function: str) -> str:
        """Return the name of an argument as it is."""
        return name


NEWER_ERRORS = range(-2146826288, -2146826188)
"""Errors as COM hands them over; xlwings has texts for the seven old ones, and none for #SPILL!."""


def _expose(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a worksheet function as a plain function that xlwings can register."""
    spec = spec_of(function)

    def udf(*cells: Any) -> Any:
        return _from_cells(call_function(function, [_to_cells(cell) for cell in cells]))

    # xlwings reads the name, the signature and the docstring of what it registers. The function
    # has no annotations: xlwings would take the quantities for converters.
    udf.__name__ = udf.__qualname__ = spec.name
    udf.__doc__ = function_help(spec)
    udf.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                usable(argument.name, spec.name),
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if argument.optional else inspect.Parameter.empty,
            )
            for argument in spec.arguments
        ]
    )
    udf.__annotations__ = {}
    for argument in spec.arguments:
        # A range as rows, and an error as its text: else xlwings hands over an empty cell for it.
        name = usable(argument.name, spec.name)
        udf = xw.arg(name, doc=argument_help(argument), ndim=2, err_to_str=True)(udf)
    return xw.func(category="xlcalc")(udf)


def _to_cells(value: Any) -> CellValue | CellRange:
    """Return an argument of xlwings as cells; None is an empty cell or an argument left out."""
    if isinstance(value, list | tuple):
        return [
            [_to_cell(cell) for cell in row] if isinstance(row, list | tuple) else [_to_cell(row)]
            for row in value
        ]
    return _to_cell(value)


def _to_cell(value: Any) -> CellValue:
    if isinstance(value, str):
        if value in ERROR_CODES:
            return CellError(value)
        return value or None
    if value is None or isinstance(value, bool):
        return value
    if type(value) is int and value in NEWER_ERRORS:
        return CellError("#VALUE!", "a cell holds an error")
    if isinstance(value, int | float):
        return float(value)
    return CellError("#VALUE!", f"a cell holds {value!r:.40}, which is neither number nor text")


def _from_cells(value: CellValue | CellRange) -> Any:
    """Return a result as xlwings writes it: an error as its text, which the hosts turn into one."""
    if isinstance(value, list):
        return [
            [cell.code if isinstance(cell, CellError) else cell for cell in row] for row in value
        ]
    return value.code if isinstance(value, CellError) else value


__all__ = [spec_of(function).name for function in FUNCTIONS]

globals().update({spec_of(function).name: _expose(function) for function in FUNCTIONS})

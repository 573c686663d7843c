"""What becomes of a value that a person enters into a named cell: is it allowed, what does it mean?

A value is read as Excel reads what is typed: a number where the cell holds one (175e9, 1,000 or
46.2%), TRUE or FALSE, a date, else a text. The cell's data validation decides whether it is
allowed; what Excel would refuse is refused here in a sentence.
"""

import contextlib
import functools
import math
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import TypeAlias

from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError, suggestion
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import serial
from xlcalc.ooxml.sheet import Validation
from xlcalc.quantities import SMALLEST

_NUMBER = re.compile(
    r"(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(?P<percent>%?)"
)
_PLAIN = "0123456789.eE+-"
"""What a number is written with by programs."""
_COMPARISONS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "greaterThan": ("above", lambda x, a: x > a),
    "greaterThanOrEqual": ("at least", lambda x, a: x >= a),
    "lessThan": ("below", lambda x, a: x < a),
    "lessThanOrEqual": ("at most", lambda x, a: x <= a),
    "equal": ("equal to", lambda x, a: x == a),
    "notEqual": ("other than", lambda x, a: x != a),
}
ListOf: TypeAlias = Callable[[NamedCell], Sequence[str]]
"""Gives the entries of the list that a cell's validation names; none where it is a formula."""


def read_entry(cell: NamedCell, value: object, list_of: ListOf) -> CellValue:
    """Return a value as a named cell takes it, checked against the cell's validation.

    Parameters
    ----------
    cell : NamedCell
        The cell.
    value : object
        A number, TRUE or FALSE, a date, or a text; None empties the cell.
    list_of : callable
        Gives the entries of the list that a cell's validation names.

    Raises
    ------
    InputValueError
        If the value is of another kind than the cell's, or its validation refuses it.
    """
    converted = _convert(cell, value)
    rule = cell.validation
    if rule is not None and rule.strict and converted is not None:
        _check(cell, rule, converted, list_of)
    return converted


def entry_reader(cell: NamedCell, list_of: ListOf) -> Callable[[object], CellValue]:
    """Return `read_entry` of one cell, for lists: numbers as programs write them go fast."""
    rule = cell.validation
    slow = functools.partial(read_entry, cell, list_of=list_of)
    least, most = -sys.float_info.max, sys.float_info.max
    if rule is not None and rule.strict:
        if (rule.kind, rule.operator) != ("decimal", "between") or not rule.bounds:
            return slow
        least, most = max(least, rule.bounds[0]), min(most, rule.bounds[-1])
    if type(cell.value) is not float:
        return slow

    def convert(value: object) -> CellValue:
        if type(value) is str and not value.strip(_PLAIN):
            try:
                number = float(value)
            except ValueError:
                return slow(value)
            if least <= number <= most:
                return number
        return slow(value)

    return convert


def parse_number(text: str) -> float | None:
    """Return the number that a person wrote, as 175e9, 1,000 or 46.2%, or None."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not any(character.isdigit() for character in found["digits"]):
        return None
    number = float(found["digits"].replace(",", ""))
    if not math.isfinite(number):
        return None
    return number / 100.0 if found["percent"] else number


def typed_entries(formula: str) -> list[str]:
    """Return the entries of a list that is typed into a validation, as "H100,A100"."""
    return [entry.strip() for entry in formula.strip('"').split(",")]


def _convert(cell: NamedCell, value: object) -> CellValue:
    if value is None:
        return None
    if isinstance(value, datetime):
        # Cells know the clock, but no zones.
        return serial(value.replace(tzinfo=None), cell.date1904)
    if isinstance(value, date):
        return serial(value, cell.date1904)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _convert_number(cell, value)
    text = str(value).strip()
    if isinstance(cell.value, bool):
        if isinstance(value, bool) or text.upper() in {"TRUE", "FALSE", "1", "0"}:
            return text.upper() in {"TRUE", "1"}
        raise InputValueError(f'{cell.name} must be TRUE or FALSE, got "{text}"')
    if isinstance(cell.value, str):
        return str(value)
    number = None if isinstance(value, bool) else parse_number(text)
    if number is None and is_date_format(cell.number_format):
        with contextlib.suppress(ValueError):
            # Cells know the clock, but no zones.
            number = serial(datetime.fromisoformat(text).replace(tzinfo=None), cell.date1904)
        with contextlib.suppress(ValueError):
            clock = time.fromisoformat(text)
            number = (3600 * clock.hour + 60 * clock.minute + clock.second) / 86_400.0
    if number is None and (isinstance(cell.value, float) or isinstance(value, bool)):
        what = "a date" if is_date_format(cell.number_format) else "a number"
        raise InputValueError(f'{cell.name} must be {what}, got "{text}"')
    return str(value) if number is None else number


def _convert_number(cell: NamedCell, value: float) -> CellValue:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputValueError(f"{cell.name} must be a finite number, got {value!s:.40}")
    if isinstance(cell.value, bool):
        if number in {0.0, 1.0}:
            return number == 1.0
        raise InputValueError(f"{cell.name} must be TRUE or FALSE, got {number:.15g}")
    return f"{number:.15g}" if isinstance(cell.value, str) else number


def _check(cell: NamedCell, rule: Validation, value: CellValue, list_of: ListOf) -> None:
    """Refuse what Excel would refuse; a rule that is itself a formula is left to Excel."""
    if rule.kind == "list":
        _check_listed(cell, value, list_of(cell))
    elif rule.kind in {"decimal", "whole"}:
        if isinstance(value, bool) or not isinstance(value, float):
            raise InputValueError(f'{cell.name} must be a number, got "{value}"')
        if rule.bounds is not None:
            _check_bounds(cell, rule, value, rule.bounds)


def _check_listed(cell: NamedCell, value: CellValue, allowed: Sequence[str]) -> None:
    numbers = {parse_number(entry) for entry in allowed} - {None}
    listed = value in numbers or str(value).lower() in {e.lower() for e in allowed}
    if allowed and not listed:
        shown = f"{value:.15g}" if isinstance(value, float) else str(value)
        hint = suggestion(shown, allowed)
        raise InputValueError(f'{cell.name} must be one of the list, got "{shown}"{hint}')


def _check_bounds(cell: NamedCell, rule: Validation, value: float, bounds: Sequence[float]) -> None:
    unit = f" {cell.unit}" if cell.unit else ""
    if rule.kind == "whole" and value != int(value):
        raise InputValueError(f"{cell.name} must be a whole number, got {value:.15g}")
    if rule.operator in _COMPARISONS and bounds:
        word, holds = _COMPARISONS[rule.operator]
        if not holds(value, bounds[0]):
            raise InputValueError(
                f"{cell.name} must be {word} {bounds[0]:.15g}{unit}, got {value:.15g}"
            )
    elif len(bounds) == 2:
        inside = bounds[0] <= value <= bounds[1]
        if inside != (rule.operator == "between"):
            word = "between" if rule.operator == "between" else "not between"
            domain = f"{word} {bounds[0]:.15g} and {bounds[1]:.15g}"
            if word == "between" and 0.0 < bounds[0] <= SMALLEST:
                domain = f"above 0 and at most {bounds[1]:.15g}"
            raise InputValueError(f"{cell.name} must be {domain}{unit}, got {value:.15g}")

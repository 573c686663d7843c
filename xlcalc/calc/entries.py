"""What does a value mean that a person enters into a named cell?

A value is read as Excel reads what is typed: a number where the cell holds one (175e9, 1,000 or
46.2%), TRUE or FALSE, a date, else a text. Whether the cell's data validation allows it is another
question, which `xlcalc.calc.validation_rules` answers.
"""

import contextlib
import math
import re
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime, time

from xlcalc.calc.named_cells import NamedCell
from xlcalc.cells import CellValue
from xlcalc.errors import InputValueError
from xlcalc.ooxml.cell_styles import is_date_format
from xlcalc.ooxml.dates import serial

_NUMBER = re.compile(
    r"(?P<digits>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d+)?)\s*(?P<percent>%?)"
)
_PLAIN = "0123456789.eE+-"
"""What a number is written with by programs."""
_NOTHING = {"NAType", "NaTType"}
"""What pandas has where there is no value; it can be compared with nothing."""
_EVERY = (-sys.float_info.max, sys.float_info.max)


def entry_reader(
    cell: NamedCell, refuse: Callable[[CellValue], None]
) -> Callable[[object], CellValue]:
    """Return what reads the entries of one cell, for lists: numbers as programs write go fast.

    Parameters
    ----------
    cell : NamedCell
        The cell.
    refuse : callable
        Refuses a value that the cell is not to hold.
    """

    def read(value: object) -> CellValue:
        converted = convert_entry(cell, value)
        refuse(converted)
        return converted

    if type(cell.value) is not float:
        return read
    least, most, compared_alone = number_bounds(cell)

    def convert(value: object) -> CellValue:
        if type(value) is str and not value.strip(_PLAIN):
            try:
                number = float(value)
            except ValueError:
                return read(value)
            if least <= number <= most:
                if not compared_alone:
                    refuse(number)
                return number
        return read(value)

    return convert


def number_bounds(cell: NamedCell) -> tuple[float, float, bool]:
    """Return the bounds that the rules of a cell set to a number, and whether these are all.

    Rules with a formula are not among them, and that a number must be whole is no bound.
    """
    rules = [r for r in cell.validations if r.strict and r.literal and r.kind != "none"]
    numeric = [r for r in rules if r.kind in {"decimal", "whole"} and r.bounds]
    ranges = [_range(r.operator, r.bounds or ()) for r in numeric]
    known = [bounds for bounds in ranges if bounds is not None]
    least = max([_EVERY[0], *(low for low, _ in known)])
    most = min([_EVERY[1], *(high for _, high in known)])
    compared_alone = len(known) == len(rules) and all(r.kind == "decimal" for r in rules)
    return least, most, compared_alone


def _range(operator: str, bounds: Sequence[float]) -> tuple[float, float] | None:
    """Return the least and the greatest number that a comparison allows; None for two ranges."""
    first = bounds[0]
    match operator:
        case "between":
            return first, bounds[-1]
        case "greaterThan":
            return math.nextafter(first, math.inf), _EVERY[1]
        case "greaterThanOrEqual":
            return first, _EVERY[1]
        case "lessThan":
            return _EVERY[0], math.nextafter(first, -math.inf)
        case "lessThanOrEqual":
            return _EVERY[0], first
    return None


def is_empty(value: object) -> bool:
    """Whether a cell of a list or a table has no value, and keeps what the workbook has."""
    if value is None or type(value).__name__ in _NOTHING:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    return isinstance(value, str) and not value


def parse_number(text: str) -> float | None:
    """Return the number that a person wrote, as 175e9, 1,000 or 46.2%, or None."""
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not any(character.isdigit() for character in found["digits"]):
        return None
    number = float(found["digits"].replace(",", ""))
    if not math.isfinite(number):
        return None
    return number / 100.0 if found["percent"] else number


def convert_entry(cell: NamedCell, value: object) -> CellValue:
    """Return a value as a named cell takes it, whatever its rules say.

    Parameters
    ----------
    cell : NamedCell
        The cell.
    value : object
        A number, TRUE or FALSE, a date, or a text; None empties the cell.

    Raises
    ------
    InputValueError
        If the value is of another kind than the cell's.
    """
    if value is None:
        return None
    if isinstance(value, date) and _takes_numbers_alone(cell):
        raise InputValueError(f"{cell.name} must be a number, got the date {value.isoformat()}")
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
    if number is None and _takes_dates(cell):
        with contextlib.suppress(ValueError):
            # Cells know the clock, but no zones.
            number = serial(datetime.fromisoformat(text).replace(tzinfo=None), cell.date1904)
        with contextlib.suppress(ValueError):
            clock = time.fromisoformat(text)
            number = (3600 * clock.hour + 60 * clock.minute + clock.second) / 86_400.0
    if number is None and (isinstance(cell.value, float) or isinstance(value, bool)):
        what = "a date" if _takes_dates(cell) else "a number"
        raise InputValueError(f'{cell.name} must be {what}, got "{text}"')
    return str(value) if number is None else number


def _takes_numbers_alone(cell: NamedCell) -> bool:
    """Whether a cell is for numbers by a rule of its own, and not for dates."""
    kinds = {rule.kind for rule in cell.validations if rule.strict}
    return bool(kinds & {"decimal", "whole"}) and not _takes_dates(cell)


def _takes_dates(cell: NamedCell) -> bool:
    return is_date_format(cell.number_format) or any(
        rule.kind in {"date", "time"} for rule in cell.validations
    )


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

"""How are amounts and moments written in FOCUS, and how are they read?

An amount is a decimal number without separators, a moment is in UTC. Each reader returns None for
what is not of its form; who reads a file knows the line and the column.

References
----------
FinOps Open Cost and Usage Specification 1.2, Numeric Format and Date/Time Format,
https://focus.finops.org
"""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

LINES = {
    "rental": "rental_cost",
    "power": "power_cost",
    "depreciation": "depreciation",
    "staff": "staff_cost",
}
"""Kinds of cost, and the rows of a compute plan that show them behind `planned_` and `actual_`."""
TRAINING, INFERENCE, UNUSED = "Training", "Inference", "Unused"
PURPOSES = {
    **dict.fromkeys(("training", "train"), TRAINING),
    **dict.fromkeys(("inference", "serving"), INFERENCE),
    **dict.fromkeys(("unused", "idle"), UNUSED),
}
"""What GPUs are paid for, by the words that say so."""

_NUMBER = re.compile(r"-?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d{1,3})?", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?(Z|UTC|[-+]\d\d:?\d\d)?)?",
    re.ASCII,
)


def decimal(text: str) -> Decimal | None:
    """Return an amount, or None where a text is none.

    FOCUS has no exponents, but programs write them: 1E-7 is read.

    Examples
    --------
    >>> decimal("-12.50"), decimal("1,200"), decimal("NaN")
    (Decimal('-12.50'), None, None)
    """
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def decimal_text(value: float) -> str:
    """Return a number as FOCUS writes it: all its digits, a point, and no exponent.

    Examples
    --------
    >>> decimal_text(1e21), decimal_text(2.5e-7), decimal_text(3.0)
    ('1000000000000000000000.0', '0.00000025', '3.0')
    """
    text = format(Decimal(repr(value + 0.0)), "f")  # no negative zero
    return text if "." in text else f"{text}.0"


def month_of(text: str) -> int | None:
    """Return the month of a moment, counted from the year 0, or None where a text is no moment.

    A moment without an offset is in UTC, as FOCUS has it.

    Examples
    --------
    >>> month_of("2027-01-31T23:30:00-02:00") - month_of("2027-01-01")
    1
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    day, time, offset = found.groups()
    zone = "" if offset is None else "+00:00" if offset in {"Z", "UTC"} else offset
    try:
        if time is None:
            return number_of(date.fromisoformat(day))
        moment = datetime.fromisoformat(f"{day}T{time[:15]}{zone}")
        return number_of(moment.astimezone(UTC) if zone else moment)
    except (ValueError, OverflowError):
        return None


def number_of(when: date) -> int:
    """Return the number of a day's month, counted from the year 0."""
    return when.year * 12 + when.month - 1


def month_text(month: int) -> str:
    """Return a month by its number as 2027-01."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def moment_text(month: int) -> str:
    """Return the beginning of a month as FOCUS writes a moment."""
    return f"{month_text(month)}-01T00:00:00Z"

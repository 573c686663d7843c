"""How does the engine round decimal digits: in ROUND, in TEXT, and where a number joins a text?

It takes a number for its first 15 digits, as Excel does, and rounds a five away from zero.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.vectorised.vectors import NeedsEngine

_DIGITS = 15
_LARGEST = 1e13
"""Beyond it, counted in units of the last place, the 15 digits end before that place."""
_NEAR = 1e-14
"""What is so near to a five may be one in 15 digits."""
_PLAIN = re.compile(r"(?P<separator>#,##)?0(?:\.(?P<decimals>0+))?(?P<percent>%)?")


def rounded(values: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ROUND of numbers to some decimal places, of which a fraction is cut off."""
    values, places = np.broadcast_arrays(values, np.trunc(places))
    if np.any(np.abs(places) > _DIGITS):
        raise NeedsEngine
    power = 10.0 ** np.abs(places)
    scaled = np.where(places < 0.0, values / power, values * power)
    near = _near_a_five(scaled)
    whole = np.copysign(np.floor(np.abs(scaled) + 0.5), scaled)
    result = np.where(places < 0.0, whole * power, whole / power)
    for index in zip(*np.nonzero(near), strict=True):
        result[index] = float(_exactly(values[index], int(places[index])))
    return result


def texts(values: NDArray[np.float64], form: str) -> list[str]:
    """Return TEXT of numbers in a format, which must be a plain one."""
    found = _PLAIN.fullmatch(form)
    if found is None:
        raise NeedsEngine
    places = len(found["decimals"] or "")
    shift = 2 if found["percent"] else 0
    near = _near_a_five(values * 10.0 ** (places + shift))
    form = f"{',' if found['separator'] else ''}.{places}f"
    end = found["percent"] or ""
    return [
        _unsigned_zero(
            format(_exactly(value, places, shift) if is_near else value * 10.0**shift, form)
        )
        + end
        for value, is_near in zip(values.tolist(), near.tolist(), strict=True)
    ]


def joined(values: NDArray[np.float64]) -> list[str]:
    """Return numbers as they join a text: all their digits, never an exponent."""
    if np.any(np.abs(values) >= 1e15):
        raise NeedsEngine
    return list(_written(values.tolist()))


def _written(values: list[float]) -> Iterator[str]:
    for value in values:
        text = repr(value)
        if "e" in text:
            text = format(Decimal(text), "f")
        yield text.removesuffix(".0")


def _near_a_five(scaled: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which numbers, in units of the last place, must be looked at digit by digit."""
    size = np.abs(scaled)
    if np.any(size >= _LARGEST):
        raise NeedsEngine
    return np.asarray(np.abs(size - np.floor(size) - 0.5) <= _NEAR * size)


def _exactly(value: float, places: int, shift: int = 0) -> Decimal:
    """Return a number of 15 digits, times a power of ten, rounded to decimal places."""
    digits = Decimal(format(value, f".{_DIGITS - 1}e")).scaleb(shift)
    return digits.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _unsigned_zero(text: str) -> str:
    return text[1:] if text[0] == "-" and not text.strip("-0.,") else text

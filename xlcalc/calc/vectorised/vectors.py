"""What are the values of a cell in many scenarios, and how does Excel's arithmetic treat them all?

Only clean cases are here, numbers with numbers for instance. Whatever Excel converts on the way, a
text that looks like a number or an empty cell, raises `Unfit`, and the engine computes it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xlcalc.cells import ERROR_CODES, CellError, CellValue

NO_ERROR = 0
_CODES = ("", *ERROR_CODES, "#SPILL!", "#CALC!")
_NUMBERS = {code: number for number, code in enumerate(_CODES)}
NUM, DIV0, NA = (_NUMBERS[code] for code in ("#NUM!", "#DIV/0!", "#N/A"))

_FILLERS: dict[type, CellValue] = {float: 0.0, bool: False, str: ""}
"""What stands where an error is, by the kind of the other values."""

Codes: TypeAlias = NDArray[np.uint8]


class NeedsEngine(Exception):  # noqa: N818  no failure: the engine takes over
    """A case that is left to the engine."""


@dataclass(frozen=True, slots=True)
class Vector:
    """The values of a cell, one a scenario.

    Attributes
    ----------
    data : numpy.ndarray
        Floats, bools, or objects that are cell values.
    codes : numpy.ndarray or None
        Where a value is an error: the number of its code, 0 where there is none.
    """

    data: NDArray[Any]
    codes: Codes | None = None

    @property
    def numeric(self) -> bool:
        """Whether all values are numbers or errors."""
        return self.data.dtype == np.float64

    @property
    def logical(self) -> bool:
        """Whether all values are TRUE, FALSE or errors."""
        return self.data.dtype == np.bool_

    def cells(self) -> list[CellValue]:
        """Return the cell values."""
        values: list[CellValue] = self.data.tolist()
        if self.codes is not None:
            for row in np.flatnonzero(self.codes):
                values[row] = CellError(_CODES[self.codes[row]])
        return values

    def first(self) -> CellValue:
        """Return the cell value of the first scenario."""
        return Vector(self.data[:1], None if self.codes is None else self.codes[:1]).cells()[0]


Operand: TypeAlias = Vector | CellValue
"""The values of a cell in all scenarios, or the one that it has in each."""


def vector(values: Sequence[CellValue]) -> Vector:
    """Return cell values as a vector."""
    kinds = set(map(type, values))
    codes: Codes | None = None
    if CellError in kinds:
        codes = np.fromiter(
            (_NUMBERS.get(v.code, 1) if isinstance(v, CellError) else 0 for v in values),
            np.uint8,
            len(values),
        )
        kinds.discard(CellError)
        filler = next((_FILLERS[kind] for kind in _FILLERS if kinds <= {kind}), None)
        values = [filler if isinstance(v, CellError) else v for v in values]
    if kinds <= {float}:
        return Vector(np.array(values, dtype=np.float64), codes)
    if kinds == {bool}:
        return Vector(np.array(values, dtype=np.bool_), codes)
    return objects(values, codes)


def objects(values: Sequence[CellValue], codes: Codes | None) -> Vector:
    """Return texts, or values of several kinds, as a vector with errors in some places."""
    data = np.empty(len(values), dtype=object)
    data[:] = values
    return Vector(data, codes)


def number(operand: Operand) -> tuple[Any, Codes | None]:
    """Return an operand as numbers, with its errors."""
    if isinstance(operand, Vector):
        if operand.numeric:
            return operand.data, operand.codes
        if operand.logical:
            return operand.data.astype(np.float64), operand.codes
    elif operand is None:
        return 0.0, None  # an empty cell counts as zero
    elif isinstance(operand, bool | float):
        return float(operand), None
    elif isinstance(operand, CellError):
        return 0.0, np.array(_NUMBERS.get(operand.code, 1), dtype=np.uint8)
    raise NeedsEngine


def logical(operand: Operand) -> tuple[Any, Codes | None]:
    """Return an operand as TRUE or FALSE, with its errors."""
    if isinstance(operand, Vector) and operand.logical:
        return operand.data, operand.codes
    values, codes = number(operand)
    return values != 0.0, codes


def merged(*codes: Codes | None) -> Codes | None:
    """Return errors of several operands; of two in one row the first one's."""
    found: Codes | None = None
    for other in codes:
        if other is not None:
            found = other if found is None else np.where(found == NO_ERROR, other, found)
    return found


def checked(data: NDArray[np.float64], codes: Codes | None) -> Vector:
    """Return numbers as a vector; one that is not finite is #NUM!."""
    finite = np.isfinite(data)
    if not finite.all():
        found = np.where(finite, 0, NUM).astype(np.uint8)
        codes = merged(codes, found)
        data = np.where(finite, data, 0.0)
    return Vector(data, None if codes is None else np.broadcast_to(codes, data.shape))


def _divide(left: Any, right: Any) -> Any:
    return left / right


def _power(left: Any, right: Any) -> NDArray[np.float64]:
    # Not numpy's power: the engine calls the C library, and the last bit of the two may differ.
    bases, exponents = np.broadcast_arrays(left, right)
    pairs = zip(bases.ravel().tolist(), exponents.ravel().tolist(), strict=True)
    return np.array([_pow(a, b) for a, b in pairs]).reshape(bases.shape)


def _pow(base: float, exponent: float) -> float:
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return math.nan


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": _divide,
    "^": _power,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def binary(operator: str, left: Operand, right: Operand) -> Vector:
    """Return what an operator makes of two operands, one of which is a vector."""
    if operator in _ARITHMETIC:
        a, left_codes = number(left)
        b, right_codes = number(right)
        codes = merged(left_codes, right_codes)
        with np.errstate(all="ignore"):
            data = np.asarray(_ARITHMETIC[operator](a, b))
        if operator == "/":
            zero = np.broadcast_to(np.equal(b, 0.0), data.shape)
            if zero.any():
                codes = merged(codes, np.where(zero, DIV0, 0).astype(np.uint8))
        return checked(data, codes)
    if operator not in COMPARISONS:
        raise NeedsEngine
    if _is_text(left) or _is_text(right):
        return _compare_texts(operator, left, right)
    if _is_logical(left) != _is_logical(right):
        raise NeedsEngine
    a, left_codes = number(left)
    b, right_codes = number(right)
    codes = merged(left_codes, right_codes)
    truth = np.asarray(COMPARISONS[operator](a, b))
    return Vector(truth, None if codes is None else np.broadcast_to(codes, truth.shape))


def is_numeric(operand: Operand) -> TypeGuard[Vector]:
    """Whether an operand is a vector of numbers or errors."""
    return isinstance(operand, Vector) and operand.numeric


def _is_logical(operand: Operand) -> bool:
    return operand.logical if isinstance(operand, Vector) else isinstance(operand, bool)


def _is_text(operand: Operand) -> bool:
    if isinstance(operand, Vector):
        return operand.data.dtype == object
    return isinstance(operand, str)


def _compare_texts(operator: str, left: Operand, right: Operand) -> Vector:
    """Compare a text with something for equality, without regard to case as the engine does it."""
    if operator not in {"=", "<>"}:
        raise NeedsEngine
    sides = [o.data.tolist() if isinstance(o, Vector) else [o] for o in (left, right)]
    kinds = {type(value) for side in sides for value in side}
    # Nothing equals an empty text, and zero as well: where numbers are about, the engine decides.
    if kinds & {bool, CellError} or {float, type(None)} <= kinds:
        raise NeedsEngine
    equal = np.asarray(np.equal(*map(_comparable, sides)), dtype=np.bool_)
    codes = merged(*(o.codes for o in (left, right) if isinstance(o, Vector)))
    return Vector(equal if operator == "=" else ~equal, codes)


def _comparable(values: list[CellValue]) -> NDArray[np.object_]:
    """Return texts in small letters, nothing as an empty one, and numbers as they are."""
    found = np.empty(len(values), dtype=object)
    found[:] = ["" if v is None else _lowered(v) if isinstance(v, str) else v for v in values]
    return found


def _lowered(text: str) -> str:
    # Bytes know small letters of ASCII alone, and so does the engine.
    return text.lower() if text.isascii() else text.encode().lower().decode()


def unary(operator: str, operand: Operand) -> Vector:
    """Return what a sign or a percent sign makes of a vector."""
    data, codes = number(operand)
    if operator == "%":
        return checked(data / 100.0, codes)
    if operator == "-":
        return Vector(-data, codes)
    if operator == "+":
        return Vector(data, codes)
    raise NeedsEngine


def choose(condition: Operand, yes: Operand, no: Operand, count: int) -> Vector:
    """Return one operand where a condition holds and another where it does not."""
    truth, codes = logical(condition)
    return _pick(np.broadcast_to(truth, (count,)), codes, yes, no)


def _pick(truth: NDArray[np.bool_], codes: Codes | None, yes: Operand, no: Operand) -> Vector:
    sides = []
    for operand in (yes, no):
        if operand is None:
            raise NeedsEngine
        sides.append(operand if isinstance(operand, Vector) else vector([operand]))
    taken = [
        np.broadcast_to(side.codes, truth.shape) if side.codes is not None else None
        for side in sides
    ]
    if taken[0] is not None or taken[1] is not None:
        none = np.zeros(truth.shape, np.uint8)
        a, b = (none if found is None else found for found in taken)
        codes = merged(codes, np.where(truth, a, b))
    a, b = (side.data for side in sides)
    if a.dtype != b.dtype:
        a, b = (_objects(data) for data in (a, b))
    return _narrowed(np.where(truth, a, b), codes)


def _narrowed(data: NDArray[Any], codes: Codes | None) -> Vector:
    """Return objects that are all numbers, or all TRUE or FALSE, as such."""
    if data.dtype == object:
        kinds = set(map(type, data.tolist()))
        for kind in (float, bool):
            if kinds == {kind}:
                return Vector(data.astype(kind), codes)
    return Vector(data, codes)


def _objects(data: NDArray[Any]) -> NDArray[Any]:
    objects = np.empty(data.shape, dtype=object)
    objects[:] = data.tolist()
    return objects


def without_errors(
    operand: Operand, instead: Operand, count: int, only: int | None = None
) -> Vector:
    """Return a vector with something else in place of its errors, or of one kind of them."""
    if not isinstance(operand, Vector):
        raise NeedsEngine
    if operand.codes is None:
        return operand
    wrong = operand.codes != NO_ERROR if only is None else operand.codes == only
    return _pick(np.broadcast_to(wrong, (count,)), None, instead, _cleared(operand, wrong))


def _cleared(operand: Vector, wrong: NDArray[np.bool_]) -> Vector:
    assert operand.codes is not None  # noqa: S101  the caller has seen to it
    left = np.where(wrong, 0, operand.codes).astype(np.uint8)
    return Vector(operand.data, left if left.any() else None)


def elementwise(function: Callable[[float], float], operand: Operand) -> Vector:
    """Return a function of the C library for each number."""

    def safe(value: float) -> float:
        try:
            return function(value)
        except (OverflowError, ValueError):
            return math.nan

    data, codes = number(operand)
    return checked(np.array([safe(value) for value in np.atleast_1d(data).tolist()]), codes)

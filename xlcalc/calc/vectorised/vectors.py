"""What are the values of a cell in many scenarios, and how does Excel's arithmetic treat them all?

Only clean cases are here, numbers with numbers for instance. Whatever Excel converts on the way, a
text that looks like a number or an empty cell, raises `NeedsEngine`, and the engine computes it.
What always holds of a `Vector` stands at the head of the package.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from numpy.typing import NDArray

from xlcalc.cells import ERROR_CODES, CellError, CellValue

NO_ERROR = 0
_CODES = ["", *ERROR_CODES, "#SPILL!", "#CALC!"]
_NUMBERS = {code: number for number, code in enumerate(_CODES)}
NUM, DIV0, NA = (_NUMBERS[code] for code in ("#NUM!", "#DIV/0!", "#N/A"))

_FILLERS: dict[str, Any] = {"f": 0.0, "b": False, "O": ""}
"""What stands where an error is, by numpy's letter for the kind of the other values."""

Codes: TypeAlias = NDArray[np.uint8]


class NeedsEngine(Exception):  # noqa: N818  no failure: the engine takes over
    """A case that is left to the engine."""


@dataclass(frozen=True, slots=True)
class Vector:
    """The values of a cell, one a scenario.

    Attributes
    ----------
    data : numpy.ndarray
        Floats, all finite; bools; or objects that are cell values of several kinds or texts. Where
        an error is, 0, FALSE or an empty text stands, which means nothing.
    codes : numpy.ndarray or None
        For each value the number of its error, 0 where there is none; None where no value is an
        error.
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
        return self.at(0)

    def at(self, row: int) -> CellValue:
        """Return the cell value of a scenario; of one value for all, row 0 is that."""
        codes = None if self.codes is None else self.codes.ravel()[row : row + 1]
        return Vector(self.data.ravel()[row : row + 1], codes).cells()[0]


Operand: TypeAlias = Vector | CellValue
"""The values of a cell in all scenarios, or the one that it has in each."""


def vector(values: Sequence[CellValue]) -> Vector:
    """Return cell values as a vector."""
    kinds = set(map(type, values))
    codes: Codes | None = None
    if CellError in kinds:
        codes = np.fromiter(map(_code_of, values), np.uint8, len(values))
        kinds.discard(CellError)
        filler = _FILLERS["f" if kinds <= {float} else "b" if kinds == {bool} else "O"]
        values = [filler if isinstance(v, CellError) else v for v in values]
    if kinds <= {float}:
        return Vector(np.array(values, dtype=np.float64), codes)
    if kinds == {bool}:
        return Vector(np.array(values, dtype=np.bool_), codes)
    return Vector(_objects(values), codes)


def _code_of(value: CellValue) -> int:
    """Return the number of an error, of a new one the next."""
    if not isinstance(value, CellError):
        return NO_ERROR
    if value.code not in _NUMBERS:
        _NUMBERS[value.code] = len(_CODES)
        _CODES.append(value.code)
    return _NUMBERS[value.code]


def flagged(data: NDArray[Any], codes: Codes | None) -> Vector:
    """Return values with errors in some places as a vector.

    Objects that are all numbers, or all TRUE or FALSE, become such.
    """
    if codes is None:
        return _narrowed(data, data, None) if data.dtype == object else Vector(data)
    shape = np.broadcast_shapes(np.shape(data), codes.shape)
    data, codes = np.broadcast_to(data, shape), np.broadcast_to(codes, shape)
    wrong = codes != NO_ERROR
    if not wrong.any():
        return flagged(data, None)
    data = np.where(wrong, _FILLERS[data.dtype.kind], data)
    return _narrowed(data, data[~wrong], codes) if data.dtype == object else Vector(data, codes)


def _narrowed(data: NDArray[Any], good: NDArray[Any], codes: Codes | None) -> Vector:
    """Return objects as a vector of the one kind that the `good` ones among them are of."""
    kinds = set(map(type, good.tolist()))
    for kind in (float, bool):
        if kinds <= {kind}:
            if codes is not None:
                data = np.where(codes == NO_ERROR, data, kind())
            return Vector(data.astype(kind), codes)
    return Vector(data, codes)


def spread(operand: Operand, count: int) -> Operand:
    """Return a vector of one value, which all scenarios share, as one of a value a scenario."""
    if not isinstance(operand, Vector) or operand.data.ndim:
        return operand
    codes = None if operand.codes is None else np.broadcast_to(operand.codes, (count,))
    return Vector(np.broadcast_to(operand.data, (count,)), codes)


def _objects(values: Sequence[CellValue]) -> NDArray[np.object_]:
    data = np.empty(len(values), dtype=object)
    data[:] = values
    return data


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
        return 0.0, np.array(_code_of(operand), dtype=np.uint8)
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


def checked(data: Any, codes: Codes | None) -> Vector:
    """Return numbers as a vector; one that is not finite is #NUM!."""
    finite = np.isfinite(data)
    if not finite.all():
        codes = merged(codes, np.where(finite, NO_ERROR, NUM).astype(np.uint8))
    elif codes is None:
        return Vector(np.asarray(data, dtype=np.float64))
    return flagged(np.asarray(data, dtype=np.float64), codes)


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
                codes = merged(codes, np.where(zero, DIV0, NO_ERROR).astype(np.uint8))
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
    return flagged(np.asarray(COMPARISONS[operator](a, b)), codes)


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
    single = not isinstance(left, Vector) and not isinstance(right, Vector)
    sides = [o.data.tolist() if isinstance(o, Vector) else [o] for o in (left, right)]
    kinds = {type(value) for side in sides for value in side}
    # Nothing equals an empty text, and zero as well: where numbers are about, the engine decides.
    if kinds & {bool, CellError} or {float, type(None)} <= kinds:
        raise NeedsEngine
    equal = np.asarray(np.equal(*map(_comparable, sides)), dtype=np.bool_)
    codes = merged(*(o.codes for o in (left, right) if isinstance(o, Vector)))
    truth = equal if operator == "=" else ~equal
    return flagged(truth[0] if single else truth, codes)


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
        return checked(-data, codes)
    if operator == "+":
        return checked(data, codes)
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
    a, b = (side.codes for side in sides)
    if a is not None or b is not None:
        none = np.zeros(1, np.uint8)
        codes = merged(codes, np.where(truth, none if a is None else a, none if b is None else b))
    yes_data, no_data = (side.data for side in sides)
    if yes_data.dtype != no_data.dtype:
        yes_data, no_data = (_objects(data.tolist()) for data in (yes_data, no_data))
    return flagged(np.where(truth, yes_data, no_data), codes)


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
    return flagged(operand.data, np.where(wrong, NO_ERROR, operand.codes).astype(np.uint8))


def elementwise(function: Callable[[float], float], operand: Operand) -> Vector:
    """Return a function of the C library for each number."""

    def safe(value: float) -> float:
        try:
            return function(value)
        except (OverflowError, ValueError):
            return math.nan

    data, codes = number(operand)
    found = np.array([safe(value) for value in np.ravel(data).tolist()])
    return checked(found.reshape(np.shape(data)), codes)

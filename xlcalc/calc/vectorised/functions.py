"""Which Excel functions do vectors compute by themselves?

Each takes its arguments as programs, the values of the live cells and the number of scenarios, and
raises `NeedsEngine` where the engine has to decide.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from xlcalc.calc.vectorised import dates, lookups, vectors
from xlcalc.calc.vectorised import rounding as decimals
from xlcalc.calc.vectorised.nodes import Constant, EvalNode, Table, Values, WithoutErrors
from xlcalc.calc.vectorised.vectors import Codes, NeedsEngine, Operand, Vector, vector
from xlcalc.cells import CellError, CellValue
from xlcalc.functions.rounding import whole_down, whole_up
from xlcalc.ooxml.literals import MAX_TEXT_LENGTH


def _if(parts: list[EvalNode], values: Values, count: int) -> Operand:
    condition = parts[0].run(values, count)
    no: Operand = parts[2].run(values, count) if len(parts) == 3 else False
    yes = parts[1].run(values, count)
    if isinstance(condition, Vector):
        return vectors.choose(condition, yes, no, count)
    if isinstance(condition, CellError):
        return condition
    truth, _ = vectors.logical(condition)
    chosen = yes if truth else no
    if chosen is None:
        raise NeedsEngine
    return chosen


def _iferror(parts: list[EvalNode], values: Values, count: int) -> Operand:
    first, instead = (part.run(values, count) for part in parts)
    return vectors.without_errors(first, instead, count)


def _ifna(parts: list[EvalNode], values: Values, count: int) -> Operand:
    first, instead = (part.run(values, count) for part in parts)
    return vectors.without_errors(first, instead, count, vectors.NA)


def _each(parts: list[EvalNode], values: Values, count: int) -> Iterator[tuple[Operand, bool]]:
    """Yield the values of arguments and of the cells of ranges, and whether they are cells."""
    for part in parts:
        if isinstance(part, Table):
            yield from ((operand, True) for operand in part.flat(values, count))
        else:
            yield part.run(values, count), False


def _numbers(
    parts: list[EvalNode], values: Values, count: int, instead: float = 0.0
) -> Iterator[tuple[Any, Codes | None]]:
    """Yield the numbers of arguments with their errors; words in ranges are passed over.

    Where a cell is a number in some scenarios and a word in others, `instead` stands for the word.
    """
    for operand, cell in _each(parts, values, count):
        if isinstance(operand, Vector):
            if operand.numeric:
                yield operand.data, operand.codes
            elif not cell:
                raise NeedsEngine
            elif operand.logical:
                yield instead, operand.codes
            else:
                cells = operand.data.tolist()
                data = np.array([v if type(v) is float else instead for v in cells])
                yield data, operand.codes
        elif isinstance(operand, float | CellError):
            yield vectors.number(operand)
        elif not cell:
            raise NeedsEngine


def _sum(parts: list[EvalNode], values: Values, count: int) -> Operand:
    total: Any = 0.0
    codes = None
    for addend, wrong in _numbers(parts, values, count):
        total = total + addend
        codes = vectors.merged(codes, wrong)
    return vectors.checked(np.broadcast_to(total, (count,)), codes)


def _average(parts: list[EvalNode], values: Values, count: int) -> Operand:
    total: Any = 0.0
    codes = None
    addends = list(_numbers(parts, values, count, math.nan))
    for addend, wrong in addends:
        total = total + addend
        codes = vectors.merged(codes, wrong)
    if not addends or np.isnan(total).any():
        raise NeedsEngine
    return vectors.checked(np.broadcast_to(total / float(len(addends)), (count,)), codes)


def _extreme(choose: Callable[[Any, Any], Any], neutral: float) -> Callable[..., Operand]:
    def extreme(parts: list[EvalNode], values: Values, count: int) -> Operand:
        found: Any = neutral
        codes = None
        for candidate, wrong in _numbers(parts, values, count, neutral):
            found = choose(found, candidate)
            codes = vectors.merged(codes, wrong)
        data = np.broadcast_to(np.asarray(found, dtype=np.float64), (count,))
        if np.isinf(data).any():
            raise NeedsEngine  # no number in any of the cells
        return vectors.checked(data, codes)

    return extreme


def _all_or_any(combine: Callable[[Any, Any], Any]) -> Callable[..., Operand]:
    def together(parts: list[EvalNode], values: Values, count: int) -> Operand:
        found: Any = None
        codes = None
        for operand, cell in _each(parts, values, count):
            if cell and (operand is None or isinstance(operand, str)):
                continue
            truth, wrong = vectors.logical(operand)
            codes = vectors.merged(codes, wrong)
            found = truth if found is None else combine(found, truth)
        if found is None:
            raise NeedsEngine
        return vectors.flagged(np.array(np.broadcast_to(found, (count,)), dtype=np.bool_), codes)

    return together


def _not(parts: list[EvalNode], values: Values, count: int) -> Operand:
    (part,) = parts
    truth, codes = vectors.logical(part.run(values, count))
    return vectors.flagged(~truth, codes)


def _sumproduct(parts: list[EvalNode], values: Values, count: int) -> Operand:
    if len(parts) == 1 and not isinstance(parts[0], Table):  # as the largest of a range
        data, codes = vectors.number(parts[0].run(values, count))
        return vectors.checked(np.broadcast_to(data, (count,)), codes)
    if not all(isinstance(part, Table) for part in parts):
        raise NeedsEngine
    tables = [part.flat(values, count) for part in parts if isinstance(part, Table)]
    if len({part.shape for part in parts if isinstance(part, Table)}) != 1:
        raise NeedsEngine
    total: Any = 0.0
    codes = None
    for row in zip(*tables, strict=True):
        product: Any = None
        for operand in row:
            if operand is None or isinstance(operand, str):
                factor: Any = 0.0
                wrong = None
            elif isinstance(operand, float | CellError) or vectors.is_numeric(operand):
                factor, wrong = vectors.number(operand)
            else:
                raise NeedsEngine
            codes = vectors.merged(codes, wrong)
            product = factor if product is None else product * factor
        total = total + product
    return vectors.checked(np.broadcast_to(total, (count,)), codes)


def _npv(parts: list[EvalNode], values: Values, count: int) -> Operand:
    if len(parts) != 2 or not isinstance(parts[1], Table):
        raise NeedsEngine
    rate, codes = vectors.number(parts[0].run(values, count))
    total: Any = 0.0
    for period, operand in enumerate(parts[1].flat(values, count), start=1):
        if not (isinstance(operand, float) or vectors.is_numeric(operand)):
            raise NeedsEngine
        amount, wrong = vectors.number(operand)
        codes = vectors.merged(codes, wrong)
        total = total + amount / _whole_power(1.0 + rate, period)
    return vectors.checked(np.broadcast_to(total, (count,)), codes)


def _whole_power(base: Any, exponent: int) -> Any:
    """Return a power by squaring, in the order in which the engine multiplies."""
    power: Any = 1.0
    while exponent:
        if exponent & 1:
            power = power * base
        base, exponent = base * base, exponent >> 1
    return power


def _round_whole(function: Callable[[Any], Any]) -> Callable[..., Operand]:
    def rounded(parts: list[EvalNode], values: Values, count: int) -> Operand:
        if len(parts) != 2 or parts[1] != Constant(0.0):
            raise NeedsEngine
        data, codes = vectors.number(parts[0].run(values, count))
        with np.errstate(all="ignore"):
            return vectors.checked(np.copysign(function(np.abs(data)), data), codes)

    return rounded


def _single(function: Callable[[Any], Any]) -> Callable[..., Operand]:
    def single(parts: list[EvalNode], values: Values, count: int) -> Operand:
        (part,) = parts
        data, codes = vectors.number(part.run(values, count))
        with np.errstate(all="ignore"):
            return vectors.checked(function(data), codes)

    return single


def _library(function: Callable[[float], float]) -> Callable[..., Operand]:
    def single(parts: list[EvalNode], values: Values, count: int) -> Operand:
        (part,) = parts
        return vectors.elementwise(function, part.run(values, count))

    return single


def _power(parts: list[EvalNode], values: Values, count: int) -> Operand:
    base, exponent = (part.run(values, count) for part in parts)
    return vectors.binary("^", base, exponent)


def _round(parts: list[EvalNode], values: Values, count: int) -> Operand:
    (data, codes), (places, wrong) = (vectors.number(part.run(values, count)) for part in parts)
    return vectors.checked(
        np.broadcast_to(decimals.rounded(data, places), (count,)), vectors.merged(codes, wrong)
    )


def _text(parts: list[EvalNode], values: Values, count: int) -> Operand:
    shown, form = (part.run(values, count) for part in parts)
    if not vectors.is_numeric(shown) or not isinstance(form, str):
        raise NeedsEngine
    return _texts(decimals.texts(shown.data, form), shown.codes)


def join(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """Return what the operator & makes of two values."""
    sides = []
    codes = None
    for part in parts:
        operand = part.run(values, count)
        if not isinstance(operand, Vector):
            operand = vector([operand])
        codes = vectors.merged(codes, operand.codes)
        texts = decimals.joined(operand.data) if operand.numeric else _texts_of(operand)
        sides.append(texts if len(texts) == count else texts * count)
    if codes is not None:
        codes = np.broadcast_to(codes, (count,))
    texts = [left + right for left, right in zip(*sides, strict=True)]
    if max(map(len, texts)) > MAX_TEXT_LENGTH:
        raise NeedsEngine
    return _texts(texts, codes)


def _texts(texts: list[str], codes: Codes | None) -> Vector:
    data = np.empty(len(texts), dtype=object)
    data[:] = texts
    return Vector(data) if codes is None else vectors.flagged(data, codes)


def _texts_of(operand: Vector) -> list[str]:
    """Return texts, logical values and nothing as they join a text."""
    values: list[CellValue] = operand.data.tolist()
    kinds = set(map(type, values))
    if float in kinds:
        raise NeedsEngine
    return ["" if v is None else v if isinstance(v, str) else str(v).upper() for v in values]


def _dated(function: Callable[..., Any]) -> Callable[..., Operand]:
    def dated(parts: list[EvalNode], values: Values, count: int) -> Operand:
        operands = [vectors.number(part.run(values, count)) for part in parts]
        if any(codes is not None for _, codes in operands):
            raise NeedsEngine
        data = function(*(numbers for numbers, _ in operands))
        return vectors.checked(np.broadcast_to(data, (count,)), None)

    return dated


def _is_number(parts: list[EvalNode], values: Values, count: int) -> Operand:
    (part,) = parts
    operand = part.run(values, count)
    if not isinstance(operand, Vector) or operand.data.dtype == object:
        raise NeedsEngine
    right = np.full(count, operand.numeric)
    return Vector(right if operand.codes is None else right & (operand.codes == vectors.NO_ERROR))


def _is_error(wrong: Callable[[Codes], Any]) -> Callable[..., Operand]:
    def is_error(parts: list[EvalNode], values: Values, count: int) -> Operand:
        (part,) = parts
        operand = part.run(values, count)
        if not isinstance(operand, Vector):
            raise NeedsEngine
        if operand.codes is None:
            return Vector(np.zeros(count, np.bool_))
        return Vector(np.broadcast_to(wrong(operand.codes), (count,)))

    return is_error


def _is_text(parts: list[EvalNode], values: Values, count: int) -> Operand:
    (part,) = parts
    operand = part.run(values, count)
    if not isinstance(operand, Vector):
        raise NeedsEngine
    if operand.data.dtype != object:
        return Vector(np.zeros(count, np.bool_))
    return Vector(np.fromiter((isinstance(v, str) for v in operand.data), np.bool_, count))


_OF_NUMBERS: dict[float, Callable[..., Operand]] = {
    1.0: _average,
    2.0: lookups.count_numbers,
    4.0: _extreme(np.maximum, -math.inf),
    5.0: _extreme(np.minimum, math.inf),
    9.0: _sum,
}
"""By their numbers in AGGREGATE."""


def _aggregate(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """AGGREGATE that passes over errors, which is the only one that a tree holds."""
    number, _, *tables = parts
    function = _OF_NUMBERS.get(number.value) if isinstance(number, Constant) else None  # type: ignore[arg-type]
    if function is None:
        raise NeedsEngine
    cells = [WithoutErrors([], table) for table in tables if isinstance(table, Table)]
    return function(cells, values, count)


KNOWN: dict[str, Callable[[list[EvalNode], Values, int], Operand]] = {
    "IF": _if,
    "IFERROR": _iferror,
    "IFNA": _ifna,
    "AND": _all_or_any(np.logical_and),
    "OR": _all_or_any(np.logical_or),
    "NOT": _not,
    "SUM": _sum,
    "AVERAGE": _average,
    "MIN": _extreme(np.minimum, math.inf),
    "MAX": _extreme(np.maximum, -math.inf),
    "SUMPRODUCT": _sumproduct,
    "AGGREGATE": _aggregate,
    "COUNT": lookups.count_numbers,
    "COUNTIF": lookups.countif,
    "MEDIAN": lookups.median,
    "SUMIFS": lookups.sumifs,
    "INDEX": lookups.index,
    "MATCH": lookups.match,
    "CHOOSE": lookups.choose,
    "NPV": _npv,
    "ROUND": _round,
    "ROUNDUP": _round_whole(whole_up),
    "ROUNDDOWN": _round_whole(whole_down),
    "ABS": _single(np.abs),
    "SQRT": _single(np.sqrt),
    "INT": _single(np.floor),
    "EXP": _library(math.exp),
    "LN": _library(math.log),
    "LOG10": _library(math.log10),
    "POWER": _power,
    "ISNUMBER": _is_number,
    "ISERROR": _is_error(lambda codes: codes != vectors.NO_ERROR),
    "ISNA": _is_error(lambda codes: codes == vectors.NA),
    "ISTEXT": _is_text,
    "TEXT": _text,
    "EDATE": _dated(dates.moved_by_months),
    "DATE": _dated(dates.day),
    "YEAR": _dated(dates.years),
    "MONTH": _dated(dates.months),
}
"""Functions that vectors compute; the engine computes all others."""
DATED = {"EDATE", "DATE", "YEAR", "MONTH"}
"""Those that count days from 1900."""
AGGREGATES = {"SUM", "AVERAGE", "MIN", "MAX", "AND", "OR", "SUMPRODUCT", "AGGREGATE"}
"""Those for which a single cell is a range of its own, whose words are passed over."""
RANGED = AGGREGATES | {"SUMIFS", "INDEX", "MATCH", "NPV", "COUNT", "COUNTIF", "MEDIAN"}
"""Those that take ranges."""

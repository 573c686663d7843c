"""Which Excel functions do vectors compute by themselves?

Each takes its arguments as programs, the values of the live cells and the number of scenarios, and
raises `Unfit` where the engine has to decide.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from xlcalc.cells import CellError, CellValue
from xlcalc.workbook import vectors
from xlcalc.workbook.formulas import Place
from xlcalc.workbook.vectors import Codes, Operand, Unfit, Vector, vector

Values: TypeAlias = dict[Place, Vector]
"""The values of the cells that scenarios change."""

_WORDS = re.compile(
    r"(?!.*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))(?!\d+e\d+$)(?!true$|false$)"
    r"(?=.*[a-z])[a-z\d][\w -]*",
    re.IGNORECASE | re.ASCII,
)
"""Words that a criterion can only mean as they stand."""


class Program:
    """A part of a formula, ready to run."""

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        raise NotImplementedError


@dataclass(frozen=True)
class Constant(Program):
    """A value that is the same in every scenario."""

    value: CellValue

    def run(self, values: Values, count: int) -> Operand:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class Link(Program):
    """A live cell."""

    place: Place

    def run(self, values: Values, count: int) -> Operand:
        """Return its values."""
        return values[self.place]


@dataclass(frozen=True)
class Table(Program):
    """A range: cells that are live, and constants."""

    rows: list[list[Place | Constant]]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.rows), len(self.rows[0])

    def run(self, values: Values, count: int) -> Operand:
        """Refuse: a range is no value."""
        raise Unfit

    def operands(self, values: Values, count: int) -> list[list[Operand]]:
        """Return the values of the cells, row by row."""
        return [
            [cell.value if isinstance(cell, Constant) else values[cell] for cell in row]
            for row in self.rows
        ]

    def flat(self, values: Values, count: int) -> list[Operand]:
        """Return the values of the cells."""
        return [operand for row in self.operands(values, count) for operand in row]


@dataclass(frozen=True)
class Elementwise(Table):
    """An operator between ranges, or between a range and a value, cell by cell."""

    operator: str
    parts: list[Program]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        shapes = {part.shape for part in self.parts if isinstance(part, Table)}
        if len(shapes) != 1:
            raise Unfit
        return shapes.pop()

    def operands(self, values: Values, count: int) -> list[list[Operand]]:
        """Return what the operator makes of the cells, row by row."""
        height, width = self.shape
        sides = []
        for part in self.parts:
            if isinstance(part, Table):
                sides.append(part.operands(values, count))
            else:
                sides.append([[part.run(values, count)] * width] * height)
        if len(sides) == 1:
            return [[vectors.unary(self.operator, cell) for cell in row] for row in sides[0]]
        return [
            [vectors.binary(self.operator, *pair) for pair in zip(*rows, strict=True)]
            for rows in zip(*sides, strict=True)
        ]


def _if(parts: list[Program], values: Values, count: int) -> Operand:
    if not 2 <= len(parts) <= 3:
        raise Unfit
    condition = parts[0].run(values, count)
    no: Operand = parts[2].run(values, count) if len(parts) == 3 else False
    yes = parts[1].run(values, count)
    if isinstance(condition, Vector):
        return vectors.choose(condition, yes, no, count)
    truth, _ = vectors.logical(condition)
    chosen = yes if truth else no
    if chosen is None:
        raise Unfit
    return chosen


def _iferror(parts: list[Program], values: Values, count: int) -> Operand:
    first, instead = (part.run(values, count) for part in parts)
    return vectors.without_errors(first, instead, count)


def _ifna(parts: list[Program], values: Values, count: int) -> Operand:
    first, instead = (part.run(values, count) for part in parts)
    return vectors.without_errors(first, instead, count, vectors.NA)


def _each(parts: list[Program], values: Values, count: int) -> Iterator[tuple[Operand, bool]]:
    """Yield the values of arguments and of the cells of ranges, and whether they are cells."""
    for part in parts:
        if isinstance(part, Table):
            yield from ((operand, True) for operand in part.flat(values, count))
        else:
            yield part.run(values, count), False


def _numbers(
    parts: list[Program], values: Values, count: int, instead: float = 0.0
) -> Iterator[tuple[Any, Codes | None]]:
    """Yield the numbers of arguments with their errors; words in ranges are passed over.

    Where a cell is a number in some scenarios and a word in others, `instead` stands for the word.
    """
    for operand, cell in _each(parts, values, count):
        if isinstance(operand, Vector):
            if operand.numeric:
                yield operand.data, operand.codes
            elif not cell:
                raise Unfit
            elif operand.logical:
                yield instead, operand.codes
            else:
                cells = operand.data.tolist()
                data = np.array([v if type(v) is float else instead for v in cells])
                yield data, operand.codes
        elif isinstance(operand, float | CellError):
            yield vectors.number(operand)
        elif not cell:
            raise Unfit


def _sum(parts: list[Program], values: Values, count: int) -> Operand:
    total: Any = 0.0
    codes = None
    for addend, wrong in _numbers(parts, values, count):
        total = total + addend
        codes = vectors.merged(codes, wrong)
    return vectors.checked(np.broadcast_to(total, (count,)), codes)


def _average(parts: list[Program], values: Values, count: int) -> Operand:
    total: Any = 0.0
    codes = None
    addends = list(_numbers(parts, values, count, math.nan))
    for addend, wrong in addends:
        total = total + addend
        codes = vectors.merged(codes, wrong)
    if not addends or np.isnan(total).any():
        raise Unfit
    return vectors.checked(np.broadcast_to(total / float(len(addends)), (count,)), codes)


def _extreme(choose: Callable[[Any, Any], Any], neutral: float) -> Callable[..., Operand]:
    def extreme(parts: list[Program], values: Values, count: int) -> Operand:
        found: Any = neutral
        codes = None
        for candidate, wrong in _numbers(parts, values, count, neutral):
            found = choose(found, candidate)
            codes = vectors.merged(codes, wrong)
        data = np.broadcast_to(np.asarray(found, dtype=np.float64), (count,))
        if np.isinf(data).any():
            raise Unfit  # no number in any of the cells
        return vectors.checked(data, codes)

    return extreme


def _all_or_any(combine: Callable[[Any, Any], Any]) -> Callable[..., Operand]:
    def together(parts: list[Program], values: Values, count: int) -> Operand:
        found: Any = None
        codes = None
        for operand, cell in _each(parts, values, count):
            if cell and (operand is None or isinstance(operand, str)):
                continue
            truth, wrong = vectors.logical(operand)
            codes = vectors.merged(codes, wrong)
            found = truth if found is None else combine(found, truth)
        if found is None:
            raise Unfit
        return Vector(np.array(np.broadcast_to(found, (count,)), dtype=np.bool_), codes)

    return together


def _not(parts: list[Program], values: Values, count: int) -> Operand:
    (part,) = parts
    truth, codes = vectors.logical(part.run(values, count))
    return Vector(~truth, codes)


def _sumproduct(parts: list[Program], values: Values, count: int) -> Operand:
    if not all(isinstance(part, Table) for part in parts):
        (single,) = parts  # of one value, as the largest of a range
        data, codes = vectors.number(single.run(values, count))
        return vectors.checked(np.broadcast_to(data, (count,)), codes)
    tables = [part.flat(values, count) for part in parts if isinstance(part, Table)]
    if len({part.shape for part in parts if isinstance(part, Table)}) != 1:
        raise Unfit
    total: Any = 0.0
    codes = None
    for row in zip(*tables, strict=True):
        product: Any = None
        for operand in row:
            if not isinstance(operand, float | CellError) and not _is_numeric(operand):
                raise Unfit
            factor, wrong = vectors.number(operand)
            codes = vectors.merged(codes, wrong)
            product = factor if product is None else product * factor
        total = total + product
    return vectors.checked(np.broadcast_to(total, (count,)), codes)


def _index(parts: list[Program], values: Values, count: int) -> Operand:
    table, *places = parts
    if not isinstance(table, Table) or not 1 <= len(places) <= 2:
        raise Unfit
    operands = table.operands(values, count)
    indices = [part.run(values, count) for part in places]
    if len(indices) == 1:
        if len(operands) == 1:
            indices.insert(0, 1.0)
        elif len(operands[0]) == 1:
            indices.append(1.0)
        else:
            raise Unfit
    chosen = []
    for index, size in zip(indices, (len(operands), len(operands[0])), strict=True):
        numbers, codes = vectors.number(index)
        if codes is not None or np.any(numbers < 1.0) or np.any(numbers >= size + 1.0):
            raise Unfit
        chosen.append(np.asarray(numbers).astype(np.intp) - 1)
    rows, columns = (np.broadcast_to(index, (count,)) for index in chosen)
    if (rows == rows[0]).all() and (columns == columns[0]).all():
        found: Operand = operands[rows[0]][columns[0]]
        if found is None:
            raise Unfit
        return found
    used = set(zip(rows.tolist(), columns.tolist(), strict=True))
    cells = {place: operands[place[0]][place[1]] for place in used}
    if any(
        operand is None or (isinstance(operand, Vector) and not operand.numeric)
        for operand in cells.values()
    ):
        raise Unfit
    if all(isinstance(operand, float | Vector) for operand in cells.values()):
        result = np.empty(count)
        wrong = np.zeros(count, np.uint8)
        for place, operand in cells.items():
            taken = (rows == place[0]) & (columns == place[1])
            data, found_codes = vectors.number(operand)
            result[taken] = np.broadcast_to(data, (count,))[taken]
            if found_codes is not None:
                wrong[taken] = found_codes[taken]
        return Vector(result, wrong if wrong.any() else None)
    if any(isinstance(operand, Vector) for operand in cells.values()):
        raise Unfit
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return vector([cells[pair] for pair in pairs])


def _match(parts: list[Program], values: Values, count: int) -> Operand:
    if len(parts) != 3 or not isinstance(parts[1], Table) or parts[2] != Constant(0.0):
        raise Unfit
    wanted = parts[0].run(values, count)
    entries = parts[1].flat(values, count)
    if any(isinstance(entry, Vector) for entry in entries):
        return _match_live(wanted, entries, count)
    if not isinstance(wanted, Vector) or wanted.codes is not None:
        raise Unfit
    places: dict[Any, float] = {}
    for place, entry in enumerate(entries, start=1):
        key = entry.lower() if isinstance(entry, str) else entry
        if isinstance(entry, bool) or (isinstance(entry, str) and not entry.isascii()):
            raise Unfit
        places.setdefault(key, float(place))
    sought = wanted.data.tolist()
    for value in sought:
        odd = isinstance(value, str) and (not value.isascii() or re.search("[*?~]", value))
        if isinstance(value, bool) or odd:
            raise Unfit
    found = [places.get(v.lower() if isinstance(v, str) else v) for v in sought]
    return vector([CellError("#N/A") if place is None else place for place in found])


def _match_live(wanted: Operand, entries: list[Operand], count: int) -> Vector:
    sought, codes = vectors.number(wanted)
    found = np.zeros(count)
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, float) and not _is_numeric(entry):
            raise Unfit
        data, wrong = vectors.number(entry)
        if wrong is not None:
            data = np.where(wrong == vectors.NO_ERROR, data, math.nan)  # an error equals nothing
        found = np.where((found == 0.0) & (data == sought), float(place), found)
    missing = np.where(found == 0.0, vectors.NA, 0).astype(np.uint8)
    return Vector(found, vectors.merged(codes, missing if missing.any() else None))


def _sumifs(parts: list[Program], values: Values, count: int) -> Operand:
    total, *criteria = parts
    if not isinstance(total, Table) or not criteria or len(criteria) % 2:
        raise Unfit
    addends = total.flat(values, count)
    held: list[Any] = [True] * len(addends)
    for table, criterion in zip(criteria[::2], criteria[1::2], strict=True):
        if not isinstance(table, Table):
            raise Unfit
        entries = table.flat(values, count)
        wanted = criterion.run(values, count)
        if table.shape != total.shape:
            raise Unfit
        for place, entry in enumerate(entries):
            held[place] = held[place] & _meets(entry, wanted)
    result: Any = 0.0
    for addend, holds in zip(addends, held, strict=True):
        if holds is False or not isinstance(addend, float | Vector):
            continue
        if not isinstance(addend, float) and not _is_numeric(addend):
            raise Unfit
        data, wrong = vectors.number(addend)
        if wrong is not None:
            data = np.where(wrong == vectors.NO_ERROR, data, 0.0)  # the engine passes over errors
        result = result + (data if holds is True else np.where(holds, data, 0.0))
    return vectors.checked(np.broadcast_to(result, (count,)), None)


def _meets(entry: Operand, wanted: Operand) -> Any:
    """Whether a cell equals a criterion; only numbers among numbers, and plain words."""
    if _plain_words(wanted):
        if isinstance(entry, Vector) or isinstance(wanted, Vector):
            if entry is None or isinstance(entry, float) or _is_numeric(entry):
                return False
            return vectors.binary("=", entry, wanted).data
        return isinstance(entry, str) and entry.lower() == str(wanted).lower()
    if not (isinstance(wanted, float) or _is_numeric(wanted)):
        raise Unfit
    if entry is None:
        return False
    if not (isinstance(entry, float) or _is_numeric(entry)):
        raise Unfit
    if isinstance(entry, Vector) or isinstance(wanted, Vector):
        equal = vectors.binary("=", entry, wanted)
        if equal.codes is not None:
            raise Unfit
        return equal.data
    return entry == wanted


def _is_numeric(operand: Operand) -> bool:
    return isinstance(operand, Vector) and operand.numeric


def _plain_words(operand: Operand) -> bool:
    """Whether a criterion is words, and no number, date, pattern or comparison."""
    if isinstance(operand, str):
        return _WORDS.fullmatch(operand) is not None
    if not isinstance(operand, Vector) or operand.data.dtype != object or operand.codes is not None:
        return False
    found = set(operand.data.tolist())
    return all(isinstance(text, str) and _WORDS.fullmatch(text) is not None for text in found)


def _npv(parts: list[Program], values: Values, count: int) -> Operand:
    if len(parts) != 2 or not isinstance(parts[1], Table):
        raise Unfit
    rate, codes = vectors.number(parts[0].run(values, count))
    total: Any = 0.0
    for period, operand in enumerate(parts[1].flat(values, count), start=1):
        if not (isinstance(operand, float) or _is_numeric(operand)):
            raise Unfit
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
    def rounded(parts: list[Program], values: Values, count: int) -> Operand:
        if len(parts) != 2 or parts[1] != Constant(0.0):
            raise Unfit
        data, codes = vectors.number(parts[0].run(values, count))
        return vectors.checked(np.copysign(function(np.abs(data)), data), codes)

    return rounded


def _single(function: Callable[[Any], Any]) -> Callable[..., Operand]:
    def single(parts: list[Program], values: Values, count: int) -> Operand:
        (part,) = parts
        data, codes = vectors.number(part.run(values, count))
        with np.errstate(all="ignore"):
            return vectors.checked(function(data), codes)

    return single


def _library(function: Callable[[float], float]) -> Callable[..., Operand]:
    def single(parts: list[Program], values: Values, count: int) -> Operand:
        (part,) = parts
        return vectors.elementwise(function, part.run(values, count))

    return single


def _power(parts: list[Program], values: Values, count: int) -> Operand:
    base, exponent = (part.run(values, count) for part in parts)
    return vectors.binary("^", base, exponent)


def _is_number(parts: list[Program], values: Values, count: int) -> Operand:
    (part,) = parts
    operand = part.run(values, count)
    if not isinstance(operand, Vector) or operand.data.dtype == object:
        raise Unfit
    right = np.full(count, operand.numeric)
    return Vector(right if operand.codes is None else right & (operand.codes == vectors.NO_ERROR))


def _is_error(wrong: Callable[[Codes], Any]) -> Callable[..., Operand]:
    def is_error(parts: list[Program], values: Values, count: int) -> Operand:
        (part,) = parts
        operand = part.run(values, count)
        if not isinstance(operand, Vector):
            raise Unfit
        if operand.codes is None:
            return Vector(np.zeros(count, np.bool_))
        return Vector(np.broadcast_to(wrong(operand.codes), (count,)))

    return is_error


def _is_text(parts: list[Program], values: Values, count: int) -> Operand:
    (part,) = parts
    operand = part.run(values, count)
    if not isinstance(operand, Vector):
        raise Unfit
    if operand.data.dtype != object:
        return Vector(np.zeros(count, np.bool_))
    return Vector(np.fromiter((isinstance(v, str) for v in operand.data), np.bool_, count))


KNOWN: dict[str, Callable[[list[Program], Values, int], Operand]] = {
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
    "SUMIFS": _sumifs,
    "INDEX": _index,
    "MATCH": _match,
    "NPV": _npv,
    "ROUNDUP": _round_whole(np.ceil),
    "ROUNDDOWN": _round_whole(np.floor),
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
}
"""Functions that vectors compute; the engine computes all others, value by value."""
AGGREGATES = {"SUM", "AVERAGE", "MIN", "MAX", "AND", "OR", "SUMPRODUCT"}
"""Those for which a single cell is a range of its own, whose words are passed over."""
RANGED = AGGREGATES | {"SUMIFS", "INDEX", "MATCH", "NPV"}
"""Those that take ranges."""

"""Which values do look-ups and counts find in ranges: INDEX, MATCH, CHOOSE, SUMIFS, COUNTIF?"""

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.vectorised import vectors
from xlcalc.calc.vectorised.nodes import Constant, EvalNode, Table, Values
from xlcalc.calc.vectorised.vectors import Codes, NeedsEngine, Operand, Vector, vector
from xlcalc.cells import CellError

_WORDS = re.compile(
    r"(?!.*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))(?!\d+e\d+$)(?!true$|false$)"
    r"(?=.*[a-z])[a-z\d][\w -]*",
    re.IGNORECASE | re.ASCII,
)
"""Words that a criterion can only mean as they stand."""
_CRITERION = re.compile(r"(<=|>=|<|>|=)(-?[0-9]+(?:\.[0-9]+)?)")
_PERHAPS_NUMBER = re.compile(r"[^\w]*\d[\d\W_eE]*")
"""Texts that may count as numbers or dates."""


def index(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """INDEX."""
    table, *places = parts
    if not isinstance(table, Table) or not 1 <= len(places) <= 2:
        raise NeedsEngine
    operands = table.operands(values, count)
    indices = [part.run(values, count) for part in places]
    if len(indices) == 1:
        if len(operands) == 1:
            indices.insert(0, 1.0)
        elif len(operands[0]) == 1:
            indices.append(1.0)
        else:
            raise NeedsEngine
    chosen: Any = 0
    codes = None
    for index, size in zip(indices, (len(operands), len(operands[0])), strict=True):
        place, wrong = _place(index, size)
        chosen = chosen * size + place
        codes = vectors.merged(codes, wrong)
    flat = [operand for row in operands for operand in row]
    return _selected(np.broadcast_to(chosen, (count,)), flat, codes)


def choose(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """CHOOSE."""
    index, *choices = parts
    place, codes = _place(index.run(values, count), len(choices))
    operands = [choice.run(values, count) for choice in choices]
    return _selected(np.broadcast_to(place, (count,)), operands, codes)


def _place(index: Operand, size: int) -> tuple[Any, Codes | None]:
    """Return which of some cells or choices an index means, the first one for an error."""
    numbers, codes = vectors.number(index)
    if codes is not None:
        numbers = np.where(codes == vectors.NO_ERROR, numbers, 1.0)
    if np.any(numbers < 1.0) or np.any(numbers >= size + 1.0):
        raise NeedsEngine
    return np.asarray(numbers).astype(np.intp) - 1, codes


def _selected(chosen: NDArray[np.intp], operands: list[Operand], codes: Codes | None) -> Operand:
    """Return for each scenario the value of one of some cells or choices, or an error.

    An empty cell stays None: it is "" to a comparison, 0 to a sum, and whoever takes it knows.
    """
    used: list[int] = np.unique(chosen).tolist()
    found = {place: operands[place] for place in used}
    if len(used) == 1 and codes is None:
        return operands[used[0]]
    if all(isinstance(o, float) or vectors.is_numeric(o) for o in found.values()):
        result = np.empty(chosen.shape)
        wrong = np.zeros(chosen.shape, np.uint8)
        for place, operand in found.items():
            taken = chosen == place
            data, own = vectors.number(operand)
            result[taken] = np.broadcast_to(data, chosen.shape)[taken]
            if own is not None:
                wrong[taken] = np.broadcast_to(own, chosen.shape)[taken]
        return vectors.flagged(result, vectors.merged(codes, wrong))
    columns = {
        place: operand.cells() if isinstance(operand, Vector) else [operand] * len(chosen)
        for place, operand in found.items()
    }
    selected = vector([columns[place][row] for row, place in enumerate(chosen.tolist())])
    return vectors.flagged(selected.data, vectors.merged(codes, selected.codes))


def match(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """MATCH, of an equal entry."""
    if len(parts) != 3 or not isinstance(parts[1], Table) or parts[2] != Constant(0.0):
        raise NeedsEngine
    wanted = parts[0].run(values, count)
    entries = parts[1].flat(values, count)
    if any(isinstance(entry, Vector) for entry in entries):
        return _match_live(wanted, entries, count)
    if not isinstance(wanted, Vector) or wanted.codes is not None:
        raise NeedsEngine
    places: dict[Any, float] = {}
    for place, entry in enumerate(entries, start=1):
        key = entry.lower() if isinstance(entry, str) else entry
        if isinstance(entry, bool) or (isinstance(entry, str) and not entry.isascii()):
            raise NeedsEngine
        places.setdefault(key, float(place))
    sought = wanted.data.tolist()
    for value in sought:
        odd = isinstance(value, str) and (not value.isascii() or re.search("[*?~]", value))
        if isinstance(value, bool) or odd:
            raise NeedsEngine
    found = [places.get(v.lower() if isinstance(v, str) else v) for v in sought]
    return vector([CellError("#N/A") if place is None else place for place in found])


def _match_live(wanted: Operand, entries: list[Operand], count: int) -> Vector:
    if not isinstance(wanted, float) and not vectors.is_numeric(wanted):
        raise NeedsEngine
    sought, codes = vectors.number(wanted)
    found = np.zeros(count)
    for place, entry in enumerate(entries, start=1):
        data = _numbers_of(entry)
        if data is not None:
            found = np.where((found == 0.0) & (data == sought), float(place), found)
    missing = np.where(found == 0.0, vectors.NA, 0).astype(np.uint8)
    return vectors.flagged(found, vectors.merged(codes, missing))


def _numbers_of(entry: Operand) -> Any:
    """Return the numbers of a cell, where it has no other value; None where it never has one."""
    if isinstance(entry, float):
        return entry
    if not isinstance(entry, Vector):
        return None
    if entry.numeric:
        return entry.data if entry.codes is None else np.where(entry.codes, math.nan, entry.data)
    if entry.logical:
        return None
    data = [v if type(v) is float else math.nan for v in entry.data.tolist()]
    return np.array(data) if entry.codes is None else np.where(entry.codes, math.nan, data)


def _entries(parts: list[EvalNode], values: Values, count: int) -> Iterator[Operand]:
    """Yield the cells of ranges."""
    for part in parts:
        if not isinstance(part, Table):
            raise NeedsEngine
        yield from part.flat(values, count)


def count_numbers(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """COUNT, of the cells of ranges."""
    found: Any = 0.0
    for entry in _entries(parts, values, count):
        data = _numbers_of(entry)
        if data is not None:
            found = found + ~np.isnan(data)
    return vectors.checked(np.broadcast_to(found, (count,)), None)


def median(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """MEDIAN, of the cells of ranges."""
    columns = []
    codes = None
    for entry in _entries(parts, values, count):
        if isinstance(entry, CellError):
            raise NeedsEngine
        data = _numbers_of(entry)
        if data is not None:
            columns.append(np.broadcast_to(data, (count,)))
        if isinstance(entry, Vector):
            codes = vectors.merged(codes, entry.codes)
    if not columns:
        raise NeedsEngine
    table = np.sort(np.array(columns), axis=0)
    length = np.count_nonzero(~np.isnan(table), axis=0)
    if not length.all():
        raise NeedsEngine
    low, high = (np.take_along_axis(table, m[None], 0)[0] for m in ((length - 1) // 2, length // 2))
    return vectors.checked(np.where(length % 2, high, (low + high) / 2.0), codes)


def countif(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """COUNTIF, of numbers among numbers and of plain words."""
    *ranges, criterion = parts
    wanted = criterion.run(values, count)
    found: Any = 0.0
    for entry in _entries(ranges, values, count):
        found = found + _meets(entry, wanted) * 1.0
    return vectors.checked(np.broadcast_to(found, (count,)), None)


def sumifs(parts: list[EvalNode], values: Values, count: int) -> Operand:
    """SUMIFS."""
    total, *criteria = parts
    if not isinstance(total, Table) or not criteria or len(criteria) % 2:
        raise NeedsEngine
    addends = total.flat(values, count)
    held: list[Any] = [True] * len(addends)
    for table, criterion in zip(criteria[::2], criteria[1::2], strict=True):
        if not isinstance(table, Table):
            raise NeedsEngine
        entries = table.flat(values, count)
        wanted = criterion.run(values, count)
        if table.shape != total.shape:
            raise NeedsEngine
        for place, entry in enumerate(entries):
            held[place] = held[place] & _meets(entry, wanted)
    result: Any = 0.0
    for addend, holds in zip(addends, held, strict=True):
        if holds is False or not isinstance(addend, float | Vector):
            continue
        if not isinstance(addend, float) and not vectors.is_numeric(addend):
            raise NeedsEngine
        data, wrong = vectors.number(addend)
        if wrong is not None:
            data = np.where(wrong == vectors.NO_ERROR, data, 0.0)  # the engine passes over errors
        result = result + (data if holds is True else np.where(holds, data, 0.0))
    return vectors.checked(np.broadcast_to(result, (count,)), None)


def _meets(entry: Operand, wanted: Operand) -> Any:
    """Whether a cell meets a criterion; only numbers among numbers, and plain words."""
    if _plain_words(wanted):
        if isinstance(entry, Vector) or isinstance(wanted, Vector):
            if entry is None or isinstance(entry, float) or vectors.is_numeric(entry):
                return False
            return vectors.binary("=", entry, wanted).data
        return isinstance(entry, str) and entry.lower() == str(wanted).lower()
    compare, bounds = _comparison(wanted)
    words = entry.data.tolist() if isinstance(entry, Vector) else [entry]
    if any(isinstance(word, str) and _PERHAPS_NUMBER.fullmatch(word) for word in words):
        raise NeedsEngine
    data = _numbers_of(entry)
    if data is None:
        return False
    met = compare(data, bounds)
    return met if isinstance(met, np.ndarray) else bool(met)


def _comparison(wanted: Operand) -> tuple[Callable[[Any, Any], Any], Any]:
    """Return the comparison and the numbers of a criterion, as 3 or ">=3"."""
    if isinstance(wanted, float) or vectors.is_numeric(wanted):
        numbers, codes = vectors.number(wanted)
        if codes is not None:
            raise NeedsEngine
        return np.equal, numbers
    texts = wanted.data.tolist() if isinstance(wanted, Vector) else [wanted]
    if isinstance(wanted, Vector) and wanted.codes is not None:
        raise NeedsEngine
    found = [_CRITERION.fullmatch(text) if isinstance(text, str) else None for text in texts]
    kinds = {match and match[1] for match in found}
    if len(kinds) > 1 or None in kinds:
        raise NeedsEngine
    bounds = np.array([float(match[2]) for match in found if match])
    return vectors.COMPARISONS[str(kinds.pop())], bounds if isinstance(wanted, Vector) else bounds[
        0
    ]


def _plain_words(operand: Operand) -> bool:
    """Whether a criterion is words, and no number, date, pattern or comparison."""
    if isinstance(operand, str):
        return _WORDS.fullmatch(operand) is not None
    if not isinstance(operand, Vector) or operand.data.dtype != object or operand.codes is not None:
        return False
    found = set(operand.data.tolist())
    return all(isinstance(text, str) and _WORDS.fullmatch(text) is not None for text in found)

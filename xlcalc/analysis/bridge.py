"""Which inputs moved a result, and by how much each?

Several inputs that change at once do something together. The Shapley value shares it fairly: an
input's part is the mean, over all orders in which the inputs could change one after the other, of
what the result moves at its turn. The parts add up to the difference, whatever the workbook
calculates.

An example: a price goes from 2 to 3 and hours from 10 to 20, so that a cost of 20 becomes 60. The
price first: it moves 10, the hours then 30. The hours first: they move 20, the price then 20. The
price's part is 15, that of the hours 25.

References
----------
Shapley 1953, "A Value for n-Person Games"; Castro, Gómez and Tejada 2009,
doi:10.1016/j.cor.2008.04.004, for sampling orders.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcalc.analysis.questions import Question, seed_of
from xlcalc.cells import CellValue
from xlcalc.errors import AnalysisError
from xlcalc.workbook import Workbook

EXACT = 12
"""Inputs up to which all their combinations are calculated, 4,096 of them."""
ORDERS = 4_000
"""Orders that are drawn beyond, each with its reverse."""
FORMULAS = "formulas"
"""The part of what is not an input where two workbooks are compared."""


@dataclass(frozen=True)
class Part:
    """What one input did.

    Attributes
    ----------
    name : str
        The input.
    before, after : CellValue
        What it was, and what it became.
    amount : float
        By how much it moved the result.
    error : float
        Standard error of the amount; 0 where all combinations were calculated.
    """

    name: str
    before: CellValue
    after: CellValue
    amount: float
    error: float = 0.0


@dataclass(frozen=True)
class Bridge:
    """How a result came from one value to another.

    Attributes
    ----------
    output, unit : str
        The result, and its unit.
    start, end : float
        The two values.
    parts : tuple of Part
        What each input did, the largest first; their amounts add up to the difference.
    """

    output: str
    unit: str
    start: float
    end: float
    parts: tuple[Part, ...]


def compare(
    book: Workbook,
    before: Mapping[str, object],
    after: Mapping[str, object],
    output: str,
    *,
    seed: int = 0,
) -> Bridge:
    """Return which inputs moved a result from one scenario to another.

    Parameters
    ----------
    book : Workbook
        The workbook.
    before, after : mapping of str to object
        Values of inputs by name; what is not named keeps the workbook's own value.
    output : str
        Name of the result.
    seed : int
        Of the orders that are drawn where more than 12 inputs change.

    Raises
    ------
    AnalysisError
        If the output is no number in both scenarios, or follows from none of the inputs.
    UsageError
        If there is no such input, or it does not take its value.
    """
    question, seed = Question(book, output), seed_of(seed)
    start, end = book.read(before), book.read(after)
    for name in {**start, **end}:
        # A default that one side does not name follows from its formula there.
        own = None if book.inputs[name].is_default else book.inputs[name].value
        start.setdefault(name, own)
        end.setdefault(name, own)
    changed = [
        name for name in start if start[name] != end[name] and book.follows(question.output, name)
    ]
    if not changed:
        raise AnalysisError(f"nothing from which {question.output} follows differs between the two")
    shared = {name: value for name, value in start.items() if name not in changed}
    return _bridge(question, _Change(changed, start, end, shared), seed)


def compare_workbooks(old: Workbook, new: Workbook, output: str, *, seed: int = 0) -> Bridge:
    """Return which inputs moved a result from one workbook to another, and what formulas did.

    Inputs are those that both have. What the old inputs give in the new workbook, less what they
    gave in the old one, is the part of the formulas, and of inputs that one of them lacks.

    Raises
    ------
    AnalysisError
        If the output is no number in both, or the new workbook does not take an old input.
    """
    first, last, seed = Question(old, output), Question(new, output), seed_of(seed)
    shared = {name.lower(): name for name in new.inputs}
    before: dict[str, CellValue] = {}
    for name, found in old.inputs.items():
        known = shared.get(name.lower())
        if known is not None and not (found.is_default and new.inputs[known].is_default):
            before[known] = found.value
    after = {n: None if new.inputs[n].is_default else new.inputs[n].value for n in before}
    changed = [
        name for name in before if before[name] != after[name] and new.follows(last.output, name)
    ]
    if changed:
        middle = float(last.sure({name: [before[name]] for name in changed})[0])
        bridge = _bridge(last, _Change(changed, before, after, {}), seed)
        parts = list(bridge.parts)
    else:
        middle, parts = last.value, []
    if middle != first.value:
        parts.append(Part(FORMULAS, None, None, middle - first.value))
    parts.sort(key=lambda part: -abs(part.amount))
    return Bridge(last.output, last.unit, first.value, last.value, tuple(parts))


@dataclass(frozen=True)
class _Change:
    """What differs between two scenarios.

    Attributes
    ----------
    names : sequence of str
        The inputs that differ.
    start, end : mapping of str to CellValue
        Their values; None is the workbook's own.
    shared : mapping of str to CellValue
        Values of inputs that are the same in both.
    """

    names: Sequence[str]
    start: Mapping[str, CellValue]
    end: Mapping[str, CellValue]
    shared: Mapping[str, CellValue]

    def scenarios(self, has_changed: NDArray[np.bool_]) -> dict[str, NDArray[np.object_]]:
        """Return the inputs of scenarios, in each of which some inputs have changed."""
        given = {
            name: np.where(
                has_changed[:, place],
                _objects([self.end[name]]),
                _objects([self.start[name]]),
            )
            for place, name in enumerate(self.names)
        }
        return given | {
            name: _objects([value] * len(has_changed)) for name, value in self.shared.items()
        }


def _bridge(question: Question, change: _Change, seed: int) -> Bridge:
    names = change.names
    both = np.array([[False] * len(names), [True] * len(names)])
    ends = question.sure(change.scenarios(both))
    if len(names) <= EXACT:
        amounts, errors = _exact(question, change)
    else:
        amounts, errors = _sampled(question, change, seed)
    first, last = (
        question.book({**change.shared, **given}) for given in (change.start, change.end)
    )
    parts = [
        Part(name, first[name], last[name], amount, error)
        for name, amount, error in zip(names, amounts, errors, strict=True)
    ]
    parts.sort(key=lambda part: -abs(part.amount))
    return Bridge(question.output, question.unit, float(ends[0]), float(ends[1]), tuple(parts))


def _exact(question: Question, change: _Change) -> tuple[list[float], list[float]]:
    """Return each input's Shapley value over all combinations of what has changed."""
    count = len(change.names)
    sets = np.arange(2**count)
    values = _of_sets(question, change, (sets[:, None] >> np.arange(count)) & 1 == 1)
    sizes = np.array([int(one).bit_count() for one in sets])
    weights = np.array(
        [
            math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            for size in range(count)
        ]
    )
    amounts = []
    for place in range(count):
        without = sets[(sets >> place) & 1 == 0]
        moved = values[without | (1 << place)] - values[without]
        amounts.append(math.fsum((weights[sizes[without]] * moved).tolist()))
    return amounts, [0.0] * count


def _sampled(question: Question, change: _Change, seed: int) -> tuple[list[float], list[float]]:
    """Return estimates over drawn orders, each with its reverse, and their standard errors."""
    count = len(change.names)
    random = np.random.default_rng(seed)
    turns = np.array([random.permutation(count) for _ in range(ORDERS)])
    both = np.concatenate([turns, turns[:, ::-1]])  # the reverse of an order is its opposite
    place_of = np.argsort(both, axis=1)
    # Before step k of an order, the inputs at its places below k have changed.
    steps = np.arange(count + 1)
    has_changed = place_of[:, None, :] < steps[None, :, None]
    values = _of_sets(question, change, has_changed.reshape(-1, count))
    moved = np.diff(values.reshape(len(both), count + 1), axis=1)
    by_input = np.take_along_axis(moved, place_of, axis=1)
    pairs = (by_input[:ORDERS] + by_input[ORDERS:]) / 2
    return pairs.mean(axis=0).tolist(), (pairs.std(axis=0, ddof=1) / math.sqrt(ORDERS)).tolist()


def _of_sets(
    question: Question, change: _Change, has_changed: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the output for each set of inputs that have changed; equal sets are asked once."""
    sets, where = np.unique(has_changed, axis=0, return_inverse=True)
    return question.sure(change.scenarios(sets))[where.reshape(-1)]


def _objects(values: Sequence[CellValue]) -> NDArray[np.object_]:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found

"""Which inputs would move a result most, and what do two of them do together?

A tornado lowers and raises each input by the same share, one at a time, within what it may be. An
elasticity is the relative change of the result over that of the input, from the two ends.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcalc.analysis.questions import Question
from xlcalc.errors import AnalysisError
from xlcalc.workbook import Input, Workbook


@dataclass(frozen=True)
class Swing:
    """What one input does to a result.

    Attributes
    ----------
    name, unit : str
        The input, and its unit.
    value : float
        What it is in the workbook.
    low, high : float
        What it was lowered and raised to.
    at_low, at_high : float
        The result there; nan where the workbook has none.
    elasticity : float
        Relative change of the result over that of the input; nan where one of them is 0.
    """

    name: str
    unit: str
    value: float
    low: float
    high: float
    at_low: float
    at_high: float
    elasticity: float

    @property
    def width(self) -> float:
        """How far the two results are from each other."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Tornado:
    """What the inputs of a workbook do to a result, one at a time.

    Attributes
    ----------
    output, unit : str
        The result, and its unit.
    value : float
        What it is in the workbook.
    swing : float
        The share by which each input was lowered and raised.
    swings : tuple of Swing
        The inputs that move it, the widest first.
    still : tuple of str
        The inputs that do not move it: they are 0, or their effect is beyond such a change.
    dates : tuple of str
        The inputs from which the result follows and which hold dates, of which there is no share.
    """

    output: str
    unit: str
    value: float
    swing: float
    swings: tuple[Swing, ...]
    still: tuple[str, ...]
    dates: tuple[str, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A result over two inputs.

    Attributes
    ----------
    output, unit : str
        The result, and its unit.
    down, across : str
        The inputs.
    rows, columns : tuple of float
        Their values.
    values : numpy.ndarray
        The result, a row for each value of `down`; nan where the workbook has none.
    """

    output: str
    unit: str
    down: str
    across: str
    rows: tuple[float, ...]
    columns: tuple[float, ...]
    values: NDArray[np.float64]


def sensitivity(
    book: Workbook, output: str, inputs: Collection[str] | None = None, *, swing: float = 0.1
) -> Tornado:
    """Return what each input does to a result when it is lowered and raised by a share.

    Parameters
    ----------
    book : Workbook
        The workbook.
    output : str
        Name of the result.
    inputs : collection of str, optional
        Inputs with a number that is no date; all from which the output follows if left out.
    swing : float
        The share, above 0 and below 1. An input stays within its domain, and a whole number whole.

    Raises
    ------
    AnalysisError
        If an input or the output does not fit the question.
    """
    if not 0.0 < swing < 1.0:
        raise AnalysisError(f"swing must be above 0 and below 1, got {swing:g}")
    question = Question(book, output)
    asked = question.numbers() if inputs is None else [question.number(n) for n in inputs]
    by_name = {one.name: one for one in asked}
    dates = tuple(name for name in by_name if book.is_date(name))
    if inputs is not None and dates:
        raise AnalysisError(f"{dates[0]} holds a date, of which there is no share to swing by")
    chosen = [one for name, one in by_name.items() if name not in dates]
    if not chosen:
        raise AnalysisError(f"{question.output} follows from no input with a number")
    ends = [_ends(book, found, swing) for found in chosen]
    found = _one_at_a_time(question, chosen, ends)
    swings = [
        _swing(question, one, low, high, at_low, at_high)
        for one, (low, high), (at_low, at_high) in zip(chosen, ends, found, strict=True)
    ]
    moving = [one for one in swings if one.width != 0.0]  # nan is not 0
    moving.sort(key=lambda one: (np.isnan(one.width), -one.width, one.name))
    still = tuple(one.name for one in swings if one.width == 0.0)
    return Tornado(
        question.output, question.unit, question.value, swing, tuple(moving), still, dates
    )


def grid(
    book: Workbook,
    output: str,
    down: tuple[str, Sequence[float]],
    across: tuple[str, Sequence[float]],
) -> Grid:
    """Return a result over the values of two inputs.

    Parameters
    ----------
    book : Workbook
        The workbook.
    output : str
        Name of the result.
    down, across : (str, sequence of float)
        An input, and its values.

    Raises
    ------
    AnalysisError
        If an input or the output does not fit the question, or both inputs are the same.
    InputValueError
        If an input does not take one of its values.
    """
    question = Question(book, output)
    first, second = question.number(down[0]), question.number(across[0])
    if first.name == second.name:
        raise AnalysisError(f"a grid takes two inputs, got {first.name} twice")
    rows, columns = (np.asarray(values, np.float64) for values in (down[1], across[1]))
    for one, values in ((first, rows), (second, columns)):
        for value in values.tolist():
            book.read({one.name: value})  # says what the input does not take
    every = [grid.ravel() for grid in np.meshgrid(rows, columns, indexing="ij")]
    values = question.outputs({first.name: every[0], second.name: every[1]})
    return Grid(
        question.output,
        question.unit,
        first.name,
        second.name,
        tuple(rows.tolist()),
        tuple(columns.tolist()),
        values.reshape(len(rows), len(columns)),
    )


def _ends(book: Workbook, found: Input, swing: float) -> tuple[float, float]:
    value = float(found.value)  # type: ignore[arg-type]
    low, high = sorted((value * (1.0 - swing), value * (1.0 + swing)))
    least, most = book.bounds(found.name)
    if book.is_whole(found.name):
        low, high = float(np.floor(low)), float(np.ceil(high))
    return max(low, least), min(high, most)


def _one_at_a_time(
    question: Question, chosen: Sequence[Input], ends: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """Return the result at both ends of each input, the others as they are.

    All are asked for at once, so that the workbook is made ready for vectors once: two scenarios
    for each input, which leave all others empty.
    """
    count = 2 * len(chosen)
    given: dict[str, list[float | None]] = {one.name: [None] * count for one in chosen}
    for place, (one, both) in enumerate(zip(chosen, ends, strict=True)):
        given[one.name][2 * place : 2 * place + 2] = both
    values = question.outputs(given).tolist() if chosen else []
    return list(zip(values[::2], values[1::2], strict=True))


def _swing(
    question: Question, one: Input, low: float, high: float, at_low: float, at_high: float
) -> Swing:
    value = float(one.value)  # type: ignore[arg-type]
    moved = (high - low) / value if value else np.nan
    elasticity = (at_high - at_low) / question.value / moved if moved and question.value else np.nan
    return Swing(one.name, one.unit, value, low, high, at_low, at_high, float(elasticity))

"""Which input gives a wanted result, and which inputs make one least?

`solve` looks at the result over the whole range of an input first, so that it can say that there is
no solution, or more than one, and then closes in on each by dividing its part of the range, among
whole numbers by halves. `minimise` searches by differential evolution, which needs no slopes: the
formulas of a budget have steps and corners. It is repeatable, and says no more than that it found
nothing better.

References
----------
Storn and Price 1997, doi:10.1023/A:1008202821328.
"""

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcalc.analysis.questions import Question, numbers, seed_of
from xlcalc.errors import AnalysisError, NoSolutionError
from xlcalc.workbook import Input, Workbook

LOOKED_AT = 401
"""Points of a range at which the result is looked at before a solution is sought."""
NEAR = 1e-9
"""Relative distance to the target at which a result is taken for it."""
_PARTS = 4096
"""Parts into which a range with a solution is divided at once."""
_ROUNDS = 8
"""More than enough to come from a range to the last digit."""
_DIGITS = 1e-15
"""Relative width of a range that has no number left inside."""
_FACTOR = 1e3
"""How far from its own value an input without bounds is sought, as a factor."""
_WORSE = 1e100
"""What a scenario costs at least that breaks a condition, more than any result."""
_LEAST = 1e-9
"""By how much a strict condition is broken where its bound is reached."""
_CONDITION = re.compile(r"\s*([^<>=\s]+)\s*(<=|>=|<|>)\s*([-+\d.eE]+)(%?)\s*")
_HOLDS: Mapping[str, Callable[[Any, float], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


@dataclass(frozen=True)
class Solution:
    """Where a result reaches a target.

    Attributes
    ----------
    output, by : str
        The result, and the input that was changed.
    unit, by_unit : str
        Their units.
    target : float
        The wanted result.
    values : tuple of float
        The values of the input that give it, from the least; of whole numbers the nearest one.
    reached : tuple of float
        The result at each.
    low, high : float
        The range that was looked at.
    least, most : float
        The least and the greatest result in it.
    stretches : tuple of (float, float)
        Where the result is the target from one value of the input to another, which are both among
        `values`.
    """

    output: str
    unit: str
    by: str
    by_unit: str
    target: float
    values: tuple[float, ...]
    reached: tuple[float, ...]
    low: float
    high: float
    least: float
    most: float
    stretches: tuple[tuple[float, float], ...] = ()

    @property
    def is_rounded(self) -> bool:
        """Whether no whole number gives the target, so that a value is the one nearest to it."""
        near = _near(self.target, self.least, self.most)
        return any(abs(result - self.target) > near for result in self.reached)


@dataclass(frozen=True)
class Minimum:
    """The inputs that make a result least, as far as the search found.

    Attributes
    ----------
    output, unit : str
        The result, and its unit.
    value, before : float
        The least result, and what it is in the workbook as it stands.
    inputs : mapping of str to float
        The values of the inputs.
    subject : mapping of str to float
        The results that conditions were set to, at the minimum.
    ranges : mapping of str to (float, float)
        The range of each input in which it was sought.
    at_end : tuple of str
        The inputs that stand at an end of their range: outside there may be less.
    tried : int
        How many scenarios were calculated.
    """

    output: str
    unit: str
    value: float
    before: float
    inputs: Mapping[str, float]
    subject: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    at_end: tuple[str, ...]
    tried: int


def solve(
    book: Workbook,
    output: str,
    target: float,
    by: str,
    bounds: tuple[float | None, float | None] = (None, None),
) -> Solution:
    """Return the values of an input that give a wanted result.

    Parameters
    ----------
    book : Workbook
        The workbook.
    output : str
        Name of the result.
    target : float
        What it is to be.
    by : str
        Name of the input.
    bounds : (float, float), optional
        The range in which to look; None for an end that the input's domain sets, or else a
        thousandth and a thousand times its own value.

    Returns
    -------
    Solution
        It has no values where the result is never the target.

    Raises
    ------
    AnalysisError
        If the output does not follow from the input, or the workbook has no result in the range.
    """
    if not math.isfinite(target):
        raise AnalysisError(f"the target must be a finite number, got {target}")
    question = Question(book, output)
    found = question.number(by)
    low, high = _range(book, found, bounds)
    whole = book.is_whole(found.name)
    points = _points(low, high, LOOKED_AT, whole=whole)
    values = question.outputs({found.name: points})
    good = np.isfinite(values)
    if not good.any():
        question.sure({found.name: points[:1]})  # says why there is none
    gaps = values - target
    stretches = [
        tuple(_end(question, found.name, target, points, *end, whole=whole) for end in ends)
        for ends in _runs(gaps == 0.0)
    ]
    roots = sorted({end for ends in stretches for end in ends})
    for left, right, one, other in zip(points, points[1:], gaps, gaps[1:], strict=False):
        if np.isfinite(one) and np.isfinite(other) and np.sign(one) * np.sign(other) < 0.0:
            refine = _whole_root if whole else _root
            roots.append(refine(question, found.name, target, float(left), float(right)))
    roots.sort()
    reached = question.outputs({found.name: roots}) if roots else np.empty(0)
    near = _near(target, float(values[good].min()), float(values[good].max()))
    # A step passes over the target without ever being it.
    kept = [
        (root, result)
        for root, result in zip(roots, reached.tolist(), strict=True)
        if whole or abs(result - target) <= near
    ]
    return Solution(
        question.output,
        question.unit,
        found.name,
        found.unit,
        target,
        tuple(root for root, _ in kept),
        tuple(result for _, result in kept),
        low,
        high,
        float(values[good].min()),
        float(values[good].max()),
        tuple((low, high) for low, high in stretches if low < high),
    )


def minimise(
    book: Workbook,
    output: str,
    by: Sequence[str],
    subject: Sequence[str] = (),
    bounds: Mapping[str, tuple[float | None, float | None]] | None = None,
    *,
    maximise: bool = False,
    seed: int = 0,
) -> Minimum:
    """Return the inputs that make a result least, or greatest, under conditions on others.

    Parameters
    ----------
    book : Workbook
        The workbook.
    output : str
        Name of the result.
    by : sequence of str
        Names of the inputs that may change; a whole number stays one.
    subject : sequence of str
        Conditions on results, as `train_days<=30`.
    bounds : mapping of str to (float, float), optional
        Ranges of inputs; as `solve` takes them.
    maximise : bool
        Whether the greatest result is sought.
    seed : int
        Of the search.

    Raises
    ------
    NoSolutionError
        If no inputs in their ranges were found that keep the conditions.
    AnalysisError
        If an input, a result or a condition does not fit the question.
    """
    from scipy.optimize import differential_evolution

    random = np.random.default_rng(seed_of(seed))
    question = Question(book, output)
    conditions = [_condition(book, text) for text in subject]
    found = [_moving(question, name, conditions) for name in by]
    inputs = list({one.name: one for one in found}.values())
    if not inputs:
        raise AnalysisError("minimise needs an input that may change")
    given = {name.lower(): ends for name, ends in (bounds or {}).items()}
    ranges = {
        one.name: _range(book, one, given.get(one.name.lower(), (None, None))) for one in inputs
    }
    names = [question.output, *(name for name, _, _ in conditions)]
    sign = -1.0 if maximise else 1.0
    wholes = [book.is_whole(one.name) for one in inputs]
    logs = [
        not whole and low > 0.0 and high / low > 100.0
        for whole, (low, high) in zip(wholes, ranges.values(), strict=True)
    ]
    tried = 0

    def columns(places: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {
            one.name: np.exp(row) if log else row
            for one, log, row in zip(inputs, logs, places, strict=True)
        }

    def cost(places: NDArray[np.float64]) -> NDArray[np.float64]:
        nonlocal tried
        places = places.reshape(len(inputs), -1)
        tried += places.shape[1]
        made = book.answers(columns(places), places.shape[1], names).values
        results = numbers(made[question.output])
        broken = np.zeros(len(results))
        for name, sign_of, bound in conditions:
            reached = numbers(made[name])
            beyond = np.nan_to_num(np.abs(reached - bound), nan=np.inf) / max(abs(bound), 1e-300)
            broken += np.where(_HOLDS[sign_of](reached, bound), 0.0, np.maximum(beyond, _LEAST))
        # What breaks a condition is worse than all that do not, and the more so the more it does.
        costs = np.where(broken > 0.0, _WORSE * (1.0 + broken), sign * results)
        return np.nan_to_num(costs, nan=1e300, posinf=1e300)

    spaces = [
        (math.log(low), math.log(high)) if log else (low, high)
        for (low, high), log in zip(ranges.values(), logs, strict=True)
    ]
    done = differential_evolution(
        cost,
        spaces,
        integrality=np.array(wholes),
        vectorized=True,
        updating="deferred",
        rng=random,
        tol=1e-10,
        maxiter=400,
        polish=False,
    )
    best = {name: float(row[0]) for name, row in columns(done.x.reshape(-1, 1)).items()}
    made = book(best)
    subjects = {name: made[name] for name, _, _ in conditions}
    for (name, sign_of, bound), text in zip(conditions, subject, strict=True):
        value = subjects[name]
        if not isinstance(value, float) or not _HOLDS[sign_of](value, bound):
            nearest = f"{name}={value:.6g}" if isinstance(value, float) else f"no {name}"
            raise NoSolutionError(
                f"no inputs were found that keep {text.strip()}; the nearest has {nearest}"
            )
    value = made[question.output]
    if not isinstance(value, float):
        raise AnalysisError(made.explain(question.output))
    at_end = tuple(
        name
        for name, (low, high), place in zip(ranges, spaces, done.x.tolist(), strict=True)
        if min(place - low, high - place) <= 1e-6 * (high - low)
    )
    return Minimum(
        question.output,
        question.unit,
        value,
        question.value,
        best,
        {name: v for name, v in subjects.items() if isinstance(v, float)},
        ranges,
        at_end,
        tried,
    )


def _moving(question: Question, name: str, conditions: Sequence[tuple[str, str, float]]) -> Input:
    """Return an input from which the output follows, or a result that a condition is set to."""
    for result, _, _ in conditions:
        if name.lower() in map(str.lower, question.book.inputs) and question.book.follows(
            result, name
        ):
            return Question(question.book, result).number(name)
    return question.number(name)


def _range(
    book: Workbook, found: Input, bounds: tuple[float | None, float | None]
) -> tuple[float, float]:
    """Return the range of an input: what is asked for in its domain, or else around its value."""
    value = float(found.value)  # type: ignore[arg-type]
    least, most = book.bounds(found.name)
    near = sorted((value / _FACTOR, value * _FACTOR)) if value else [-1.0, 1.0]
    low = bounds[0] if bounds[0] is not None else (near[0] if least < near[0] else least)
    high = bounds[1] if bounds[1] is not None else (near[1] if most > near[1] else most)
    for asked in (low, high):
        if not least <= asked <= most:
            raise AnalysisError(f"{found.name} must be {found.domain}, got {asked:.15g}")
    if book.is_whole(found.name):
        low, high = float(math.ceil(low)), float(math.floor(high))
    if not low < high:
        raise AnalysisError(
            f"the range of {found.name} must be from a lower to a higher number, got {low:.15g} "
            f"to {high:.15g}"
        )
    return low, high


def curve(
    book: Workbook, found: Solution, bounds: tuple[float, float], count: int
) -> tuple[list[float], list[float]]:
    """Return points of a range of the input that was changed, and the result at each.

    Parameters
    ----------
    book : Workbook
        The workbook that was asked.
    found : Solution
        What `solve` found for it.
    bounds : (float, float)
        The range.
    count : int
        How many points; fewer where whole numbers are.
    """
    points = _points(*bounds, count, whole=book.is_whole(found.by))
    values = Question(book, found.output).outputs({found.by: points})
    return points.tolist(), values.tolist()


def _points(low: float, high: float, count: int, *, whole: bool) -> NDArray[np.float64]:
    """Return the points of a range, by ratios where it spans some orders of magnitude."""
    if low > 0.0 and high / low > 100.0:
        points = np.geomspace(low, high, count)
    else:
        points = np.linspace(low, high, count)
    points[0], points[-1] = low, high
    return np.unique(np.round(points)) if whole else points


def _near(target: float, least: float, most: float) -> float:
    """Return how far a result may be from the target to be taken for it."""
    return NEAR * max(abs(target), abs(least), abs(most))


def _runs(there: NDArray[np.bool_]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return each run of True as its two ends: the place of each, and the place beyond it.

    For [0, 1, 1, 0] these are ((1, 0), (2, 3)). Beyond an end of all places there is only that end
    itself, and the same is given for a run of a single place.
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(np.int8), [0]])))
    runs = zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True)
    final = len(there) - 1
    return [
        ((first, max(first - 1, 0)), (last, min(last + 1, final)))
        if first < last
        else ((first, first), (last, last))
        for first, last in runs
    ]


def _end(
    question: Question,
    name: str,
    target: float,
    points: NDArray[np.float64],
    inside: int,
    outside: int,
    *,
    whole: bool,
) -> float:
    """Return the end of a stretch at the target, between a point in it and one beyond it."""
    there, beyond = float(points[inside]), float(points[outside])
    for _ in range(_ROUNDS):
        gap = abs(there - beyond)
        if gap <= (1.0 if whole else _DIGITS * max(abs(there), abs(beyond))):
            break
        tried = np.linspace(there, beyond, _PARTS + 1)
        if whole:
            tried = np.sort(np.unique(np.round(tried)))[:: 1 if beyond > there else -1]
        results = question.outputs({name: tried})
        off = int(np.argmax(results != target))  # the first one is the target, the last one not
        there, beyond = float(tried[off - 1]), float(tried[off])
    return there


def _root(question: Question, name: str, target: float, low: float, high: float) -> float:
    """Return where a result passes through the target between two values of an input.

    Thousands of points at once cost a workbook little more than one, so that each round divides
    what is left by 4,096: four of them find all digits.
    """
    points = np.array([low, high])
    for _ in range(_ROUNDS):
        points = np.linspace(low, high, _PARTS + 1)
        gaps = question.sure({name: points}) - target
        place = int(np.argmax(np.signbit(gaps[1:]) != np.signbit(gaps[0])))
        if 0.0 in gaps or high - low <= _DIGITS * max(abs(low), abs(high)):
            break
        low, high = points[place], points[place + 1]
    return float(points[np.argmin(np.abs(gaps))])


def _whole_root(question: Question, name: str, target: float, low: float, high: float) -> float:
    """Return the whole number between two whose result is nearest to the target."""
    below = question.sure({name: [low]})[0] < target
    while high - low > 1.0:
        middle = math.floor((low + high) / 2.0)
        if (question.sure({name: [middle]})[0] < target) == below:
            low = middle
        else:
            high = middle
    ends = question.sure({name: [low, high]})
    return low if abs(ends[0] - target) <= abs(ends[1] - target) else high


def _condition(book: Workbook, text: str) -> tuple[str, str, float]:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise AnalysisError(f'a condition is written as train_days<=30, got "{text}"')
    try:
        bound = float(found[3]) / (100.0 if found[4] else 1.0)
    except ValueError:
        raise AnalysisError(f'a condition is written as train_days<=30, got "{text}"') from None
    return Question(book, found[1]).output, found[2], bound

"""How is an uncertain input written, and which values does it take?

A distribution is written as `triangular(0.3,0.4,0.5)`, and gives a value for each share between 0
and 1: what the input stays below with that chance (its quantile function). From even shares of
latin hypercubes come draws that cover each distribution evenly.

| written | meaning |
|---|---|
| `uniform(low,high)` | any value between two |
| `triangular(low,likely,high)` | the likely one most often |
| `pert(low,likely,high)` | the same, more around the likely one (Malcolm 1959) |
| `normal(mean,deviation)` | the bell curve |
| `lognormal(median,sigma)` | sigma is the deviation of its natural logarithm |
| `discrete(value:weight,…)` | some values, by their weights |
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.entries import parse_number
from xlcalc.errors import AnalysisError

_WRITTEN = re.compile(r"\s*(\w+)\s*\(([^()]*)\)\s*")
Quantiles = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True)
class Distribution:
    """The values that an uncertain input may take.

    Attributes
    ----------
    text : str
        As it is written.
    quantiles : callable
        Gives the value below which the input stays with a chance, for an array of chances.
    low, high : float
        The least and the greatest value; infinite where there is none.
    values : tuple of float
        All values, where they are counted.
    """

    text: str
    quantiles: Quantiles
    low: float
    high: float
    values: tuple[float, ...] = ()


def distribution(text: str) -> Distribution:
    """Read a distribution.

    Raises
    ------
    AnalysisError
        If it is none, or its numbers do not fit it.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None or found[1].lower() not in _KINDS:
        raise AnalysisError(
            f"a distribution is {', '.join(_KINDS)} with numbers, as triangular(0.3,0.4,0.5), "
            f'got "{text}"'
        )
    make, words = _KINDS[found[1].lower()]
    parts = [part.strip() for part in found[2].split(",")]
    if make is not _discrete and len(parts) != len(words.split(",")):
        raise AnalysisError(f"{found[1]} takes ({words}), got {text.strip()}")
    return make(text.strip(), parts)


def _number(text: str, whole: str) -> float:
    number = parse_number(text)
    if number is None:
        raise AnalysisError(f'"{text}" in {whole} is no number')
    return number


def _numbers(text: str, parts: Sequence[str]) -> list[float]:
    return [_number(part, text) for part in parts]


def _uniform(text: str, parts: Sequence[str]) -> Distribution:
    low, high = _numbers(text, parts)
    _rising(text, low, high)
    return Distribution(text, lambda share: low + (high - low) * share, low, high)


def _triangular(text: str, parts: Sequence[str]) -> Distribution:
    low, likely, high = _numbers(text, parts)
    _rising(text, low, likely, high)
    turn = (likely - low) / (high - low)

    def quantiles(share: NDArray[np.float64]) -> NDArray[np.float64]:
        up = low + np.sqrt(share * (high - low) * (likely - low))
        down = high - np.sqrt((1.0 - share) * (high - low) * (high - likely))
        return np.where(share < turn, up, down)

    return Distribution(text, quantiles, low, high)


def _pert(text: str, parts: Sequence[str]) -> Distribution:
    low, likely, high = _numbers(text, parts)
    _rising(text, low, likely, high)
    first = 1.0 + 4.0 * (likely - low) / (high - low)
    second = 1.0 + 4.0 * (high - likely) / (high - low)

    def quantiles(share: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy.special import betaincinv

        return np.asarray(low + (high - low) * betaincinv(first, second, share))

    return Distribution(text, quantiles, low, high)


def _normal(text: str, parts: Sequence[str]) -> Distribution:
    mean, deviation = _numbers(text, parts)
    _above_zero(text, "deviation", deviation)
    return Distribution(text, lambda share: mean + deviation * _bell(share), -math.inf, math.inf)


def _lognormal(text: str, parts: Sequence[str]) -> Distribution:
    median, sigma = _numbers(text, parts)
    _above_zero(text, "median", median)
    _above_zero(text, "sigma", sigma)
    return Distribution(text, lambda share: median * np.exp(sigma * _bell(share)), 0.0, math.inf)


def _discrete(text: str, parts: Sequence[str]) -> Distribution:
    values, weights = [], []
    for part in parts:
        value, colon, weight = part.partition(":")
        values.append(_number(value, text))
        weights.append(_number(weight, text) if colon else 1.0)
        _above_zero(text, "weight", weights[-1])
    ends = np.cumsum(weights) / math.fsum(weights)

    def quantiles(share: NDArray[np.float64]) -> NDArray[np.float64]:
        places = np.minimum(np.searchsorted(ends, share, side="right"), len(values) - 1)
        return np.array(values)[places]

    return Distribution(text, quantiles, min(values), max(values), tuple(values))


def _bell(share: NDArray[np.float64]) -> NDArray[np.float64]:
    from scipy.special import ndtri

    return np.asarray(ndtri(share))


def _rising(text: str, *numbers: float) -> None:
    if list(numbers) != sorted(numbers) or numbers[0] == numbers[-1]:
        raise AnalysisError(f"the numbers of {text} must rise")


def _above_zero(text: str, what: str, number: float) -> None:
    if number <= 0.0:
        raise AnalysisError(f"the {what} of {text} must be above 0, got {number:g}")


_KINDS: dict[str, tuple[Callable[[str, Sequence[str]], Distribution], str]] = {
    "uniform": (_uniform, "low,high"),
    "triangular": (_triangular, "low,likely,high"),
    "pert": (_pert, "low,likely,high"),
    "normal": (_normal, "mean,deviation"),
    "lognormal": (_lognormal, "median,sigma"),
    "discrete": (_discrete, "value:weight,…"),
}

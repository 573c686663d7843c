"""How uncertain is a result where its inputs are?

Each uncertain input has a distribution. Draws come from a latin hypercube: of n draws each input
has one in each of n equally likely shares of its distribution, so that few draws cover it well.
Inputs that move together have a rank correlation, put in by a Gaussian copula. From the draws come
percentiles with their errors, the chance to exceed a budget, and which inputs drive the spread.

The error of a percentile is half of the 95 % interval between order statistics, which holds for
independent draws; those of a latin hypercube are closer, so that it is an upper bound.

References
----------
McKay, Beckman and Conover 1979, doi:10.2307/1268522, for latin hypercubes; Iman and Conover 1982,
doi:10.1080/03610918208812265, for rank correlations; Kruskal 1958, doi:10.2307/2281954, for the
correlation of normal variables that has a given rank correlation, 2·sin(π/6·ρ).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlcalc.analysis.distributions import Distribution, distribution
from xlcalc.analysis.questions import Question, seed_of
from xlcalc.errors import AnalysisError
from xlcalc.workbook import Workbook

SHARES = (0.1, 0.5, 0.9)
BINS = 40
RANKED = 100_000
"""Draws of which ranks are correlated; more would not change the second digit."""
MOST_DRAWS = 100_000_000
_Z95 = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""


@dataclass(frozen=True)
class Percentile:
    """A value below which the result stays with a chance.

    Attributes
    ----------
    share : float
        The chance.
    value, error : float
        The value, and half of its 95 % interval.
    """

    share: float
    value: float
    error: float


@dataclass(frozen=True)
class Driver:
    """What an uncertain input does to the spread of a result.

    Attributes
    ----------
    name : str
        The input.
    distribution : str
        As it was written.
    rank_correlation : float
        Spearman's correlation of the input with the result.
    variance_share : float
        Its square over the sum of all; with correlated inputs a share of more than its own.
    """

    name: str
    distribution: str
    rank_correlation: float
    variance_share: float


@dataclass(frozen=True)
class Simulation:
    """A result over many draws of uncertain inputs.

    Attributes
    ----------
    output, unit : str
        The result, and its unit.
    value : float
        What it is in the workbook as it stands.
    draws, failed, seed : int
        How many draws there were, how many of them had no result, and their seed.
    mean, deviation : float
        Over the draws with a result.
    percentiles : tuple of Percentile
        P10, P50 and P90, or what was asked for.
    budget, chance : float or None
        A budget, and the chance to exceed it.
    drivers : tuple of Driver
        The inputs, the strongest first.
    edges, counts : tuple
        The histogram: the ends of its bins, and the draws in each.
    """

    output: str
    unit: str
    value: float
    draws: int
    failed: int
    seed: int
    mean: float
    deviation: float
    percentiles: tuple[Percentile, ...]
    budget: float | None
    chance: float | None
    drivers: tuple[Driver, ...]
    edges: tuple[float, ...]
    counts: tuple[int, ...]


def simulate(
    book: Workbook,
    output: str,
    vary: Mapping[str, str | Distribution] | None = None,
    *,
    draws: int = 10_000,
    correlate: Mapping[tuple[str, str], float] | None = None,
    seed: int = 0,
    budget: float | None = None,
    shares: Sequence[float] = SHARES,
) -> Simulation:
    """Return how a result spreads where its inputs do.

    Parameters
    ----------
    book : Workbook
        The workbook.
    output : str
        Name of the result.
    vary : mapping of str to str, optional
        The distribution of each uncertain input, as `triangular(0.3,0.4,0.5)`. If left out, they
        are read from the workbook: an input `mfu` with named cells `mfu_low` and `mfu_high` is a
        triangle around its own value.
    draws : int
        How many, at least 100.
    correlate : mapping of (str, str) to float, optional
        Rank correlations of pairs of these inputs, from -1 to 1.
    seed : int
        Of the draws.
    budget : float, optional
        What the result should not exceed.
    shares : sequence of float
        The chances of the percentiles.

    Raises
    ------
    AnalysisError
        If a distribution leaves its input's domain, the correlations contradict each other, or the
        output has a result for none of the draws.
    """
    seed = seed_of(seed)
    if budget is not None and not math.isfinite(budget):
        raise AnalysisError(f"the budget must be a finite number, got {budget}")
    if not 100 <= draws <= MOST_DRAWS:
        raise AnalysisError(f"draws must be between 100 and {MOST_DRAWS:,}, got {draws:,}")
    question = Question(book, output)
    asked = vary or _in_workbook(book, question)
    chosen = {
        question.number(name).name: given
        if isinstance(given, Distribution)
        else distribution(given)
        for name, given in asked.items()
    }
    if len(chosen) < len(asked):
        raise AnalysisError(f"an input varies once, got {', '.join(asked)}")
    if not chosen:
        raise AnalysisError(
            f"{question.output} needs an input that varies, as mfu=triangular(0.3,0.4,0.5)"
        )
    for name, one in chosen.items():
        _refuse_outside(book, name, one)
    columns = _drawn(chosen, draws, _correlations(list(chosen), correlate or {}), seed)
    for name in chosen:
        if book.is_whole(name):
            columns[name] = np.round(columns[name])
    results = question.outputs(columns)
    good = np.isfinite(results)
    if not good.any():
        question.sure({name: column[:1] for name, column in columns.items()})  # says why
    kept = np.sort(results[good])
    mean, deviation = _moments(kept)
    counts, edges = np.histogram(kept, BINS)
    return Simulation(
        question.output,
        question.unit,
        question.value,
        draws,
        int(draws - good.sum()),
        seed,
        mean,
        deviation,
        tuple(_percentile(kept, share) for share in shares),
        budget,
        None if budget is None else float((kept > budget).mean()),
        _drivers(chosen, {name: column[good] for name, column in columns.items()}, results[good]),
        tuple(edges.tolist()),
        tuple(counts.tolist()),
    )


def _in_workbook(book: Workbook, question: Question) -> dict[str, str]:
    """Return the distributions that stand in a workbook beside its inputs."""
    values = {name.lower(): cell.value for name, cell in book.inputs.items()}
    values |= {name.lower(): cell.value for name, cell in book.results.items()}
    found = {}
    for one in question.numbers():
        low, high = (values.get(f"{one.name.lower()}_{end}") for end in ("low", "high"))
        if type(low) is float and type(high) is float:
            found[one.name] = f"triangular({low!r},{one.value!r},{high!r})"
    return found


def _refuse_outside(book: Workbook, name: str, one: Distribution) -> None:
    least, most = book.bounds(name)
    # The tails of a bell have no end: those beyond the draws that anybody makes do not count.
    low, high = one.quantiles(np.array([1e-9, 1.0 - 1e-9])).tolist()
    low, high = max(low, one.low), min(high, one.high)
    if low < least or high > most:
        at = low if low < least else high
        raise AnalysisError(
            f"{one.text} leaves the domain of {name}, which must be {book.inputs[name].domain}: "
            f"it reaches {at:.6g}"
        )
    for value in one.values if book.is_whole(name) else ():
        if value % 1.0:
            raise AnalysisError(f"{name} must be a whole number, got {value:.6g} in {one.text}")


def _correlations(
    names: Sequence[str], given: Mapping[tuple[str, str], float]
) -> NDArray[np.float64] | None:
    """Return the correlations of the normal variables behind the inputs; None for none."""
    if not given:
        return None
    places = {name.lower(): place for place, name in enumerate(names)}
    found = np.eye(len(names))
    given_before = set()
    for pair, ranks in given.items():
        for name in pair:
            if name.lower() not in places:
                raise AnalysisError(f"{name} is correlated, and does not vary")
        first, second = (places[name.lower()] for name in pair)
        if first == second or not -1.0 <= ranks <= 1.0:
            raise AnalysisError(
                f"a correlation is of two inputs and from -1 to 1, got {','.join(pair)}={ranks:g}"
            )
        if {first, second} in given_before:
            raise AnalysisError(f"the correlation of {' and '.join(pair)} is given twice")
        given_before.add(frozenset((first, second)))
        found[first, second] = found[second, first] = 2.0 * math.sin(math.pi / 6.0 * ranks)
    least = float(np.linalg.eigvalsh(found).min())
    if least < -1e-9:
        raise AnalysisError("the correlations contradict each other: no inputs can have them all")
    return found


def _drawn(
    chosen: Mapping[str, Distribution],
    draws: int,
    correlations: NDArray[np.float64] | None,
    seed: int,
) -> dict[str, NDArray[np.float64]]:
    """Return the values of each input in all draws."""
    random = np.random.default_rng(seed)
    shares = np.empty((len(chosen), draws))
    for row in shares:
        row[:] = (random.permutation(draws) + random.random(draws)) / draws
    if correlations is not None:
        _correlate(shares, correlations, random)
    return {
        name: one.quantiles(row) for (name, one), row in zip(chosen.items(), shares, strict=True)
    }


def _correlate(
    shares: NDArray[np.float64], correlations: NDArray[np.float64], random: np.random.Generator
) -> None:
    """Put the shares of each input into the order of correlated normal variables.

    Each keeps its own values, and so its place in each part of the hypercube.
    """
    values, vectors = np.linalg.eigh(correlations)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    mixed = root @ random.standard_normal(shares.shape)
    for row, order in zip(shares, mixed, strict=True):
        ranks = np.argsort(np.argsort(order))
        row[:] = np.sort(row)[ranks]


def _moments(kept: NDArray[np.float64]) -> tuple[float, float]:
    """Return mean and standard deviation, of numbers too whose sum or square no float can hold."""
    largest = max(abs(float(kept[0])), abs(float(kept[-1])))
    scale = largest if largest > 1e140 else 1.0
    shares = kept / scale
    deviation = float(shares.std(ddof=1)) if len(kept) > 1 else 0.0
    return float(shares.mean()) * scale, deviation * scale


def _percentile(kept: NDArray[np.float64], share: float) -> Percentile:
    if not 0.0 < share < 1.0:
        raise AnalysisError(f"the chance of a percentile must be between 0 and 1, got {share:g}")
    count = len(kept)
    spread = _Z95 * math.sqrt(count * share * (1.0 - share))
    low = max(0, math.floor(count * share - spread) - 1)
    high = min(count - 1, math.ceil(count * share + spread))
    value = float(np.quantile(kept, share))
    return Percentile(share, value, float(kept[high] - kept[low]) / 2.0)


def _drivers(
    chosen: Mapping[str, Distribution],
    columns: Mapping[str, NDArray[np.float64]],
    results: NDArray[np.float64],
) -> tuple[Driver, ...]:
    ranks = _ranks(results[:RANKED])
    correlations = {}
    for name, column in columns.items():
        own = _ranks(column[:RANKED])
        scale = math.sqrt(float(own @ own) * float(ranks @ ranks))
        correlations[name] = float(own @ ranks) / scale if scale else 0.0
    total = math.fsum(value**2 for value in correlations.values())
    found = [
        Driver(name, chosen[name].text, value, value**2 / total if total else 0.0)
        for name, value in correlations.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.variance_share, one.name)))


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ranks around their mean; equal values share theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = np.cumsum(counts) - (counts - 1) / 2.0
    return np.asarray(ranks[places] - (len(values) + 1) / 2.0, np.float64)

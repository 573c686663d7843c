"""Between which bounds does a figure lie whose inputs are uncertain by factors?

The functions take the middle of a figure and the spread of each factor that it is a product of, and
return one bound: the logarithms' variances add up, and the figure is log-normal.
"""

from statistics import NormalDist
from typing import cast

import numpy as np

from xlcalc.quantities import AnyUnit, Coverage, Number, Spreads
from xlcalc.worksheet import worksheet

_QUANTILE = np.frompyfunc(NormalDist().inv_cdf, 1, 1)


@worksheet("Ranges", since="0.2")
def range_low(mid: AnyUnit, spreads: Spreads, coverage: Coverage = 0.9) -> AnyUnit:
    """Return the lower end of a range around a product of uncertain factors.

    Parameters
    ----------
    mid : array_like [any unit]
        Middle of the figure, its median.
    spreads : array_like [ratio]
        Standard deviation of each factor's logarithm: 0.2 for about ±20 %. A range of them is one
        argument; empty cells are left out.
    coverage : array_like [ratio]
        Share of the cases that lie in the range, above 0 and at most 0.9999.

    Returns
    -------
    numpy.float64 or numpy.ndarray [any unit]
        mid·exp(-z·√Σσ²), in the unit of mid; shape of mid and coverage broadcast together. z is the
        exact quantile of the normal distribution, 1.64485 for 90 %. With the 1.645 of printed
        tables the example below is 552,604, which differs in the fifth digit.

    Raises
    ------
    DomainError
        If mid is below 0, a spread is not between 0 and 10, or coverage is not above 0 and at most
        0.9999.
    ArgumentError
        If spreads has no number.

    References
    ----------
    Product of independent log-normal factors; Limpert et al. 2001, Log-normal Distributions across
    the Sciences, doi:10.1641/0006-3568(2001)051[0341:LNDATS]2.0.CO;2.

    Examples
    --------
    >>> print(f"{range_low(1e6, [0.2, 0.3]):.0f}")
    552633
    """
    return mid * np.exp(-_width(spreads, coverage))


@worksheet("Ranges", since="0.2")
def range_high(mid: AnyUnit, spreads: Spreads, coverage: Coverage = 0.9) -> AnyUnit:
    """Return the upper end of a range around a product of uncertain factors.

    Parameters
    ----------
    mid : array_like [any unit]
        Middle of the figure, its median.
    spreads : array_like [ratio]
        Standard deviation of each factor's logarithm: 0.2 for about ±20 %. A range of them is one
        argument; empty cells are left out.
    coverage : array_like [ratio]
        Share of the cases that lie in the range, above 0 and at most 0.9999.

    Returns
    -------
    numpy.float64 or numpy.ndarray [any unit]
        mid·exp(z·√Σσ²), in the unit of mid; shape of mid and coverage broadcast together.

    Raises
    ------
    DomainError
        If mid is below 0, a spread is not between 0 and 10, or coverage is not above 0 and at most
        0.9999.
    ArgumentError
        If spreads has no number.

    References
    ----------
    Product of independent log-normal factors; Limpert et al. 2001, Log-normal Distributions across
    the Sciences, doi:10.1641/0006-3568(2001)051[0341:LNDATS]2.0.CO;2.

    Examples
    --------
    >>> print(f"{range_high(1e6, [0.2, 0.3]):.0f}")
    1809518
    """
    return mid * np.exp(_width(spreads, coverage))


def _width(spreads: Number, coverage: Number) -> Number:
    """Return how far the logarithm of an end is from that of the middle."""
    quantile = _QUANTILE((1.0 + coverage) / 2.0)
    # The quantiles of an array are Python's floats.
    z = np.multiply(quantile, 1.0, dtype=np.float64, casting="unsafe")
    return cast("Number", z * np.sqrt(np.sum(spreads * spreads)))


FUNCTIONS = (
    range_low,
    range_high,
)
"""The functions of this topic, in the order of the function reference."""

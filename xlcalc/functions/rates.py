"""What does a GPU-hour cost under commitments, on the spot market and in years to come?

The functions take prices of an hour and shares, and return one mean price or a ratio of prices.
"""

import numpy as np

from xlcalc.quantities import (
    AnnualChange,
    Hours,
    Interruptions,
    Money,
    PricePerGpuHour,
    Ratio,
    Share,
    YearsAhead,
)
from xlcalc.worksheet import same_as, worksheet


@worksheet("Rates", since="0.2")
def committed_rate(
    on_demand: PricePerGpuHour,
    committed_rate: PricePerGpuHour,
    committed_share: Share,
    spot_rate: PricePerGpuHour = same_as("on_demand"),
    spot_share: Share = 0.0,
) -> PricePerGpuHour:
    """Return the mean price of a GPU-hour of committed, spot and on-demand hours.

    Parameters
    ----------
    on_demand : array_like [money/GPU-hour]
        Price on demand.
    committed_rate : array_like [money/GPU-hour]
        Price of an hour under a commitment or reservation.
    committed_share : array_like [ratio]
        Share of the hours under the commitment, between 0 and 1.
    spot_rate : array_like [money/GPU-hour]
        Price of a useful spot hour, as SPOT_RATE gives it.
    spot_share : array_like [ratio]
        Share of the hours on the spot market, between 0 and 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money/GPU-hour]
        Currency of the prices; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a price is below 0, a share is not between 0 and 1, or the shares are above 1 together.

    References
    ----------
    Mean of the prices, weighted by hours; FinOps Foundation, Rate optimization.

    Examples
    --------
    >>> print(f"{committed_rate(11.06, 7.67, 0.6):.3f}")
    9.026
    """
    rest = 1.0 - committed_share - spot_share
    mean = committed_share * committed_rate + spot_share * spot_rate + rest * on_demand
    # 1 - 0.9 - 0.1 is -2.8e-17.
    return np.where(rest >= -1e-12, mean, np.nan)


@worksheet("Rates", since="0.2")
def commit_break_even(on_demand: PricePerGpuHour, committed_rate: PricePerGpuHour) -> Ratio:
    """Return the share of its hours that a commitment must be used to be the cheaper one.

    Parameters
    ----------
    on_demand : array_like [money/GPU-hour]
        Price on demand, paid for hours in use alone.
    committed_rate : array_like [money/GPU-hour]
        Price of an hour under the commitment, in use or not.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If a price is below 0.
    DivisionByZeroError
        If on_demand is 0.

    References
    ----------
    Committed over on-demand price; FinOps Foundation, Rate optimization.

    Examples
    --------
    >>> print(f"{commit_break_even(11.06, 7.67):.3f}")
    0.693
    """
    return committed_rate / on_demand


@worksheet("Rates", since="0.2")
def spot_rate(
    spot_price: PricePerGpuHour,
    interruptions_per_hour: Interruptions,
    restart_hours: Hours,
    interval_hours: Hours,
) -> PricePerGpuHour:
    """Return the price of a useful spot hour: interruptions waste paid hours.

    Each interruption takes the restart, and on average half of the work since the last checkpoint.

    Parameters
    ----------
    spot_price : array_like [money/GPU-hour]
        Price of the spot market.
    interruptions_per_hour : array_like [interruptions/h]
        Interruptions in an hour: 0.05 for one in 20 hours.
    restart_hours : array_like [h]
        Paid time from an interruption until the work goes on.
    interval_hours : array_like [h]
        Time from one checkpoint to the next.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money/GPU-hour]
        Currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0.

    References
    ----------
    price·(1 + λ·(τ/2 + R)), the first order of Young 1974, A first order approximation to the
    optimum checkpoint interval, doi:10.1145/361147.361115.

    Examples
    --------
    >>> print(f"{spot_rate(2, 0.05, 0.25, 1):.3f}")
    2.075
    """
    return spot_price * (1.0 + interruptions_per_hour * (interval_hours / 2.0 + restart_hours))


@worksheet("Rates", since="0.2")
def price_in(price: Money, annual_change: AnnualChange, years: YearsAhead) -> Money:
    """Return a price after years in which it changes by a constant rate.

    Parameters
    ----------
    price : array_like [money]
        Price today.
    annual_change : array_like [ratio/year]
        Change in a year: -0.3 for a fall by 30 %.
    years : array_like [years]
        Years from today.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Unit and currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If price is below 0, annual_change is not above -1 and at most 10, or years is not between
        0 and 100.

    References
    ----------
    Compound growth, p·(1 + g)^t.

    Examples
    --------
    >>> print(f"{price_in(3.0, -0.2, 2):.2f}")
    1.92
    """
    return price * (1.0 + annual_change) ** years


FUNCTIONS = (
    committed_rate,
    commit_break_even,
    spot_rate,
    price_in,
)
"""The functions of this topic, in the order of the function reference."""

"""What our contract with a cloud says: hours beyond a threshold are cheaper."""

import numpy

from xlcalc.quantities import GpuHours, Money, PricePerGpuHour, Share
from xlcalc.worksheet import worksheet


@worksheet("Acme", since="1.0")
def acme_contract_cost(
    hours: GpuHours,
    price: PricePerGpuHour,
    threshold: GpuHours = 100_000.0,
    discount: Share = 0.2,
) -> Money:
    """Return what GPU-hours cost under our contract, those beyond a threshold at a discount.

    Parameters
    ----------
    hours : array_like [GPU-hours]
        Hours of a year, at least 0.
    price : array_like [money/GPU-hour]
        Price of the list.
    threshold : array_like [GPU-hours]
        Hours of a year that are paid in full.
    discount : array_like [ratio]
        What is off for the hours beyond it, from 0 to 1.

    Returns
    -------
    numpy.float64 or ndarray of numpy.float64 [money]
        Cost of the hours.

    Raises
    ------
    DomainError
        If an argument is below 0, or discount above 1.

    References
    ----------
    Contract 2027-04, section 3.

    Examples
    --------
    >>> print(f"{acme_contract_cost(150_000, 2.5):,.0f}")
    350,000
    """
    return (hours - numpy.maximum(hours - threshold, 0.0) * discount) * price


FUNCTIONS = (acme_contract_cost,)
"""What worksheets see, in this order."""

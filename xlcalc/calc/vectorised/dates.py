"""How are the serial numbers of dates calculated with: EDATE, DATE, YEAR, MONTH?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlcalc.calc.vectorised.vectors import NeedsEngine

_FIRST, _LAST = 61.0, 2_958_465.0
"""From 1900-03-01, before which Excel has a day that never was, to 9999-12-31."""
_EPOCH = np.datetime64("1899-12-30", "D")


def moved_by_months(serials: Any, months: Any) -> NDArray[np.float64]:
    """Return EDATE: the same day of the month some months later, or the month's last one."""
    serials, months = np.broadcast_arrays(serials, months)
    days = _days(serials)
    first = days.astype("M8[M]")
    if np.any(np.abs(months) > 12e4):
        raise NeedsEngine
    target = first + np.trunc(months).astype(np.int64)
    length = (target + 1).astype("M8[D]") - target.astype("M8[D]")
    within = np.minimum(days - first.astype("M8[D]"), length - 1)
    return _serials(target.astype("M8[D]") + within)


def day(years: Any, months: Any, days: Any) -> NDArray[np.float64]:
    """Return DATE, for years that are written in full."""
    years, months, days = (np.trunc(part) for part in np.broadcast_arrays(years, months, days))
    if np.any((years < 1901.0) | (years > 9998.0)) or np.any(np.abs(months) + np.abs(days) > 1e4):
        raise NeedsEngine
    month = ((years - 1970.0) * 12.0 + months - 1.0).astype(np.int64).astype("M8[M]")
    return _serials(month.astype("M8[D]") + (days.astype(np.int64) - 1))


def years(serials: Any) -> NDArray[np.float64]:
    """Return the years of dates."""
    return _days(serials).astype("M8[Y]").astype(np.float64) + 1970.0


def months(serials: Any) -> NDArray[np.float64]:
    """Return the months of dates, 1 for January."""
    month = _days(serials).astype("M8[M]").astype(np.int64) % 12
    return month.astype(np.float64) + 1.0


def _days(serials: Any) -> NDArray[np.datetime64]:
    values = np.floor(serials)
    if np.any((values < _FIRST) | (values > _LAST)):
        raise NeedsEngine
    return np.asarray(_EPOCH + values.astype(np.int64))


def _serials(days: NDArray[np.datetime64]) -> NDArray[np.float64]:
    serials = (days - _EPOCH).astype(np.float64)
    if np.any((serials < _FIRST) | (serials > _LAST)):
        raise NeedsEngine
    return serials

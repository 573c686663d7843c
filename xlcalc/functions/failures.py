"""How much time do failures take, how often is a checkpoint worth its time, and what does it weigh?

The functions take GPUs, the hours between failures of one, and the seconds of a checkpoint, and
return seconds or the share of useful time; and what checkpoints cost to keep and to move.
"""

import numpy as np

from xlcalc.functions.inference import SECONDS_PER_HOUR
from xlcalc.functions.memory import BYTES_PER_GB
from xlcalc.quantities import (
    BytesPerParam,
    Gpus,
    MemoryGb,
    Money,
    Months,
    MtbfHours,
    Number,
    Params,
    PricePerGb,
    PricePerGbMonth,
    Seconds,
    Share,
)
from xlcalc.worksheet import worksheet


@worksheet("Failures and checkpoints", since="0.2")
def goodput(
    gpus: Gpus,
    gpu_mtbf_hours: MtbfHours,
    checkpoint_seconds: Seconds,
    restart_seconds: Seconds,
    interval_seconds: Seconds = 0.0,
) -> Share:
    """Return the share of its time that a long run spends on useful work.

    Every interval pays for a checkpoint; every failure of any GPU for a restart, and on average
    for half an interval of lost work.

    Parameters
    ----------
    gpus : array_like [GPUs]
        GPUs of the run, each of which stops all of them.
    gpu_mtbf_hours : array_like [GPU-hours/failure]
        Hours that one GPU runs between failures on average.
    checkpoint_seconds : array_like [s]
        Time that a checkpoint takes from the work.
    restart_seconds : array_like [s]
        Time from a failure until the work goes on.
    interval_seconds : array_like [s]
        Time from one checkpoint to the next; 0 for the best, as CHECKPOINT_INTERVAL gives it.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Between 0 and 1; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If gpus or gpu_mtbf_hours is not above 0, or a time is below 0.

    References
    ----------
    Young 1974, doi:10.1145/361147.361115; Daly 2006, doi:10.1016/j.future.2004.11.016;
    Grattafiori et al. 2024 (Llama 3), arXiv:2407.21783, section 3.3.4 (failures).

    Examples
    --------
    >>> print(f"{goodput(16384, 50677, 30, 600):.3f}")
    0.887
    """
    between = _seconds_between_failures(gpus, gpu_mtbf_hours)
    chosen = checkpoint_seconds / interval_seconds + interval_seconds / (2.0 * between)
    # At the best interval √(2δM) a checkpoint and the lost work take the same.
    best = np.sqrt(2.0 * checkpoint_seconds / between)
    overhead = np.where(interval_seconds > 0.0, chosen, best)
    return 1.0 / (1.0 + overhead + restart_seconds / between)


@worksheet("Failures and checkpoints", since="0.2")
def checkpoint_interval(
    checkpoint_seconds: Seconds, gpus: Gpus, gpu_mtbf_hours: MtbfHours
) -> Seconds:
    """Return the time between checkpoints that wastes least, √(2·δ·M).

    Parameters
    ----------
    checkpoint_seconds : array_like [s]
        Time that a checkpoint takes from the work, δ.
    gpus : array_like [GPUs]
        GPUs of the run, each of which stops all of them.
    gpu_mtbf_hours : array_like [GPU-hours/failure]
        Hours that one GPU runs between failures on average; M is this over gpus.

    Returns
    -------
    numpy.float64 or numpy.ndarray [s]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If checkpoint_seconds is below 0, or another argument is not above 0.

    References
    ----------
    Young 1974, A first order approximation to the optimum checkpoint interval,
    doi:10.1145/361147.361115.

    Examples
    --------
    >>> print(f"{checkpoint_interval(30, 16384, 50677):.0f}")
    817
    """
    between = _seconds_between_failures(gpus, gpu_mtbf_hours)
    return np.sqrt(2.0 * checkpoint_seconds * between)


@worksheet("Failures and checkpoints", since="0.2")
def checkpoint_gb(params: Params, bytes_per_param: BytesPerParam = 14.0) -> MemoryGb:
    """Return the size of a checkpoint from which training goes on.

    Parameters
    ----------
    params : array_like [parameters]
        All parameters, the idle experts included.
    bytes_per_param : array_like [bytes/parameter]
        14 with 2 for the weight, 4 for its FP32 copy and 8 for the two moments of Adam; 2 for the
        weights alone.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GB]
        Gigabytes of 1e9 bytes; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    BigScience Workshop 2022 (BLOOM), arXiv:2211.05100: 2.3 TB with the optimiser.

    Examples
    --------
    >>> print(f"{checkpoint_gb(176.247e9):.0f}")
    2467
    """
    return params * bytes_per_param / BYTES_PER_GB


@worksheet("Failures and checkpoints", since="0.2")
def storage_cost(gb: MemoryGb, months: Months, price_per_gb_month: PricePerGbMonth) -> Money:
    """Return what it costs to keep data for months.

    Parameters
    ----------
    gb : array_like [GB]
        Data kept.
    months : array_like [months]
        Months for which it is kept.
    price_per_gb_month : array_like [money/(GB·month)]
        Price of a gigabyte for a month.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0.

    References
    ----------
    Price lists of object stores per gigabyte and month, as Amazon's for S3 Standard.

    Examples
    --------
    >>> print(f"{storage_cost(2467, 12, 0.023):.0f}")
    681
    """
    return gb * months * price_per_gb_month


@worksheet("Failures and checkpoints", since="0.2")
def egress_cost(gb: MemoryGb, price_per_gb: PricePerGb) -> Money:
    """Return what it costs to take data out of a cloud.

    Parameters
    ----------
    gb : array_like [GB]
        Data taken out.
    price_per_gb : array_like [money/GB]
        Price of a gigabyte.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0.

    References
    ----------
    Price lists of clouds per gigabyte, as Amazon's for data transfer to the internet.

    Examples
    --------
    >>> print(f"{egress_cost(10_000, 0.09):.0f}")
    900
    """
    return gb * price_per_gb


def _seconds_between_failures(gpus: Number, gpu_mtbf_hours: Number) -> Number:
    """Return the mean time until any one of the GPUs fails."""
    return SECONDS_PER_HOUR * gpu_mtbf_hours / gpus


FUNCTIONS = (
    goodput,
    checkpoint_interval,
    checkpoint_gb,
    storage_cost,
    egress_cost,
)
"""The functions of this topic, in the order of the function reference."""

"""How many GPUs does a computation need, for how long, and how well are they used?

The functions relate FLOP, the dense peak rate of a GPU, model FLOP utilisation, GPUs and days; each
returns one of them from the others.
"""

from xlcalc.functions.rounding import whole_up
from xlcalc.quantities import (
    Days,
    DaysPerMonth,
    Flop,
    FlopPerToken,
    GpuDays,
    GpuHours,
    GpuMonths,
    Gpus,
    GpusPerServer,
    Number,
    PeakTflops,
    Pflops,
    Ratio,
    Servers,
    TokenRate,
    Utilisation,
)
from xlcalc.worksheet import worksheet

SECONDS_PER_DAY = 86_400.0
HOURS_PER_DAY = 24.0
FLOP_PER_TFLOP = 1e12


@worksheet("Time and machines", since="0.1")
def gpu_days(flops: Flop, peak_tflops: PeakTflops, mfu: Utilisation) -> GpuDays:
    """Return the days that one GPU would need for a computation.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GPU-days]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If flops is below 0, peak_tflops is not above 0, or mfu is not in (0, 1].

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B, defines MFU.

    Examples
    --------
    >>> print(f"{gpu_days(3.15e23, 312, 0.462):.0f}")
    25293
    """
    return bare_gpu_days(flops, peak_tflops, mfu)


@worksheet("Time and machines", since="0.1")
def gpu_hours(flops: Flop, peak_tflops: PeakTflops, mfu: Utilisation) -> GpuHours:
    """Return the hours that one GPU would need for a computation.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GPU-hours]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If flops is below 0, peak_tflops is not above 0, or mfu is not in (0, 1].

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B, defines MFU.

    Examples
    --------
    >>> print(f"{gpu_hours(3.15e23, 312, 0.462):.0f}")
    607032
    """
    return bare_gpu_days(flops, peak_tflops, mfu) * HOURS_PER_DAY


@worksheet("Time and machines", since="0.1")
def gpu_months(
    flops: Flop, peak_tflops: PeakTflops, mfu: Utilisation, days_per_month: DaysPerMonth = 30.0
) -> GpuMonths:
    """Return the months that one GPU would need: the GPUs that do it in one month.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.
    days_per_month : array_like [days/month]
        Days of a month, above 0 and at most 31.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GPU-months]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    AI大模型专题报告：大模型进展2.0, 2024-05-07, counts months of 30 days.

    Examples
    --------
    >>> print(f"{gpu_months(9.216e26, 989.4, 0.462):.0f}")
    777846
    """
    return bare_gpu_days(flops, peak_tflops, mfu) / days_per_month


@worksheet("Time and machines", since="0.1")
def train_days(flops: Flop, gpus: Gpus, peak_tflops: PeakTflops, mfu: Utilisation) -> Days:
    """Return the days that a cluster needs for a computation.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    gpus : array_like [GPUs]
        GPUs that work on it.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [days]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Narayanan et al. 2021, arXiv:2104.04473, equation 4.

    Examples
    --------
    >>> print(f"{train_days(3.15e23, 1000, 312, 0.462):.1f}")
    25.3
    """
    return bare_gpu_days(flops, peak_tflops, mfu) / gpus


@worksheet("Time and machines", since="0.1")
def gpus_needed(flops: Flop, days: Days, peak_tflops: PeakTflops, mfu: Utilisation) -> Gpus:
    """Return the whole GPUs that finish a computation within a number of days.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    days : array_like [days]
        Time allowed.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GPUs]
        Whole numbers, rounded up; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Narayanan et al. 2021, arXiv:2104.04473, equation 4, solved for the GPUs.

    Examples
    --------
    >>> print(f"{gpus_needed(3.15e23, 30, 312, 0.462):.0f}")
    844
    """
    return whole_up(bare_gpu_days(flops, peak_tflops, mfu) / days)


@worksheet("Time and machines", since="0.1")
def train_mfu(flops: Flop, gpus: Gpus, days: Days, peak_tflops: PeakTflops) -> Ratio:
    """Return the utilisation that a reported training run implies.

    A result above 1 says that the report counts something else: a sparse peak, or recomputation.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation done.
    gpus : array_like [GPUs]
        GPUs that worked on it.
    days : array_like [days]
        Time it took.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B.

    Examples
    --------
    >>> print(f"{train_mfu(3.15e23, 1024, 34, 312):.3f}")
    0.336
    """
    return flops / (gpus * days * SECONDS_PER_DAY * peak_tflops * FLOP_PER_TFLOP)


@worksheet("Time and machines", since="0.1")
def throughput_mfu(
    flops_per_token: FlopPerToken,
    tokens_per_second: TokenRate,
    gpus: Gpus,
    peak_tflops: PeakTflops,
) -> Ratio:
    """Return the utilisation that an observed token throughput implies.

    Parameters
    ----------
    flops_per_token : array_like [FLOP/token]
        Training FLOP of one token, 6·N or FLOPS_PER_TOKEN.
    tokens_per_second : array_like [tokens/s]
        Throughput of the whole cluster.
    gpus : array_like [GPUs]
        GPUs of the cluster.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.

    Returns
    -------
    numpy.float64 or numpy.ndarray [ratio]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Chowdhery et al. 2022 (PaLM), arXiv:2204.02311, appendix B.

    Examples
    --------
    >>> print(f"{throughput_mfu(6 * 540.35e9, 238300, 6144, 275):.3f}")
    0.457
    """
    return flops_per_token * tokens_per_second / (gpus * peak_tflops * FLOP_PER_TFLOP)


@worksheet("Time and machines", since="0.1")
def cluster_pflops(
    servers: Servers, gpus_per_server: GpusPerServer, peak_tflops: PeakTflops
) -> Pflops:
    """Return the peak rate of a cluster of equal servers.

    Parameters
    ----------
    servers : array_like [servers]
        Servers of the cluster.
    gpus_per_server : array_like [GPUs/server]
        GPUs of one server.
    peak_tflops : array_like [TFLOP/s]
        Peak rate of one GPU.

    Returns
    -------
    numpy.float64 or numpy.ndarray [PFLOP/s]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If servers or gpus_per_server is below 0, or peak_tflops is not above 0.

    References
    ----------
    人工智能大语言模型技术发展研究报告 2024, which counts 5 PFLOP/s a server with sparsity.

    Examples
    --------
    >>> print(f"{cluster_pflops(3125, 8, 625):.0f}")
    15625
    """
    return servers * gpus_per_server * peak_tflops / 1000.0


def bare_gpu_days(flops: Number, peak_tflops: Number, mfu: Number) -> Number:
    """Return GPU-days without checks, for the formulas that build on them."""
    return flops / (peak_tflops * FLOP_PER_TFLOP * mfu * SECONDS_PER_DAY)


FUNCTIONS = (
    gpu_days,
    gpu_hours,
    gpu_months,
    train_days,
    gpus_needed,
    train_mfu,
    throughput_mfu,
    cluster_pflops,
)
"""The functions of this topic, in the order of the function reference."""

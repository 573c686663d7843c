"""What does computation cost in money, energy and carbon?

The functions take GPU-hours, FLOP, energy and prices, and return money, MWh, tonnes of CO2 or
hours. Money is always in the currency of the given prices.
"""

import numpy as np

from xlcalc.functions.machines import HOURS_PER_DAY, bare_gpu_days
from xlcalc.quantities import (
    Carbon,
    CarbonIntensity,
    Flop,
    GpuHours,
    Money,
    MoneyPerUsedGpuHour,
    MoneyPerYear,
    Mwh,
    PeakTflops,
    PowerPrice,
    PricePerGpuHour,
    Pue,
    Utilisation,
    Watts,
    Years,
)
from xlcalc.worksheet import worksheet

HOURS_PER_YEAR = 8760.0
WATTS_PER_KILOWATT = 1000.0
WATTS_PER_MEGAWATT = 1e6


@worksheet("Cost and energy", since="0.1")
def gpu_cost(gpu_hours: GpuHours, price_per_gpu_hour: PricePerGpuHour) -> Money:
    """Return what GPU-hours cost at a price.

    Parameters
    ----------
    gpu_hours : array_like [GPU-hours]
        Hours of all GPUs together.
    price_per_gpu_hour : array_like [money/GPU-hour]
        Price of one GPU for one hour.

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
    DeepSeek-AI 2024 (DeepSeek-V3), arXiv:2412.19437, Table 1.

    Examples
    --------
    >>> print(f"{gpu_cost(2788e3, 2):.0f}")
    5576000
    """
    return gpu_hours * price_per_gpu_hour


@worksheet("Cost and energy", since="0.1")
def train_cost(
    flops: Flop, peak_tflops: PeakTflops, mfu: Utilisation, price_per_gpu_hour: PricePerGpuHour
) -> Money:
    """Return what the GPU-hours of a computation cost.

    Parameters
    ----------
    flops : array_like [FLOP]
        Computation to do.
    peak_tflops : array_like [TFLOP/s]
        Dense peak rate of one GPU in the number format of the run.
    mfu : array_like [ratio]
        Model FLOP utilisation, above 0 and at most 1.
    price_per_gpu_hour : array_like [money/GPU-hour]
        Price of one GPU for one hour.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money]
        Currency of the price; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    GPU_HOURS times GPU_COST; DeepSeek-AI 2024 (DeepSeek-V3), arXiv:2412.19437, Table 1.

    Examples
    --------
    >>> print(f"{train_cost(3.15e23, 312, 0.462, 2):.0f}")
    1214064
    """
    return bare_gpu_days(flops, peak_tflops, mfu) * HOURS_PER_DAY * price_per_gpu_hour


@worksheet("Cost and energy", since="0.1")
def energy_mwh(gpu_hours: GpuHours, watts: Watts, pue: Pue = 1.1) -> Mwh:
    """Return the energy that GPUs and their data centre draw.

    Parameters
    ----------
    gpu_hours : array_like [GPU-hours]
        Hours of all GPUs together.
    watts : array_like [W]
        Power of one GPU; the share of host and network added where it is known.
    pue : array_like [ratio]
        Power usage effectiveness: energy of the data centre over that of its machines.

    Returns
    -------
    numpy.float64 or numpy.ndarray [MWh]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If gpu_hours or watts is below 0, or pue is below 1.

    References
    ----------
    Touvron et al. 2023 (LLaMA), arXiv:2302.13971, section 6 and Table 15.

    Examples
    --------
    >>> print(f"{energy_mwh(82432, 400):.1f}")
    36.3
    """
    return gpu_hours * watts * pue / WATTS_PER_MEGAWATT


@worksheet("Cost and energy", since="0.1")
def carbon_tonnes(mwh: Mwh, tonnes_per_mwh: CarbonIntensity) -> Carbon:
    """Return the carbon dioxide that comes with energy.

    Parameters
    ----------
    mwh : array_like [MWh]
        Energy drawn.
    tonnes_per_mwh : array_like [t CO2/MWh]
        Carbon intensity of the grid.

    Returns
    -------
    numpy.float64 or numpy.ndarray [t CO2]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0.

    References
    ----------
    Touvron et al. 2023 (LLaMA), arXiv:2302.13971, section 6 and Table 15.

    Examples
    --------
    >>> print(f"{carbon_tonnes(81.1008, 0.385):.2f}")
    31.22
    """
    return mwh * tonnes_per_mwh


@worksheet("Cost and energy", since="0.1")
def owned_gpu_hour(
    purchase_price: Money,
    life_years: Years,
    watts: Watts,
    power_price: PowerPrice,
    pue: Pue = 1.25,
    utilisation: Utilisation = 1.0,
    upkeep_per_year: MoneyPerYear = 0.0,
) -> MoneyPerUsedGpuHour:
    """Return what one used hour of an owned GPU costs.

    Purchase and upkeep are spread over the hours in use; power is drawn in those hours.

    Parameters
    ----------
    purchase_price : array_like [money]
        Price of one GPU with its share of server and network.
    life_years : array_like [years]
        Years over which it is written off.
    watts : array_like [W]
        Power of one GPU with its share of the server.
    power_price : array_like [money/kWh]
        Price of energy.
    pue : array_like [ratio]
        Power usage effectiveness of the data centre.
    utilisation : array_like [ratio]
        Share of the hours in which the GPU is used, above 0 and at most 1.
    upkeep_per_year : array_like [money/year]
        Space, staff and repairs of one GPU in a year.

    Returns
    -------
    numpy.float64 or numpy.ndarray [money/used GPU-hour]
        Currency of the prices; shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Straight-line depreciation over 8,760 hours a year, and energy at its price.

    Examples
    --------
    >>> print(f"{owned_gpu_hour(30000, 4, 700, 0.1):.3f}")
    0.944
    """
    capital = (purchase_price / life_years + upkeep_per_year) / (HOURS_PER_YEAR * utilisation)
    return capital + watts / WATTS_PER_KILOWATT * pue * power_price


@worksheet("Cost and energy", since="0.1")
def rent_or_buy_hours(
    purchase_price: Money,
    own_cost_per_hour: PricePerGpuHour,
    rent_price: PricePerGpuHour,
) -> GpuHours:
    """Return the GPU-hours after which buying is cheaper than renting.

    Parameters
    ----------
    purchase_price : array_like [money]
        Price of one GPU with its share of server and network.
    own_cost_per_hour : array_like [money/GPU-hour]
        Running cost of an owned GPU: power, space, repairs.
    rent_price : array_like [money/GPU-hour]
        Price of a rented GPU.

    Returns
    -------
    numpy.float64 or numpy.ndarray [GPU-hours]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is below 0, or renting is not dearer than running an owned GPU.

    References
    ----------
    Break-even of a fixed cost against a saving by the hour.

    Examples
    --------
    >>> print(f"{rent_or_buy_hours(30000, 0.5, 2.5):.0f}")
    15000
    """
    saving = rent_price - own_cost_per_hour
    return np.where(saving > 0.0, purchase_price / saving, np.nan)


FUNCTIONS = (
    gpu_cost,
    train_cost,
    energy_mwh,
    carbon_tonnes,
    owned_gpu_hour,
    rent_or_buy_hours,
)
"""The functions of this topic, in the order of the function reference."""

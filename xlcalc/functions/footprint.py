"""What do computation and its machines take of power, water and the climate?

The functions take GPU-hours, energy, GPUs or tokens, and return megawatts, watt-hours, litres or
tonnes of CO2.
"""

import numpy as np

from xlcalc.functions.cost import HOURS_PER_YEAR, WATTS_PER_MEGAWATT
from xlcalc.functions.inference import SECONDS_PER_HOUR
from xlcalc.functions.memory import BYTES_PER_GB
from xlcalc.functions.rounding import whole_up
from xlcalc.quantities import (
    BytesPerParam,
    Carbon,
    EmbodiedKg,
    Factor,
    GpuHours,
    GpuMemoryGb,
    Gpus,
    H100s,
    Litres,
    Megawatts,
    Mwh,
    Params,
    PeakTflops,
    Pue,
    Sequences,
    Tokens,
    WaterPerKwh,
    WattHours,
    Watts,
    Years,
)
from xlcalc.worksheet import worksheet

KWH_PER_MWH = 1000.0
KG_PER_TONNE = 1000.0
H100_TFLOPS = 989.4
"""Dense 16-bit peak of an H100 SXM; NVIDIA, H100 data sheet."""
# EcoLogits, Environmental Impacts of LLM Inference, read on 2026-11-26: fits of measurements of the
# ML.ENERGY Leaderboard on H100, by billions of active parameters and the size of the batch.
_TOKEN_WH = (1.17e-6, -1.12e-2, 4.05e-5)
_TOKEN_SECONDS = (6.78e-4, 3.12e-4, 1.94e-2)
_MEMORY_OVERHEAD = 1.2


@worksheet("Footprint", since="0.2")
def cluster_mw(
    gpus: Gpus, watts_per_gpu: Watts, server_factor: Factor = 1.0, pue: Pue = 1.25
) -> Megawatts:
    """Return the power that a cluster and its data centre draw.

    Parameters
    ----------
    gpus : array_like [GPUs]
        GPUs of the cluster.
    watts_per_gpu : array_like [W]
        Power of one GPU, or of one GPU with its share of the server.
    server_factor : array_like [×]
        Power of a server over that of its GPUs; 1 where watts_per_gpu has it.
    pue : array_like [ratio]
        Power usage effectiveness: energy of the data centre over that of its machines.

    Returns
    -------
    numpy.float64 or numpy.ndarray [MW]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    Number of GPUs times power; NVIDIA, DGX H100 data sheet: 10.2 kW for eight GPUs, 1,275 W each.

    Examples
    --------
    >>> print(f"{cluster_mw(100_000, 1275, 1, 1.2):.0f}")
    153
    """
    return gpus * watts_per_gpu * server_factor * pue / WATTS_PER_MEGAWATT


@worksheet("Footprint", since="0.2")
def h100_equivalents(gpus: Gpus, peak_tflops: PeakTflops) -> H100s:
    """Return how many H100 have the same dense 16-bit peak rate, 989.4 TFLOP/s each.

    Parameters
    ----------
    gpus : array_like [GPUs]
        GPUs of any kind.
    peak_tflops : array_like [TFLOP/s]
        Dense 16-bit peak rate of one of them.

    Returns
    -------
    numpy.float64 or numpy.ndarray [H100]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is not above 0.

    References
    ----------
    NVIDIA, H100 data sheet: 1,979 TFLOP/s with sparsity, half of it dense.

    Examples
    --------
    >>> print(f"{h100_equivalents(1e5, 2250):.0f}")
    227411
    """
    return gpus * peak_tflops / H100_TFLOPS


@worksheet("Footprint", since="0.2")
def water_litres(
    it_mwh: Mwh, onsite_wue: WaterPerKwh, pue: Pue = 1.1, grid_wue: WaterPerKwh = 0.0
) -> Litres:
    """Return the water that cooling, and the making of the electricity, take.

    Parameters
    ----------
    it_mwh : array_like [MWh]
        Energy of the machines, without the data centre's overhead.
    onsite_wue : array_like [L/kWh]
        Water that the data centre takes for each kWh of its machines.
    pue : array_like [ratio]
        Power usage effectiveness: energy of the data centre over that of its machines.
    grid_wue : array_like [L/kWh]
        Water that the grid takes for each kWh; 0 leaves it out.

    Returns
    -------
    numpy.float64 or numpy.ndarray [L]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If pue is below 1, or another argument is below 0.

    References
    ----------
    Li et al. 2023, Making AI Less Thirsty, arXiv:2304.03271; EcoLogits, Environmental Impacts of
    LLM Inference.

    Examples
    --------
    >>> print(f"{water_litres(1287, 0.55):.0f}")
    707850
    """
    return it_mwh * KWH_PER_MWH * (onsite_wue + pue * grid_wue)


@worksheet("Footprint", since="0.2")
def embodied_tonnes(
    gpu_hours: GpuHours,
    gpu_kg: EmbodiedKg = 164.0,
    server_kg: EmbodiedKg = 5700.0,
    gpus_per_server: Gpus = 8.0,
    life_years: Years = 3.0,
) -> Carbon:
    """Return the carbon dioxide of making the machines, spread over their hours.

    Parameters
    ----------
    gpu_hours : array_like [GPU-hours]
        Hours of all GPUs together.
    gpu_kg : array_like [kg CO2]
        Carbon of making one GPU: 164 for an H100 by NVIDIA's account, 273 by ADEME's of 2026.
    server_kg : array_like [kg CO2]
        Carbon of making a server without its GPUs.
    gpus_per_server : array_like [GPUs]
        GPUs of one server.
    life_years : array_like [years]
        Years that the machines are used.

    Returns
    -------
    numpy.float64 or numpy.ndarray [t CO2]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain.

    References
    ----------
    EcoLogits, Environmental Impacts of LLM Inference (server and life); NVIDIA 2025, HGX H100
    product carbon footprint: 1,312 kg for eight GPUs.

    Examples
    --------
    >>> print(f"{embodied_tonnes(1e6):.2f}")
    33.35
    """
    per_gpu = server_kg / gpus_per_server + gpu_kg
    return gpu_hours * per_gpu / (life_years * HOURS_PER_YEAR) / KG_PER_TONNE


@worksheet("Footprint", since="0.2")
def request_wh(
    active_params: Params,
    total_params: Params,
    output_tokens: Tokens,
    batch: Sequences = 64.0,
    pue: Pue = 1.1,
    bytes_per_param: BytesPerParam = 2.0,
    gpu_memory_gb: GpuMemoryGb = 80.0,
    server_watts: Watts = 1200.0,
    gpus_per_server: Gpus = 8.0,
) -> WattHours:
    """Return the energy of one answer, by EcoLogits' fit of measurements on H100.

    The energy of a token follows the active parameters and the batch; all parameters say how many
    GPUs hold the model, a power of two. The rest of the server draws its power while it answers.

    Parameters
    ----------
    active_params : array_like [parameters]
        Parameters that one token passes through.
    total_params : array_like [parameters]
        All parameters.
    output_tokens : array_like [tokens]
        Tokens of the answer.
    batch : array_like [sequences]
        Answers that are written at the same time; measured up to 512.
    pue : array_like [ratio]
        Power usage effectiveness: energy of the data centre over that of its machines.
    bytes_per_param : array_like [bytes/parameter]
        Bytes of a weight: 2 for BF16, 1 for FP8.
    gpu_memory_gb : array_like [GB]
        Memory of one GPU.
    server_watts : array_like [W]
        Power of a server without its GPUs.
    gpus_per_server : array_like [GPUs]
        GPUs of one server.

    Returns
    -------
    numpy.float64 or numpy.ndarray [Wh]
        Shape of the arguments broadcast together.

    Raises
    ------
    DomainError
        If an argument is outside its domain, or active_params is above total_params.

    References
    ----------
    EcoLogits, Environmental Impacts of LLM Inference, read on 2026-11-26; Rincé and Banse 2025,
    doi:10.21105/joss.07471.

    Examples
    --------
    >>> print(f"{request_wh(70e9, 70e9, 400):.3f}")
    0.241
    """
    billions = active_params / 1e9
    factor, decline, least = _TOKEN_WH
    token_wh = factor * np.exp(decline * batch) * billions + least
    by_params, by_batch, fixed = _TOKEN_SECONDS
    seconds = output_tokens * (by_params * billions + by_batch * batch + fixed)
    memory = _MEMORY_OVERHEAD * total_params * bytes_per_param / BYTES_PER_GB
    doublings = whole_up(np.log10(whole_up(memory / gpu_memory_gb)) / np.log10(2.0))
    gpus = 2.0**doublings
    server = seconds / SECONDS_PER_HOUR * server_watts * gpus / gpus_per_server / batch
    total = pue * (server + gpus * output_tokens * token_wh)
    return np.where(active_params <= total_params, total, np.nan)


FUNCTIONS = (
    cluster_mw,
    h100_equivalents,
    water_litres,
    embodied_tonnes,
    request_wh,
)
"""The functions of this topic, in the order of the function reference."""
